"""Trials on a Dask cluster: workers on other machines, that may come, go and die while a run goes on.

Splits are prepared here. A trial goes to a worker as a small message; the arrays of its split, where the
worker does not see this machine's files, follow once and stay on the worker's disk.

joblib's own Dask backend is not used: with records in any order it waits for ever for a job that has killed
too many workers (joblib 1.6, its callback is not called for errors of the scheduler).
"""

from __future__ import annotations

import os
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar, cast

from albench.errors import ClusterError
from albench.runner.executors.dask_cluster import import_distributed, start_local_cluster
from albench.runner.executors.dask_worker import (
    TOPIC,
    MissingArrays,
    Refusal,
    RunInfo,
    pack_folder,
    remove_files,
    run_on_worker,
    unpack_files,
)
from albench.runner.executors.watchdog import Death
from albench.runner.worker import FitJob

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from albench.runner.executors.base import Executor
    from albench.trial.limits import Limits

Job = TypeVar("Job")
Record = TypeVar("Record")

_GONE = "the Dask scheduler is gone; finished trials are on disk: run the same command again to go on"
_WAIT_S = 60.0
_NO_WORKER_S = 600.0
_COUNT_S = 1.0
_EXIT_WAIT_S = 20.0
_POLL_S = 0.1
_LOST_ANSWER = object()


class DaskExecutor:
    """Workers of a Dask cluster, each with one thread, for trials and references.

    Parameters
    ----------
    local_executor : Executor
        Of this machine, for the jobs that prepare splits.
    n_workers : int
        Of a local cluster, which is started where ``scheduler`` is None.
    limits : Limits
        Of one job.
    scheduler : str or None
        Address of a running scheduler, as in ``tcp://10.0.0.1:8786``.
    """

    def __init__(
        self, local_executor: Executor, n_workers: int, limits: Limits, scheduler: str | None
    ) -> None:
        self._local_executor, self._n_workers = local_executor, n_workers
        self._limits, self._scheduler = limits, scheduler

    @property
    def n_workers(self) -> int:
        """How many workers there are, at this moment where a scheduler was named."""
        if self._scheduler is None:
            return self._n_workers
        with self._connect() as client:
            return max(len(client.nthreads()), 1)

    def execute(
        self,
        function: Callable[[Job], Record],
        jobs: Iterable[Job],
        record_loss: Callable[[Job, Death], Record],
    ) -> Generator[Record, None, None]:
        """Yield records as they finish."""
        remaining = iter(jobs)
        first = next(remaining, None)
        if first is None:
            return
        every_job = chain([first], remaining)
        if isinstance(first, FitJob):
            with self._connect() as client:
                run = _ClusterRun(client, self._limits, function, record_loss)
                yield from run.execute(cast("Iterator[Any]", every_job))
        else:
            yield from self._local_executor.execute(function, every_job, record_loss)

    def close(self) -> None:
        """Leave no process of this machine behind; workers of a cluster are their scheduler's."""
        self._local_executor.close()

    @contextmanager
    def _connect(self) -> Iterator[Any]:
        distributed = import_distributed()
        with ExitStack() as stack:
            if self._scheduler is None:
                address: Any = stack.enter_context(start_local_cluster(self._n_workers))
            else:
                address = self._scheduler
            try:
                client = stack.enter_context(distributed.Client(address, set_as_default=False))
                client.wait_for_workers(1, timeout=_WAIT_S)
            except (OSError, TimeoutError) as error:
                message = f"no Dask workers at '{self._scheduler}' within {_WAIT_S:g} s: {error}"
                raise ClusterError(message) from error
            yield client


