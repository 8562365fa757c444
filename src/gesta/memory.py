"""How much memory this process has had, and how much there is to be had."""

import os
import sys
from contextlib import suppress
from pathlib import Path

KIBIBYTE = 1024
CONTAINER = Path("/sys/fs/cgroup")


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


def available_memory_bytes() -> int | None:
    """Memory that new processes can have, in bytes; None where the system does not say."""
    found = []
    with suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        found.append(int(next(line for line in lines if line.startswith("MemAvailable")).split()[1]) * KIBIBYTE)
    with suppress(OSError, ValueError):
        # A container may have less than the machine; "max" stands where it may have all.
        limit, used = (int((CONTAINER / name).read_text()) for name in ("memory.max", "memory.current"))
        found.append(max(0, limit - used))
    if not found and hasattr(os, "sysconf"):
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(found, default=None)
