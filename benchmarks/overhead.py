"""What a trial costs beside a bare numpy loop that does the same, in one process, alternating.

Digits, logistic regression, margin, 20 labels to start from, 20 rounds of 10; CPU time, one thread, median
of the ratios of 20 pairs. The trial writes its part. A second ratio gives the bare loop the faster fit of a
trial, so that what a trial adds to its fits is not hidden by them. A share says how much of a trial the
checks of what components return take (`albench/contracts/returned.py`). On the prepared split the trial with
`difficulty_noise` stands beside that with the perfect oracle, as a whole and without the fits of its model:
at rate 0, where both fit the same labels; at 0.1 with naive Bayes and nearest neighbours, whose fits cost the
same whatever the labels are; and at 0.1 with logistic regression, which takes more iterations on wrong
labels, and a random forest, whose trees have more nodes: both are counted, and the whole has no bar. The
last line holds the ratios to the loop with scikit-learn's fit; exit code 1 if one misses its bar.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

import albench
from albench.api import plan_experiment
from albench.contracts import returned
from albench.coverage import Coverage
from albench.models import fast_logistic, fitted
from albench.models.fitting import ModelFitter
from albench.planning.decisions import Decision
from albench.prepared.split_arrays import SplitArrays
from albench.registry.lookup import make_recipe
from albench.runner.tasks import build_trial_task
from albench.runner.worker import FitJob, PrepareJob, execute_job, write_split
from albench.store.folder import TRIAL, ResultsFolder
from albench.store.parts import build_trial_part
from albench.trial import loop, scoring

if TYPE_CHECKING:
    from albench.models.fitted import FittedModel
    from albench.trial.records import TrialRecord

SPEC = """
datasets: digits
models:
- logistic_regression
- {gaussian_nb: {var_smoothing: 0.001}}
- {sklearn.neighbors.KNeighborsClassifier: {label: k_neighbors}}
- {random_forest: {n_estimators: 10}}
strategies: margin
seed_sizes: 20
seed_sets: random
batch_sizes: 10
budgets: 220
repeats: 1
oracles: [perfect, {difficulty_noise: {rate: 0, label: never wrong}}, {difficulty_noise: {rate: 0.1}}]
"""
LOGISTIC, BAYES, NEIGHBORS, FOREST = "logistic_regression", "gaussian_nb", "k_neighbors", "random_forest"
ORACLES = (
    ("never wrong", LOGISTIC, 1.05),
    ("difficulty_noise", BAYES, 1.05),
    ("difficulty_noise", NEIGHBORS, 1.05),
    ("difficulty_noise", LOGISTIC, None),
    ("difficulty_noise", FOREST, None),
)
REST_BAR = 1.05
BARS = {"accuracy": 1.10, "default metrics": 1.15}
SHARE_BAR = 0.01
CALLERS = (fitted, loop, scoring)
Fit = Callable[[np.ndarray, np.ndarray], LogisticRegression]


@dataclass
class Setting:
    """One trial, ready to run in both ways."""

    job: FitJob
    arrays: SplitArrays
    seeds: np.ndarray
    decision: Decision
    folder: ResultsFolder


def settings(scratch: Path) -> dict[str | tuple[str, str], Setting]:
    """Return the trial by what it records, and trials with all metrics by oracle and model."""
    spec = scratch / "overhead.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    plan, tables = plan_experiment(albench.load_experiment(spec))
    margin = [trial for trial in plan.trials if trial.strategy.label == "margin"]
    trials = {(trial.oracle.label, trial.model.label): trial for trial in margin}
    target = scratch / "arrays"
    identity = trials["perfect", LOGISTIC].identity
    split = make_recipe(plan.experiment.split)
    write_split(
        PrepareJob(tables["digits"], identity.dataset, split, 0, 0.0, 0, str(target), needs_difficulty=True)
    )
    folder = ResultsFolder(scratch / "results")
    folder.create()
    by_name = {}
    for name in (*BARS, *trials):
        trial = trials.get(name, trials["perfect", LOGISTIC])
        metrics = frozenset({"accuracy"}) if name == "accuracy" else trial.coverage.metrics
        decision = Decision(trial, "run", Coverage(220, metrics))
        task = build_trial_task(decision, plan.experiment, folder)
        record = execute_job(FitJob(task, str(target)))
        arrays = SplitArrays.load(target)
        rows = record.queries["row"][record.queries["round"] == 0]
        by_name[name] = Setting(
            FitJob(task, str(target)), arrays, np.searchsorted(arrays.pool_rows, rows), decision, folder
        )
    return by_name


def plain_fit(X: np.ndarray, y: np.ndarray) -> LogisticRegression:
    return LogisticRegression(max_iter=1000).fit(X, y)


def same_fit(X: np.ndarray, y: np.ndarray) -> LogisticRegression:
    return fast_logistic.fit_plain(LogisticRegression(max_iter=1000), X, y)


def bare_loop(setting: Setting, fit: Fit) -> list[float]:
    """Fit, predict, take the ten smallest margins: nothing else."""
    arrays = setting.arrays
    X, y = arrays.pool_features, arrays.pool_labels
    labelled = np.zeros(y.size, bool)
    labelled[setting.seeds] = True
    curve = []
    while True:
        rows = np.flatnonzero(labelled)
        model = fit(X[rows], y[rows])
        curve.append(float(np.mean(model.predict(arrays.test_features) == arrays.test_labels)))
        if rows.size == 220:
            return curve
        candidates = np.flatnonzero(~labelled)
        top_two = np.partition(model.predict_proba(X[candidates]), -2, axis=1)[:, -2:]
        labelled[candidates[np.argpartition(top_two[:, 1] - top_two[:, 0], 10)[:10]]] = True


def run_trial(setting: Setting) -> TrialRecord:
    record = execute_job(setting.job)
    part = build_trial_part(
        record,
        setting.decision.trial.identity,
        setting.decision.coverage,
        environment="benchmark",
        finished_at=datetime.now(UTC),
    )
    setting.folder.write_part(TRIAL, part)
    return record


def trial(setting: Setting) -> list[float]:
    return run_trial(setting).curve["accuracy"].tolist()


def trial_seconds(setting: Setting) -> tuple[float, float]:
    """Return the CPU time of a trial, and what is left of it without the fits of its model."""
    started = time.process_time()
    record = run_trial(setting)
    took = time.process_time() - started
    return took, took - float(record.curve["fit_s"].sum())


def compare_oracles(noisy: Setting, perfect: Setting, pairs: int) -> tuple[float, float]:
    """Return the CPU time of one trial as a multiple of the other's: whole, and without their fits."""
    ratios = []
    for i in range(pairs):
        both = [trial_seconds(setting) for setting in ((noisy, perfect) if i % 2 else (perfect, noisy))]
        of_noisy, of_perfect = both if i % 2 else reversed(both)
        ratios.append([mine / its for mine, its in zip(of_noisy, of_perfect, strict=True)])
    whole, rest = (statistics.median(of) for of in zip(*ratios, strict=True))
    return whole, rest


