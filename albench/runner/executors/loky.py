"""Worker processes on this machine, through joblib's loky, that may die of a job."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from albench.runner.executors import loky_worker
from albench.runner.executors.watchdog import Death, Watchdog, clear, received
from albench.runner.scratch import scratch
from albench.trial.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Job = TypeVar("Job")
Record = TypeVar("Record")
Numbered = tuple[int, Job]


class Loky:
    """Worker processes on this machine, each with one thread for linear algebra.

    joblib gives up a whole call when one worker dies. Here the jobs that were running then are tried again,
    one at a time: the one that kills its worker again is the guilty one and is given up; the others go on.

    Parameters
    ----------
    n_workers : int
        How many jobs run at a time; one job alone has a process of its own, too, that it can take along.
    limits : Limits, optional
        Of one job; what the job does not keep by itself is enforced by killing its process.
    """

    def __init__(self, n_workers: int, limits: Limits | None = None) -> None:
        self.n_workers = n_workers
        self._limits = limits or Limits()
        self._started = False

    def carry_out(
        self,
        function: Callable[[Job], Record],
        jobs: Iterable[Job],
        lost: Callable[[Job, Death], Record],
    ) -> Iterator[Record]:
        """Yield records as they finish."""
        with scratch() as marks:
            watchdog = Watchdog(marks, self._limits)
            rest: Iterator[Numbered[Job]] = enumerate(jobs)
            while True:
                handed: dict[int, Job] = {}
                yield from self._until_a_death(function, rest, handed, lost, watchdog)
                if not handed:
                    return
                suspects = handed.keys() & (clear(watchdog.folder) | watchdog.deaths.keys())
                # A process that dies with no job begun may have died of one that it was given.
                for number in sorted(suspects or handed):
                    job = handed.pop(number)
                    yield from self._alone(function, (number, job), lost, watchdog)
                rest = chain(list(handed.items()), rest)

    def _until_a_death(
        self,
        function: Callable[[Job], Record],
        jobs: Iterator[Numbered[Job]],
        handed: dict[int, Job],
        lost: Callable[[Job, Death], Record],
        watchdog: Watchdog,
    ) -> Iterator[Record]:
        """Yield records until all are there, or a worker dies; ``handed`` then holds what has no record."""
        from joblib import Parallel, delayed, parallel_config
        from joblib.externals.loky.process_executor import BrokenProcessPool

        on_worker = delayed(loky_worker.on_worker)
        self._started = True

        def calls() -> Iterator[object]:
            for number, job in jobs:
                handed[number] = job
                yield on_worker(function, number, job, str(watchdog.folder), self._limits.timeout)

        # joblib would run a single worker's jobs in the calling process: one of two processes then waits.
        n_processes = max(2, self.n_workers)
        ahead = "2 * n_jobs" if self.n_workers > 1 else 1
        at_start = {"initializer": loky_worker.start, "initargs": (os.getpid(),)}
        with (
            parallel_config("loky", n_jobs=n_processes, inner_max_num_threads=1, **at_start),
            watchdog.watching(),
        ):
            # One job a message: a finished trial must reach the disk before the next one starts.
            parallel = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch=ahead)
            try:
                for number, record in parallel(calls()):
                    received(watchdog.folder, number)
                    job = handed.pop(number)
                    yield lost(job, record) if isinstance(record, Death) else record
            except BrokenProcessPool:
                return

    def _alone(
        self,
        function: Callable[[Job], Record],
        numbered: Numbered[Job],
        lost: Callable[[Job, Death], Record],
        watchdog: Watchdog,
    ) -> Iterator[Record]:
        """Try a suspect with no other job beside it; if its process dies again it is lost."""
        number, job = numbered
        death = watchdog.deaths.pop(number, None)
        if death is None:
            handed: dict[int, Job] = {}
            yield from self._until_a_death(function, iter([numbered]), handed, lost, watchdog)
            if not handed:
                return
            clear(watchdog.folder)
            death = watchdog.deaths.pop(number, None)
        yield lost(job, death or Death("failed", "its worker process died twice while it ran"))

    def close(self) -> None:
        """Kill the workers: one whose job has left a thread behind would never end by itself."""
        from joblib.externals.loky import get_reusable_executor

        if self._started:
            get_reusable_executor(reuse=True).shutdown(kill_workers=True)
