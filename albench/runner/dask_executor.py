"""Trials on a Dask cluster: workers on other machines, that may come, go and die while a run goes on.

Splits are prepared here. A trial goes to a worker as a small message; the arrays of its split, where the
worker does not see this machine's files, follow once and stay on the worker's disk.

joblib's own Dask backend is not used: with records in any order it waits for ever for a job that has killed
too many workers (joblib 1.6, its callback is not called for errors of the scheduler).
"""

from __future__ import annotations

import os
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, cast

from albench.errors import ResultsError
from albench.runner.dask_worker import TOPIC, Lacking, Refused, Told, forget, on_worker, packed, unpack
from albench.runner.watchdog import Death
from albench.runner.work import FitJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from albench.runner.executors import Executor
    from albench.trial.limits import Limits

Job = TypeVar("Job")
Record = TypeVar("Record")

_GONE = "the Dask scheduler is gone; finished trials are on disk: run the same command again to go on"
_WAIT_S = 60.0
_COUNT_S = 1.0


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

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        distributed = _distributed()
        with ExitStack() as stack:
            if self._scheduler is None:
                cluster = distributed.LocalCluster(
                    n_workers=self._n_workers, threads_per_worker=1, dashboard_address=":0", silence_logs=50
                )
                address: Any = stack.enter_context(cluster)
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
        from albench.store.environment import environment

        self._client, self._function, self._lost = client, function, lost
        self._told = Told(environment()["fingerprint"], f"albench-{os.getpid()}-{id(self):x}", limits.timeout)
        self._jobs: dict[int, FitJob] = {}
        self._futures: dict[int, Any] = {}
        self._events: SimpleQueue[tuple[int, Death | None]] = SimpleQueue()
        self._counted_at, self._n_threads = -_COUNT_S, 1

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
                self._client.cancel(list(self._futures.values()))
                self._client.run(forget, self._told.name, on_error="ignore")

    def _in_flight(self, jobs: Iterator[FitJob], suspects: list[FitJob]) -> Iterator[Any]:
        """Yield records while twice as many jobs as workers are handed over, in order."""
        numbered = enumerate(jobs, start=max(self._jobs, default=-1) + 1)
        while True:
            for number, job in numbered:
                self._jobs[number] = job
                self._submit(number)
                if len(self._futures) >= 2 * self._threads():
                    break
            if not self._futures:
                return
            yield from self._next(suspects)

    def _next(self, suspects: list[FitJob]) -> Iterator[Any]:
        try:
            number, death = self._events.get(timeout=_COUNT_S)
        except Empty:
            return
        future = self._futures.pop(number, None)
        if future is None:
            return
        if death is not None:
            future.cancel()
            yield self._lost(self._jobs.pop(number), death)
        elif future.status == "error" and type(future.exception()).__name__ == "KilledWorker":
            suspects.append(self._jobs.pop(number))
        elif future.status in ("pending", "lost"):
            # Its worker died before the record was fetched; another one runs it again.
            self._watch(number, future)
        elif future.status == "cancelled":
            raise ResultsError(_GONE)
        else:
            yield from self._answered(number, future.result())

    def _answered(self, number: int, answer: Any) -> Iterator[Any]:
        if isinstance(answer, Refused):
            raise ResultsError(answer.reason)
        if isinstance(answer, Lacking):
            files = packed(Path(self._jobs[number].arrays))
            self._client.run(unpack, self._told.name, files, workers=[answer.worker], on_error="ignore")
            self._submit(number, answer.worker)
            return
        del self._jobs[number]
        yield answer

    def _submit(self, number: int, worker: str | None = None) -> None:
        future = self._client.submit(
            on_worker,
            self._function,
            number,
            self._jobs[number],
            self._told,
            key=f"{self._told.name}-{number}-{monotonic()}",
            priority=-number,
            workers=worker and [worker],
            allow_other_workers=worker is not None,
        )
        self._watch(number, future)

    def _watch(self, number: int, future: Any) -> None:
        self._futures[number] = future
        future.add_done_callback(lambda _: self._events.put((number, None)))

    def _on_death(self, event: tuple[float, dict[str, Any]]) -> None:
        about = event[1]
        if about["run"] == self._told.name:
            self._events.put((about["number"], Death(about["status"], about["reason"])))

    def _threads(self) -> int:
        if monotonic() - self._counted_at > _COUNT_S:
            self._n_threads = max(1, len(self._client.nthreads()))
            self._counted_at = monotonic()
        return self._n_threads


def _chained(first: Any, rest: Iterable[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise ResultsError("the Dask backend needs a package more: pip install 'albench[dask]'") from error
    return cast("Any", distributed)
