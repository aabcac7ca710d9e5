"""What Zliobaite et al. (2014) say of their strategies under drift, on three streams: paired with random.

Their claim: uncertainty alone looks near the decision boundary and misses changes far from it; randomised
thresholds and random rows (split) see them. 6,000 rows whose concept changes in the middle; the learner is
River's Hoeffding tree that adapts to changes; accuracy is that of the second half, less that of random
sampling of as many labels of the same rows, mean and 95 % interval over the repeats.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.stats import t as student

from albench.contracts import Model
from albench.oracles.perfect import PerfectOracle
from albench.stream.learners import LearnerSettings
from albench.stream.loop import StreamSettings
from albench.stream.managers import FixedBudget
from albench.stream.trial import StreamData, StreamTrial, run_stream_trial
from albench.stream.uncertainty import (
    FixedUncertainty,
    RandomisedVariableUncertainty,
    Split,
    VariableUncertainty,
)

N_ROWS, BUDGET = 6_000, 0.05
STRATEGIES = (FixedUncertainty(), VariableUncertainty(), RandomisedVariableUncertainty(), Split())
TREE = LearnerSettings(Model(estimator="river.tree.HoeffdingAdaptiveTreeClassifier"))


def draw_blobs(rng, centres, classes, n):
    blob = rng.integers(len(centres), size=n)
    return np.asarray(centres)[blob] + rng.normal(size=(n, 2)), np.asarray(classes)[blob]


def draw_near(rng):
    """The boundary between two classes moves."""
    before = draw_blobs(rng, [(-1, 0), (1, 0)], [0, 1], N_ROWS // 2)
    return before, draw_blobs(rng, [(0.5, 0), (2.5, 0)], [0, 1], N_ROWS // 2)


def draw_far(rng):
    """A part of a class that is far from the boundary, a fifth of all rows, goes to the other class."""
    centres = [(-1, 0), (1, 0), (-1, 0), (1, 0), (-8, 0)]
    before = draw_blobs(rng, centres, [0, 1, 0, 1, 0], N_ROWS // 2)
    return before, draw_blobs(rng, centres, [0, 1, 0, 1, 1], N_ROWS // 2)


def draw_swap(rng):
    """Both classes change places."""
    centres = [(-1, 0), (1, 0)]
    return draw_blobs(rng, centres, [0, 1], N_ROWS // 2), draw_blobs(rng, centres, [1, 0], N_ROWS // 2)


STREAMS = {"near the boundary": draw_near, "far from it": draw_far, "everywhere": draw_swap}


def make_data(name, repeat):
    rng = np.random.default_rng([repeat, list(STREAMS).index(name)])
    (X, y), (X_after, y_after) = STREAMS[name](rng)
    return StreamData(np.vstack([X, X_after]), np.r_[y, y_after], ("a", "b"), f"{name} {repeat}")


def score_second_half(record):
    ends, accuracy = record.n_rows, record.scores["accuracy"]
    middle = int(np.searchsorted(ends, N_ROWS // 2))
    right = accuracy * ends
    return (right[-1] - right[middle]) / (ends[-1] - ends[middle])


def compare(name, strategy, n_repeats):
    settings = StreamSettings(BUDGET, window=500, score_every=100)
    differences, levels, bought = [], [], []
    for repeat in range(n_repeats):
        trial = StreamTrial(
            strategy,
            FixedBudget(),
            PerfectOracle(),
            TREE,
            settings,
            order="given",
            scale=False,
            repeat=repeat,
        )
        outcome = run_stream_trial(make_data(name, repeat), trial)
        levels.append(score_second_half(outcome.strategy))
        differences.append(levels[-1] - score_second_half(outcome.random))
        bought.append(int(outcome.strategy.n_bought[-1]))
    half = student.ppf(0.975, n_repeats - 1) * np.std(differences, ddof=1) / n_repeats**0.5
    return np.mean(levels), np.mean(differences), half, np.mean(bought)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=10)
    args = parser.parse_args()
    print("| change | strategy | labels | accuracy after it | less random's |\n|---|---|---|---|---|")
    for name in STREAMS:
        for strategy in STRATEGIES:
            level, gain, half, bought = compare(name, strategy, args.repeats)
            print(
                f"| {name} | {strategy.name} | {bought:.0f} | {level:.4f} | {gain:+.4f} ± {half:.4f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
