"""Worker processes on this machine, through joblib's loky, that a job may kill."""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import uuid4

from albench.runner.executors import loky_worker
from albench.runner.executors.loky_worker import (
    RUN_VARIABLE,
    SAFE_PATH,
    Declined,
    OutOfMemory,
    kill_descendants,
    set_safe_path,
)
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
    one at a time: a job that kills its worker again is recorded as lost; the others go on. A worker whose job
    has failed is replaced, and a job that found too little memory where others had run before it is tried
    again in a process of its own.

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
        self._run_id = f"{os.getpid()}-{uuid4().hex}"
        self._safe_path = os.environ.get(SAFE_PATH)

    def execute(
        self,
        function: Callable[[Job], Record],
        jobs: Iterable[Job],
        record_loss: Callable[[Job, Death], Record],
    ) -> Generator[Record, None, None]:
        """Yield records as they finish."""
        # What loky says of a worker that it replaces.
        warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
        with make_scratch_folder() as marks, self._identify_processes():
            call = _Call(function, record_loss, Watchdog(marks, self._limits))
            queue = _JobQueue(enumerate(jobs))
            while True:
                in_flight: dict[int, Job] = {}
                yield from self._run_until_death(call, queue, in_flight)
                if not in_flight:
                    break
                suspects = in_flight.keys() & (clear_marks(marks) | call.watchdog.deaths.keys())
                # A process that dies with no job marked may have died of one that it was just given.
                for number in sorted(suspects or in_flight):
                    yield from self._retry_alone(call, (number, in_flight.pop(number)))
                queue.put_back(*in_flight.items())
            for numbered_job in call.out_of_memory.copy():
                # With the processes goes what other jobs have left in their memory.
                self.close()
                yield from self._retry_alone(call, numbered_job)

    def _run_until_death(
        self, call: _Call[Job, Record], queue: _JobQueue[Job], in_flight: dict[int, Job]
    ) -> Iterator[Record]:
        """Yield records until a worker dies or none is left; ``in_flight`` then has the jobs without one."""
        from joblib import Parallel, delayed, parallel_config
        from joblib.externals.loky.process_executor import BrokenProcessPool

        on_worker = delayed(loky_worker.run_on_worker)
        self._has_started = True
        folder = call.watchdog.folder

        def yield_calls() -> Iterator[object]:
            for number, job in queue:
                in_flight[number] = job
                yield on_worker(call.function, number, job, str(folder), self._limits.timeout)

        # joblib would run a single worker's jobs in the calling process: one of two processes then waits.
        n_processes = max(2, self.n_workers)
        pre_dispatch = "2 * n_jobs" if self.n_workers > 1 else 1
        initialiser = {"initializer": loky_worker.start_worker, "initargs": (os.getpid(), self._safe_path)}
        with (
            parallel_config("loky", n_jobs=n_processes, inner_max_num_threads=1, **initialiser),
            call.watchdog.watch(),
        ):
            # One job a message: a finished trial must reach the disk before the next one starts.
            parallel = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch=pre_dispatch)
            # joblib asks for no more jobs once there were none, but a worker may have sent one back since.
            while queue.has_more:
                try:
                    for number, answer in parallel(yield_calls()):
                        remove_mark(folder, number)
                        job = in_flight.pop(number)
                        if isinstance(answer, Declined):
                            queue.put_back((number, job))
                        elif isinstance(answer, OutOfMemory):
                            call.out_of_memory.append((number, job))
                        else:
                            yield call.record_loss(job, answer) if isinstance(answer, Death) else answer
                except BrokenProcessPool:
                    return

    def _retry_alone(self, call: _Call[Job, Record], numbered_job: NumberedJob[Job]) -> Iterator[Record]:
        """Run a suspect with no other job beside it; if its process dies again it is recorded as lost."""
        number, job = numbered_job
        death = call.watchdog.deaths.pop(number, None)
        if death is None:
            in_flight: dict[int, Job] = {}
            yield from self._run_until_death(call, _JobQueue(iter([numbered_job])), in_flight)
            if not in_flight:
                return
            clear_marks(call.watchdog.folder)
            death = call.watchdog.deaths.pop(number, None)
        if death is not None and not death.is_certain:
            call.out_of_memory.append(numbered_job)
            return
        yield call.record_loss(job, death or Death("failed", "its worker process died twice while it ran"))

    @contextmanager
    def _identify_processes(self) -> Iterator[None]:
        """Start processes that, with all that come of them, are known by a variable of their environment.

        Their modules are not those of the working directory, as with Python's own -P.
        """
        os.environ.update({SAFE_PATH: "1", RUN_VARIABLE: self._run_id})
        try:
            yield
        finally:
            del os.environ[RUN_VARIABLE]
            set_safe_path(self._safe_path)

    def close(self) -> None:
        """Kill the workers: one whose job has left a thread behind would never end by itself.

        What their jobs have left behind ends, too, whoever its parent is by now.
        """
        from joblib.externals.loky import get_reusable_executor

        if self._has_started:
            get_reusable_executor(reuse=True).shutdown(kill_workers=True)
            kill_descendants(self._run_id)


@dataclass(frozen=True)
class _Call(Generic[Job, Record]):
    """What is executed, and the jobs for which there was too little memory beside what others had left."""

    function: Callable[[Job], Record]
    record_loss: Callable[[Job, Death], Record]
    watchdog: Watchdog
    out_of_memory: list[NumberedJob[Job]] = field(default_factory=list)


class _JobQueue(Generic[Job]):
    """Jobs in their order; those that were put back come first."""

    def __init__(self, jobs: Iterator[NumberedJob[Job]]) -> None:
        self._jobs = jobs
        self._returned: list[NumberedJob[Job]] = []
        self._is_exhausted = False

    @property
    def has_more(self) -> bool:
        """True unless there is none left for sure."""
        return bool(self._returned) or not self._is_exhausted

    def put_back(self, *jobs: NumberedJob[Job]) -> None:
        """Take jobs back that were not run."""
        self._returned += jobs

    def __iter__(self) -> Iterator[NumberedJob[Job]]:
        while self.has_more:
            job = self._returned.pop(0) if self._returned else next(self._jobs, None)
            if job is None:
                self._is_exhausted = True
            else:
                yield job
