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
def limited(limits: Limits) -> Iterator[None]:
    """Run the body within limits: OverTimeError or MemoryError end it where the platform can."""
    with _alarm(limits.timeout), _data_segment(limits.memory):
        yield


@contextmanager
def _alarm(timeout: float | None) -> Iterator[None]:
    possible = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if timeout is None or not possible:
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise OverTimeError(f"took longer than {timeout:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _data_segment(memory: int | None) -> Iterator[None]:
    if memory is None or sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
