"""Picks of one model with another model trained on them, against numbers worked out from the areas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy import stats

from albench.analysis.conclude import conclude
from albench.contracts import Model
from albench.spec.experiment import Entry, ModelEntry

FOREST = Entry("forest", Model(estimator="sklearn.ensemble.RandomForestClassifier"))


def entries(experiment):
    (home,) = experiment.models
    borrowed = ModelEntry("forest by logistic", FOREST, home.task)
    return {"home": home, "borrowed": borrowed, "own": ModelEntry("forest", FOREST, FOREST)}


def joined(worlds):
    """Put worlds of one model each together as one experiment."""
    models = entries(next(iter(worlds.values())).experiment)
    trials, curves = [], []
    for name, world in worlds.items():
        trial_rows, rounds, references = world.tables()
        entry = models[name]
        named = {"model": pl.lit(entry.task.label), "query_model": pl.lit(entry.query.label)}
        key = pl.lit(f"{name}/") + pl.col("key")
        trials.append(trial_rows.with_columns(key=key, **named))
        curves.append(rounds.with_columns(key=key))
    experiment = replace(worlds["home"].experiment, models=tuple(models[name] for name in worlds))
    return conclude(experiment, pl.concat(trials), pl.concat(curves), references)


@pytest.fixture
def worlds(world, noisy):
    rates = {"random": 0.3, "margin": 0.5}
    return {
        name: world(noisy(of, datasets=("a", "b"), seed=seed), splits=10)
        for seed, (name, of) in enumerate(
            {"home": rates, "borrowed": {**rates, "margin": 0.35}, "own": rates}.items()
        )
    }


def areas(world, dataset):
    values = world.cube(dataset, "margin").mean(axis=0)
    return np.trapezoid(values, axis=1) / (values.shape[1] - 1)


def test_what_is_lost_is_the_paired_difference_of_own_and_borrowed_picks(worlds):
    (transfer,) = joined(worlds).transfers
    assert (transfer.query_model, transfer.model, transfer.strategy) == (
        "logistic_regression",
        "forest",
        "margin",
    )
    lost = [areas(worlds["own"], name) - areas(worlds["borrowed"], name) for name in ("a", "b")]
    assert transfer.lost == pytest.approx(np.mean(lost))
    # Welch: variances of two means of ten, 9 degrees of freedom each.
    parts = np.array([differences.var(ddof=1) / 10 for differences in lost])
    df = parts.sum() ** 2 / (parts**2 / 9).sum()
    half = stats.t.ppf(0.975, df) * np.sqrt(parts.sum()) / 2
    assert (transfer.lost_interval.low, transfer.lost_interval.high) == pytest.approx(
        (transfer.lost - half, transfer.lost + half)
    )


def test_gains_are_those_of_the_leaderboards(worlds):
    evidence = joined(worlds)
    (transfer,) = evidence.transfers
    rows = {
        (slice_evidence.slice.query_model, slice_evidence.slice.model): slice_evidence.rows[1]
        for slice_evidence in evidence.slices
    }
    assert transfer.gain == rows["logistic_regression", "forest"].difference
    assert transfer.gain_interval == rows["logistic_regression", "forest"].interval_these
    assert transfer.own == rows["forest", "forest"].difference


def test_repeats_that_one_model_lacks_are_left_out_of_the_pairs(worlds):
    curves = {name: dict(of) for name, of in worlds["own"].curves.items()}
    curves["a"]["margin"] = np.array(curves["a"]["margin"])
    curves["a"]["margin"][:, 3] = np.nan
    (transfer,) = joined({**worlds, "own": worlds["own"].but(curves=curves)}).transfers
    keep = np.arange(10) != 3
    lost = [
        (areas(worlds["own"], "a") - areas(worlds["borrowed"], "a"))[keep].mean(),
        (areas(worlds["own"], "b") - areas(worlds["borrowed"], "b")).mean(),
    ]
    assert transfer.lost == pytest.approx(np.mean(lost))


def test_without_its_own_picks_a_model_has_a_gain_alone(worlds):
    (transfer,) = joined({name: worlds[name] for name in ("home", "borrowed")}).transfers
    assert transfer.gain is not None
    assert (transfer.own, transfer.lost, transfer.lost_interval) == (None, None, None)


def test_one_model_has_nothing_to_transfer(worlds):
    assert worlds["home"].conclude().transfers == ()
