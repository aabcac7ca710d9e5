"""Dask beside loky: 400 trials of about 0.2 s with two workers each, start-up excluded, alternating.

Both carry out the same jobs through the executors that `albench run` uses; timed is what lies between the
fourth record, when both workers have started, and the last. Told besides, as it does not depend on what else
runs on the machine: the CPU seconds of the driver, in which Dask's scheduler runs, and of the workers. The
median of the ratios of times; exit code 1 if Dask is more than 15 % slower.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from parallel import jobs_of

from albench.runner.executors.base import InlineExecutor
from albench.runner.executors.dask import DaskExecutor
from albench.runner.executors.loky import LokyExecutor
from albench.runner.worker import execute_job, record_loss
from albench.trial.limits import NO_LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.runner.executors.base import Executor
    from albench.runner.worker import FitJob

BAR = 1.15
TRIALS = """
datasets: digits
models: logistic_regression
strategies: margin
seed_sizes: 20
batch_sizes: 10
budgets: 400
repeats: {repeats}
baseline: {{arms: 2}}
"""


@dataclass(frozen=True)
class Took:
    """Seconds of one set of jobs: on the wall, of the driver's CPU, of the CPU of all other processes."""

    wall: float
    driver: float
    workers: float

    @property
    def cpu(self) -> float:
        return self.driver + self.workers

    def __str__(self) -> str:
        return f"{self.wall:.2f} s, CPU {self.driver:.2f} + {self.workers:.2f} s"


def of_processes() -> dict[int, float]:
    """Return the CPU seconds of this process, the first, and of all that it has started."""
    cpu_of_pids = {}
    me = psutil.Process()
    for process in (me, *me.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            cpu_of_pids[process.pid] = sum(process.cpu_times()[:2])
    return cpu_of_pids


def seconds(executor: Executor, jobs: Sequence[FitJob]) -> Took:
    """Return what the jobs take after the fourth record: by then both workers have started."""
    records = executor.execute(execute_job, jobs, record_loss)
    for _ in itertools.islice(records, 4):
        pass
    before, begun = of_processes(), time.perf_counter()
    for _ in itertools.islice(records, len(jobs) - 4):
        pass
    wall, after = time.perf_counter() - begun, of_processes()
    # Only now are workers ended.
    for _ in records:
        pass
    spent = {process: total - before.get(process, 0.0) for process, total in after.items()}
    driver = spent.pop(os.getpid())
    return Took(wall, driver, sum(spent.values()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--trials", type=int, default=400)
    parser.add_argument("--pairs", type=int, default=5)
    args = parser.parse_args()
    ratios, cpu = [], []
    with tempfile.TemporaryDirectory(prefix="albench-backends-") as scratch:
        jobs = jobs_of(TRIALS.format(repeats=-(-args.trials // 3)), Path(scratch))[: args.trials]
        for i in range(args.pairs):
            executors: dict[str, Executor] = {
                "loky": LokyExecutor(2),
                "dask": DaskExecutor(InlineExecutor(), 2, NO_LIMITS, None),
            }
            order = ("dask", "loky") if i % 2 else ("loky", "dask")
            took = {name: seconds(executors[name], jobs) for name in order}
            ratios.append(took["dask"].wall / took["loky"].wall)
            cpu.append(took["dask"].cpu / took["loky"].cpu)
            each = took["loky"].cpu / (len(jobs) - 4)
            times = f"loky {took['loky']}, {each:.2f} s a trial; dask {took['dask']}"
            print(f"{times}: {ratios[-1]:.3f}, CPU {cpu[-1]:.3f}, load {os.getloadavg()[0]:.1f}", flush=True)
    middle, spent = statistics.median(ratios), statistics.median(cpu)
    times = f"dask takes {middle:.3f} of the time of loky for {len(jobs)} trials (bar {BAR})"
    print(f"{times}, {spent:.3f} of its CPU")
    return int(middle > BAR)


if __name__ == "__main__":
    sys.exit(main())
