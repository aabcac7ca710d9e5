"""Where to start: areas by seed set and strategy, worked out again from the curves of a run."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

import albench
from albench.narrative.primary_slice import PrimarySlice
from albench.narrative.starting import write_starting

SPEC = """
datasets: [wine, iris]
models: [gaussian_nb]
strategies: [random, margin]
seed_sets: [random, typiclust, {skewed: 1}]
seed_sizes: 6
batch_sizes: 6
budgets: 24
repeats: {splits: 3, starts: 2}
baseline: {arms: 1}
execution: {n_jobs: 1, backend: inline}
"""
SEED_SETS, STRATEGIES = ("random", "typiclust", "skewed"), ("random", "margin")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return albench.run(SPEC, results=tmp_path_factory.mktemp("starting"))


@pytest.fixture(scope="module")
def starting(results):
    return results.evidence.starting


@pytest.fixture(scope="module")
def areas(results):
    """Areas of shape (dataset, seed set, strategy, split, start): means of the trapezoids of even rounds."""
    curves = results.curves.join(results.trials, on="key").sort("n_labels")
    cube = np.empty((2, 3, 2, 3, 2))
    axes = (("wine", "iris"), SEED_SETS, STRATEGIES, range(3), range(2))
    for place in np.ndindex(cube.shape):
        dataset, seed_set, strategy, split, start = (axis[i] for axis, i in zip(axes, place, strict=True))
        own = curves.filter(
            pl.col("dataset") == dataset, pl.col("seed_set") == seed_set, pl.col("strategy") == strategy,
            pl.col("split") == split, pl.col("start") == start,
        )["accuracy"].to_numpy()  # fmt: skip
        cube[place] = (own[1:] + own[:-1]).mean() / 2
    return cube


def test_areas_are_means_over_repeats_and_datasets(starting, areas):
    assert (starting.seed_sets, starting.strategies) == (SEED_SETS, STRATEGIES)
    assert [(each.seed_set, each.strategy) for each in starting.areas] == [
        (seed_set, strategy) for seed_set in SEED_SETS for strategy in STRATEGIES
    ]
    assert [each.area for each in starting.areas] == pytest.approx(areas.mean(axis=(0, 3, 4)).ravel())
    assert [each.area for each in starting.overall] == pytest.approx(areas.mean(axis=(0, 2, 3, 4)))


def test_differences_are_paired_and_their_intervals_are_over_splits(starting, areas):
    by_split = (areas - areas[:, :1]).mean(axis=(2, 4))
    means, errors = by_split.mean(axis=2), by_split.std(axis=2, ddof=1) / np.sqrt(3)
    assert starting.overall[0].difference is None
    for place in (1, 2):
        squares = errors[:, place] ** 2
        freedom = squares.sum() ** 2 / (squares**2 / 2).sum()
        # Two seed sets share the 5 %.
        half = stats.t.ppf(1 - 0.05 / 4, freedom) * np.sqrt(squares.sum()) / 2
        mean, own = means[:, place].mean(), starting.overall[place]
        assert own.difference == pytest.approx(mean)
        assert (own.difference_interval.low, own.difference_interval.high) == pytest.approx(
            (mean - half, mean + half)
        )


def test_spreads_are_those_of_an_analysis_of_variance(starting, areas):
    cells = areas.mean(axis=(3, 4))
    grand = cells.mean(axis=(1, 2), keepdims=True)
    of_sets, of_strategies = cells.mean(axis=2, keepdims=True), cells.mean(axis=1, keepdims=True)
    rest = cells - of_sets - of_strategies + grand
    assert starting.by_seed_set == pytest.approx(np.sqrt(of_sets.var(axis=1, ddof=1).mean()))
    assert starting.by_strategy == pytest.approx(np.sqrt(of_strategies.var(axis=2, ddof=1).mean()))
    assert starting.by_both == pytest.approx(np.sqrt((rest**2).sum(axis=(1, 2)).mean() / 2))
    assert starting.by_start == pytest.approx(np.sqrt(areas.var(axis=4, ddof=1).mean()))


def test_the_first_sentence_says_how_to_start(results, starting):
    evidence = results.evidence
    first, second = write_starting(evidence, PrimarySlice(evidence.primary, evidence.n_repeats))
    best = starting.overall[1]
    assert first.startswith(("Start from typiclust seed sets: accuracy averaged", "No seed sets are shown"))
    assert f"{best.difference:+.3f}".replace("-", "−") in first
    assert second.startswith("From one seed set to another that average moves by 0.")
    assert results.answer[0] == first


def test_the_page_has_the_table_only_where_seed_sets_are_compared(results, tmp_path):
    html = results.report(tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'id="starting"' in html
    plain = SPEC.replace("[random, typiclust, {skewed: 1}]", "random").replace(", starts: 2", "")
    other = albench.run(plain.replace("splits: 3", "splits: 2"), results=tmp_path)
    assert other.evidence.starting is None
    assert 'id="starting"' not in other.report(tmp_path / "other.html").read_text(encoding="utf-8")