def cpu_seconds(function: Callable[[], object]) -> float:
    started = time.process_time()
    function()
    return time.process_time() - started


def median_ratio(first: Callable[[], object], other: Callable[[], object], pairs: int) -> float:
    """Return the CPU time of one as a multiple of the other's."""
    ratios = []
    for i in range(pairs):
        both = [first, other]
        took = [cpu_seconds(function) for function in (both if i % 2 else reversed(both))]
        ratios.append(took[0] / took[1] if i % 2 else took[1] / took[0])
    return statistics.median(ratios)


def describe_fits(setting: Setting) -> str:
    """Say how many fits a trial makes, and what they do that depends on the labels."""
    fit, estimators = ModelFitter.fit, []

    def collect(*arguments: Any, **options: Any) -> FittedModel:
        model = fit(*arguments, **options)
        estimators.append(model.estimator)
        return model

    ModelFitter.fit = collect
    trial(setting)
    ModelFitter.fit = fit
    iterations = sum(int(each.n_iter_.max()) for each in estimators if hasattr(each, "n_iter_"))
    trees = [tree for each in estimators for tree in getattr(each, "estimators_", ())]
    words = [f"{len(estimators)} fits"]
    words += [f"{iterations} iterations"] if iterations else []
    words += [f"{sum(tree.tree_.node_count for tree in trees)} nodes of trees"] if trees else []
    return ", ".join(words)


def measure_check_share(setting: Setting, trials: int) -> float:
    """Return the share of a trial that the checks of returned values take, the median over trials."""
    spent = [0]

    def add_timer(check: Callable[..., object]) -> Callable[..., object]:
        def timed(*arguments: object, **options: object) -> object:
            started = time.perf_counter_ns()
            try:
                return check(*arguments, **options)
            finally:
                spent[0] += time.perf_counter_ns() - started

        return timed

    checks = [
        (module, name, value)
        for module in CALLERS
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == returned.__name__
    ]
    for module, name, check in checks:
        setattr(module, name, add_timer(check))
    shares = []
    for _ in range(trials):
        spent[0], started = 0, time.perf_counter_ns()
        execute_job(setting.job)
        shares.append(spent[0] / (time.perf_counter_ns() - started))
    for module, name, check in checks:
        setattr(module, name, check)
    return statistics.median(shares)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=20)
    pairs = parser.parse_args().pairs
    medians, is_cheap = {}, True
    with threadpool_limits(1), tempfile.TemporaryDirectory() as scratch:
        by_name = settings(Path(scratch))
        for name in BARS:
            setting = by_name[name]
            if any(trial(setting) != bare_loop(setting, fit) for fit in (plain_fit, same_fit)):
                print(f"{name}: the loops disagree")
                return 1
            run = partial(trial, setting)
            medians[name] = median_ratio(run, partial(bare_loop, setting, plain_fit), pairs)
            sterner = median_ratio(run, partial(bare_loop, setting, same_fit), pairs)
            print(f"{name}, if the bare loop had the fit of a trial: {sterner:.3f}")
            share = measure_check_share(setting, pairs)
            is_cheap &= share <= SHARE_BAR
            print(f"{name}, checks of returned values: {share:.2%} of a trial (bar {SHARE_BAR:.0%})")
        for oracle, model, bar in ORACLES:
            pair = by_name[oracle, model], by_name["perfect", model]
            whole, rest = compare_oracles(*pair, pairs)
            is_cheap &= (bar is None or whole <= bar) and rest <= REST_BAR
            why = f"bar {bar:.2f}" if bar else "no bar"
            noisy, perfect = map(describe_fits, pair)
            print(
                f"{oracle} beside the perfect oracle, {model}: {whole:.3f} ({why}), "
                f"without its fits {rest:.3f} (bar {REST_BAR:.2f}); {noisy}, beside {perfect}"
            )
    print(", ".join(f"{name} {ratio:.3f} (bar {BARS[name]:.2f})" for name, ratio in medians.items()))
    return int(not is_cheap or any(ratio > BARS[name] for name, ratio in medians.items()))


if __name__ == "__main__":
    sys.exit(main())
