"""Where jobs are carried out: in this process, or in worker processes through joblib's loky."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol, TypeVar

from albench.errors import TrialError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from albench.spec.experiment import Execution

Job = TypeVar("Job")
Record = TypeVar("Record")


class Executor(Protocol):
    """Carries out jobs and yields their records as they finish, in any order."""

    @property
    def n_workers(self) -> int:
        """How many jobs are carried out at a time."""
        ...

    def carry_out(self, function: Callable[[Job], Record], jobs: Iterable[Job]) -> Iterator[Record]:
        """Yield ``function(job)`` for every job."""
        ...


class Inline:
    """One job after the other in the calling process."""

    n_workers = 1

    def carry_out(self, function: Callable[[Job], Record], jobs: Iterable[Job]) -> Iterator[Record]:
        """Yield ``function(job)`` in the order of the jobs, with one thread for linear algebra."""
        from threadpoolctl import threadpool_limits

        for job in jobs:
            with threadpool_limits(limits=1):
                record = function(job)
            yield record


class Loky:
    """Worker processes on this machine, each with one thread for linear algebra.

    Parameters
    ----------
    n_workers : int
        At least 1.
    """

    def __init__(self, n_workers: int) -> None:
        self.n_workers = n_workers

    def carry_out(self, function: Callable[[Job], Record], jobs: Iterable[Job]) -> Iterator[Record]:
        """Yield records as they finish.

        Raises
        ------
        TrialError
            If a worker process died; what was finished before is not lost.
        """
        from joblib import Parallel, delayed, parallel_config
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        with parallel_config("loky", n_jobs=self.n_workers, inner_max_num_threads=1):
            # One job a message: a finished trial must reach the disk before the next one starts.
            parallel = Parallel(return_as="generator_unordered", batch_size=1)
            try:
                yield from parallel(delayed(function)(job) for job in jobs)
            except TerminatedWorkerError as error:
                advice = "out of memory? Run the same command again to go on with what is missing"
                raise TrialError(f"a worker process died: {advice}") from error


def executor(execution: Execution, n_jobs: int) -> Executor:
    """Return the executor for a number of jobs; a single worker needs no second process."""
    wanted = execution.n_jobs if execution.n_jobs > 0 else max(1, _cores() + 1 + execution.n_jobs)
    n_workers = min(wanted, n_jobs)
    if execution.backend == "inline" or n_workers <= 1:
        return Inline()
    return Loky(n_workers)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
