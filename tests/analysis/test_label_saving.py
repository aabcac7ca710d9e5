"""Label saving: by hand, against a plain loop, and its intervals against the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import isotonic_regression

from albench.analysis.label_saving import _draw_resamples, _leave_one_out, estimate_savings
from albench.analysis.labels_needed import PairedCurves, compute_labels_needed, find_labels_needed
from albench.analysis.stats.intervals import find_units

LABELS = np.array([10.0, 20.0, 30.0, 40.0, 50.0])
RANDOM = np.array([0.5, 0.6, 0.7, 0.8, 0.9])
FAST = np.array([0.5, 0.7, 0.9, 0.95, 0.96])


def pairs(strategy, random, reference=None, n=1, splits=None):
    of = find_units(np.arange(n) if splits is None else np.asarray(splits))
    level = None if reference is None else np.broadcast_to(np.asarray(reference, dtype=float), n).copy()
    return PairedCurves(
        LABELS, np.broadcast_to(strategy, (n, 5)).copy(), np.broadcast_to(random, (n, 5)).copy(), level, of
    )


def at(savings, target):
    return next(saving for saving in savings if saving.target == target)


def test_final_target_is_the_worse_of_both_ends():
    final = at(estimate_savings(pairs(FAST, RANDOM)), "final")
    assert (final.level, final.labels_strategy, final.labels_random) == pytest.approx((0.9, 30, 50))
    assert final.saving == pytest.approx(0.4)
    assert (final.set_by, final.censored, final.undefined) == ("random", None, None)


def test_a_slower_strategy_saves_less_than_nothing():
    final = at(estimate_savings(pairs(RANDOM, FAST)), "final")
    assert final.saving == pytest.approx(1 - 50 / 30)
    assert final.set_by == "strategy"


def test_targets_on_the_way_to_the_reference_are_read_between_rounds():
    # From 0.5 to 1.0: 90 % is 0.95, reached by the strategy at 40 labels and never by random.
    savings = estimate_savings(pairs(FAST, RANDOM, reference=0.9))
    # From 0.5 to 0.9: 0.86 at 28 and 46, 0.88 at 29 and 48, 0.896 at 29.8 and 49.6.
    for target, level, fast, slow in (("90", 0.86, 28, 46), ("95", 0.88, 29, 48), ("99", 0.896, 29.8, 49.6)):
        saving = at(savings, target)
        assert (saving.level, saving.labels_strategy, saving.labels_random) == pytest.approx(
            (level, fast, slow)
        )
        assert saving.saving == pytest.approx(1 - fast / slow)
        assert saving.set_by is None


def test_a_target_that_one_curve_never_has_is_censored_on_its_side():
    saving = at(estimate_savings(pairs(FAST, RANDOM, reference=1.0)), "90")
    assert (saving.censored, saving.saving, saving.labels_strategy, saving.labels_random) == (
        "random",
        None,
        40,
        None,
    )
    other = at(estimate_savings(pairs(RANDOM, FAST, reference=1.0)), "90")
    assert (other.censored, other.saving, other.labels_strategy, other.labels_random) == (
        "strategy",
        None,
        None,
        40,
    )


def test_a_target_that_neither_curve_has_is_undefined():
    saving = at(estimate_savings(pairs(FAST, RANDOM, reference=1.5)), "99")
    assert (saving.saving, saving.censored) == (None, None)
    assert saving.undefined == "not_reached"


def test_without_a_reference_only_the_final_target_is_defined():
    final, *others = estimate_savings(pairs(FAST, RANDOM))
    assert final.saving is not None
    assert {saving.undefined for saving in others} == {"no_reference"}
    assert {saving.level for saving in others} == {None}


def test_a_reference_that_is_missing_for_a_split_is_not_replaced_by_the_others():
    saving = at(estimate_savings(pairs(FAST, RANDOM, reference=[0.9, np.nan], n=2)), "95")
    assert saving.undefined == "reference_missing"


def test_a_reference_below_the_seed_level_is_no_target():
    saving = at(estimate_savings(pairs(FAST, RANDOM, reference=0.5)), "95")
    assert saving.undefined == "no_headroom"


def test_dips_are_pooled_before_reading():
    dips = np.array([0.5, 0.8, 0.7, 0.75, 0.9])
    # Pooled: 0.5, 0.75, 0.75, 0.75, 0.9; 0.75 is reached at 20 labels.
    final = at(estimate_savings(pairs(np.array([0.5, 0.6, 0.7, 0.75, 0.75]), dips)), "final")
    assert (final.labels_strategy, final.labels_random) == pytest.approx((40, 20))


def test_lower_is_better_gives_levels_in_its_own_direction():
    final = at(estimate_savings(pairs(FAST - 2, RANDOM - 2), sign=-1), "final")
    assert final.level == pytest.approx(1.1)
    assert final.saving == pytest.approx(0.4)


def test_a_level_of_the_seed_set_takes_the_seed_set():
    needed = find_labels_needed(LABELS, np.stack([FAST, FAST, FAST]), np.array([0.4, 0.5, np.nan]))
    assert needed[:2].tolist() == [10, 10]
    assert np.isnan(needed[2])


def test_below_ten_repeats_there_is_no_interval():
    rng = np.random.default_rng(0)
    assert at(estimate_savings(noisy_pairs(rng, 9)), "final").interval is None
    assert at(estimate_savings(noisy_pairs(rng, 10)), "final").interval is not None
    assert at(estimate_savings(noisy_pairs(rng, 10), with_intervals=False), "final").interval is None


def test_fewer_than_five_splits_of_several_starts_give_no_interval():
    rng = np.random.default_rng(0)
    assert at(estimate_savings(noisy_pairs(rng, 12, np.repeat(np.arange(4), 3))), "final").interval is None
    clustered = at(estimate_savings(noisy_pairs(rng, 15, np.repeat(np.arange(5), 3))), "final").interval
    assert "over splits" in clustered.method


def noisy_pairs(rng, n, splits=None, *, noise=0.01, fast=0.05, slow=0.03, rounds=21):
    """Curves 0.95 - 0.45 exp(-rate (labels - 10)) with a level of their own for every repeat."""
    n_labels = 10.0 + 10 * np.arange(rounds)
    level = rng.normal(0, 0.02, (n, 1))

    def draw(rate):
        return 0.95 - 0.45 * np.exp(-rate * (n_labels - 10)) + level + rng.normal(0, noise, (n, rounds))

    return PairedCurves(
        n_labels,
        draw(fast),
        draw(slow),
        np.full(n, 0.95),
        find_units(np.arange(n) if splits is None else splits),
    )


@pytest.mark.parametrize("splits", [None, np.repeat(np.arange(6), 2)])
def test_resamples_are_what_a_plain_loop_over_splits_gives(splits):
    drawn = noisy_pairs(np.random.default_rng(3), 12, splits)
    weights = _draw_resamples(drawn.units)[:40]
    fast = compute_labels_needed(drawn, weights)
    for i, weight in enumerate(weights):
        strategy = isotonic_regression(weight @ drawn.strategy).x
        random = isotonic_regression(weight @ drawn.baseline).x
        level = min(strategy[-1], random[-1])
        for curve, resampled in ((strategy, fast.strategy[0, i]), (random, fast.baseline[0, i])):
            first = int(np.argmax(curve >= level - 1e-12))
            back = curve[: first + 1]
            wanted = np.interp(level, back, drawn.n_labels[: first + 1]) if first else drawn.n_labels[0]
            assert resampled == pytest.approx(wanted, rel=1e-6)


def test_repeats_of_a_split_are_drawn_together():
    of = find_units(np.repeat([0, 1, 2, 3, 4], [1, 2, 3, 1, 1]))
    weights = _draw_resamples(of)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert (weights[:, 3] == weights[:, 5]).all()
    assert (weights[:, 1] == weights[:, 2]).all()
    np.testing.assert_allclose(_leave_one_out(of)[2], np.array([1, 1, 1, 0, 0, 0, 1, 1]) / 5)


@pytest.mark.parametrize(("scale", "shift"), [(10.0, 0.0), (1.0, 3.0), (0.01, -1.0)])
def test_units_of_the_metric_do_not_matter(scale, shift):
    plain = noisy_pairs(np.random.default_rng(4), 10)
    scaled = PairedCurves(
        plain.n_labels,
        plain.strategy * scale + shift,
        plain.baseline * scale + shift,
        plain.reference * scale + shift,
        plain.units,
    )
    for saving, other in zip(estimate_savings(plain), estimate_savings(scaled), strict=True):
        assert other.saving == pytest.approx(saving.saving, rel=1e-6)
        assert (other.interval is None) == (saving.interval is None)
        if saving.interval:
            # Rounding may move the bootstrap's quantile to the next resample.
            assert other.interval.low == pytest.approx(saving.interval.low, abs=1e-3)
            assert other.interval.high == pytest.approx(saving.interval.high, abs=1e-3)


def test_exact_curves_have_a_point_as_interval():
    interval = at(estimate_savings(pairs(FAST, RANDOM, n=10)), "final").interval
    assert (interval.low, interval.high) == pytest.approx((0.4, 0.4))


@pytest.mark.parametrize("target", ["final", "95"])
@pytest.mark.parametrize("n", [10, 20])
def test_intervals_hold_the_true_saving(n, target):
    truth = at(estimate_savings(noisy_pairs(np.random.default_rng(0), 1, noise=0.0)), target).saving
    rng = np.random.default_rng(5)
    intervals = [at(estimate_savings(noisy_pairs(rng, n)), target).interval for _ in range(150)]
    covered = [interval.low <= truth <= interval.high for interval in intervals if interval]
    assert len(covered) > 75
    # A 95 % interval holds 95 % of the time; 88 % of 150 is three standard errors below.
    assert stats.binomtest(sum(covered), len(covered), 0.95, alternative="less").pvalue > 0.001


def test_strategies_that_equal_random_save_nothing():
    rng = np.random.default_rng(6)
    intervals = [
        at(estimate_savings(noisy_pairs(rng, 10, fast=0.03, slow=0.03)), "final").interval for _ in range(150)
    ]
    wrong = sum(not interval.low <= 0 <= interval.high for interval in intervals)
    assert wrong <= 15


def test_resamples_without_a_number_count_against_both_ends():
    """Half of the repeats get to the target, half do not: so do half of the resamples."""
    flat = np.array([0.5, 0.6, 0.6, 0.6, 0.6])
    curves = np.stack([RANDOM, flat] * 6)
    drawn = PairedCurves(
        LABELS, curves, curves - [0, 0.01, 0.01, 0.01, 0], np.full(12, 0.76), find_units(np.arange(12))
    )
    unknown = np.isnan(compute_labels_needed(drawn, _draw_resamples(drawn.units)).log_ratio[2]).mean()
    assert 0.1 < unknown < 0.9
    saving = at(estimate_savings(drawn), "95")
    assert saving.saving is not None
    assert saving.interval is None


def test_a_strategy_that_flattens_out_below_random_is_not_said_to_need_too_few_labels():
    """Read off curves made monotone, it would have its own final level long before the end."""
    n_labels, along = np.arange(10.0, 210.0, 10.0), np.linspace(0, 1, 20)
    strategy, random = 0.86 - 0.26 * np.exp(-9 * along), 0.9 - 0.3 * np.exp(-4 * along)
    truth = 1 - 200 / np.interp(strategy[-1], random, n_labels)
    rng, savings = np.random.default_rng(0), []
    for _ in range(40):
        noise = 0.012 * rng.standard_normal((2, 10, 20)) * (along > 0)
        pairs = PairedCurves(
            n_labels, strategy + noise[0], random + noise[1], None, find_units(np.arange(10))
        )
        savings.append(estimate_savings(pairs)[0])
    assert np.mean([of.saving for of in savings]) == pytest.approx(truth, abs=0.05)
    assert all(of.interval.low - 1e-6 <= of.saving <= of.interval.high + 1e-6 for of in savings)
    assert all(of.saving == pytest.approx(1 - of.labels_strategy / of.labels_random) for of in savings)


def test_what_was_read_off_is_given_where_a_paired_t_test_rejects_it():
    along = np.linspace(0, 1, 20)
    n_labels = 10 + 190 * along
    rng, n_rejected = np.random.default_rng(0), 0
    for _ in range(20):
        noise = 0.012 * rng.standard_normal((2, 10, 20)) * (along > 0)
        own, other = 0.86 - 0.26 * np.exp(-9 * along) + noise[0], 0.9 - 0.3 * np.exp(-4 * along) + noise[1]
        saving = estimate_savings(PairedCurves(n_labels, own, other, None, find_units(np.arange(10))))[0]
        # The strategy ends lower, so that it has its final level after the last rise of its monotone curve.
        monotone, random = (isotonic_regression(of.mean(axis=0)).x for of in (own, other))
        labels = n_labels[np.argmax(monotone >= monotone[-1] - 1e-12)]
        labels_random = np.interp(monotone[-1], random, n_labels)
        # As many times the labels take random to the strategy's end: its own levels at B / ratio.
        at = [np.interp(200 * labels_random / labels, n_labels, curve) for curve in other]
        is_rejected = stats.ttest_rel(own[:, -1], at).pvalue <= 0.05
        n_rejected += is_rejected
        read_off = 1 - labels / labels_random
        assert (saving.read_off if is_rejected else saving.saving) == pytest.approx(read_off)
        assert (saving.read_off is not None) == is_rejected
        assert not is_rejected or abs(saving.saving - read_off) > 0.01
    assert 0 < n_rejected < 20
