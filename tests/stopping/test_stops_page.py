"""The table of the stops, the section of the page and its first sentence."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from scipy.optimize import isotonic_regression

import albench
from albench.narrative.answer import MOST_WORDS, count_words
from albench.tables import STOPS

SPEC = {
    "name": "stops",
    "datasets": ["iris", "wine"],
    "models": ["logistic_regression"],
    "strategies": ["random", "margin"],
    "seed_sizes": 10,
    "batch_sizes": 5,
    "budgets": 60,
    "repeats": 3,
    "validation": 0.1,
    "execution": {"n_jobs": 1},
    "stopping": [{"budget": 30}, "classification_change", {"patience": 2}, {"max_confidence": 1e-9}],
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return albench.run(SPEC, results=tmp_path_factory.mktemp("stops"))


def test_the_table_says_where_each_rule_would_have_stopped(results):
    stops = results.stops
    assert stops.columns == [column.name for column in STOPS]
    assert stops.height == results.trials.height * 4
    assert set(stops.filter(rule="budget")["n_labels"]) == {30}
    # A tenth of the 150 and the 178 rows.
    paid = stops.filter(rule="patience").join(results.trials, on="key").select("dataset", "n_validation")
    assert set(paid.rows()) == {("iris", 15), ("wine", 17)}
    assert set(stops.filter(rule="max_confidence")["reason"]) == {"it does not stop within the budget"}


def test_hindsight_is_that_of_the_isotonic_curve_of_the_test_part(results):
    for row in results.stops.filter(rule="budget").iter_rows(named=True):
        curve = results.curves.filter(key=row["key"]).sort("round")
        monotone = isotonic_regression(curve["accuracy"].to_numpy()).x
        best = int(np.argmax(monotone >= monotone[-1] - 0.005))
        assert row["hindsight_labels"] == curve["n_labels"][best]
        assert row["metric_lost"] == pytest.approx(monotone[best] - monotone[4])


def test_the_first_sentence_says_when_to_stop(results):
    answer = results.answer
    assert answer[0].startswith(("When to stop with ", "Stop by ", "Label the whole budget "))
    assert "2 datasets" in answer[0]
    assert any("Differences are to hindsight" in sentence for sentence in answer)
    assert "Within the budget never stop: max_confidence." in answer
    assert count_words(answer) <= MOST_WORDS


def test_the_picture_of_the_first_screen_shows_where_rules_and_hindsight_stop(results):
    stopping = results.evidence.stopping
    stops = results.stops.join(results.trials, on="key").filter(strategy=stopping.strategy)
    # A rule that does not stop buys the whole budget; datasets count alike.
    bought = stops.with_columns(pl.col("n_labels").fill_null(60).mean().over("rule", "dataset"))
    means = dict(bought.group_by("rule").agg(pl.col("n_labels").mean()).iter_rows())
    means["hindsight"] = stops.filter(rule="budget")["hindsight_labels"].mean()
    page = results.report().read_text(encoding="utf-8")
    (words,) = re.findall(rf'aria-label="[^"]*; of {stopping.strategy} ([^"]*stops[^"]*) labels\."', page)
    marks = dict(re.findall(r"(\w+) stops at (\d+)", words))
    assert marks.keys() == {"hindsight", *re.findall(r"stop by (\w+)", results.answer[0])}
    assert {name: float(x) for name, x in marks.items()} == {
        name: pytest.approx(means[name], abs=0.51) for name in marks
    }


def test_the_page_has_the_section_and_the_table_is_beside_it(results):
    page = results.report().read_text(encoding="utf-8")
    assert '<h2 id="stopping">' in page
    assert "stop-regret" in page
    assert (results.folder.tables / "stops.csv").is_file()
    assert "tables/stops.csv" in page
    assert "the whole budget" in {trace.name for trace in results.plot.stopping().data}


def test_an_experiment_without_rules_has_neither_table_nor_section(tmp_path):
    spec = {**SPEC, "datasets": ["iris"], "budgets": 20}
    before = albench.run(spec, results=tmp_path)
    assert (before.write_tables() / "stops.csv").is_file()
    results = albench.run({**spec, "stopping": []}, results=tmp_path)
    page = results.report().read_text(encoding="utf-8")
    assert 'id="stopping"' not in page
    with pytest.raises(albench.ResultsError, match="the experiment has none"):
        results.plot.stopping()
    assert "stops" not in results.tables()
    assert not (results.folder.tables / "stops.csv").exists()


def test_trials_that_a_rule_has_ended_are_not_judged(tmp_path):
    stopping = [{"budget": {"labels": 30, "enforce": True}}, "patience"]
    results = albench.run({**SPEC, "stopping": stopping, "datasets": ["iris"]}, results=tmp_path)
    ended = results.stops.filter(rule="budget")
    assert set(ended["n_labels"]) == {30}
    assert ended["hindsight_labels"].is_null().all()
    assert ended["reason"][0] == "budget has ended the trial: what more labels would have given is not known"
    assert (
        results.answer[0] == "Stopped by budget: 9 trials, those with margin on iris at 30 labels on average."
    )
    assert "budget ended 9 trials" in results.report().read_text(encoding="utf-8")


def test_a_metric_of_which_less_is_better_is_judged_the_other_way_round(tmp_path):
    spec = {
        **SPEC,
        "primary_metric": "log_loss",
        "datasets": ["iris"],
        "stopping": [{"target": {"value": 0.3}}],
    }
    results = albench.run(spec, results=tmp_path)
    for row in results.stops.drop_nulls("n_labels").iter_rows(named=True):
        curve = results.curves.filter(key=row["key"]).sort("round")
        values = curve["validation_log_loss"].to_numpy()
        assert row["round"] == np.argmax(values <= 0.3)
        monotone = -isotonic_regression(-curve["log_loss"].to_numpy()).x
        best = int(np.argmax(monotone <= monotone[-1] + 0.005))
        assert row["metric_lost"] == pytest.approx(monotone[row["round"]] - monotone[best])
    assert results.stops.filter(pl.col("n_labels").is_not_null()).height
