"""Time and memory limits of one job, inside its own process: first the gentle way.

An alarm and a bound on the data segment stop what runs in Python or asks the system for memory. Code that
does neither is left to the watchdog, which ends the whole process.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.errors import OverTimeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@dataclass(frozen=True)
class Limits:
    """What one trial may take.

    Attributes
    ----------
    timeout : float or None
        Wall seconds; None for no limit.
    memory : int or None
        Bytes of a worker's own memory (mapped files are not counted); None for no limit.
    """

    timeout: float | None = None
    memory: int | None = None

    def __bool__(self) -> bool:
        """Say whether there is any limit."""
        return self.timeout is not None or self.memory is not None


NO_LIMITS = Limits()


@contextmanager
def enforce_limits(limits: Limits) -> Iterator[None]:
    """Run the body within limits: OverTimeError or MemoryError end it where the platform can."""
    with _set_alarm(limits.timeout), _limit_data_segment(limits.memory):
        yield


@contextmanager
def _set_alarm(timeout: float | None) -> Iterator[None]:
    # Python runs signal handlers in the main thread alone, and Windows has no interval timer.
    can_ring = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if timeout is None or not can_ring:
        yield
        return

    def raise_over_time(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise OverTimeError(f"took longer than {timeout:g} s")

    previous_handler = signal.signal(signal.SIGALRM, raise_over_time)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous_handler)


@contextmanager
def _limit_data_segment(memory: int | None) -> Iterator[None]:
    if memory is None or sys.platform != "linux":
        yield
        return
    import resource

    # Not the address space: memory-mapped arrays are shared, and would count in every worker.
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
