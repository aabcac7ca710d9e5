"""`inapplicable: skip`: what does not go together is a row with a reason in plan, run, tables and page."""

from __future__ import annotations

import polars as pl
import pytest

import albench
from albench.cli.plan import _make_json
from albench.errors import SpecError
from albench.spec.read import check_spec, load_experiment

GRID = {
    "datasets": ["iris", "breast_cancer"],
    "models": ["gaussian_nb", "svm_linear"],
    "strategies": ["random", "margin", "distance_to_boundary", {"relevance": {"class": "malignant"}}],
    "seed_sizes": 6,
    "batch_sizes": 5,
    "budgets": 21,
    "repeats": 1,
    "metrics": ["accuracy", "log_loss"],
}
NO_PROBA = "needs class probabilities, which 'svm_linear' does not give"
REASONS = {
    f"'margin' {NO_PROBA}": 2,
    f"'relevance' {NO_PROBA}": 2,
    "'distance_to_boundary' needs decision values, which 'gaussian_nb' does not give": 2,
    "strategy 'relevance' on dataset 'iris': no class 'malignant'; there are 'setosa', 'versicolor' and "
    "'virginica'": 1,
}
# Random in two arms on two datasets with two models, margin on two with one, the boundary likewise, relevance on one.
TO_RUN, SKIPPED = 8 + 2 + 2 + 1, 7


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    import yaml

    folder = tmp_path_factory.mktemp("skipped")
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump({**GRID, "inapplicable": "skip", "execution": {"n_jobs": 1}}), "utf-8")
    results = albench.run(path, results=folder / "results")
    assert results.problems == ()
    return results


def test_it_is_an_error_unless_the_spec_says_otherwise(write):
    for changes in ({}, {"inapplicable": "error"}):
        with pytest.raises(SpecError, match="5 errors in 1 file"):
            check_spec(write(**GRID, **changes))
    assert check_spec(write(**GRID, inapplicable="skip")) == ()


def test_the_plan_counts_them_with_their_reasons(plan):
    forecast = plan(**GRID, inapplicable="skip")
    assert forecast.skipped == REASONS
    assert (forecast.n_trials, forecast.to_run) == (TO_RUN + SKIPPED, TO_RUN)
    assert _make_json(forecast)["skipped"] == REASONS


def test_they_are_rows_of_the_trials_and_nothing_is_missing(results):
    skipped = results.trials.filter(pl.col("status") == "skipped")
    assert dict(skipped["reason"].value_counts().iter_rows()) == REASONS
    assert results.trials.height == TO_RUN + SKIPPED
    assert results.trials["key"].n_unique() == TO_RUN + SKIPPED
    assert skipped["rounds"].null_count() == SKIPPED
    assert (results.n_missing, results.failures.height) == (0, 0)
    assert set(skipped["key"]).isdisjoint(results.curves["key"])


def test_they_are_no_failures_and_the_page_lists_them(results):
    evidence = results.evidence
    assert (evidence.n_done, evidence.n_failed, evidence.n_missing) == (TO_RUN, 0, 0)
    assert evidence.skipped == REASONS
    page = results.report().read_text(encoding="utf-8")
    for reason in REASONS:
        assert reason.replace("'", "&#39;") in page
    assert "Of the trials 7 are skipped as unsuitable." in results.answer
    assert not any("failed" in sentence for sentence in results.answer)


def test_a_slice_is_judged_without_the_strategies_that_never_run_in_it(results):
    assert set(results.leaderboard()["strategy"]) == {"random", "margin", "relevance"}
    assert set(results.leaderboard(model="svm_linear")["strategy"]) == {"random", "distance_to_boundary"}


def test_a_metric_without_its_probabilities_is_undefined(results):
    names = results.trials.filter(pl.col("status") == "done").join(results.curves, on="key")
    defined = names.group_by("model").agg(pl.col("log_loss").is_not_null().all())
    assert dict(defined.iter_rows()) == {"gaussian_nb": True, "svm_linear": False}


