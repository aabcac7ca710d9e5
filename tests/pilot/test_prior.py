"""What other data sets say is combined with a pilot, and intervals hold for sets that were not fitted."""

from __future__ import annotations

import numpy as np
import pytest
from pilot_prior import GainCase, fit_gain_prior, measure_stretch, take_conformal_ends

from albench.pilot.evidence import summarise_pilot
from albench.pilot.pool_curves import PoolCurves
from albench.pilot.prior import KNEE, Evidence, GainPrior, StrategyPrior

POOL_EFFECT = {30: 0.2, 60: 0.5, 120: 0.7}
"""Planted: the share of the gain on the true pool that a pool of so many rows shows."""


def simulate_set(rng, name):
    """Return a data set whose gain in shares of the error is planted, with the pilot that it gives."""
    share, error = 0.15 * np.exp(rng.normal(0, 0.6)), rng.uniform(0.05, 0.4)
    pools = []
    for n_pool, effect in POOL_EFFECT.items():
        n_labels = np.arange(10.0, 0.8 * n_pool + 1, 5.0)
        random = 1 - error - n_labels**-1.0 + rng.normal(0, 0.02, (10, n_labels.size))
        margin = random + effect * share * error + rng.normal(0, 0.02, random.shape)
        whole = 1 - error - n_pool**-1.0 + rng.normal(0, 0.02, 10)
        pools.append(PoolCurves(n_pool, 50, n_labels, random, {"margin": margin}, whole))
    evidence = summarise_pilot(pools, 170)
    gain = share * error
    return GainCase(name, "margin", evidence.gains["margin"], gain / evidence.error), pools[-1]


@pytest.fixture(scope="module")
def simulated():
    rng = np.random.default_rng(20261130)
    return [simulate_set(rng, f"set {i}") for i in range(160)]


def test_intervals_hold_for_new_sets_though_small_pools_show_a_part_of_the_gain(simulated):
    cases = [case for case, _ in simulated]
    prior, new = fit_gain_prior(cases[:40]), cases[40:]
    predictions = [prior.predict("margin", case.evidence) for case in new]
    covered = np.mean([of.low <= case.share <= of.high for of, case in zip(predictions, new, strict=True)])
    assert covered >= 0.85
    # The pilot is worth something: half of the length without it.
    blind = prior.predict("margin", Evidence(0.0, 1e9))
    assert np.mean([of.high - of.low for of in predictions]) < 0.7 * (blind.high - blind.low)
    off = np.median([of.expected / case.share for of, case in zip(predictions, new, strict=True)])
    assert off == pytest.approx(1, abs=0.1)


def test_a_naive_pilot_does_not_hold_there(simulated):
    inside = []
    for case, pool in simulated:
        gains = pool.compute_gains("margin") / 0.2
        half = 1.83 * gains.std(ddof=1) / np.sqrt(gains.size)
        inside.append(abs(gains.mean() - case.share) <= half)
    assert np.mean(inside) < 0.5


def test_a_pilot_moves_the_prior_as_the_bayes_rule_says():
    prior = GainPrior(
        {"margin": StrategyPrior(1.0, 0.5, 0.2), "other": StrategyPrior(0.0, 1.0, 0.0)}, 0.8, 0.3
    )
    # z = arcsinh(2) = 1.4436, its noise 0.02 / hypot(0.1, 0.05) = 0.1789;
    # w = 0.8 * 0.25 / (0.64 * 0.25 + 0.09 + 0.032) = 0.70922.
    mean, spread = prior.combine("margin", Evidence(2 * KNEE, 0.02))
    assert mean == pytest.approx(1 + 0.70922 * (1.44364 - 0.2 - 0.8), abs=1e-4)
    assert spread == pytest.approx(0.5 * np.sqrt(1 - 0.70922 * 0.8), abs=1e-4)
    assert prior.combine("never seen", Evidence(0.0, 1e9)) == pytest.approx((0.0, 1.0))


def test_ends_are_at_the_ranks_of_conformal_prediction():
    # 39 residuals: rank floor(0.05 * 40) = 2 from either side.
    assert take_conformal_ends(np.arange(39.0)[::-1], 0.9) == (1.0, 37.0)
    # Too few for the level: the extremes.
    assert take_conformal_ends(np.arange(5.0), 0.9) == (0.0, 4.0)


def test_a_wider_interval_has_the_same_middle():
    prior = GainPrior({"other": StrategyPrior(1.0, 0.5, 0.0, -1.0, 2.0)}, 1.0, 0.5)
    narrow, wide = (prior.predict("s", Evidence(0.05, 0.01), factor, factor) for factor in (1.0, 2.0))
    assert narrow.expected == wide.expected
    assert wide.low < narrow.low < narrow.high < wide.high


def test_planted_moments_are_found_again():
    rng = np.random.default_rng(1)
    y = rng.normal(1.5, 0.7, 100)
    z = 0.3 + 0.6 * y + rng.normal(0, 0.4, 100)
    cases = [
        GainCase(str(i), "margin", Evidence(KNEE * np.sinh(z[i]), 1e-6), KNEE * np.sinh(y[i]))
        for i in range(100)
    ]
    prior = fit_gain_prior(cases)
    planted = prior.strategies["margin"]
    assert planted.mean == pytest.approx(y.mean())
    assert planted.spread == pytest.approx(y.std(ddof=1) * np.sqrt(1.01))
    slope, intercept = np.polyfit(y, z, 1)
    assert (prior.loading, planted.offset) == pytest.approx((slope, intercept), rel=1e-3)
    assert prior.mismatch == pytest.approx((z - slope * y - intercept).std(), rel=1e-3)


def test_intervals_are_stretched_as_far_as_other_budgets_need():
    rng = np.random.default_rng(3)
    names = [str(i) for i in range(30)]
    cases = [GainCase(i, "margin", Evidence(0.1, 1e9), KNEE * np.sinh(rng.normal(1, 0.5))) for i in names]
    prior = fit_gain_prior(cases)
    own = [case.share for case in cases]
    # The ends are the extremes of these very residuals: rank floor(0.05 * 31) = 1.
    assert measure_stretch(prior, cases, own) == pytest.approx((1, 1))
    mean = prior.strategies["margin"].mean
    farther = [float(KNEE * np.sinh(mean + 2 * (np.arcsinh(share / KNEE) - mean))) for share in own]
    assert measure_stretch(prior, cases, farther) == pytest.approx((2, 2), rel=0.05)
    assert measure_stretch(prior, cases, [np.nan] * 30) == (1.0, 1.0)


def test_where_most_shares_are_cut_the_end_is_expected():
    rng = np.random.default_rng(4)
    shares = np.minimum(rng.exponential(4, 40), 2)
    cases = [GainCase(str(i), "margin", Evidence(0.1, 1e9), float(share)) for i, share in enumerate(shares)]
    assert np.mean(shares == 2) > 0.5
    assert fit_gain_prior(cases, is_cut=True).predict("margin", Evidence(0.1, 1e9)).expected >= 2
    assert fit_gain_prior(cases).predict("margin", Evidence(0.1, 1e9)).expected < 2
