"""Two workers beside two independent processes, and how well a skewed grid is spread over workers.

Equal trials: albench with two loky workers against two processes that each carry out half of the same trials
in a loop, one thread each, alternating; the time between the first and the last record, without what comes
before. Skewed grid: the makespan of a run against that of the same trials, longest first on measured costs.
Exit code 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from heapq import heapify, heapreplace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import albench
from albench.datasets.of_experiment import load_tables, read_known_facts
from albench.planning.agenda import make_agenda
from albench.planning.grid import make_plan
from albench.runner.executors.base import InlineExecutor
from albench.runner.executors.loky import LokyExecutor
from albench.runner.jobs import JobBuilder
from albench.runner.worker import execute_job, record_loss, refuse_loss, write_split
from albench.store.folder import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.runner.worker import FitJob

EQUAL = """
datasets: digits
models: logistic_regression
strategies: margin
seed_sizes: 20
batch_sizes: 20
budgets: 120
repeats: {repeats}
baseline: {{arms: 2}}
"""
SKEWED = """
datasets: [iris, breast_cancer, digits]
models: [gaussian_nb, logistic_regression, random_forest]
strategies: [margin, qbc]
seed_sizes: 10
batch_sizes: 10
budgets: 50
repeats: {repeats}
baseline: {{arms: 2}}
"""
SHARE_BAR, MAKESPAN_BAR = 0.95, 1.10


def jobs_of(text: str, scratch: Path) -> list[FitJob]:
    """Return the jobs of an experiment, longest first, their splits prepared."""
    spec = scratch / "parallel.yaml"
    spec.write_text(text, encoding="utf-8")
    experiment = albench.load_experiment(spec)
    tables = load_tables(experiment)
    plan = replace(make_plan(experiment, read_known_facts(experiment, tables)), references=())
    todo = make_agenda(plan, ResultsFolder(scratch / "results"))
    jobs = JobBuilder(plan, todo.pending, {}, todo.folder, scratch)
    for _ in InlineExecutor().execute(write_split, jobs.build_prepare_jobs(tables), refuse_loss):
        pass
    return list(jobs.build_fit_jobs())


def of_workers(jobs: Sequence[FitJob]) -> float:
    """Return the seconds of all jobs with two loky workers that have started before."""
    executor = LokyExecutor(2)
    for _ in executor.execute(execute_job, jobs[:4], record_loss):
        pass
    begun = time.perf_counter()
    for _ in executor.execute(execute_job, jobs, record_loss):
        pass
    return time.perf_counter() - begun


def of_processes(jobs: Sequence[FitJob]) -> float:
    """Return the seconds of two processes with half of the jobs each, without their start and their end."""
    context = get_context("spawn")
    barrier, ends = context.Barrier(3), context.SimpleQueue()
    processes = [context.Process(target=alone, args=(jobs[i::2], barrier, ends)) for i in range(2)]
    for process in processes:
        process.start()
    barrier.wait()
    begun = time.monotonic()
    last = max(ends.get() for _ in processes)
    for process in processes:
        process.join()
    return last - begun


def alone(jobs: Sequence[FitJob], barrier: Any, ends: Any) -> None:
    """Carry out jobs one after the other, once all processes are ready; say when the last was done."""
    for _ in InlineExecutor().execute(execute_job, jobs[:2], record_loss):
        pass
    barrier.wait()
    for _ in InlineExecutor().execute(execute_job, jobs, record_loss):
        pass
    ends.put(time.monotonic())


def makespan(costs: Sequence[float], n_workers: int) -> float:
    """Return how long jobs take that are handed to free workers in the order given."""
    free = [0.0] * n_workers
    heapify(free)
    for cost in costs:
        heapreplace(free, free[0] + cost)
    return max(free)


def share(pairs: int, repeats: int) -> float:
    """Return what two workers reach of two processes, the median of alternating pairs."""
    ratios = []
    with tempfile.TemporaryDirectory(prefix="albench-parallel-") as scratch:
        jobs = jobs_of(EQUAL.format(repeats=repeats), Path(scratch))
        for i in range(pairs):
            first, second = (of_workers, of_processes) if i % 2 else (of_processes, of_workers)
            took = {first: first(jobs)} | {second: second(jobs)}
            ratios.append(took[of_processes] / took[of_workers])
            print(
                f"{len(jobs)} equal trials: workers {took[of_workers]:.2f} s, "
                f"processes {took[of_processes]:.2f} s: {ratios[-1]:.3f}",
                flush=True,
            )
    return statistics.median(ratios)


def skew(repeats: int) -> float:
    """Return the makespan in the order of a run, as a multiple of longest first on measured costs.

    Costs are CPU seconds of each trial, measured alone; the order is that in which a run hands them out.
    """
    with tempfile.TemporaryDirectory(prefix="albench-parallel-") as scratch:
        jobs = jobs_of(SKEWED.format(repeats=repeats), Path(scratch))
        costs = []
        # The first of each model pays for imports.
        for _ in InlineExecutor().execute(execute_job, jobs[:: len(jobs) // 12], record_loss):
            pass
        for job in jobs:
            began = time.process_time()
            for _ in InlineExecutor().execute(execute_job, [job], record_loss):
                pass
            costs.append(time.process_time() - began)
    ratios = {n: makespan(costs, n) / makespan(sorted(costs, reverse=True), n) for n in (2, 4, 8, 16)}
    by_workers = ", ".join(f"{n} workers {ratio:.3f}" for n, ratio in ratios.items())
    print(f"{len(costs)} skewed trials of {min(costs):.3f} to {max(costs):.3f} s: {by_workers}")
    return ratios[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=60)
    args = parser.parse_args()
    # For the processes, as joblib does for its workers: what limits threads later has started them by then.
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    longer, reached = skew(1), share(args.pairs, args.repeats)
    print(
        f"two workers reach {reached:.3f} of two processes (bar {SHARE_BAR}); "
        f"makespan {longer:.3f} of longest first (bar {MAKESPAN_BAR})"
    )
    return int(reached < SHARE_BAR or longer > MAKESPAN_BAR)


if __name__ == "__main__":
    sys.exit(main())
