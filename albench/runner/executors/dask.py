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
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar, cast

from albench.errors import ResultsError
from albench.runner.executors.dask_cluster import dask_distributed, local_cluster
from albench.runner.executors.dask_worker import (
    TOPIC,
    Lacking,
    Refused,
    Told,
    forget,
    on_worker,
    packed,
    unpack,
)
from albench.runner.executors.watchdog import Death
from albench.runner.worker import FitJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from albench.runner.executors.base import Executor
    from albench.trial.limits import Limits

Job = TypeVar("Job")
Record = TypeVar("Record")

_GONE = "the Dask scheduler is gone; finished trials are on disk: run the same command again to go on"
_WAIT_S = 60.0
_NO_WORKER_S = 600.0
_COUNT_S = 1.0
_GOING_S = 20.0
_LOOK_S = 0.1
_LOST = object()


class Dask:
    """Workers of a Dask cluster, each with one thread; what is to be prepared is carried out ``here``.

    Parameters
    ----------
    here : Executor
        Of this machine.
    n_workers : int
        Of a local cluster, which is started where ``scheduler`` is None.
    limits : Limits
        Of one job.
    scheduler : str or None
        Address of a running scheduler, as in ``tcp://10.0.0.1:8786``.
    """

    def __init__(self, here: Executor, n_workers: int, limits: Limits, scheduler: str | None) -> None:
        self._here, self._n_workers, self._limits, self._scheduler = here, n_workers, limits, scheduler

    @property
    def n_workers(self) -> int:
        """How many workers there are, at this moment where a scheduler was named."""
        if self._scheduler is None:
            return self._n_workers
        with self._connected() as client:
            return max(len(client.nthreads()), 1)

    def carry_out(
        self,
        function: Callable[[Job], Record],
        jobs: Iterable[Job],
        lost: Callable[[Job, Death], Record],
    ) -> Iterator[Record]:
        """Yield records as they finish.

        Raises
        ------
        ResultsError
            If no worker comes, one may not be used, or the scheduler is lost.
        """
        rest = iter(jobs)
        first = next(rest, None)
        if first is None:
            return
        with ExitStack() as stack:
            if isinstance(first, FitJob):
                client = stack.enter_context(self._connected())
                carried_out: Iterator[Any] = _Run(client, self._limits, function, lost).records(
                    first, cast("Iterator[Any]", rest)
                )
            else:
                carried_out = self._here.carry_out(function, _chained(first, rest), lost)
            yield from carried_out

    def close(self) -> None:
        """Leave no process of this machine behind; workers of a cluster are their scheduler's."""
        self._here.close()

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        distributed = dask_distributed()
        with ExitStack() as stack:
            if self._scheduler is None:
                address: Any = stack.enter_context(local_cluster(self._n_workers))
            else:
                address = self._scheduler
            try:
                client = stack.enter_context(distributed.Client(address, set_as_default=False))
                client.wait_for_workers(1, timeout=_WAIT_S)
            except (OSError, TimeoutError) as error:
                told = f"no Dask workers at '{self._scheduler}' within {_WAIT_S:g} s: {error}"
                raise ResultsError(told) from error
            yield client


