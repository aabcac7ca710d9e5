"""What is concluded where repeats go on until something is decided: intervals and p hold at all looks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.stats import t
from statsmodels.stats.power import TTestPower

from albench.analysis.conclude import conclude
from albench.analysis.needed_repeats import find_needed_repeats
from albench.analysis.score_slices import list_pools
from albench.analysis.stats.looks import compute_levels, correct_p, list_looks
from albench.narrative import write_answer, write_remarks
from albench.spec.repeats import UntilDecided

RATES = {"random": 0.3, "better": 0.34, "equal": 0.3, "worse": 0.26}
UP_TO = 30


@pytest.fixture
def ended(world, noisy):
    """The evidence of tables that hold the repeats that were needed, and the paired differences of all."""

    def build(datasets, rates=RATES, price=1):
        curves = noisy(rates, datasets=datasets, repeats=UP_TO, noise=0.03, seed=4)
        whole = world(curves, splits=UP_TO)
        experiment = replace(whole.experiment, repeats=UntilDecided(until="decided", up_to=UP_TO))
        trials, rounds, references = whole.tables()
        needed = find_needed_repeats(experiment, trials, rounds, list_pools(trials))
        n_splits = {(cell.dataset, cell.strategy): cell.n_splits for cell in needed}
        kept = [
            n_splits[d, s] > split for d, s, split in trials.select("dataset", "strategy", "split").rows()
        ]
        priced = rounds.with_columns(cost=price * pl.col("n_labels").cast(float))
        evidence = conclude(experiment, trials.filter(kept), priced, references)
        areas = {
            (d, s): np.trapezoid(np.atleast_3d(of).reshape(-1, UP_TO, of.shape[-1]).mean(axis=0)) / 9
            for d, by_strategy in curves.items()
            for s, of in by_strategy.items()
        }
        return evidence, {key: of - areas[key[0], "random"] for key, of in areas.items()}

    return build


def get_cells(evidence):
    return {(cell.dataset, cell.strategy): cell for cell in evidence.slices[0].cells}


def test_cells_have_the_interval_and_the_verdict_of_what_ended_them(ended):
    evidence, differences = ended(("a", "b"))
    cells, reasons = get_cells(evidence), {}
    for repeats in evidence.repeats:
        cell = cells[repeats.dataset, repeats.strategy]
        if repeats.decision is None:
            continue
        reasons[repeats.reason] = cell.verdict
        assert cell.interval == repeats.decision.interval
        assert cell.n_paired == repeats.n_splits == list_looks(5, UP_TO)[cell.n_looks - 1]
        own = differences[repeats.dataset, repeats.strategy][: repeats.n_splits]
        assert cell.difference == pytest.approx(own.mean())
    assert {"better", "worse"} < set(reasons)
    assert (reasons.pop("better"), reasons.pop("worse")) == ("win", "loss")
    assert set(reasons.values()) == {"tie"}


def test_along_money_cells_have_the_repeats_and_the_looks_that_they_have_along_labels(ended):
    evidence, differences = ended(("a",), price=2)
    along_labels = get_cells(evidence)
    early = [name for name in RATES if name != "random" and along_labels["a", name].n_paired < 0.8 * UP_TO]
    assert early
    for name in early:
        cell = evidence.primary.cost_axis.evidence.find_cell("a", name)
        own = differences["a", name][: cell.n_paired]
        assert cell.difference == pytest.approx(own.mean())
        assert (cell.n_asked, cell.n_looks) == (own.size, along_labels["a", name].n_looks)
        # One look at all of them would have a narrower interval.
        half = t.ppf(0.975, own.size - 1) * own.std(ddof=1) / own.size**0.5
        assert cell.interval.high - cell.interval.low > 2.2 * half
    row = next(row for row in evidence.primary.cost_axis.evidence.rows if row.strategy == early[0])
    assert row.difference == pytest.approx(
        differences["a", early[0]][: along_labels["a", early[0]].n_paired].mean()
    )


def test_on_one_dataset_the_row_shows_what_the_repeats_showed(ended):
    evidence, _ = ended(("a",))
    sides = {row.strategy: row.side for row in evidence.slices[0].rows[1:]}
    words = {cell.strategy: cell.reason for cell in evidence.repeats}
    assert sides == {"better": 1, "equal": 0, "worse": -1}
    assert [words[name] for name in ("better", "worse")] == ["better", "worse"]


def test_over_datasets_the_level_is_that_of_as_many_looks_as_datasets_took_on_average(ended):
    """Written out another way: Welch's mean of the two, Hall's polynomial solved by bisection."""
    from scipy.optimize import brentq
    from scipy.stats import skew

    evidence, differences = ended(("a", "b"))
    row = next(row for row in evidence.slices[0].rows if row.strategy == "better")
    n = {cell.dataset: cell.n_splits for cell in evidence.repeats if cell.strategy == "better"}
    own = [differences[dataset, "better"][: n[dataset]] for dataset in "ab"]
    parts = [values.var(ddof=1) / values.size / 4 for values in own]
    error = sum(parts) ** 0.5
    df = sum(parts) ** 2 / sum(part**2 / (values.size - 1) for part, values in zip(parts, own, strict=True))
    skews = [1.5 * skew(values, bias=False) / values.size**0.5 for values in own]
    skewness = sum(a * part**1.5 for a, part in zip(skews, parts, strict=True)) / error**3
    of_each = [len(list_looks(5, n[dataset])) for dataset in "ab"]
    looks = list_looks(5, max(n.values()))[: int(np.floor(np.mean(of_each)))]
    mean = float(np.mean([values.mean() for values in own]))
    quantile = t.isf(compute_levels(looks, 0.05)[-1] / 2, df)

    def transform(x):
        return x + skewness * x**2 / 3 + skewness**2 * x**3 / 27 + skewness / 6

    low = min(mean - error * x for x in (quantile, brentq(lambda x: transform(x) - quantile, -99, 99)))
    assert row.interval_these.low == pytest.approx(low, rel=1e-4)
    smaller = min(mean / error, transform(mean / error))
    # Of three strategies the smallest p is multiplied by 3.
    p = correct_p(2 * t.sf(smaller, df), looks)
    assert p / row.p_these == pytest.approx(1 / np.rint(row.p_these / p), rel=1e-3)
    assert row.interval_chosen.low < row.interval_these.low
    assert "at every look" in row.interval_these.method


def test_the_answer_says_that_intervals_hold_wherever_repeats_end(ended):
    evidence, _ = ended(("a", "b"))
    sentences = " ".join(write_remarks(evidence).sentences)
    assert "Repeats ended by what they showed; these 95 % intervals hold wherever that is" in sentences
    assert "each read by itself" not in sentences


def test_repeats_that_would_decide_go_by_the_spread_of_those_that_there_are(ended):
    evidence, differences = ended(("a",), {"random": 0.3, "equal": 0.3})
    n = evidence.repeats[1].n_splits
    assert n < UP_TO
    own = differences["a", "equal"][:n]
    effect = max(own.mean(), 0.005 - own.mean())
    exact = TTestPower().solve_power(effect / own.std(ddof=1), power=0.8, alpha=0.05)
    recommendation = evidence.primary.recommendation
    assert recommendation.repeats_needed == pytest.approx(exact, abs=1.5)
    assert f"about {recommendation.repeats_needed - n} more repeats would" in write_answer(evidence)[0]


def test_fixed_repeats_have_no_looks(world, noisy):
    evidence = world(noisy(RATES), splits=10).conclude()
    assert {cell.n_looks for cell in evidence.slices[0].cells} == {0}
    assert "each read by itself" in " ".join(write_remarks(evidence).sentences)
