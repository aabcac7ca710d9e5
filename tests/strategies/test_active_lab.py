"""ActiveLab: scores equal cleanlab's; labelled rows are asked again, paid for, stored and replayed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from polars.testing import assert_frame_equal

import albench
from albench.errors import AlbenchError, SpecError
from albench.strategies.numerics.active_lab_scores import score_rows
from albench.tables import list_volatile

GOLDEN = json.loads(Path(__file__).with_name("golden").joinpath("active_lab.json").read_text("utf-8"))
SPEC = {
    "datasets": ["iris"],
    "models": ["gaussian_nb"],
    "strategies": ["random", "active_lab"],
    "seed_sizes": 12,
    "batch_sizes": 6,
    "budgets": 66,
    "repeats": 1,
    "metrics": ["accuracy"],
    "oracles": [{"uniform_noise": 0.3}],
    "execution": {"n_jobs": 1},
}


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=["one", "three", "five", "two classes"])
def test_scores_equal_those_of_cleanlab(case):
    labelled, unlabelled = score_rows(*(np.array(case[name]) for name in ("ratings", "proba", "unlabelled")))
    assert_allclose(labelled, case["scores"], atol=1e-12)
    assert_allclose(unlabelled, case["unlabelled_scores"], atol=1e-12)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return albench.run(SPEC, results=tmp_path_factory.mktemp("active_lab"))


def test_labelled_rows_are_asked_again_and_count_against_the_budget(results):
    key = results.trials.filter(pl.col("strategy") == "active_lab")["key"].item()
    answers = results.annotations.filter(pl.col("key") == key)
    assert answers.height == 66
    assert 5 < (answers["k"] > 0).sum() < 50
    assert results.curves.filter(pl.col("key") == key)["n_labels"].to_list() == list(range(12, 67, 6))
    first = results.queries.filter(pl.col("key") == key)
    assert first["row"].n_unique() == first.height == (answers["k"] == 0).sum()
    # How often a row was asked before is counted answer by answer.
    assert answers.select((pl.col("k") == pl.int_range(pl.len()).over("row")).all()).item()


def test_rows_whose_answers_differ_are_asked_again_rather_than_those_that_agree(results):
    key = results.trials.filter(pl.col("strategy") == "active_lab")["key"].item()
    answers = (
        results.annotations.filter(pl.col("key") == key)
        .group_by("row")
        .agg(pl.len(), pl.col("label").first().alias("first"), pl.col("label"))
    )
    twice = answers.filter(pl.col("len") >= 2)
    differ = twice.filter(pl.col("label").list.get(0) != pl.col("label").list.get(1))
    agree = twice.filter(pl.col("label").list.get(0) == pl.col("label").list.get(1))
    assert (differ["len"] > 2).mean() > (agree["len"] > 2).mean()


def test_scored_again_it_is_the_same(results, tmp_path):
    albench.run(SPEC, results=tmp_path)
    again = albench.run(SPEC | {"metrics": ["accuracy", "roc_auc"]}, results=tmp_path)
    for name in ("curves", "queries", "annotations"):
        frames = [getattr(of, name).drop(list_volatile(name)) for of in (again, results)]
        frames[0] = frames[0].drop("roc_auc", strict=False)
        assert_frame_equal(*(frame.sort("key", "round", maintain_order=True) for frame in frames))


def test_stopping_rules_look_at_rows_that_are_asked_again_too(tmp_path):
    rules = ["max_confidence", "overall_uncertainty", "stabilizing_predictions", "contradictory_information"]
    spec = SPEC | {"stopping": rules, "batch_sizes": 2, "budgets": 60}
    results = albench.run(spec, results=tmp_path)
    assert set(results.trials["status"]) == {"done"}
    again = results.annotations.filter(pl.col("k") > 0).group_by("key", "round").len()
    assert 2 in again["len"].to_list()


def test_several_annotators_and_refusals_are_borne(tmp_path):
    who = {"anna": {"skill": 0.9}, "ben": {"skill": 0.6, "available": 0.6}}
    oracles = [{"annotators": {"who": who, "ask": 1}}, {"abstaining": 0.4}, "perfect"]
    results = albench.run(SPEC | {"oracles": oracles, "budgets": 36}, results=tmp_path)
    assert set(results.trials["status"]) == {"done"}
    assert set(results.trials["n_labels"]) == {36}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"budgets": {"money": 40}}, "second answers are counted in labels"),
        (
            {"strategies": ["random", {"epsilon_greedy": {"strategy": "active_lab"}}]},
            "cannot be asked by another",
        ),
    ],
)
def test_what_it_cannot_do_is_refused(changes, says, tmp_path):
    with pytest.raises((SpecError, AlbenchError), match=says):
        albench.plan(SPEC | changes, results=tmp_path)


def test_the_page_says_what_was_asked_again_and_how_far_answers_agree(results):
    (outcome,) = results.evidence.oracles
    assert outcome.annotators == ()
    random, active = outcome.repeated
    assert (random.strategy, random.share, random.alpha) == ("random", 0, None)
    key = results.trials.filter(pl.col("strategy") == "active_lab")["key"].item()
    answers = results.annotations.filter(pl.col("key") == key)
    assert active.share == pytest.approx((answers["k"] > 0).sum() / 54)
    last = results.curves.filter(pl.col("key") == key).sort("round")["krippendorff_alpha"][-1]
    assert active.alpha == pytest.approx(last)
    assert "Asked again" in results.report().read_text(encoding="utf-8")