class _Run:
    """One set of jobs on a cluster."""

    def __init__(
        self,
        client: Any,
        limits: Limits,
        function: Callable[[Any], Any],
        lost: Callable[[Any, Death], Any],
    ) -> None:
        from albench.runner.fingerprint import environment

        self._client, self._function, self._lost = client, function, lost
        self._told = Told(environment()["fingerprint"], f"albench-{os.getpid()}-{id(self):x}", limits.timeout)
        # Each time that a job is handed over it has another number: word of it may come after its end.
        self._numbers = count()
        self._handed: dict[int, tuple[FitJob, Any]] = {}
        self._events: SimpleQueue[tuple[int, Death | None, str]] = SimpleQueue()
        self._counted_at, self._n_threads = -_COUNT_S, 1
        self._staffed_at = monotonic()

    def records(self, first: FitJob, rest: Iterator[FitJob]) -> Iterator[Any]:
        self._client.subscribe_topic(TOPIC, self._on_death)
        try:
            suspects: list[FitJob] = []
            yield from self._in_flight(_chained(first, rest), suspects)
            # A job that waits on a worker beside one that kills it is blamed, too; alone only the guilty die.
            for job in suspects:
                guilty: list[FitJob] = []
                yield from self._in_flight(iter([job]), guilty)
                for each in guilty:
                    yield self._lost(each, Death("failed", "its worker process died again and again"))
        except (OSError, CancelledError) as error:
            if self._client.status == "running":
                raise
            raise ResultsError(_GONE) from error
        finally:
            if self._client.status == "running":
                self._client.unsubscribe_topic(TOPIC)
                self._client.cancel([future for _, future in self._handed.values()])
                with suppress(TimeoutError):
                    self._run_on_workers(forget, self._told.name)

    def _in_flight(self, jobs: Iterator[FitJob], suspects: list[FitJob]) -> Iterator[Any]:
        """Yield records while twice as many jobs as workers are handed over, in order."""
        while True:
            for job in jobs:
                self._submit(job)
                if len(self._handed) >= 2 * self._threads():
                    break
            if not self._handed:
                return
            yield from self._next(suspects)

    def _next(self, suspects: list[FitJob]) -> Iterator[Any]:
        try:
            number, death, worker = self._events.get(timeout=_COUNT_S)
        except Empty:
            self._see_workers()
            return
        if number not in self._handed:
            return
        job, future = self._handed.pop(number)
        if death is not None:
            future.cancel()
            self._see_gone(worker)
            yield self._lost(job, death)
        elif future.status == "cancelled":
            raise ResultsError(_GONE)
        else:
            yield from self._fetched(job, future, suspects)

    def _fetched(self, job: FitJob, future: Any, suspects: list[FitJob]) -> Iterator[Any]:
        """Yield the record of a job that has ended; hand the job over again if its worker died with it."""
        try:
            answer = _LOST if future.status in ("pending", "lost") else future.result(timeout=_WAIT_S)
        except dask_distributed().KilledWorker:
            suspects.append(job)
            return
        except TimeoutError:
            answer = _LOST
        if answer is _LOST:
            future.cancel()
            self._submit(job)
        else:
            yield from self._answered(job, answer)

    def _answered(self, job: FitJob, answer: Any) -> Iterator[Any]:
        if isinstance(answer, Refused):
            raise ResultsError(answer.reason)
        if isinstance(answer, Lacking):
            with suppress(TimeoutError):
                files = packed(Path(job.arrays))
                self._run_on_workers(unpack, self._told.name, files, workers=[answer.worker])
            self._submit(job, answer.worker)
        else:
            yield answer

    def _run_on_workers(self, function: Callable[..., None], *args: Any, workers: Any = None) -> None:
        """Run a function on workers beside their jobs; one that holds its interpreter does not answer.

        Raises
        ------
        TimeoutError
        """
        self._client.run(function, *args, workers=workers, on_error="ignore", callback_timeout=_WAIT_S)

    def _submit(self, job: FitJob, worker: str | None = None) -> None:
        number = next(self._numbers)
        future = self._client.submit(
            on_worker,
            self._function,
            number,
            job,
            self._told,
            key=f"{self._told.name}-{number}",
            priority=-number,
            workers=worker and [worker],
            allow_other_workers=worker is not None,
        )
        self._handed[number] = (job, future)
        future.add_done_callback(lambda _: self._events.put((number, None, "")))

    def _on_death(self, event: tuple[float, dict[str, Any]]) -> None:
        about = event[1]
        if about["run"] == self._told.name:
            death = Death(about["status"], about["reason"])
            self._events.put((about["number"], death, about["worker"]))

    def _threads(self) -> int:
        if monotonic() - self._counted_at > _COUNT_S:
            self._n_threads = len(self._client.nthreads())
            self._counted_at = monotonic()
            if self._n_threads:
                self._staffed_at = self._counted_at
        return max(1, self._n_threads)

    def _see_gone(self, worker: str) -> None:
        """Wait until a worker that ends itself is gone: what it is still given would die with it."""
        deadline = monotonic() + _GOING_S
        while worker in self._client.nthreads() and monotonic() < deadline:
            sleep(_LOOK_S)

    def _see_workers(self) -> None:
        """Wait for workers that come and go, but not for ever.

        Raises
        ------
        ResultsError
        """
        self._threads()
        if monotonic() - self._staffed_at > _NO_WORKER_S:
            raise ResultsError(
                f"there has been no Dask worker for {_NO_WORKER_S:g} s; finished trials are on disk: start "
                "workers and run the same command again to go on"
            )


def _chained(first: Any, rest: Iterable[Any]) -> Iterator[Any]:
    yield first
    yield from rest
