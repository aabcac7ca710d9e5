"""With ``inapplicable: skip`` what a stream refuses is a row with its reason, in plan, table and page."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import albench

REASONS = {
    "model": "streams need class probabilities, which 'ridge_classifier' does not give",
    "manager": "strategy 'periodic' and budget manager 'balanced_quantile' would both set the threshold",
    "dataset": "dataset 'iris' is no stream: it has no column of time",
    "drift": "drift 'covariate' on dataset 'readings': there is no column 7: rows have 2 features",
    "combining": "oracle 'annotators': it teaches every answer with a weight",
    "recorded": "oracle 'columns': its answers are recorded, and drift 'sudden' changes the labels",
    "answers": "oracle 'columns': dataset 'readings' has no column of answers 'nobody'",
}


@pytest.fixture
def spec(tmp_path):
    """Return a spec with one reason of each kind, a refusal beside what runs."""
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=60)
    columns = {"at": np.arange(60), "x": labels + rng.normal(size=60), "z": rng.normal(size=60)}
    pl.DataFrame({**columns, "fault": labels}).write_csv(tmp_path / "readings.csv")
    source = {"path": str(tmp_path / "readings.csv"), "target": "fault", "time": "at"}
    who = {"a": {"skill": 0.9}, "b": {"skill": 0.6}}
    return {
        "name": "mixed",
        "scenario": "stream",
        "datasets": [{"csv": source}, "iris"],
        "order": "time",
        "models": ["gaussian_nb", "ridge_classifier"],
        "strategies": ["periodic", "uncertainty"],
        "managers": ["fixed", "balanced_quantile"],
        "budgets": "20%",
        "drifts": ["none", "sudden", {"covariate": {"column": 7}}],
        "oracles": [
            "perfect",
            {"annotators": {"who": who, "combine": "all"}},
            {"columns": {"who": {"a": {"column": "nobody"}}}},
        ],
        "repeats": 1,
        "window": 20,
        "inapplicable": "skip",
        "execution": {"n_jobs": 1},
    }


def test_every_refusal_is_a_row_with_its_reason(spec, tmp_path):
    forecast = albench.plan(spec, results=tmp_path / "r")
    results = albench.run(spec, results=tmp_path / "r", backend="inline")
    run, skipped = results.trials.partition_by("status", maintain_order=False)
    run, skipped = sorted((run, skipped), key=lambda rows: rows["status"][0])
    # Two pairs of a strategy and its manager, with two drifts.
    assert run["status"].to_list() == ["done"] * 4
    assert run.height + skipped.height == 2 * 2 * 4 * 3 * 3
    for words in REASONS.values():
        assert any(words in reason for reason in forecast.skipped), words
        assert skipped["reason"].str.contains(words, literal=True).any(), words
    assert sum(forecast.skipped.values()) == skipped.height
    page = results.report().read_text(encoding="utf-8").replace("&#39;", "'")
    assert all(words in page for words in REASONS.values())
    # What never runs is not missing.
    assert "on iris (0 of" not in page
    assert sorted(results.leaderboard()["strategy"]) == [
        *("periodic (fixed)", "uncertainty (balanced_quantile)"),
    ]


@pytest.mark.parametrize("kind", ["dataset", "drift", "recorded", "answers", "manager", "model", "combining"])
def test_without_skip_each_is_an_error_that_says_the_same(spec, kind):
    own = {"models": "gaussian_nb", "managers": "fixed", "strategies": "periodic", "oracles": "perfect"}
    own |= {"datasets": spec["datasets"][:1], "drifts": "none", "inapplicable": "error"}
    wrong = {
        "model": {"models": "ridge_classifier"},
        "manager": {"managers": "balanced_quantile"},
        "dataset": {"datasets": "iris"},
        "drift": {"drifts": spec["drifts"][2]},
        "combining": {"oracles": [spec["oracles"][1]]},
        "recorded": {"oracles": [spec["oracles"][2]], "drifts": "sudden"},
        "answers": {"oracles": [spec["oracles"][2]]},
    }[kind]
    with pytest.raises(albench.AlbenchError) as error:
        albench.plan(spec | own | wrong)
    assert REASONS[kind] in str(error.value)


def test_a_class_that_no_stream_has_is_an_error_also_where_others_are_skipped(spec):
    with pytest.raises(albench.AlbenchError, match="oracle 'refusing': no dataset has a class 'nobody'"):
        albench.plan(spec | {"oracles": [{"refusing": ["nobody"]}]})
