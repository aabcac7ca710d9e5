"""Picks of one model scored with another: nothing is queried again, and nothing comes out otherwise."""

from __future__ import annotations

import polars as pl
import pytest

OWN, BOTH = ["gaussian_nb"], ["gaussian_nb", {"task": "knn", "query": "gaussian_nb"}]
REPEAT = ["dataset", "strategy", "arm", "split"]


@pytest.fixture(scope="module")
def models():
    return {"own": OWN, "both": BOTH, "borrowed": BOTH[1:]}


def of(results, model):
    trials = results.trials.filter(model=model).select("key", *REPEAT)
    return trials.join(results.queries, on="key").drop("key").sort(*REPEAT, "round", "rank")


def times(results, model):
    trials = results.trials.filter(model=model).select("key", *REPEAT)
    return trials.join(results.curves, on="key").sort(*REPEAT, "round")["query_s"].to_list()


@pytest.mark.slow
def test_a_trial_comes_out_as_if_it_had_queried_itself(run, tables, assert_same, models):
    """From a folder with nothing to lend, in one go, and after the lenders."""
    fresh = run(models=models["borrowed"], where="fresh")
    run(models=models["own"])
    after, at_once = run(models=models["both"]), run(models=models["both"], where="at_once")
    keys = fresh.trials["key"].implode()
    for borrowed in (after, at_once):
        actual = {name: frame.filter(pl.col("key").is_in(keys)) for name, frame in tables(borrowed).items()}
        wanted = tables(fresh)
        for frames in (actual, wanted):
            del frames["references"]
        assert_same(actual, wanted)


def test_nothing_is_queried_again(run, plan, models):
    run(models=models["own"])
    forecast = plan(models=models["both"])
    assert forecast.reasons == {"scored on the picks of gaussian_nb": forecast.to_run}
    results = run(models=models["both"])
    # The seconds of a query are never the same twice.
    assert times(results, "knn") == times(results, "gaussian_nb")
    assert of(results, "knn").equals(of(results, "gaussian_nb"))


def test_in_one_run_the_picks_are_those_of_the_lender(run, models):
    results = run(models=list(reversed(models["both"])))
    assert times(results, "knn") == times(results, "gaussian_nb")


def test_a_lender_with_fewer_labels_is_of_no_use(run, plan, models):
    run(models=models["own"], budgets=20)
    assert "scored on the picks of gaussian_nb" not in plan(models=models["both"]).reasons


def test_run_again_as_asked_it_queries_itself(run, models):
    queried = times(run(models=models["both"]), "knn")
    after = run(models=models["borrowed"], rerun="all")
    assert after.problems == ()
    assert times(after, "knn") != queried
