"""What runs again, what does not, and the reason that a user is told."""

from __future__ import annotations

import polars as pl
import pytest

# Two datasets x two repeats x (two arms of random, margin, qbc).
ALL = 16


def test_the_same_command_again_runs_nothing(run, plan):
    first = run()
    stamps = {part.name: part.stat().st_mtime_ns for part in first.folder.parts.iterdir()}
    forecast = plan()
    assert (forecast.n_trials, forecast.reused, forecast.to_run, forecast.reasons) == (ALL, ALL, 0, {})
    run()
    assert stamps == {part.name: part.stat().st_mtime_ns for part in first.folder.parts.iterdir()}


@pytest.mark.parametrize(
    ("changes", "reused", "reasons"),
    [
        pytest.param({"budgets": 20}, ALL, {}, id="smaller budget"),
        pytest.param({"datasets": [{"iris": {}, "label": "flowers"}, "wine"]}, ALL, {}, id="renamed dataset"),
        pytest.param(
            {"datasets": ["wine", "iris"], "strategies": ["qbc", "margin", "random"]},
            ALL,
            {},
            id="reordered axes",
        ),
        pytest.param({"execution": {"n_jobs": 2}}, ALL, {}, id="other n_jobs"),
        pytest.param({"budgets": 40}, 0, {"larger budget: 40 labels, 30 recorded": ALL}, id="larger budget"),
        pytest.param({"metrics": ["accuracy", "roc_auc"]}, 0, {"new metric: roc_auc": ALL}, id="new metric"),
        pytest.param({"signals": ["agreement"]}, 0, {"new signal: agreement": ALL}, id="new signal"),
        pytest.param(
            {"strategies": ["random", "margin", "qbc", "entropy"]},
            ALL,
            {"new strategy": 4},
            id="new strategy",
        ),
        pytest.param({"repeats": 3}, ALL, {"new repeat": 8}, id="new repeat"),
        pytest.param({"repeats": {"splits": 2, "starts": 2}}, ALL, {"new repeat": ALL}, id="new start"),
        pytest.param({"baseline": {"arms": 3}}, ALL, {"new arm of random": 4}, id="new arm"),
        pytest.param({"seed_sizes": [5, 10]}, ALL, {"new seed size": ALL}, id="new seed size"),
        pytest.param({"batch_sizes": [5, 1]}, ALL, {"new batch size": ALL}, id="new batch size"),
        pytest.param({"models": ["gaussian_nb", "knn"]}, ALL, {"new model": ALL}, id="new model"),
        pytest.param(
            {"datasets": ["iris", "digits"]}, ALL // 2, {"new or changed dataset": ALL // 2}, id="dataset"
        ),
        pytest.param(
            {"strategies": ["random", "margin", {"qbc": {"members": 3}}]},
            ALL - 4,
            {"changed parameter of qbc": 4},
            id="changed parameter",
        ),
        pytest.param(
            {"models": [{"gaussian_nb": {"var_smoothing": 0.001}}]},
            0,
            {"changed parameter of sklearn.naive_bayes.GaussianNB": ALL},
            id="changed parameter of the model",
        ),
    ],
)
def test_only_what_is_missing_would_run_for_a_reason(run, plan, changes, reused, reasons):
    run()
    forecast = plan(**changes)
    assert forecast.reused == reused
    assert forecast.reasons == reasons


def test_a_renamed_data_file_is_the_same_data(run, plan, tmp_path):
    lines = ["x,y,label", *(f"{i % 7},{i % 3},{'ab'[i % 2]}" for i in range(60))]
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    run(datasets=[{"csv": {"path": "one.csv", "target": "label"}}])
    assert plan(datasets=[{"csv": {"path": "two.csv", "target": "label"}}]).to_run == 0


def test_a_changed_cell_is_other_data(run, plan, tmp_path):
    lines = ["x,y,label", *(f"{i % 7},{i % 3},{'ab'[i % 2]}" for i in range(60))]
    spec = {"datasets": [{"csv": {"path": "one.csv", "target": "label"}}]}
    (tmp_path / "one.csv").write_text("\n".join(lines), encoding="utf-8")
    run(**spec)
    lines[5] = "99,0,a"
    (tmp_path / "one.csv").write_text("\n".join(lines), encoding="utf-8")
    assert plan(**spec).reasons == {"new or changed dataset": 8}


def test_a_new_metric_queries_nothing_and_equals_a_whole_run(run, tables, assert_same):
    metrics = ["accuracy", "roc_auc"]
    run()
    again = run(metrics=metrics)
    whole = run(metrics=metrics, where="elsewhere")
    assert_same(tables(again), tables(whole))


def test_a_stored_result_that_does_not_come_out_again_is_kept_and_told(run):
    results = run()
    part = next(results.folder.parts.glob("trial-*.parquet"))
    frame = pl.read_parquet(part)
    wrong = frame.with_columns(pl.col("score.accuracy").list.eval(pl.element() + 0.001))
    wrong.write_parquet(part)
    again = run(rerun="all")
    assert len(again.problems) == 1
    assert "not reproducible: score.accuracy differ" in again.problems[0]
    assert pl.read_parquet(part)["score.accuracy"].to_list() == wrong["score.accuracy"].to_list()


def test_a_failed_trial_is_kept_until_asked_for(run, plan, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from albench import Strategy\n\n\n"
        "class Mine(Strategy):\n"
        '    """Fails on wine."""\n\n'
        "    def utilities(self, pool, state):\n"
        "        if pool.n_classes == 3 and pool.features.shape[1] == 13:\n"
        "            raise RuntimeError('no wine')\n"
        "        return pool.features[pool.candidates, 0]\n",
        encoding="utf-8",
    )
    spec = {"strategies": ["random", "./mine.py:Mine"]}
    results = run(**spec)
    assert results.failed == 2
    assert "RuntimeError: no wine (in round 0" in results.problems[0]
    assert dict(results.trials["status"].value_counts().iter_rows()) == {"done": 10, "failed": 2}
    assert plan(**spec).kept_failed == 2
    assert plan(rerun="failed", **spec).reasons == {"failed before": 2}
    code = (tmp_path / "mine.py").read_text(encoding="utf-8")
    (tmp_path / "mine.py").write_text(code.replace("== 13", "== 99"), encoding="utf-8")
    import sys

    for name in [name for name in sys.modules if name.startswith("albench_user_mine")]:
        del sys.modules[name]
    assert run(rerun="failed", **spec).problems == ()


def test_a_renamed_spec_that_says_its_name_finds_its_results(run, write, tmp_path):
    import albench

    first = write("before.yaml")
    text = "name: study\n" + first.read_text(encoding="utf-8")
    for name in ("before.yaml", "after.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    albench.run(tmp_path / "before.yaml", results=tmp_path / "results")
    assert albench.plan(tmp_path / "after.yaml", results=tmp_path / "results").to_run == 0
