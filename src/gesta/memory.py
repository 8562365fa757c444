"""How much memory this process has had."""

import sys
from contextlib import suppress
from pathlib import Path

KIBIBYTE = 1024


def peak_memory_bytes() -> int:
    """Most memory this process has had, in bytes."""
    with suppress(OSError, StopIteration, ValueError):
        # Linux counts the peak since the program began here; what resource says began with the process that started it.
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * KIBIBYTE
    # Not every system has it.
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, others kibibytes.
    return peak if sys.platform == "darwin" else peak * KIBIBYTE
