"""Budget managers that promise their budget keep it at every row; what the others spend more is known."""

from math import ceil, log

import numpy as np
import pytest

from albench.contracts.stream import ArrivingRow, StreamFacts, explain_misfit
from albench.stream.baselines import Periodic, StreamRandom
from albench.stream.density import CognitiveDual, DensityBased
from albench.stream.managers import BalancedQuantile, EstimatedBudget, FixedBudget, compute_quantile
from albench.stream.uncertainty import (
    FixedUncertainty,
    RandomisedVariableUncertainty,
    Split,
    VariableUncertainty,
)
from albench.stream.utility import CommitteeDisagreement, Probabilistic, StreamUncertainty

N_ROWS = 20_000
RNG = np.random.default_rng(3)
PROBA = RNG.dirichlet([0.5, 0.5, 1.5], N_ROWS)
FEATURES = RNG.normal(size=(N_ROWS, 2))
WITH_THRESHOLD = (
    StreamRandom(),
    Periodic(),
    FixedUncertainty(),
    VariableUncertainty(),
    RandomisedVariableUncertainty(),
    Split(),
    DensityBased(window=20),
    CognitiveDual(),
    CognitiveDual(threshold="random", counts_all=True),
)
WITHOUT_THRESHOLD = (StreamUncertainty(), CommitteeDisagreement(), Probabilistic())


def count_bought(strategy, manager, budget, n_rows=N_ROWS, proba=PROBA):
    """Return how many labels were bought of the first 1, 2, ... rows."""
    decider = strategy.begin(StreamFacts(budget, 3, 2), np.random.default_rng(0))
    spending = manager.open(budget)
    rows = (ArrivingRow(*pair) for pair in zip(FEATURES[:n_rows], proba[:n_rows], strict=True))
    return np.cumsum([decider.decide(row, spending) for row in rows])


def find_excess(bought, budget):
    return float(np.max(bought - budget * np.arange(1, bought.size + 1)))


@pytest.mark.parametrize("strategy", WITH_THRESHOLD, ids=lambda strategy: strategy.name)
def test_the_fixed_budget_is_kept_at_every_row(strategy):
    budget = 0.1
    bought = count_bought(strategy, FixedBudget(), budget)
    limit = [ceil(round(budget * t, 9)) for t in range(1, N_ROWS + 1)]
    assert FixedBudget.promises
    assert (bought <= limit).all()


@pytest.mark.parametrize("budget", [0.01, 1 / 3, 1.0])
def test_a_fixed_budget_that_is_always_wanted_is_spent_to_the_last_label(budget):
    bought = count_bought(FixedUncertainty(), FixedBudget(), budget, 3_000, np.full((N_ROWS, 3), 1 / 3))
    assert bought[-1] == ceil(round(budget * 3_000, 9))


def test_the_estimated_budget_is_exceeded_at_the_beginning_and_by_half_a_label_a_window_after_it():
    budget, window = 0.1, 100
    bought = count_bought(FixedUncertainty(), EstimatedBudget(), budget, proba=np.full((N_ROWS, 3), 1 / 3))
    in_a_row = int(np.argmin(np.diff(bought, prepend=0)))
    assert not EstimatedBudget.promises
    assert in_a_row == ceil(-log(1 - budget) / -log(1 - 1 / window))
    expected = N_ROWS / (2 * window)
    assert 0.8 * expected < find_excess(bought, budget) < 1.5 * expected


def test_the_quantile_filter_stays_within_its_tolerance_where_utilities_differ():
    bought = count_bought(StreamUncertainty(), BalancedQuantile(tolerance=20), 0.1)
    assert not BalancedQuantile.promises
    assert 1 < find_excess(bought, 0.1) < 20
    assert bought[-1] == pytest.approx(0.1 * N_ROWS, abs=20)


def test_the_quantile_filter_buys_every_row_where_utilities_are_equal():
    bought = count_bought(StreamUncertainty(), BalancedQuantile(), 0.1, 500, np.full((N_ROWS, 3), 1 / 3))
    assert bought[-1] == 500


@pytest.mark.parametrize("n", [1, 2, 7, 100])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.85, 0.9, 1.0])
def test_quantiles_equal_those_of_numpy_to_the_last_bit(n, share):
    values = sorted(np.random.default_rng(n).random(n).tolist())
    assert compute_quantile(values, share) == np.quantile(values, share)


@pytest.mark.parametrize(
    "strategy", [*WITH_THRESHOLD, *WITHOUT_THRESHOLD], ids=lambda strategy: strategy.name
)
@pytest.mark.parametrize(
    "manager", [FixedBudget(), EstimatedBudget(), BalancedQuantile()], ids=lambda m: m.name
)
def test_every_strategy_goes_with_a_manager_or_is_refused_with_a_reason(strategy, manager):
    reason = explain_misfit(strategy, manager)
    assert bool(reason) == (strategy.sets_threshold == manager.sets_threshold)
    assert not reason or (f"'{strategy.name}'" in reason and f"'{manager.name}'" in reason)
    assert not explain_misfit(strategy, strategy.get_published_manager())
