"""The skeleton in a GLB file: a node per joint and helper, at rest a T-pose, and the skin that binds the mesh to it."""

import numpy as np
from pygltflib import Node, Skin

from gesta.avatar.glb.buffer import Buffer, View
from gesta.avatar.rig import Rig


def joint_nodes(rig: Rig) -> list[Node]:
    """A node for each joint of the rig, in its order; at rest none is turned."""
    return [
        Node(
            name=name,
            translation=rig.bones.offsets[joint].tolist(),
            children=rig.bones.indices(rig.bones.children(name)) or None,
        )
        for joint, name in enumerate(rig.names)
    ]


def body_skin(rig: Rig, buffer: Buffer) -> Skin:
    """The skin: its joints are the nodes 0, 1, ... in the order of the rig."""
    matrices = np.tile(np.eye(4, dtype="<f4"), (len(rig.names), 1, 1))
    # Column by column, as glTF stores matrices: the fourth row here is the fourth column there.
    matrices[:, 3, :3] = -rig.rest_positions
    return Skin(
        name="gesta",
        inverseBindMatrices=buffer.add(View.MATRICES, matrices),
        joints=list(range(len(rig.names))),
        skeleton=rig.parents.index(-1),
    )