class _ClusterRun:
    """One set of jobs on a cluster."""

    def __init__(
        self,
        client: Any,
        limits: Limits,
        function: Callable[[Any], Any],
        record_loss: Callable[[Any, Death], Any],
    ) -> None:
        from albench.runner.fingerprint import describe_environment

        self._client, self._function, self._record_loss = client, function, record_loss
        run_name = f"albench-{os.getpid()}-{id(self):x}"
        self._run_info = RunInfo(describe_environment()["fingerprint"], run_name, limits.timeout)
        # Each time that a job is submitted it has another number: an event may come after its end.
        self._numbers = count()
        self._in_flight_jobs: dict[int, tuple[FitJob, Any]] = {}
        self._events: SimpleQueue[tuple[int, Death | None, str]] = SimpleQueue()
        self._counted_at, self._n_threads = -_COUNT_S, 1
        self._staffed_at = monotonic()

    def execute(self, jobs: Iterator[FitJob]) -> Iterator[Any]:
        self._client.subscribe_topic(TOPIC, self._receive_death)
        try:
            suspects: list[FitJob] = []
            yield from self._yield_records(jobs, suspects)
            # Dask suspects each job that was on a worker when it died; alone, only one that kills it dies.
            for job in suspects:
                killers: list[FitJob] = []
                yield from self._yield_records(iter([job]), killers)
                for killer in killers:
                    yield self._record_loss(
                        killer, Death("failed", "its worker process died again and again")
                    )
        except (OSError, CancelledError) as error:
            if self._client.status == "running":
                raise
            raise ClusterError(_GONE) from error
        finally:
            if self._client.status == "running":
                self._client.unsubscribe_topic(TOPIC)
                self._client.cancel([future for _, future in self._in_flight_jobs.values()])
                with suppress(TimeoutError):
                    self._run_on_workers(remove_files, self._run_info.name)

    def _yield_records(self, jobs: Iterator[FitJob], suspects: list[FitJob]) -> Iterator[Any]:
        """Yield records while twice as many jobs as there are workers are submitted, in order."""
        while True:
            for job in jobs:
                self._submit(job)
                if len(self._in_flight_jobs) >= 2 * self._count_threads():
                    break
            if not self._in_flight_jobs:
                return
            yield from self._handle_event(suspects)

    def _handle_event(self, suspects: list[FitJob]) -> Iterator[Any]:
        try:
            number, death, worker = self._events.get(timeout=_COUNT_S)
        except Empty:
            self._check_workers()
            return
        if number not in self._in_flight_jobs:
            return
        job, future = self._in_flight_jobs.pop(number)
        if death is not None:
            future.cancel()
            self._wait_until_gone(worker)
            yield self._record_loss(job, death)
        elif future.status == "cancelled":
            raise ClusterError(_GONE)
        else:
            yield from self._fetch_record(job, future, suspects)

    def _fetch_record(self, job: FitJob, future: Any, suspects: list[FitJob]) -> Iterator[Any]:
        """Yield the record of a job that has ended; submit it again if the record died with the worker."""
        try:
            answer = _LOST_ANSWER if future.status in ("pending", "lost") else future.result(timeout=_WAIT_S)
        except import_distributed().KilledWorker:
            suspects.append(job)
            return
        except TimeoutError:
            answer = _LOST_ANSWER
        if answer is _LOST_ANSWER:
            future.cancel()
            self._submit(job)
        else:
            yield from self._handle_answer(job, answer)

    def _handle_answer(self, job: FitJob, answer: Any) -> Iterator[Any]:
        if isinstance(answer, Refusal):
            raise ClusterError(answer.reason)
        if isinstance(answer, MissingArrays):
            with suppress(TimeoutError):
                files = pack_folder(Path(job.arrays))
                self._run_on_workers(unpack_files, self._run_info.name, files, workers=[answer.worker])
            self._submit(job, answer.worker)
        else:
            yield answer

    def _run_on_workers(self, function: Callable[..., None], *args: Any, workers: Any = None) -> None:
        """Run a function on workers beside their jobs; one that holds its interpreter does not answer."""
        self._client.run(function, *args, workers=workers, on_error="ignore", callback_timeout=_WAIT_S)

    def _submit(self, job: FitJob, worker: str | None = None) -> None:
        number = next(self._numbers)
        future = self._client.submit(
            run_on_worker,
            self._function,
            number,
            job,
            self._run_info,
            key=f"{self._run_info.name}-{number}",
            priority=-number,
            workers=worker and [worker],
            allow_other_workers=worker is not None,
        )
        self._in_flight_jobs[number] = (job, future)
        future.add_done_callback(lambda _: self._events.put((number, None, "")))

    def _receive_death(self, event: tuple[float, dict[str, Any]]) -> None:
        details = event[1]
        if details["run"] == self._run_info.name:
            death = Death(details["status"], details["reason"])
            self._events.put((details["number"], death, details["worker"]))

    def _count_threads(self) -> int:
        if monotonic() - self._counted_at > _COUNT_S:
            self._n_threads = len(self._client.nthreads())
            self._counted_at = monotonic()
            if self._n_threads:
                self._staffed_at = self._counted_at
        return max(1, self._n_threads)

    def _wait_until_gone(self, worker: str) -> None:
        """Wait until a worker that ends itself is gone: a job that it is still given would die with it."""
        deadline = monotonic() + _EXIT_WAIT_S
        while worker in self._client.nthreads() and monotonic() < deadline:
            sleep(_POLL_S)

    def _check_workers(self) -> None:
        """Wait for workers that come and go, but not for ever."""
        self._count_threads()
        if monotonic() - self._staffed_at > _NO_WORKER_S:
            raise ClusterError(
                f"there has been no Dask worker for {_NO_WORKER_S:g} s; finished trials are on disk: start "
                "workers and run the same command again to go on"
            )
