"""When a worker process has to make way for a new one: what a failed job has left in it must not fail others.

loky replaces a process that leaks memory: by its own count, which is set here so that it sees a leak.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from albench.runner.process_state import make_room_for_files

_WORTH_S = 20.0
"""Age from which on a process is replaced after any failure: where all trials fail, starts cost the most."""


@dataclass
class _Worker:
    """What is known of this process.

    Attributes
    ----------
    started : float
        On a steady clock.
    n_jobs : int
        Jobs that it was given to run.
    is_leaving : bool
        It was asked to make way.
    has_declined : bool
        It has sent back a job since then.
    """

    started: float = field(default_factory=time.monotonic)
    n_jobs: int = 0
    is_leaving: bool = False
    has_declined: bool = False


_WORKER = _Worker()


def count_job() -> int:
    """Count a job; return how many this process was given by now."""
    _WORKER.n_jobs += 1
    return _WORKER.n_jobs


def declines_job() -> bool:
    """Say whether this process sends a job back: it is leaving, and loky looks at it after its next job.

    It does so once: a loky that has become another one must not send jobs round for ever.
    """
    declines = _WORKER.is_leaving and not _WORKER.has_declined
    _WORKER.has_declined = _WORKER.has_declined or declines
    return declines


def replace_after(record: Any) -> None:
    """Have this process replaced if its job failed for want of something, or left it with few files to open.

    After any other failure, too, once the process has worked long enough for that to cost little.
    """
    # Room is made in any case: loky opens files of the system when it looks at this process.
    has_few_files = make_room_for_files()
    if (_leaves_little(record) or has_few_files) and _can_end():
        from joblib.externals.loky import process_executor

        process_executor._MAX_MEMORY_LEAK_SIZE = float("-inf")  # noqa: SLF001 - no other way leads there
        process_executor._MEMORY_LEAK_CHECK_DELAY = -1.0  # noqa: SLF001
        _WORKER.is_leaving = True


def _leaves_little(record: Any) -> bool:
    status = getattr(record, "status", "done")
    if status == "failed" and not getattr(record, "is_transient", False):
        return time.monotonic() - _WORKER.started > _WORTH_S
    return bool(status != "done")


def _can_end() -> bool:
    """Say whether nothing keeps this process from ending: the run would wait for it."""
    main = threading.main_thread()
    threads = [thread for thread in threading.enumerate() if thread is not main and not thread.daemon]
    return not threads and not multiprocessing.active_children()