def test_the_command_ends_well_and_runs_nothing_again(albench_in, results):
    folder = results.folder.path.parent
    spec = results.experiment.path
    done = albench_in(folder, "run", spec, "--results", folder)
    assert done.returncode == 0, done.stderr
    assert f"0 trials to run, {TO_RUN} reused" in done.stderr
    assert f"note: 2 trials are skipped: 'margin' {NO_PROBA}" in done.stderr
    output = albench_in(folder, "status", spec, "--results", folder).stdout
    assert f"{TO_RUN} of {TO_RUN + SKIPPED} trials done, {SKIPPED} skipped, 0 missing" in output
    assert "other trials" not in output


def test_what_the_spec_resolves_to_says_it(results):
    again = load_experiment(results.folder.path / "resolved.yaml", import_user_code=True)
    assert (again.inapplicable, again.misfits) == ("skip", results.experiment.misfits)


def test_a_folder_of_before_the_setting_is_merged_with_one_of_today(run, tmp_path):
    folders = [run(where=where, datasets=["iris"], repeats=1).folder for where in ("old", "new")]
    resolved = folders[0].path / "resolved.yaml"
    text = resolved.read_text(encoding="utf-8")
    resolved.write_text(text.replace("inapplicable: error\n", ""), encoding="utf-8")
    assert text != resolved.read_text(encoding="utf-8")
    merged = albench.merge([folder.path for folder in folders], into=tmp_path / "merged" / "small")
    assert merged.remarks == ()


def test_the_primary_metric_must_be_defined_for_the_first_model(write):
    changes = {**GRID, "inapplicable": "skip", "primary_metric": "log_loss"}
    assert check_spec(write(**changes)) == ()
    with pytest.raises(SpecError, match="the primary metric 'log_loss' needs class probabilities"):
        check_spec(write(**{**changes, "models": ["svm_linear", "gaussian_nb"]}))


def test_a_metric_that_no_model_can_have_is_an_error_all_the_same(write):
    with pytest.raises(SpecError, match=f"'log_loss' {NO_PROBA}"):
        check_spec(write(**{**GRID, "models": ["svm_linear"], "inapplicable": "skip"}))


def test_of_the_shards_one_has_them_all(write, tmp_path):
    path = write(**GRID, inapplicable="skip")
    shards = [albench.plan(path, results=tmp_path / "results", shard=f"{k}/2") for k in (1, 2)]
    assert [sum(shard.skipped.values()) for shard in shards] == [SKIPPED, 0]
    assert sum(shard.n_trials for shard in shards) == TO_RUN + SKIPPED


def test_merged_and_compared_they_stay_what_they_are(results, tmp_path):
    albench.merge([results.folder.path], into=tmp_path / "merged" / "small")
    merged = albench.open_results(results.experiment, results=tmp_path / "merged")
    assert merged.trials.filter(pl.col("status") == "skipped").height == SKIPPED
    comparison = albench.compare(results.folder.path, merged.folder.path)
    assert {cell.change for cell in comparison.cells} == {"identical"}


@pytest.mark.parametrize("oracles", [["soft_labels"], ["soft_labels", "perfect"]], ids=" and ".join)
def test_a_page_whose_whole_slice_is_skipped_says_so(tmp_path, oracles):
    """Iris has one class a row: not even random can ask an oracle that draws from distributions."""
    spec = {
        **GRID,
        "datasets": "iris",
        "models": "gaussian_nb",
        "strategies": "margin",
        "metrics": ["accuracy"],
    }
    spec |= {"oracles": oracles, "inapplicable": "skip", "execution": {"n_jobs": 1, "backend": "inline"}}
    results = albench.run(spec, results=tmp_path)
    assert results.answer[0].startswith("No trial ")
    assert results.answer[1] == "Of the trials 3 are skipped as unsuitable."
    assert results.report().is_file()
    assert results.leaderboard()["area"].to_list() == [None]
