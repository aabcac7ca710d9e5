"""Dask beside loky: 400 trials of about 0.2 s with two workers each, start-up excluded, alternating.

Both carry out the same jobs through the executors that `albench run` uses; timed is what lies between the
first record, of a job before the others, and the last. The median of the ratios; exit code 1 if Dask is more
than 15 % slower.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from parallel import jobs_of

from albench.runner.dask_executor import Dask
from albench.runner.executors import Inline, Loky
from albench.runner.work import carry_out, lost
from albench.trial.limits import NO_LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.runner.executors import Executor
    from albench.runner.work import FitJob

BAR = 1.15
TRIALS = """
datasets: digits
models: logistic_regression
strategies: margin
seed_sizes: 20
batch_sizes: 10
budgets: 240
repeats: {repeats}
baseline: {{arms: 2}}
"""


def seconds(executor: Executor, jobs: Sequence[FitJob]) -> float:
    """Return the time after the fourth record: by then both workers have started."""
    records = executor.carry_out(carry_out, jobs, lost)
    for _ in itertools.islice(records, 4):
        pass
    begun = time.perf_counter()
    for _ in records:
        last = time.perf_counter()
    return last - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--trials", type=int, default=400)
    parser.add_argument("--pairs", type=int, default=5)
    args = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory(prefix="albench-backends-") as scratch:
        jobs = jobs_of(TRIALS.format(repeats=-(-args.trials // 3)), Path(scratch))[: args.trials]
        for i in range(args.pairs):
            executors = {"loky": Loky(2), "dask": Dask(Inline(), 2, NO_LIMITS, None)}
            order = ("dask", "loky") if i % 2 else ("loky", "dask")
            took = {name: seconds(executors[name], jobs) for name in order}
            ratios.append(took["dask"] / took["loky"])
            each = took["loky"] * 2 / len(jobs)
            told = f"loky {took['loky']:.2f} s, {each:.2f} s a trial; dask {took['dask']:.2f} s"
            print(f"{told}: {ratios[-1]:.3f}", flush=True)
    middle = statistics.median(ratios)
    print(f"dask takes {middle:.3f} of the time of loky for {len(jobs)} trials (bar {BAR})")
    return int(middle > BAR)


if __name__ == "__main__":
    sys.exit(main())
