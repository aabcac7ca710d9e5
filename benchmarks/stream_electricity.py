"""The strategies of Zliobaite et al. (2014) on Electricity, with learner and settings of MOA's classifier.

MOA's ActiveClassifier, by authors of the paper, trains a naive Bayes classifier that starts anew where the
drift detector DDM finds a change; it has budget while n_bought / t < budget, steps of 0.01, and a fixed
threshold of 0.9. Its randomised threshold is not the paper's formula: it divides the confidence by the normal
draw, so that a row whose draw is negative, one in six, is bought whatever the confidence. Both are run. Rows
arrive in their order; prequential accuracy, and its difference to random sampling of as many labels of the
same rows: mean and 95 % interval over the repeats, which differ in the draws alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from albench.contracts import Model, StreamStrategy
from albench.datasets.files.parquet import ParquetFile
from albench.oracles.perfect import PerfectOracle
from albench.stream.baselines import StreamRandom
from albench.stream.learners import LearnerSettings
from albench.stream.loop import StreamSettings
from albench.stream.managers import FixedBudget
from albench.stream.thresholds import FixedThreshold, VariableThreshold
from albench.stream.trial import StreamData, StreamTrial, run_stream_trial
from albench.stream.uncertainty import (
    ConfidenceDecider,
    FixedUncertainty,
    RandomisedVariableUncertainty,
    Split,
    VariableUncertainty,
)

BUDGETS = (0.1, 0.01)
LEARNER = LearnerSettings(
    Model(
        estimator="river.drift.DriftRetrainingClassifier",
        params={
            "model": {"river.naive_bayes.GaussianNB": {}},
            "drift_detector": {"river.drift.binary.DDM": {}},
        },
    )
)


class MoaFixed(StreamStrategy):
    """A confidence below 0.9, whatever the budget."""

    identity_name = "moa_fixed"

    def begin(self, facts, rng):
        """Return the fixed threshold."""
        del facts, rng
        return ConfidenceDecider(FixedThreshold(0.9))


class DividingThreshold(VariableThreshold):
    """A variable threshold, of confidences that are divided by a normal draw."""

    def __init__(self, rng):
        super().__init__(0.01)
        self._rng = rng

    def wants(self, confidence):
        """Say whether the confidence over the draw is below."""
        return super().wants(confidence / self._rng.normal(1, 1))


class MoaRandomised(StreamStrategy):
    """Randomised variable uncertainty as MOA has it."""

    identity_name = "moa_randomised"

    def begin(self, facts, rng):
        """Return the threshold, 1 before the first row."""
        del facts
        return ConfidenceDecider(DividingThreshold(rng))


STRATEGIES = {
    "random": StreamRandom(),
    "fixed (paper)": FixedUncertainty(),
    "fixed (MOA)": MoaFixed(),
    "variable": VariableUncertainty(),
    "randomised (paper)": RandomisedVariableUncertainty(),
    "randomised (MOA)": MoaRandomised(),
    "split": Split(),
}


def compare(data, strategy, budget, n_repeats):
    settings = StreamSettings(budget, window=1_000, score_every=10_000)
    levels, differences, bought = [], [], []
    for repeat in range(n_repeats):
        trial = StreamTrial(
            strategy,
            FixedBudget(),
            PerfectOracle(),
            LEARNER,
            settings,
            order="given",
            scale=False,
            repeat=repeat,
        )
        outcome = run_stream_trial(data, trial)
        levels.append(outcome.strategy.scores["accuracy"][-1])
        differences.append(levels[-1] - outcome.random.scores["accuracy"][-1])
        bought.append(outcome.strategy.n_bought[-1])
    half = student.ppf(0.975, n_repeats - 1) * np.std(differences, ddof=1) / n_repeats**0.5
    return np.mean(bought), np.mean(levels), np.mean(differences), half


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, help="electricity as a Parquet file, with its target in 'class'")
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    table = ParquetFile(path=str(args.path), target="class").load(Path())
    data = StreamData(table.numeric, table.labels, table.classes, "electricity")
    print("| budget | strategy | labels | accuracy | less random's |\n|---|---|---|---|---|")
    for budget in BUDGETS:
        for name, strategy in STRATEGIES.items():
            bought, level, gain, half = compare(data, strategy, budget, args.repeats)
            print(
                f"| {budget} | {name} | {bought:.0f} | {level:.4f} | {gain:+.4f} ± {half:.4f} |", flush=True
            )


if __name__ == "__main__":
    main()
