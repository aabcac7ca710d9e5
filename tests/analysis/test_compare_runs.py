"""Two runs against each other."""

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from albench.comparison.runs import AXES, Run, compare_runs


def run(study):
    trials, curves, _ = study.tables()
    return Run(trials, curves)


@pytest.fixture
def before(world, noisy):
    return world(noisy({"random": 0.3, "margin": 0.5}), splits=10)


def shifted(study, by, dataset="b", strategy="margin"):
    curves = {name: dict(of) for name, of in study.curves.items()}
    curves[dataset][strategy] = curves[dataset][strategy] + by
    return study.but(curves=curves)


def changes(comparison):
    return {(cell.place[0], cell.place[3]): cell.change for cell in comparison.cells}


def test_a_run_is_identical_with_itself(before):
    comparison = compare_runs(run(before), run(before), "accuracy", greater_is_better=True)
    assert set(changes(comparison).values()) == {"identical"}
    assert (len(comparison.cells), comparison.n_same, comparison.regressions) == (6, 90, ())


def test_differences_are_paired_tested_and_corrected(before, noisy):
    rng = np.random.default_rng(5)
    noise = {"b": 0.02 * rng.standard_normal((1, 10, 1)) - 0.05, "c": 0.02 * rng.standard_normal((1, 10, 1))}
    after = shifted(shifted(before, noise["b"]), noise["c"], "c")
    comparison = compare_runs(run(before), run(after), "accuracy", greater_is_better=True)
    b, c = (
        next(cell for cell in comparison.cells if cell.place[0] == d and cell.place[3] == "margin")
        for d in "bc"
    )
    assert b.difference == pytest.approx(noise["b"].mean())
    ends = stats.ttest_1samp(noise["b"].ravel(), 0).confidence_interval()
    assert (b.interval.low, b.interval.high) == pytest.approx(tuple(ends))
    ps = [1.0] * 4 + [stats.ttest_1samp(noise[d].ravel(), 0).pvalue for d in "bc"]
    assert [b.p_holm, c.p_holm] == pytest.approx(multipletests(ps, method="holm")[1][4:].tolist())
    assert (b.change, c.change) == ("worse", "unchanged")
    assert comparison.regressions == (b,)


def test_a_lower_loss_is_better(world, noisy):
    curves = noisy({"random": 0.3, "margin": 0.5})
    before = world(curves, splits=10, metric="log_loss")
    after = shifted(before, -0.05 + 0.001 * np.arange(10)[:, np.newaxis])
    comparison = compare_runs(run(before), run(after), "log_loss", greater_is_better=False)
    assert changes(comparison)["b", "margin"] == "better"


def test_a_trial_that_has_failed_since_is_a_regression(before):
    after = shifted(before, np.where(np.arange(10) == 3, np.nan, 0.0)[:, np.newaxis])
    comparison = compare_runs(run(before), run(after), "accuracy", greater_is_better=True)
    (lost,) = comparison.regressions
    assert (lost.place[0], lost.n_lost, lost.n_paired, lost.change) == ("b", 1, 9, "identical")


def test_runs_of_other_budgets_are_compared_over_the_labels_that_both_have(before):
    short = before.but(curves={d: {s: v[..., :4] for s, v in of.items()} for d, of in before.curves.items()})
    comparison = compare_runs(run(before), run(short), "accuracy", greater_is_better=True)
    assert set(changes(comparison).values()) == {"identical"}


def test_two_repeats_decide_nothing(world, noisy):
    before = world(noisy({"random": 0.3, "margin": 0.5}, repeats=2), splits=2)
    comparison = compare_runs(run(before), run(shifted(before, -0.1)), "accuracy", greater_is_better=True)
    assert changes(comparison)["b", "margin"] == "undecided"


def test_cells_of_one_run_alone_and_the_order_of_rows(before):
    trials, curves, _ = before.tables()
    without = Run(trials.filter(pl.col("dataset") != "a"), curves)
    other = Run(
        trials.filter(pl.col("strategy") == "margin").sample(fraction=1, shuffle=True, seed=1),
        curves.sample(fraction=1, shuffle=True, seed=2),
    )
    comparison = compare_runs(without, other, "accuracy", greater_is_better=True)
    at = AXES.index("dataset"), AXES.index("strategy")
    assert [tuple(place[i] for i in at) for place in comparison.only_first] == [
        ("b", "random"),
        ("c", "random"),
    ]
    assert [tuple(place[i] for i in at) for place in comparison.only_second] == [("a", "margin")]
    assert changes(comparison) == {("b", "margin"): "identical", ("c", "margin"): "identical"}
