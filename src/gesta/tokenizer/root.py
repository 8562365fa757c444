"""The pelvis' path as networks see it: how fast it goes along the floor and how high it is, (vx, y, vz), and back.

Velocities are central differences, one-sided at the ends, in metres per second at 30 frames a second; a path is their
running sum from a start, p[t] = p[t-1] + v[t-1] / 30, and its height is absolute (as velocity2position in
other_tools.py of EchoMask's released code has it, commit 1e86a4a). Summed velocities trail the path by half a frame and
never drift from it.
"""

from typing import Literal

import torch
from torch import Tensor

from gesta.units import MOTION_FPS

HORIZONTAL = [0, 2]
"""x and z among the axes of a position."""


def moving_from_position(position: Tensor) -> Tensor:
    """(..., T, 3) positions in metres to (..., T, 3) values (vx, y, vz), metres per second and metres."""
    if position.shape[-2] < 2:
        velocity = torch.zeros_like(position)
    else:
        (velocity,) = torch.gradient(position, spacing=1.0 / MOTION_FPS, dim=-2)
    return torch.stack([velocity[..., 0], position[..., 1], velocity[..., 2]], dim=-1)


class RootPath:
    """A path that is laid stretch by stretch: each stretch goes on where the one before ended.

    Attributes:
        form: "velocity" where stretches come as (vx, y, vz), "position" where they come as x, y, z.
        start: (B, 3) where the first frame is, of which x and z count. Without it velocities start at x = z = 0, and
            positions are left as they are.
    """

    def __init__(self, form: Literal["position", "velocity"], start: Tensor | None = None) -> None:
        self.form, self.start = form, start
        self._carried: Tensor | None = None

    def follow(self, translation: Tensor) -> Tensor:
        """The next stretch, (B, T, 3) in the path's form, as positions (B, T, 3) in metres."""
        horizontal = translation[..., HORIZONTAL].double()
        start = None if self.start is None else self.start[:, None, HORIZONTAL].to(horizontal)
        if self.form == "velocity":
            if self._carried is None:
                self._carried = torch.zeros_like(horizontal[:, :1]) if start is None else start
            steps = horizontal / MOTION_FPS
            after = self._carried + steps.cumsum(1)
            horizontal, self._carried = after - steps, after[:, -1:]
        elif start is not None:
            if self._carried is None:
                self._carried = start - horizontal[:, :1]
            horizontal = horizontal + self._carried
        x, z = horizontal.to(translation.dtype).unbind(-1)
        return torch.stack([x, translation[..., 1], z], dim=-1)
