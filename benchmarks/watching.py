"""What watching stopping rules costs: a trial that watches them beside the same trial without, alternating.

Digits, logistic regression, 20 labels to start from, 20 rounds of 10; CPU time, one thread, median of the
ratios of 40 pairs; with the strategies of the quickstart. Most of them ask for the probabilities that rules
look at, random and k_center do not. With random the floor stands beside it: the probabilities of the rows
without a label alone, by scikit-learn's `predict_proba` and by the call of a trial. `--each` measures every
rule by itself, with margin and with random. Exit code 1 if ten rules cost more than 5 % with margin, or of
all strategies together.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from overhead import SPEC, plain_fit
from threadpoolctl import threadpool_limits

import albench
from albench.api import plan_experiment
from albench.models.fitted import FittedModel
from albench.planning.decisions import Decision
from albench.prepared.split_arrays import SplitArrays
from albench.registry.lookup import make_recipe
from albench.runner.tasks import build_trial_task
from albench.runner.worker import FitJob, PrepareJob, execute_job, write_split
from albench.store.folder import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Callable

BAR = 1.05
TEN = {
    "target": {"value": 0.9},
    "budget": {"labels": 150},
    "patience": {},
    "overall_uncertainty": {},
    "classification_change": {},
    "stabilizing_predictions": {},
    "max_confidence": {},
    "min_expected_error": {},
    "contradictory_information": {},
    "performance_gradient": {},
}
ELEVEN = {**TEN, "error_stability": {}}
QUICKSTART = ("margin", "random", "least_confident", "entropy", "qbc", "k_center")


def prepare_job(scratch: Path, strategy: str, rules: dict[str, dict[str, object]]) -> FitJob:
    """Return the job of one trial that watches some rules."""
    spec = scratch / "watching.yaml"
    stopping = [{name: dict(options)} for name, options in rules.items()]
    text = SPEC.replace("strategies: margin", f"strategies: {strategy}")
    spec.write_text(f"{text}validation: 0.1\nstopping: {stopping}\n", encoding="utf-8")
    plan, tables = plan_experiment(albench.load_experiment(spec))
    trial = next(trial for trial in plan.trials if trial.strategy.label == strategy)
    target, identity = scratch / "arrays", trial.identity
    if not target.exists():
        split = make_recipe(plan.experiment.split)
        write_split(PrepareJob(tables["digits"], identity.dataset, split, 0, 0.1, 0, str(target)))
    folder = ResultsFolder(scratch / "results")
    task = build_trial_task(Decision(trial, "run", trial.coverage), plan.experiment, folder)
    return FitJob(task, str(target))


def measure_seconds(job: FitJob) -> float:
    started = time.process_time()
    record = execute_job(job)
    took = time.process_time() - started
    if record.status != "done":
        raise SystemExit(record.traceback)
    return took


def compute_ratio(watching: FitJob, plain: FitJob, pairs: int) -> float:
    """Return the CPU time of the first job as a multiple of the second one's: the median over pairs."""
    ratios = []
    for i in range(pairs):
        both = [partial(measure_seconds, watching), partial(measure_seconds, plain)]
        took = [job() for job in (both if i % 2 else reversed(both))]
        ratios.append(took[0] / took[1] if i % 2 else took[1] / took[0])
    return statistics.median(ratios)


def list_predictions(job: FitJob) -> dict[str, Callable[[], object]]:
    """Return calls that predict the rows without a label in each round of a trial, and nothing else."""
    record, arrays = execute_job(job), SplitArrays.load(Path(job.arrays))
    X, y, rounds = arrays.pool_features, arrays.pool_labels, []
    positions = np.searchsorted(arrays.pool_rows, record.queries["row"])
    for round_index in record.curve["round"]:
        is_labelled = np.zeros(y.size, bool)
        is_labelled[positions[record.queries["round"] <= round_index]] = True
        model = plain_fit(X[is_labelled], y[is_labelled])
        fitted = FittedModel(model, model.classes_, job.task.n_classes)
        rounds.append((fitted, np.flatnonzero(~is_labelled)))
    return {
        "scikit-learn's predict_proba alone": lambda: [
            fitted.estimator.predict_proba(X[rows]) for fitted, rows in rounds
        ],
        "the same by the call of a trial": lambda: [fitted.proba(X[rows]) for fitted, rows in rounds],
    }


def compute_share(predict: Callable[[], object], plain: FitJob, pairs: int) -> float:
    """Return the CPU time of calls as a share of a trial's: the median over pairs."""
    shares = []
    for _ in range(pairs):
        started = time.process_time()
        predict()
        took = time.process_time() - started
        shares.append(took / measure_seconds(plain))
    return statistics.median(shares)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--each", action="store_true")
    options = parser.parse_args()
    ratios, seconds = {}, {}
    with threadpool_limits(1), tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for strategy in QUICKSTART:
            plain = prepare_job(scratch, strategy, {})
            seconds[strategy] = statistics.median(measure_seconds(plain) for _ in range(options.pairs))
            same = compute_ratio(plain, plain, options.pairs)
            print(f"{strategy}, the same trial twice: {same - 1:+.1%} of {seconds[strategy] * 1000:.0f} ms")
            for words, rules in {"ten rules": TEN, "eleven rules": ELEVEN}.items():
                job = prepare_job(scratch, strategy, rules)
                ratio = compute_ratio(job, plain, options.pairs)
                ratios[strategy, words] = ratio
                print(f"{strategy}, {words}: {ratio - 1:+.1%}")
            predictions = list_predictions(plain) if strategy == "random" else {}
            for words, predict in predictions.items():
                print(f"{strategy}, {words}: {compute_share(predict, plain, options.pairs):+.1%}")
            for name, parameters in ELEVEN.items() if options.each and strategy in QUICKSTART[:2] else ():
                ratio = compute_ratio(
                    prepare_job(scratch, strategy, {name: parameters}), plain, options.pairs
                )
                print(f"{strategy}, {name}: {ratio - 1:+.1%}")
    added = sum((ratios[strategy, "ten rules"] - 1) * seconds[strategy] for strategy in QUICKSTART)
    together = 1 + added / sum(seconds.values())
    margin = ratios["margin", "ten rules"]
    print(
        f"ten rules with margin: {margin:.3f}, with all strategies together: {together:.3f} (bar {BAR:.2f})"
    )
    return int(not np.isfinite(together) or max(margin, together) > BAR)


if __name__ == "__main__":
    sys.exit(main())
