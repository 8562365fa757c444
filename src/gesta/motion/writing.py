"""Writing a motion's files so that old ones stay whole: `gesta.writing`, under the name that motion's writers use."""

from gesta.writing import replacing

__all__ = ["replacing"]
