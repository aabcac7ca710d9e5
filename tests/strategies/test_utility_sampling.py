"""Samples by utility: their distributions, and what random picks leave of a batch."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare

from albench.contracts import Strategy
from albench.errors import StrategyError
from albench.strategies.bald import Bald
from albench.strategies.epsilon_greedy import EpsilonGreedy
from albench.strategies.gibbs_sampling import GibbsSampling
from albench.strategies.power_bald import PowerBald
from albench.strategies.power_sampling import PowerSampling
from albench.strategies.rank_sampling import RankSampling

SCORES = np.array([0.5, 2.0, 1.0, 0.25])


class FixedUtilities(Strategy):
    """Utilities as told."""

    scores: tuple[float, ...]

    def utilities(self, pool, state):
        return np.array(self.scores)


class Round:
    """Only what these strategies look at."""

    def __init__(self, seed, n=4):
        self.rng = np.random.default_rng(seed)
        self.tie_keys = np.random.default_rng(seed + 1).random(n)
        self.candidates = np.arange(n)


def weights_of(strategy):
    if isinstance(strategy, PowerSampling):
        return SCORES**strategy.beta
    if isinstance(strategy, GibbsSampling):
        return np.exp(strategy.beta * SCORES)
    return (SCORES.size - SCORES.argsort().argsort()) ** -strategy.beta


@pytest.mark.parametrize("beta", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("wrapper", [PowerSampling, GibbsSampling, RankSampling])
def test_batches_are_samples_without_replacement(wrapper, beta):
    """The probability of each ordered pair: w_i / sum w times w_j / (sum w - w_i)."""
    strategy = wrapper(strategy=FixedUtilities(scores=tuple(SCORES)), beta=beta)
    weights = weights_of(strategy)
    draws = 6000
    counts = dict.fromkeys(permutations(range(4), 2), 0)
    rng = Round(0)
    for _ in range(draws):
        counts[tuple(strategy.select(rng, None, 2).candidates.tolist())] += 1
    total = weights.sum()
    expected = [weights[i] / total * weights[j] / (total - weights[i]) for i, j in counts]
    assert chisquare(list(counts.values()), np.array(expected) * draws).pvalue > 1e-4


def test_what_is_worth_nothing_is_picked_last():
    strategy = PowerSampling(strategy=FixedUtilities(scores=(0.0, 1.0, -1e-16, 3.0)))
    for seed in range(20):
        assert set(strategy.select(Round(seed), None, 2).candidates) == {1, 3}


def test_power_of_a_negative_utility_is_refused_with_advice():
    with pytest.raises(StrategyError, match="use rank_sampling"):
        PowerSampling(strategy=FixedUtilities(scores=(0.5, -0.5, 1, 1))).select(Round(0), None, 2)
    RankSampling(strategy=FixedUtilities(scores=(0.5, -0.5, 1, 1))).select(Round(0), None, 2)


def test_ranks_of_tied_utilities_follow_their_keys():
    strategy = RankSampling(strategy=FixedUtilities(scores=(1.0, 1.0 + 1e-15, 1.0, 0.0)))
    view = Round(0)
    order = np.argsort(view.tie_keys[:3])
    weights = strategy.compute_log_weights(np.array(strategy.strategy.scores), view)
    assert_allclose(np.exp(-weights)[[*order, 3]], [1, 2, 3, 4])


def test_power_bald_is_power_sampling_of_bald(round_of):
    X = np.random.default_rng(0).normal(size=(40, 3))
    views = [round_of(X, np.arange(12), np.arange(12) % 3, 3) for _ in range(2)]
    assert_array_equal(
        PowerBald(beta=2).select(views[0], None, 5).candidates,
        PowerSampling(strategy=Bald(), beta=2).select(views[1], None, 5).candidates,
    )


def test_epsilon_greedy_of_0_is_the_strategy_and_of_1_is_random():
    scores = tuple(np.random.default_rng(0).random(50))
    best = np.argsort(scores)[::-1][:6]
    inner = FixedUtilities(scores=scores)
    never = EpsilonGreedy(strategy=inner, epsilon=0).select(Round(0, 50), None, 6)
    assert_array_equal(never.candidates, best)
    assert_array_equal(never.utilities, np.array(scores)[best])
    always = EpsilonGreedy(strategy=inner, epsilon=1).select(Round(0, 50), None, 6)
    assert np.isnan(always.utilities).all()
    assert np.unique(always.candidates).size == 6


def test_epsilon_is_the_share_of_random_picks_in_each_place():
    scores = tuple(np.linspace(1, 0, 1000))
    strategy = EpsilonGreedy(strategy=FixedUtilities(scores=scores), epsilon=0.3)
    view, chance = Round(0, 1000), np.zeros(4)
    for _ in range(1500):
        picks = strategy.select(view, None, 4)
        by_chance = np.isnan(picks.utilities)
        chance += by_chance
        # The other picks are the strategy's best, in its order.
        assert_array_equal(picks.candidates[~by_chance], np.arange((~by_chance).sum()))
        assert np.unique(picks.candidates).size == 4
    assert_allclose(chance / 1500, 0.3, atol=0.05)


def test_random_picks_are_uniform_over_the_rest():
    strategy = EpsilonGreedy(strategy=FixedUtilities(scores=(4, 3, 2, 1, 0, 0)), epsilon=1)
    view = Round(3, 6)
    counts = np.bincount([strategy.select(view, None, 1).candidates[0] for _ in range(3000)], minlength=6)
    assert chisquare(counts).pvalue > 1e-4
