"""The protocol of executors, and the one that needs no process but this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from albench.runner.process_state import make_room_for_files

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from albench.runner.executors.watchdog import Death

Job = TypeVar("Job")
Record = TypeVar("Record")


class Executor(Protocol):
    """Executes jobs and yields their records as they finish, in any order."""

    @property
    def n_workers(self) -> int:
        """How many jobs run at a time."""
        ...

    def execute(
        self,
        function: Callable[[Job], Record],
        jobs: Iterable[Job],
        record_loss: Callable[[Job, Death], Record],
    ) -> Generator[Record, None, None]:
        """Yield ``function(job)`` for every job; ``record_loss(job, death)`` for one whose process died."""
        ...

    def close(self) -> None:
        """End all processes, whatever their jobs have left in them."""
        ...


class InlineExecutor:
    """One job after the other in the calling process."""

    n_workers = 1

    def execute(
        self,
        function: Callable[[Job], Record],
        jobs: Iterable[Job],
        record_loss: Callable[[Job, Death], Record],
    ) -> Generator[Record, None, None]:
        """Yield ``function(job)`` in the order of the jobs, with one thread for linear algebra."""
        from threadpoolctl import threadpool_limits

        del record_loss
        for job in jobs:
            with threadpool_limits(limits=1):
                record = function(job)
            # No process ends here with which files would be closed that the job has left open.
            make_room_for_files()
            yield record

    def close(self) -> None:
        """Do nothing: no process was started."""
