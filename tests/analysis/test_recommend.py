"""Which strategy stands first, what equals it, what makes the same picks, how many repeats decide."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rising_curves import RANDOM

from albench import tables
from albench.analysis.evidence.rows import order_rows
from albench.analysis.stats.intervals import Estimate
from albench.analysis.stats.power import compute_power, find_repeats_needed
from albench.report.tables.leaderboard import build_leaderboard_table

ON = np.array([0, 1, 1, 1, 1])


def gain(mean, spread, seed):
    """Random's curves, better by so much on average, from the second round on."""
    noise = np.random.default_rng(seed).standard_normal((10, 1))
    return RANDOM + (mean + spread * (noise - noise.mean())) * ON


def test_a_gain_that_is_shown_stands_before_a_larger_one_that_is_not(world):
    curves = {"random": RANDOM, "wild": gain(0.06, 0.3, 4), "steady": gain(0.03, 0.002, 2)}
    primary = world({"a": curves}, splits=10).conclude().primary
    rows = {row.strategy: row for row in primary.rows}
    assert rows["wild"].difference > rows["steady"].difference
    assert (rows["wild"].side, rows["steady"].side) == (0, 1)
    assert primary.recommendation.strategy == "steady"
    assert build_leaderboard_table(primary)["strategy"].to_list() == ["random", "steady", "wild"]


def test_what_is_shown_to_be_worse_stands_behind_what_is_not(world):
    curves = {"random": RANDOM, "worse": gain(-0.01, 0.001, 1), "wild": gain(-0.05, 0.2, 2)}
    primary = world({"a": curves}, splits=10).conclude().primary
    rows = {row.strategy: row for row in primary.rows}
    assert rows["wild"].difference < rows["worse"].difference
    assert [row.strategy for row in order_rows(primary.rows)] == ["wild", "worse"]


def test_levels_at_the_budget_are_those_of_the_paired_repeats(world):
    margin = gain(0.05, 0.01, 3)
    margin[7] = np.nan
    arms = np.stack([gain(0, 0.01, 8), gain(0, 0.01, 9)])
    study = world(
        {"a": {"random": arms, "margin": margin}, "b": {"random": arms, "margin": margin}}, splits=10
    )
    at = study.conclude().primary.recommendation.at_budget
    kept = np.delete(np.arange(10), 7)
    deltas = margin[kept, -1] - arms.mean(axis=0)[kept, -1]
    assert (at.n_labels, at.level) == (50, pytest.approx(margin[kept, -1].mean()))
    assert at.baseline_level == pytest.approx(arms.mean(axis=0)[kept, -1].mean())
    assert at.difference == pytest.approx(deltas.mean())
    # Two datasets of one error each: their mean has it by the square root of 2, on twice the degrees.
    from scipy.stats import t

    half = t.ppf(0.975, 16) * deltas.std(ddof=1) / 3 / math.sqrt(2)
    assert (at.interval.low, at.interval.high) == pytest.approx((deltas.mean() - half, deltas.mean() + half))


def test_a_dataset_that_ends_early_is_carried_on_to_the_common_budget(world):
    full = {"random": RANDOM, "margin": gain(0.05, 0.01, 3)}
    short = {name: of[:, :4] for name, of in full.items()}
    at = world({"a": full, "b": short}, splits=10).conclude().primary.recommendation.at_budget
    assert at.n_labels == 50
    ends = np.mean([full["margin"][:, 4].mean(), full["margin"][:, 3].mean()])
    assert at.level == pytest.approx(ends)


def queries(world, picks):
    """Return the evidence with picks: strategy -> row numbers of a dataset, a repeat; batches of 10."""
    trials, curves, references = world.tables()
    rows = [
        {
            "key": key, "dataset": dataset, "round": i // 10 + 1, "rank": i % 10, "row": row,
            "label_true": 0, "label_given": 0, "n_labels": 10,
        }
        for key, dataset, strategy in trials.select("key", "dataset", "strategy").iter_rows()
        for i, row in enumerate(picks(dataset, strategy))
    ]  # fmt: skip
    schema = {name: of for name, of in tables.build_schema("queries").items() if name in rows[0]}
    frame = pl.DataFrame(rows, schema_overrides={k: v for k, v in schema.items() if k in rows[0]})
    from albench.analysis.conclude import conclude

    return conclude(world.experiment, trials, curves, references, queries=frame)


def test_strategies_with_the_same_picks_are_one_and_are_named_once(world):
    from albench.narrative import write_answer

    study = world({name: {"random": RANDOM, **{s: gain(0.05, 0.01, 3) for s in ("margin", "entropy")},
                         "qbc": gain(0.05, 0.01, 3)} for name in "ab"}, splits=10)  # fmt: skip

    def picks(dataset, strategy):
        base = np.arange(40) + {"random": 500, "qbc": 100}.get(strategy, 0)
        return base[::-1] if strategy == "qbc" and dataset == "b" else base

    evidence = queries(study, picks)
    recommendation = evidence.primary.recommendation
    assert recommendation.same_picks == (("margin", "entropy"),)
    assert recommendation.strategy == "margin"
    assert recommendation.equals == ("qbc",)
    answer = write_answer(evidence)
    assert "margin and entropy make the same picks." in answer
    assert "Not told apart from it: qbc." in answer


def test_the_same_picks_on_one_dataset_alone_are_not_the_same_picks(world):
    study = world({name: {"random": RANDOM, "margin": gain(0.05, 0.01, 3), "entropy": gain(0.05, 0.01, 3)}
                  for name in "ab"}, splits=10)  # fmt: skip

    def picks(dataset, strategy):
        return np.arange(40) + (
            500 if strategy == "random" else 100 if (dataset, strategy) == ("b", "margin") else 0
        )

    assert queries(study, picks).primary.recommendation.same_picks == ()


@settings(max_examples=40)
@given(
    n=st.integers(3, 60),
    effect=st.floats(0.05, 3),
    n_tests=st.integers(1, 9),
)
def test_power_is_the_tail_of_noncentral_t(n, effect, n_tests):
    from scipy.stats import nct, t

    critical = t.ppf(1 - 0.05 / n_tests / 2, n - 1)
    exact = nct.sf(critical, n - 1, effect * math.sqrt(n))
    assert compute_power(effect, 1 / math.sqrt(n), n - 1, n_tests) == pytest.approx(exact, abs=2e-4)


@settings(max_examples=20)
@given(spread=st.floats(0.01, 2), effect=st.floats(0.05, 1), n_tests=st.integers(1, 9))
def test_the_repeats_needed_are_the_fewest_that_suffice(spread, effect, n_tests):
    n = find_repeats_needed(
        Estimate(np.array(0.0), np.array(spread / math.sqrt(10)), 9.0), 10, effect, n_tests
    )

    def power(n):
        return compute_power(effect, spread / math.sqrt(n), n - 1, n_tests) if n > 1 else 0.0

    assert power(n) >= 0.8 or n == 10_000
    assert power(n - 1) < 0.8
