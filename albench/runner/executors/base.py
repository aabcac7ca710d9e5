"""Who carries out jobs: what is asked of an executor, and the one that needs no process but this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from albench.runner.executors.watchdog import Death

Job = TypeVar("Job")
Record = TypeVar("Record")


class Executor(Protocol):
    """Carries out jobs and yields their records as they finish, in any order."""

    @property
    def n_workers(self) -> int:
        """How many jobs are carried out at a time."""
        ...

    def carry_out(
        self,
        function: Callable[[Job], Record],
        jobs: Iterable[Job],
        lost: Callable[[Job, Death], Record],
    ) -> Iterator[Record]:
        """Yield ``function(job)`` for every job; ``lost(job, death)`` for one that took its process along."""
        ...

    def close(self) -> None:
        """Leave no process behind, whatever its jobs have left in it."""
        ...


class Inline:
    """One job after the other in the calling process."""

    n_workers = 1

    def carry_out(
        self,
        function: Callable[[Job], Record],
        jobs: Iterable[Job],
        lost: Callable[[Job, Death], Record],
    ) -> Iterator[Record]:
        """Yield ``function(job)`` in the order of the jobs, with one thread for linear algebra."""
        from threadpoolctl import threadpool_limits

        del lost
        for job in jobs:
            with threadpool_limits(limits=1):
                record = function(job)
            yield record

    def close(self) -> None:
        """Do nothing: no process was started."""
