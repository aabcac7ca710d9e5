"""The executor that an experiment's ``execution`` asks for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from albench.runner.executors.base import InlineExecutor
from albench.runner.executors.loky import LokyExecutor
from albench.trial.limits import Limits

if TYPE_CHECKING:
    from albench.runner.executors.base import Executor
    from albench.spec.settings import Execution


def get_limits(execution: Execution) -> Limits:
    """Return the limits of one trial."""
    return Limits(execution.timeout, execution.memory)


def choose_executor(execution: Execution, n_jobs: int) -> Executor:
    """Return the executor for a number of jobs.

    One worker that is asked for, of jobs without limits, is this process: nothing is started, but a job
    that ends its process ends the run. The one worker of a machine with one core is a process of its own.
    """
    limits = get_limits(execution)
    # As in joblib, -1 is all cores, -2 all but one.
    n_workers = execution.n_jobs if execution.n_jobs > 0 else max(1, _count_cores() + 1 + execution.n_jobs)
    n_workers = min(n_workers, n_jobs)
    if execution.backend == "inline" or not n_jobs:
        return InlineExecutor()
    is_inline = execution.n_jobs == 1 and not limits
    executor = InlineExecutor() if is_inline else LokyExecutor(n_workers, limits)
    if execution.backend == "dask":
        from albench.runner.executors.dask import DaskExecutor

        return DaskExecutor(executor, n_workers, limits, execution.scheduler)
    return executor


def _count_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
