"""Worker processes on this machine, through joblib's loky, that a job may kill."""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from albench.runner.executors import loky_worker
from albench.runner.executors.watchdog import Death, Watchdog, clear_marks, remove_mark
from albench.runner.scratch import make_scratch_folder
from albench.trial.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

Job = TypeVar("Job")
Record = TypeVar("Record")
NumberedJob = tuple[int, Job]


class LokyExecutor:
    """Worker processes on this machine, each with one thread for linear algebra.

    joblib gives up a whole call when one worker dies. Here the jobs that were running then are tried again,
    one at a time: a job that kills its worker again is recorded as lost; the others go on.

    Parameters
    ----------
    n_workers : int
        How many jobs run at a time; one job alone has a process of its own, too, that it can kill.
    limits : Limits, optional
        Of one job; a limit that the job does not keep by itself is enforced by killing its process.
    """

    def __init__(self, n_workers: int, limits: Limits | None = None) -> None:
        self.n_workers = n_workers
        self._limits = limits or Limits()
        self._has_started = False

    def execute(
        self,
        function: Callable[[Job], Record],
        jobs: Iterable[Job],
        record_loss: Callable[[Job, Death], Record],
    ) -> Generator[Record, None, None]:
        """Yield records as they finish."""
        with make_scratch_folder() as marks:
            watchdog = Watchdog(marks, self._limits)
            remaining: Iterator[NumberedJob[Job]] = enumerate(jobs)
            while True:
                in_flight: dict[int, Job] = {}
                yield from self._run_until_death(function, remaining, in_flight, record_loss, watchdog)
                if not in_flight:
                    return
                suspects = in_flight.keys() & (clear_marks(watchdog.folder) | watchdog.deaths.keys())
                # A process that dies with no job marked may have died of one that it was just given.
                for number in sorted(suspects or in_flight):
                    job = in_flight.pop(number)
                    yield from self._retry_alone(function, (number, job), record_loss, watchdog)
                remaining = chain(list(in_flight.items()), remaining)

    def _run_until_death(
        self,
        function: Callable[[Job], Record],
        jobs: Iterator[NumberedJob[Job]],
        in_flight: dict[int, Job],
        record_loss: Callable[[Job, Death], Record],
        watchdog: Watchdog,
    ) -> Iterator[Record]:
        """Yield records until a worker dies or none is left; ``in_flight`` then has the jobs without one."""
        from joblib import Parallel, delayed, parallel_config
        from joblib.externals.loky.process_executor import BrokenProcessPool

        on_worker = delayed(loky_worker.run_on_worker)
        self._has_started = True

        def yield_calls() -> Iterator[object]:
            for number, job in jobs:
                in_flight[number] = job
                yield on_worker(function, number, job, str(watchdog.folder), self._limits.timeout)

        # joblib would run a single worker's jobs in the calling process: one of two processes then waits.
        n_processes = max(2, self.n_workers)
        pre_dispatch = "2 * n_jobs" if self.n_workers > 1 else 1
        initialiser = {"initializer": loky_worker.start_worker, "initargs": (os.getpid(),)}
        with (
            parallel_config("loky", n_jobs=n_processes, inner_max_num_threads=1, **initialiser),
            watchdog.watch(),
        ):
            # One job a message: a finished trial must reach the disk before the next one starts.
            parallel = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch=pre_dispatch)
            try:
                for number, record in parallel(yield_calls()):
                    remove_mark(watchdog.folder, number)
                    job = in_flight.pop(number)
                    yield record_loss(job, record) if isinstance(record, Death) else record
            except BrokenProcessPool:
                return

    def _retry_alone(
        self,
        function: Callable[[Job], Record],
        numbered_job: NumberedJob[Job],
        record_loss: Callable[[Job, Death], Record],
        watchdog: Watchdog,
    ) -> Iterator[Record]:
        """Run a suspect with no other job beside it; if its process dies again it is recorded as lost."""
        number, job = numbered_job
        death = watchdog.deaths.pop(number, None)
        if death is None:
            in_flight: dict[int, Job] = {}
            yield from self._run_until_death(function, iter([numbered_job]), in_flight, record_loss, watchdog)
            if not in_flight:
                return
            clear_marks(watchdog.folder)
            death = watchdog.deaths.pop(number, None)
        yield record_loss(job, death or Death("failed", "its worker process died twice while it ran"))

    def close(self) -> None:
        """Kill the workers: one whose job has left a thread behind would never end by itself."""
        from joblib.externals.loky import get_reusable_executor

        if self._has_started:
            get_reusable_executor(reuse=True).shutdown(kill_workers=True)
