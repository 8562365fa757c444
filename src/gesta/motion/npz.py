"""motion.npz: the file that gesta, AMASS and BEAT2 tools and the SMPL-X Blender add-on read."""

from gesta.motion.npz_read import read_npz
from gesta.motion.npz_write import write_npz

__all__ = ["read_npz", "write_npz"]
