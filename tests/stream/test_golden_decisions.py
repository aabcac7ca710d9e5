"""Decisions equal scikit-activeml's on the same probabilities and the same random numbers."""

import json
from pathlib import Path

import numpy as np
import pytest

from albench.contracts.stream import ArrivingRow, Spending, StreamFacts
from albench.stream.baselines import Periodic, StreamRandom
from albench.stream.density import CognitiveDual, DensityBased
from albench.stream.managers import BalancedQuantile
from albench.stream.uncertainty import (
    FixedUncertainty,
    RandomisedVariableUncertainty,
    Split,
    VariableUncertainty,
)
from albench.stream.utility import Probabilistic

GOLDEN = json.loads((Path(__file__).parent / "golden" / "decisions.json").read_text(encoding="utf-8"))


class GivenDraws:
    """Hands out the random numbers that the reference has drawn."""

    def __init__(self, draws):
        self.left = list(draws)

    def normal(self, mean, deviation):
        assert (mean, deviation) == (1, 1.0)
        return self.left.pop(0)

    def random(self):
        return self.left.pop(0)


class Unlimited(Spending):
    """What the reference's random sampling has: by default it may exceed its budget."""

    def has_budget(self):
        return True


CASES = {
    "fixed_uncertainty": FixedUncertainty(),
    "variable_uncertainty": VariableUncertainty(),
    "randomised_variable_uncertainty": RandomisedVariableUncertainty(),
    "split": Split(),
    "density_based": DensityBased(window=30),
    "cognitive_dual: fixed": CognitiveDual(threshold="fixed"),
    "cognitive_dual: variable": CognitiveDual(threshold="variable"),
    "cognitive_dual: randomised": CognitiveDual(),
    "cognitive_dual: random": CognitiveDual(threshold="random"),
    "cognitive_dual: variable, counts_all": CognitiveDual(threshold="variable", counts_all=True),
    "probabilistic": Probabilistic(gamma=2.0),
    "periodic": Periodic(),
    "random": StreamRandom(),
}


def open_spending(name, strategy):
    if name == "random":
        return Unlimited(GOLDEN["budget"])
    if name == "probabilistic":
        return BalancedQuantile(window=50, tolerance=20).open(GOLDEN["budget"])
    return strategy.get_published_manager().open(GOLDEN["budget"])


def decide(name, strategy, stream):
    features, proba = np.asarray(stream["features"]), np.asarray(stream["proba"])
    draws = stream["cases"][name]["draws"]
    # The reference takes rows whose draw is at least 1 - budget; here it is one within the budget.
    rng = GivenDraws([1 - draw for draw in draws] if name == "random" else draws)
    facts = StreamFacts(GOLDEN["budget"], proba.shape[1], features.shape[1])
    decider, spending = strategy.begin(facts, rng), open_spending(name, strategy)
    decisions = []
    for row, row_proba, label in zip(features, proba, stream["labels"], strict=True):
        decisions.append(decider.decide(ArrivingRow(row, row_proba), spending))
        if decisions[-1]:
            decider.observe_label(row, int(label))
    return "".join(str(int(bought)) for bought in decisions), rng.left


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", CASES)
def test_decisions_equal_those_of_scikit_activeml(name, seed):
    stream = GOLDEN["streams"][seed]
    bought, draws_left = decide(name, CASES[name], stream)
    assert bought == stream["cases"][name]["bought"]
    assert not draws_left
    assert "1" in bought
