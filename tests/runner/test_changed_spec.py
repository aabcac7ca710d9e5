"""A spec or data that have changed since the run: what is read is what was run, and the difference is told."""

from __future__ import annotations

import json
import shutil
from functools import partial

import polars as pl
import pytest
import yaml
from polars.testing import assert_frame_equal

import albench

FLOWERS = "a,b,kind\n" + "".join(
    f"{i % 7 + 3 * (i % 3)},{(i * 5) % 11 / 10},{('rose', 'tulip', 'lily')[i % 3]}\n" for i in range(90)
)
SPEC = {
    "datasets": [{"csv": {"path": "flowers.csv", "target": "kind"}}, "iris"],
    "models": ["gaussian_nb"],
    "strategies": ["random", "margin", "entropy"],
    "seed_sizes": 5,
    "batch_sizes": 5,
    "budgets": 20,
    "repeats": 2,
    "execution": {"n_jobs": 1},
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    place = tmp_path_factory.mktemp("ran")
    (place / "flowers.csv").write_text(FLOWERS, encoding="utf-8")
    (place / "small.yaml").write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    albench.run(place / "small.yaml", results=place / "results").report()
    return place


@pytest.fixture
def place(ran, tmp_path):
    shutil.copytree(ran, tmp_path, dirs_exist_ok=True)
    # A copy of the files is newer than the run that has read them; so is one of its list of datasets.
    (tmp_path / "results" / "small" / "datasets.json").touch()
    return tmp_path


def change_spec(place, name="small.yaml", **changes):
    path = place / name
    path.write_text(yaml.safe_dump({**SPEC, **changes}), encoding="utf-8")
    return path


def opened(place, name="small.yaml"):
    return albench.open_results(place / name, results=place / "results")


@pytest.fixture
def command(albench_in, tmp_path):
    return partial(albench_in, tmp_path)


def read_page(results):
    return results.report().read_text(encoding="utf-8")


CHANGES = {
    "a strategy is gone": ({"strategies": ["random", "entropy"]}, "strategies: without margin"),
    "random is another class": ({"strategies": ["random", "entropy", "qbc"]}, "with qbc"),
    "a dataset has another label": (
        {"datasets": [SPEC["datasets"][0], {"iris": {}, "label": "plants"}]},
        "datasets: without iris, with plants",
    ),
    "a dataset is another one": ({"datasets": ["wine", "iris"]}, "datasets: without flowers, with wine"),
    "a larger budget": ({"budgets": 40}, "budgets: [20], now [40]"),
    "another preprocessing": ({"preprocessing": "passthrough"}, "preprocessing: standard, now "),
    "another random_state": ({"random_state": 7}, "random_state: 0, now 7"),
    "another primary metric": ({"primary_metric": "log_loss"}, "primary_metric: accuracy, now log_loss"),
    "another first batch size": ({"batch_sizes": [10, 5], "budgets": 25}, "batch_sizes: [5], now [10, 5]"),
    "fewer repeats": ({"repeats": 1}, "repeats: {splits: 2, starts: 1}, now {splits: 1, starts: 1}"),
    "another model": ({"models": ["knn"]}, "models: ['gaussian_nb'], now "),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_run_is_reported_whatever_the_spec_says_by_now(place, change):
    before = opened(place)
    values, words = CHANGES[change]
    change_spec(place, **values)
    after = opened(place)
    assert_frame_equal(after.trials, before.trials)
    assert_frame_equal(after.leaderboard(), before.leaderboard())
    assert after.answer == before.answer
    assert after.n_missing == 0
    (note,) = after.notes
    assert note.startswith("the spec has changed since that run (")
    assert words in note
    if change in ("a strategy is gone", "a dataset has another label", "another primary metric"):
        assert words in read_page(after)


def test_a_file_that_was_renamed_leaves_a_report(command, place):
    before = opened(place)
    (place / "flowers.csv").rename(place / "plants.csv")
    path = change_spec(place, datasets=[{"csv": {"path": "plants.csv", "target": "kind"}}, "iris"])
    after = opened(place)
    assert_frame_equal(after.trials, before.trials)
    assert "flowers" in read_page(after)
    done = command("status", path, "--results", place / "results", "--json")
    assert json.loads(done.stdout)["differences"] == ["datasets: without flowers, with plants"]
    assert "note: the spec has changed since that run" in done.stderr


def test_a_title_or_a_comment_is_no_difference(place):
    path = change_spec(place, title="Another title", execution={"n_jobs": 2})
    path.write_text(f"# of today\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert opened(place).notes == ()
    assert opened(place).experiment.title == "Another title"


def test_a_strategy_whose_file_is_gone_is_named(command, place):
    code = "from albench.strategies.uncertainty import Margin\n\n\nclass Mine(Margin):\n    name = ''\n"
    (place / "mine.py").write_text(code, encoding="utf-8")
    path = change_spec(place, strategies=["random", "./mine.py:Mine"])
    albench.run(path, results=place / "results")
    (place / "mine.py").unlink()
    change_spec(place)
    done = command("report", path, "--results", place / "results")
    assert done.returncode == 2
    assert "were made with ./mine.py:Mine, which cannot be imported any more" in done.stderr
    assert command("status", path, "--results", place / "results").returncode == 0


def test_data_that_have_changed_since_the_run_are_told(command, place):
    path, results = place / "small.yaml", place / "results"
    assert opened(place).notes == ()
    (place / "flowers.csv").write_text(FLOWERS.replace("rose", "daisy", 7), encoding="utf-8")
    done = command("status", path, "--results", results)
    assert "note: the data of 'flowers' have changed since that run" in done.stderr
    assert "16 of 16 trials done" in done.stdout
    assert "the data of &#39;flowers&#39; have changed" in read_page(opened(place))
    albench.run(path, results=results)
    assert opened(place).notes == ()


def test_a_spec_that_was_renamed_is_led_to_its_results(command, place):
    path, results = place / "other.yaml", place / "results"
    (place / "small.yaml").rename(path)
    (note,) = albench.plan(path, results=results).notes
    assert f"'{results / 'small'}' holds a run of 16 of these 16 trials" in note
    assert f"'{results / 'small'}' holds a run of 16" in command("run", path, "--results", results).stderr
    shutil.rmtree(results / "other")
    with pytest.raises(albench.ResultsError, match="small' holds a run of the same spec under another name"):
        opened(place, "other.yaml")
    (results / "small").rename(results / "other")
    assert albench.plan(path, results=results).to_run == 0


def test_one_label_for_other_data_is_told_by_compare(place):
    first, second = place / "results" / "small", place / "again" / "small"
    (place / "flowers.csv").write_text(FLOWERS.replace("rose", "daisy", 7), encoding="utf-8")
    albench.run(place / "small.yaml", results=place / "again")
    assert albench.compare(first, first).notes == ()
    (note,) = albench.compare(first, second).notes
    assert note.startswith("'flowers' holds other data in the second run")


def test_what_was_declared_when_is_kept_and_told(place):
    assert "declared before the run" in read_page(opened(place))
    # Looked at, and then declared otherwise.
    path = change_spec(place, primary_metric="log_loss", strategies=["random", "margin"])
    changed = albench.run(path, results=place / "results")
    page = read_page(changed)
    assert "declared before the run" not in page
    assert "Declared otherwise when 16 trials had finished, " in page
    assert "primary_metric: accuracy, now log_loss; strategies: without entropy" in page
    declared = json.loads((changed.folder.path / "declarations.json").read_text(encoding="utf-8"))
    assert [each["n_finished"] for each in declared] == [0, 16]
    assert [each["primary_metric"] for each in declared] == ["accuracy", "log_loss"]
    assert declared[0]["strategies"] == ["entropy", "margin", "random"]


def test_more_repeats_after_a_look_are_told(place):
    for repeats in (3, 4):
        results = albench.run(change_spec(place, repeats=repeats), results=place / "results")
    page = read_page(results)
    assert page.count("Declared otherwise when ") == 2
    assert "declared before the run" in page, "the slice is the same"


def test_a_folder_without_declarations_claims_nothing(place):
    """An early version kept none."""
    file = place / "results" / "small" / "declarations.json"
    file.unlink()
    assert "declared before the run" not in read_page(opened(place))
    results = albench.run(change_spec(place, primary_metric="log_loss"), results=place / "results")
    assert "Declared otherwise when 16 trials had finished" in read_page(results)
    first, second = json.loads(file.read_text(encoding="utf-8"))
    assert (first["since"], first["n_finished"], first["primary_metric"]) == (None, None, "accuracy")
    assert second["n_finished"] == 16


def test_a_merge_keeps_what_was_declared(place):
    other = place / "other"
    shutil.copytree(place / "results", other)
    albench.run(change_spec(place, repeats=3), results=other)
    albench.run(change_spec(place, repeats=3), results=place / "results")
    albench.merge([place / "results" / "small", other / "small"], into=place / "all" / "small")
    declared = json.loads((place / "all" / "small" / "declarations.json").read_text(encoding="utf-8"))
    assert [each["repeats"]["splits"] for each in declared] == [2, 3]


def test_a_table_of_the_plan_says_what_was_asked(place):
    """The trials of a larger budget that was not run are no missing ones of the run."""
    change_spec(place, budgets=40)
    plan = pl.read_parquet(place / "results" / "small" / "plan" / "trials.parquet")
    assert set(opened(place).trials["key"]) == set(plan["key"])


def test_more_repeats_at_most_are_no_other_declaration(place):
    for repeats in ({"until": "decided", "up_to": 5}, {"until": "decided", "up_to": 6}):
        results = albench.run(change_spec(place, repeats=repeats), results=place / "results")
    page = read_page(results)
    # From two fixed repeats to repeats that go on; that these may be more is the same sequence of looks.
    assert page.count("Declared otherwise when ") == 1
