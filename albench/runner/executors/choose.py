"""Which executor an experiment's ``execution`` asks for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from albench.runner.executors.base import Inline
from albench.runner.executors.loky import Loky
from albench.trial.limits import Limits

if TYPE_CHECKING:
    from albench.runner.executors.base import Executor
    from albench.spec.experiment import Execution


def limits_of(execution: Execution) -> Limits:
    """Return what one trial may take."""
    return Limits(execution.timeout, execution.memory)


def executor(execution: Execution, n_jobs: int) -> Executor:
    """Return the executor for a number of jobs.

    One worker that is asked for, of jobs without limits, is this process: nothing is started, but a job
    that ends its process ends the run. The one worker of a machine with one core is a process of its own.
    """
    limits = limits_of(execution)
    wanted = execution.n_jobs if execution.n_jobs > 0 else max(1, _cores() + 1 + execution.n_jobs)
    if execution.backend == "inline" or not n_jobs:
        return Inline()
    alone = execution.n_jobs == 1 and not limits
    here = Inline() if alone else Loky(min(wanted, n_jobs), limits)
    if execution.backend == "dask":
        from albench.runner.executors.dask import Dask

        return Dask(here, min(wanted, n_jobs), limits, execution.scheduler)
    return here


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
