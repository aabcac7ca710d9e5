"""From tables to evidence, through the public door."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy import stats
from three_repeats import MARGIN, RANDOM

from albench.analysis.conclude import conclude
from albench.errors import ResultsError
from albench.narrative import write_answer
from albench.spec.experiment import Size


def test_areas_and_paired_differences_by_hand(world):
    primary = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3).conclude().primary
    cell = primary.find_cell("a", "margin")
    assert cell.area == pytest.approx((0.8 + 0.7 + 0.85) / 3)
    assert cell.difference == pytest.approx((0.1 + 0.1 + 0.05) / 3)
    wanted = stats.ttest_1samp([0.1, 0.1, 0.05], 0).confidence_interval()
    assert (cell.interval.low, cell.interval.high) == pytest.approx(tuple(wanted))
    assert (cell.n_repeats, cell.n_paired, cell.n_failed, cell.flat) == (3, 3, 0, 0)
    assert (cell.verdict, cell.win_rate) == ("win", 1.0)
    assert (cell.fit_s, cell.query_s) == (1.0, 0.5)


def test_random_is_the_mean_of_its_arms_in_each_repeat(world):
    arms = np.stack([RANDOM - 0.1, RANDOM + 0.1])
    primary = world({"a": {"random": arms, "margin": MARGIN}}, splits=3).conclude().primary
    assert primary.find_cell("a", "margin").difference == pytest.approx(0.25 / 3)
    assert primary.find_cell("a", "random").area == pytest.approx(0.7)
    np.testing.assert_allclose(primary.random_curves["a"].mean, RANDOM.mean(axis=0))


def test_a_repeat_whose_second_arm_failed_keeps_its_first(world):
    second = RANDOM.copy()
    second[1] = np.nan
    primary = (
        world({"a": {"random": np.stack([RANDOM, second]), "margin": MARGIN}}, splits=3).conclude().primary
    )
    assert primary.find_cell("a", "margin").n_paired == 3
    assert primary.find_cell("a", "margin").difference == pytest.approx(0.25 / 3)
    assert primary.find_cell("a", "random").n_failed == 1


def test_the_baselines_own_cell_and_row_compare_nothing(world):
    primary = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3).conclude().primary
    cell, row = primary.find_cell("a", "random"), primary.rows[0]
    assert (cell.difference, cell.interval, cell.win_rate, cell.savings, cell.verdict) == (
        None,
        None,
        None,
        (),
        "undecided",
    )
    assert cell.difference_curve is None
    assert (row.strategy, row.difference, row.wins, row.undecided, row.p, row.sensitivity) == (
        "random",
        None,
        0,
        0,
        None,
        None,
    )
    assert row.area == pytest.approx(0.7)


def test_lower_is_better_turns_differences_but_not_levels(world):
    study = world({"a": {"random": 2 - RANDOM, "margin": 2 - MARGIN}}, splits=3, metric="log_loss")
    primary = study.conclude().primary
    cell = primary.find_cell("a", "margin")
    assert not primary.greater_is_better
    assert cell.area == pytest.approx(2 - 2.35 / 3)
    assert cell.difference == pytest.approx(0.25 / 3)
    assert cell.verdict == "win"
    assert cell.savings[0].level == pytest.approx(1.1)
    assert cell.difference_curve.mean == pytest.approx((MARGIN - RANDOM).mean(axis=0))
    assert primary.rows[1].mean_rank == 1


def test_difference_curve_has_a_pointwise_t_interval(world):
    primary = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3).conclude().primary
    curve = primary.find_cell("a", "margin").difference_curve
    assert curve.n_labels.tolist() == [10, 20, 30, 40, 50]
    low, high = stats.ttest_1samp((MARGIN - RANDOM)[:, 1], 0).confidence_interval()
    assert (curve.low[1], curve.high[1]) == pytest.approx((low, high))
    assert curve.n_repeats == 3


@pytest.mark.parametrize(
    ("shift", "verdict"),
    [([0.02, 0.03, 0.04], "win"), ([-0.02, 0.0, 0.03], "tie"), ([-0.02, -0.03, -0.02], "loss")],
)
def test_verdict_is_the_side_of_the_interval(world, shift, verdict):
    margin = RANDOM + np.array(shift)[:, np.newaxis]
    primary = world({"a": {"random": RANDOM, "margin": margin}}, splits=3).conclude().primary
    assert primary.find_cell("a", "margin").verdict == verdict


def test_two_paired_repeats_decide_nothing(world):
    primary = world({"a": {"random": RANDOM[:2], "margin": MARGIN[:2]}}, splits=2).conclude().primary
    cell = primary.find_cell("a", "margin")
    assert (cell.verdict, cell.interval) == ("undecided", None)
    assert np.isnan(cell.curve.low).all()


@pytest.mark.parametrize("unit", [1, 1e6])
def test_equal_picks_are_a_tie_in_spite_of_rounding(world, unit):
    third = unit * RANDOM / 3
    arms = np.stack([third, third * (1 + 2e-16)])
    primary = world({"a": {"random": arms, "margin": third}}, splits=3).conclude().primary
    cell = primary.find_cell("a", "margin")
    assert (cell.difference, cell.verdict, cell.win_rate) == (0.0, "tie", 0.5)
    assert (primary.rows[0].mean_rank, primary.rows[1].mean_rank) == (1.5, 1.5)


def test_the_order_of_rows_does_not_matter(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5, "entropy": 0.4}, rounds=6)
    curves["b"]["margin"][0, :1] = np.nan
    curves["c"]["entropy"][0, 4, 3:] = np.nan
    study = world(curves, splits=5, starts=2, reference={"a": 0.9, "b": [0.9, 0.8, 0.95, 0.9, 0.85]})
    ordered = study.conclude()
    shuffled = (table.sample(fraction=1, shuffle=True, seed=3) for table in study.tables())
    assert plain(conclude(study.experiment, *shuffled)) == plain(ordered)


def plain(value):
    """Evidence as nested tuples in which arrays and not-a-number can be compared; keys are left out."""
    if isinstance(value, np.ndarray):
        return tuple(map(repr, value.tolist()))
    if isinstance(value, tuple | list):
        return tuple(plain(item) for item in value)
    if isinstance(value, dict):
        return tuple((key, plain(item)) for key, item in value.items())
    if hasattr(value, "__dataclass_fields__"):
        names = [name for name in value.__dataclass_fields__ if name != "first"]
        return tuple((name, plain(getattr(value, name))) for name in names)
    return value


def test_keys_carry_no_meaning(world, noisy):
    study = world(noisy({"random": 0.3, "margin": 0.5}, rounds=6), splits=5, starts=2)
    trials, curves, references = study.tables()
    renamed = (table.with_columns(key=pl.col("key").hash(7).cast(pl.String)) for table in (trials, curves))
    assert plain(conclude(study.experiment, *renamed, references)) == plain(study.conclude())


def test_missing_trials_are_counted_not_imputed(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3, absent={("a", "margin", 1)})
    evidence = study.conclude()
    assert (evidence.n_done, evidence.n_failed, evidence.n_missing) == (5, 0, 1)
    cell = evidence.primary.find_cell("a", "margin")
    assert (cell.n_repeats, cell.n_failed, cell.difference) == (2, 0, pytest.approx(0.075))


def test_empty_tables_give_empty_evidence(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    evidence = conclude(study.experiment, *(table.clear() for table in study.tables()))
    cell = evidence.primary.find_cell("a", "margin")
    assert (cell.n_repeats, cell.area, cell.curve, cell.verdict) == (0, None, None, "undecided")
    assert (evidence.n_done, evidence.n_failed, evidence.n_missing) == (0, 0, 6)
    assert evidence.primary.smallest_p is None
    assert write_answer(evidence)


def test_evidence_without_a_primary_slice_says_that_there_is_none(world):
    evidence = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3).conclude()
    with pytest.raises(ResultsError, match="no slice is the primary one"):
        _ = replace(evidence, slices=()).primary


def test_trials_of_other_seed_sizes_are_other_slices(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    trials, curves, references = study.tables()
    larger = trials.with_columns(seed_size=pl.lit(20, pl.Int64), key="larger/" + pl.col("key"))
    of_larger = curves.filter(pl.col("n_labels") >= 20).with_columns(key="larger/" + pl.col("key"))
    experiment = replace(study.experiment, seed_sizes=(Size("count", 10), Size("percent", 2)))
    evidence = conclude(experiment, pl.concat([trials, larger]), pl.concat([curves, of_larger]), references)
    assert [
        (slice_evidence.slice.seed_size, slice_evidence.primary) for slice_evidence in evidence.slices
    ] == [("10", True), ("2%", False)]
    small, large = (slice_evidence.find_cell("a", "random").area for slice_evidence in evidence.slices)
    assert (small, large) == pytest.approx((0.7, 0.75))
    assert evidence.n_missing == 0


def test_the_area_can_be_that_of_a_paper(world):
    study = world({"a": {"random": RANDOM, "margin": MARGIN}}, splits=3)
    primary = study.conclude(area="lu2023").primary
    assert primary.area == "lu2023"
    # First repeat of random: 0.65 + 0.75 + 0.85 over four steps.
    assert primary.find_cell("a", "random").area == pytest.approx((2.25 + 1.95 + 2.55) / 3 / 4)
    assert study.conclude(area="mean").primary.find_cell("a", "random").area == pytest.approx(0.7)


@pytest.mark.parametrize("seed", range(25))
def test_whatever_is_missing_there_is_evidence_in_words(world, noisy, seed):
    rng = np.random.default_rng(seed)
    splits, starts, rounds = (int(rng.integers(1, top)) for top in (6, 3, 6))
    curves = noisy(
        {"random": 0.3, "margin": 0.5, "qbc": 0.3},
        datasets="abcdefgh"[: rng.integers(1, 9)],
        repeats=splits * starts,
        rounds=rounds,
        arms=int(rng.integers(1, 4)),
        seed=seed,
    )
    lost, early = rng.random(2) / 2
    for values in (values for by_strategy in curves.values() for values in by_strategy.values()):
        values[rng.random(values.shape[:2]) < lost] = np.nan
        for arm, repeat in np.argwhere(rng.random(values.shape[:2]) < early):
            values[arm, repeat, rng.integers(rounds) :] = np.nan
    reference = {name: rng.choice([0.7, 0.9, np.nan], splits) for name in curves if rng.random() < 0.7}
    absent = {
        (d, s, int(rng.integers(splits * starts))) for d in curves for s in curves[d] if rng.random() < 0.3
    }
    study = world(
        curves, splits, starts, seed_size=int(rng.choice([0, 10])), reference=reference, absent=absent
    )
    evidence = study.but(second="margin").conclude()
    answer = write_answer(evidence)
    assert answer
    assert not any(word in sentence for sentence in answer for word in ("None", "nan", "inf "))
    for cell in evidence.primary.cells:
        low = np.nan if cell.interval is None else cell.interval.low
        assert (cell.verdict == "win") <= bool(low > 0)
        assert cell.n_paired <= cell.n_repeats <= splits * starts
