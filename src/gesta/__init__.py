"""gesta turns speech into a moving body. Importing it does no work: `load` and `speak` arrive when first used.

>>> import gesta
>>> take = gesta.load("procedural").speak("speech.wav")
>>> take.save("out")
"""

from typing import TYPE_CHECKING, Any

from gesta.version import __version__

if TYPE_CHECKING:
    from gesta.api import load, speak

__all__ = ["__version__", "load", "speak"]


def __getattr__(name: str) -> Any:
    if name in ("load", "speak"):
        from gesta import api

        return getattr(api, name)
    raise AttributeError(f"module 'gesta' has no attribute '{name}'")
