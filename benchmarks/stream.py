"""What a pass over a stream costs beside a bare loop that predicts, decides and learns, alternating.

Randomised variable uncertainty at a budget of 10 %, three classes, 10 features; CPU time, one thread, median
of the ratios of the pairs. The learners are scikit-learn's SGDClassifier and, if River is installed, its
Hoeffding tree. Memory is the peak of what a pass allocates beside the rows themselves, learner included, for
streams of several lengths: with as many labels and checkpoints in each, where nothing may grow, and with a
tenth of the labels and a checkpoint every 1,000 rows. Exit code 1 if a ratio is above 1.15.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import tracemalloc
from importlib.util import find_spec

import numpy as np
from sklearn.linear_model import SGDClassifier
from threadpoolctl import threadpool_limits

from albench.contracts import Model
from albench.contracts.stream import StreamFacts
from albench.stream.learners import LearnerSettings
from albench.stream.loop import StreamRows, StreamSettings, run_stream
from albench.stream.managers import EstimatedBudget, FixedBudget
from albench.stream.uncertainty import RandomisedVariableUncertainty

BAR = 1.15
LENGTHS = (20_000, 200_000)
"""Rows of the streams whose memory is measured."""
N_LABELS, N_CHECKPOINTS = 1_000, 20
"""Of a stream of whatever length."""
BUDGET, WINDOW, N_CLASSES, N_FEATURES = 0.1, 100, 3, 10
SGD = {"loss": "log_loss", "random_state": 0}
LEARNERS = {
    "SGDClassifier": Model(estimator="sklearn.linear_model.SGDClassifier", params=SGD),
    "HoeffdingTreeClassifier": Model(estimator="river.tree.HoeffdingTreeClassifier"),
}


def make_rows(n):
    rng = np.random.default_rng(0)
    labels = rng.integers(N_CLASSES, size=n)
    features = rng.normal(size=(n, N_FEATURES)) + np.eye(N_CLASSES, N_FEATURES)[labels]
    return StreamRows(features, labels, labels, N_CLASSES)


def run_albench(rows, model, budget=BUDGET, score_every=1_000, manager=EstimatedBudget(window=WINDOW)):  # noqa: B008 - frozen
    strategy = RandomisedVariableUncertainty()
    return run_stream(
        rows,
        StreamSettings(budget, score_every=score_every),
        LearnerSettings(model).make_learner(N_CLASSES, 0),
        strategy.begin(StreamFacts(budget, N_CLASSES, N_FEATURES), np.random.default_rng(1)),
        manager.open(budget),
    ).bought


def open_sklearn():
    model, classes = SGDClassifier(**SGD), np.arange(N_CLASSES)

    def predict(row):
        return model.predict_proba(row[np.newaxis])[0] if hasattr(model, "coef_") else np.full(3, 1 / 3)

    def learn(row, label):
        model.partial_fit(row[np.newaxis], np.array([label]), classes=classes)

    return predict, learn


def open_river():
    from river.tree import HoeffdingTreeClassifier

    model = HoeffdingTreeClassifier()

    def predict(row):
        answer = model.predict_proba_one(dict(enumerate(row.tolist())))
        return (
            np.array([answer.get(label, 0.0) for label in range(N_CLASSES)]) if answer else np.full(3, 1 / 3)
        )

    def learn(row, label):
        model.learn_one(dict(enumerate(row.tolist())), label)

    return predict, learn


def run_bare(rows, model):
    """Predict, decide and learn, and count what was right."""
    predict, learn = open_river() if model.estimator.startswith("river") else open_sklearn()
    rng = np.random.default_rng(1)
    spent, threshold, n_right = 0.0, 1.0, 0
    bought = []
    for t, label in enumerate(rows.labels.tolist()):
        row = rows.features[t]
        proba = predict(row)
        n_right += int(proba.argmax()) == label
        buys = False
        if spent / WINDOW < BUDGET:
            buys = float(proba.max()) < threshold * rng.normal(1, 1.0)
            threshold *= 0.99 if buys else 1.01
        spent = spent * (WINDOW - 1) / WINDOW + buys
        if buys:
            bought.append(t)
            learn(row, label)
    return bought


def measure(run, rows, model):
    start = time.process_time()
    bought = run(rows, model)
    return time.process_time() - start, bought


def measure_peak(n, model, **settings):
    """Return the MiB that a pass allocates at most beside its rows, and the labels that it buys."""
    rows = make_rows(n)
    # What is imported on first use is no part of a pass.
    run_albench(make_rows(2_000), model)
    tracemalloc.start()
    n_bought = len(run_albench(rows, model, **settings))
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return peak, n_bought


def print_peaks(name, model, lengths):
    for n in lengths:
        # The estimated budget buys half a label a window more than its share, whatever that is.
        alike = {"budget": N_LABELS / n, "score_every": n // N_CHECKPOINTS, "manager": FixedBudget()}
        for what, settings in (("as many labels", alike), ("a tenth of the labels", {})):
            peak, n_bought = measure_peak(n, model, **settings)
            print(f"{name}: {n:,} rows, {what}: peak {peak:.3f} MiB, {n_bought:,} labels", flush=True)


def compare(name, model, n, n_pairs):
    rows, ratios, seconds = make_rows(n), [], []
    for pair in range(n_pairs):
        runs = (run_albench, run_bare) if pair % 2 else (run_bare, run_albench)
        times = {run: measure(run, rows, model) for run in runs}
        if not np.array_equal(times[run_albench][1], times[run_bare][1]):
            sys.exit(f"{name}: the two loops bought different rows")
        ratios.append(times[run_albench][0] / times[run_bare][0])
        seconds.append(times[run_albench][0])
    ratio = statistics.median(ratios)
    print(
        f"{name}: {ratio:.3f} times the bare loop (from {min(ratios):.3f} to {max(ratios):.3f}),"
        f" {statistics.median(seconds) / n * 1e6:.0f} us a row, {len(times[run_bare][1])} labels"
    )
    return ratio


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=5, help="0 to measure memory alone")
    parser.add_argument("--lengths", type=int, nargs="*", default=LENGTHS, help="whose memory is measured")
    args = parser.parse_args()
    learners = {name: model for name, model in LEARNERS.items() if name[0] == "S" or find_spec("river")}
    with threadpool_limits(1):
        ratios = [
            compare(name, model, args.rows, args.pairs) for name, model in learners.items() if args.pairs
        ]
        for name, model in learners.items():
            print_peaks(name, model, args.lengths)
    return int(max(ratios, default=0) > BAR)


if __name__ == "__main__":
    sys.exit(main())
