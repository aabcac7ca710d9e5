"""`albench merge`: every key once, the widest of what was recorded, and no contradiction in silence."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
import yaml

import albench
from albench.canonical import digest as key
from albench.cli.exits import run_and_exit
from albench.cli.merge import command
from albench.errors import ContradictionError, ResultsError
from albench.store import segments
from albench.store.folder import REFERENCE, TRIAL, ResultsFolder
from albench.store.lock import hold_lock

SCRIPT = Path(__file__).parent / "files" / "killed_merge.py"
METRICS = ("accuracy", "brier", "log_loss")


@pytest.fixture
def write(tmp_path, part):
    """Make a results folder of parts: numbers, or what else ``part`` takes by number."""

    def make(name, numbers, *, spec=None, compacted=False):
        folder = ResultsFolder(tmp_path / name)
        folder.create()
        numbers = numbers if isinstance(numbers, dict) else {number: {} for number in numbers}
        for number, options in numbers.items():
            folder.write_part(TRIAL, part(number, **options))
        folder.write_text("experiment.yaml", "datasets: iris\n")
        folder.write_text("resolved.yaml", yaml.safe_dump({"name": name, **(spec or {"datasets": ["iris"]})}))
        labels = {
            "key": [key(number) for number in numbers],
            "dataset": "iris",
            "strategy": "margin",
            "split": 0,
        }
        folder.write_plan(pl.DataFrame(labels), pl.DataFrame({"key": []}, schema={"key": pl.String()}))
        folder.add_environment({"fingerprint": name})
        if compacted:
            folder.compact()
        return folder

    return make


def scores(folder, number, metric):
    return folder.read_curves([key(number)], METRICS)[f"score.{metric}"][0]


def test_a_union_holds_every_key_once(write, tmp_path):
    a, b, c = write("a", range(6)), write("b", range(4, 9), compacted=True), write("c", [20])
    union = albench.merge([a.path, b.path, c.path], into=tmp_path / "all")
    merged = ResultsFolder(tmp_path / "all")
    assert (union.trials, union.shared) == (10, 2)
    assert merged.list_keys(TRIAL) == {key(i) for i in (*range(9), 20)} == merged.read_planned_keys()
    assert merged.read_trials(merged.read_planned_keys()).height == 10
    assert merged.read_environments().keys() == {"a", "b", "c"}
    for folder in (a, b, c):
        for k, there in folder.read_stored_trials().items():
            assert merged.read_stored_trials()[k] == there
    assert albench.merge([a.path, b.path, c.path], into=merged.path).trials == 10
    assert len(list(merged.segments.iterdir())) == 1, "merging again writes nothing"


@pytest.mark.parametrize("swap", [False, True])
def test_of_one_trial_the_widest_is_kept(write, tmp_path, swap):
    wide = {
        0: {"rounds": 5},
        1: {"metrics": ("accuracy", "brier")},
        2: {},
        3: {"audit": "probabilities"},
        4: {"rounds": 6, "metrics": ("accuracy",)},
    }
    narrow = {
        0: {"rounds": 3},
        1: {"metrics": ("accuracy", "log_loss")},
        2: {"status": "failed"},
        3: {"audit": "picks"},
        4: {"rounds": 4, "metrics": ("accuracy", "brier")},
    }
    folders = [write("a", wide), write("b", narrow, compacted=True)]
    merged = ResultsFolder(tmp_path / "all")
    albench.merge([folder.path for folder in (folders[::-1] if swap else folders)], into=merged.path)
    stored = merged.read_stored_trials()
    assert stored[key(0)].coverage.labels == 6
    assert stored[key(1)].coverage.metrics == {"accuracy", "brier", "log_loss"}
    assert scores(merged, 1, "brier").equals(scores(folders[0], 1, "brier"))
    assert scores(merged, 1, "log_loss").equals(scores(folders[1], 1, "log_loss"))
    assert stored[key(2)].status == "done"
    assert stored[key(3)].coverage.audit == "probabilities"
    assert merged.read_queries([key(3)])["query.proba"][0].to_list() == [[0.5, 0.5]] * 4
    assert stored[key(4)].coverage.labels == 7
    assert stored[key(4)].coverage.metrics == {"accuracy"}


@pytest.mark.parametrize("compacted", [False, True])
def test_a_folder_that_is_there_is_added_to(write, compacted):
    a = write("a", {0: {"rounds": 3}, 1: {}}, compacted=compacted)
    b = write("b", {0: {"rounds": 5}, 2: {}})
    merged = albench.merge([a.path, b.path], into=a.path)
    assert merged.trials == 3
    assert a.read_stored_trials()[key(0)].coverage.labels == 6
    assert a.read_planned_keys() == {key(0), key(1), key(2)}


def test_a_contradiction_names_both_folders_and_nothing_is_merged(write, tmp_path):
    a, b = write("a", [0, 1, 2]), write("b", {1: {"seed": 7, "where": "two"}, 2: {}})
    with pytest.raises(ContradictionError) as caught:
        albench.merge([a.path, b.path], into=tmp_path / "all")
    message = str(caught.value)
    assert f"'{a.path}' and '{b.path}' contradict each other" in message
    assert f"trial {key(1)[:12]} (dataset iris, strategy margin, split 0)" in message
    assert "score.accuracy" in message
    assert "query.row" in message
    assert "environments one and two" in message
    assert not (tmp_path / "all").exists()


def test_a_contradiction_fails_the_gate_of_the_command_line(write, tmp_path, monkeypatch, capsys):
    a, b = write("a", [0]), write("b", {0: {"seed": 7}})
    monkeypatch.setattr(sys, "argv", ["merge", str(a.path), str(b.path), "--into", str(tmp_path / "all")])
    with pytest.raises(SystemExit) as left:
        run_and_exit(command)
    assert left.value.code == 4
    assert "contradict each other" in capsys.readouterr().err


def test_another_experiment_is_kept_aside(write, tmp_path):
    a, b = write("a", [0]), write("b", [1], spec={"datasets": ["wine"]})
    union = albench.merge([a.path, b.path], into=tmp_path / "all")
    merged = ResultsFolder(tmp_path / "all")
    assert merged.list_keys(TRIAL) == {key(0), key(1)}
    assert merged.read_planned_keys() == {key(0)}
    assert "ran another experiment" in union.remarks[0]


def test_what_is_no_run_and_what_is_running_are_refused(write, tmp_path):
    (tmp_path / "empty").mkdir()
    a, b = write("a", [0]), write("b", [1])
    with pytest.raises(ResultsError, match="holds no run"):
        albench.merge([a.path, tmp_path / "empty"], into=tmp_path / "all")
    with hold_lock(b.path, pytest.fail), pytest.raises(ResultsError, match="a run works on the folder"):
        albench.merge([a.path], into=b.path)


def test_two_merges_into_one_new_folder_wait_for_one_another(write, tmp_path):
    a, b, c = write("a", range(4)), write("b", range(2, 7)), write("c", [20])
    target, waiting = tmp_path / "all", threading.Event()
    with ThreadPoolExecutor(2) as pool:
        with hold_lock(target, pytest.fail, task="merge"):
            jobs = [
                pool.submit(albench.merge, [x.path, c.path], into=target, on_wait=lambda _: waiting.set())
                for x in (a, b)
            ]
            assert waiting.wait(timeout=60)
            assert not (target / "plan").exists()
        assert max(job.result().trials for job in jobs) == 8
    merged = ResultsFolder(target)
    assert merged.list_keys(TRIAL) == merged.read_planned_keys() == {key(i) for i in (*range(7), 20)}


@pytest.mark.skipif(sys.platform == "win32", reason="forks and SIGKILL are POSIX")
@pytest.mark.parametrize(
    "step", [pytest.param(17, id="quick"), pytest.param(1, id="all", marks=pytest.mark.slow)]
)
def test_a_merge_that_was_killed_goes_on_when_it_is_called_again(write, tmp_path, step):
    a, b = write("a", range(5)), write("b", range(3, 9), compacted=True)
    place = tmp_path / "merged"
    place.mkdir()
    command = [sys.executable, str(SCRIPT), str(place), str(a.path), str(b.path), str(step)]
    subprocess.run(command, check=True)
    merged = [ResultsFolder(path) for path in place.iterdir()]
    assert len(merged) > 60 // step
    for folder in merged:
        stored = folder.read_stored_trials()
        assert stored.keys() == folder.read_planned_keys() == {key(i) for i in range(9)}
        assert folder.read_environments().keys() == {"a", "b"}
        assert folder.read_text("experiment.yaml") == a.read_text("experiment.yaml")
        assert folder.read_trials(stored).equals(merged[0].read_trials(stored))
        assert not list(folder.path.rglob("*.partial"))


def test_a_merge_that_was_killed_between_the_two_tables_of_its_plan_goes_on(write, tmp_path):
    a, b = write("a", [0, 1]), write("b", [2])
    albench.merge([a.path, b.path], into=tmp_path / "all")
    for name in ("trials", "references"):
        (tmp_path / "all" / "plan" / f"{name}.parquet").unlink()
        assert albench.merge([a.path, b.path], into=tmp_path / "all").trials == 3
        assert ResultsFolder(tmp_path / "all").read_planned_keys() == {key(i) for i in range(3)}


def test_a_part_that_cannot_be_used_is_named_and_left_out(write, tmp_path, monkeypatch, capsys):
    a, b = write("a", [0, 1]), write("b", [2])
    file = a.get_part_file(TRIAL, key(1))
    file.write_bytes(file.read_bytes()[:-20])
    monkeypatch.setattr(sys, "argv", ["merge", str(a.path), str(b.path), "--into", str(tmp_path / "all")])
    with pytest.raises(SystemExit) as left:
        run_and_exit(command)
    assert left.value.code == 3
    assert f"note: '{file}' cannot be used: " in capsys.readouterr().err
    assert ResultsFolder(tmp_path / "all").list_keys(TRIAL) == {key(0), key(2)}
    assert file.exists()


def test_references_are_united_too(write, tmp_path):
    def reference(accuracy, **others):
        scores = {f"score.{name}": [value] for name, value in (("accuracy", accuracy), *others.items())}
        about = {
            "key": ["r"],
            "identity": ["{}"],
            "status": ["done"],
            "reason": [None],
            "environment": ["one"],
        }
        frame = pl.DataFrame(
            {**about, "metrics": [["accuracy", *others]], "n_train": [5], "fit_s": [0.1], **scores}
        )
        return frame.with_columns(pl.lit(None, pl.String).alias("reason"))

    a, b, c = write("a", [0]), write("b", [1]), write("c", [2])
    a.write_part(REFERENCE, reference(0.5))
    b.write_part(REFERENCE, reference(0.5, brier=0.25))
    c.write_part(REFERENCE, reference(0.75))
    merged = ResultsFolder(tmp_path / "all")
    albench.merge([a.path, b.path], into=merged.path)
    assert merged.read_reference_coverages()["r"].metrics == {"accuracy", "brier"}
    assert merged.read_references(["r"], METRICS)["score.brier"].to_list() == [0.25]
    with pytest.raises(ResultsError, match=r"contradict each other in reference r: score\.accuracy differ"):
        albench.merge([c.path], into=merged.path)


def test_many_are_merged_in_several_steps(write, tmp_path, monkeypatch):
    monkeypatch.setattr("albench.store.merge_folders.MAX_LOOSE_PARTS", 3)
    a, b = write("a", range(7)), write("b", range(5, 12), compacted=True)
    assert segments.MAX_LOOSE_PARTS == 2000
    assert albench.merge([a.path, b.path], into=tmp_path / "all").trials == 12
    assert ResultsFolder(tmp_path / "all").list_keys(TRIAL) == {key(i) for i in range(12)}
