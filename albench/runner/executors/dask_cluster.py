"""A Dask cluster on this machine that leaves its cores to the trials."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from albench.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = {
    # A worker's clocks and samples take the interpreter from the thread of the trial.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.gil.enabled": False,
    # With it the allocator gives every freed array back to the system, and asks for it again.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
    # A worker that is not there so long after one of its deaths is given up for good, also if it has been
    # started again since and only died once more.
    "distributed.deploy.lost-worker-timeout": "365 days",
}


@contextmanager
def start_local_cluster(n_workers: int) -> Iterator[Any]:
    """Start a scheduler in this process and workers of one thread each; end them with the body.

    What a trial may hold is the experiment's ``memory``, as with other backends: a worker is neither paused
    nor ended for its share of this machine's. A trial that takes its worker along is tried once more.
    """
    import dask

    distributed = import_distributed()
    with dask.config.set(_SETTINGS):
        cluster = distributed.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            memory_limit=0,
            # Without a page it listens all the same, and on a port that may be taken unless told otherwise.
            dashboard_address=":0",
            silence_logs=50,
            scheduler_kwargs={"allowed_failures": 1, "dashboard": False},
        )
        with cluster:
            yield cluster


def import_distributed() -> Any:
    """Return the package."""
    try:
        import distributed
    except ImportError as error:
        raise ResultsError("the Dask backend needs a package more: pip install 'albench[dask]'") from error
    return cast("Any", distributed)
