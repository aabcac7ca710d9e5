"""What can go wrong between here and OpenML: each a clear message, the cache never half written."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from openml_server import Answer, error
from openml_world import MIXED

import albench
from albench.datasets.cache.cache_folder import lock_entry
from albench.datasets.facts import compute_dataset_hash
from albench.datasets.loading import load_table
from albench.datasets.of_experiment import load_tables
from albench.datasets.openml import client
from albench.datasets.openml.dataset import OpenmlDataset
from albench.datasets.openml.suite import OpenmlSuite
from albench.datasets.openml.task import OpenmlTask
from albench.errors import DatasetError
from albench.spec.read import load_experiment_text

HERE = Path()
DATA = "/data/v1/download/7/mixed.arff"


def left(cache):
    return sorted(
        p.relative_to(cache).as_posix() for p in cache.rglob("*") if p.is_file() and p.suffix != ".lock"
    )


def refused(source, cache):
    before = left(cache)
    with pytest.raises(DatasetError) as caught:
        source.fetch(HERE)
    assert left(cache) == before
    assert not list(cache.rglob(".*"))
    return str(caught.value)


def test_a_wrong_checksum_is_refused(world, cache):
    world.dataset(7, MIXED, md5="0" * 32)
    message = refused(OpenmlDataset(id=7), cache)
    assert message == "openml 7: what came does not have the checksum that OpenML states: try again later"


def test_a_checksum_over_text_beyond_ascii(world, cache):
    OpenmlDataset(id=7).fetch(HERE)
    table = load_table(OpenmlDataset(id=7, text=("cat",), drop=("flag",)), HERE)
    assert table.text == (("b", "a", "", "a", "b", "a"),)


def test_what_openml_does_not_know_is_refused_in_its_words(world, cache):
    assert refused(OpenmlDataset(id=5), cache).startswith("openml 5: OpenML answers:")
    assert "Unknown dataset" in refused(OpenmlDataset(id=5), cache)
    assert "Unknown task" in refused(OpenmlTask(id=5), cache)
    assert refused(OpenmlSuite(id="none"), cache).startswith("openml_suite none: ")
    assert refused(OpenmlDataset(id="none"), cache).startswith("openml none: ")


def test_a_file_that_is_gone_is_refused(world, cache):
    world.answers[DATA] = Answer(b"", "text/plain", 404)
    message = refused(OpenmlDataset(id=7), cache)
    assert message.startswith("openml 7: ")


def test_a_server_that_cannot_be_reached_is_named_and_soon_given_up(world, cache, monkeypatch):
    world.server.shutdown()
    world.server.server_close()
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    message = refused(OpenmlDataset(id=7), cache)
    assert message.startswith(f"openml 7: the server {world.url}/api/v1/xml cannot be reached")
    assert sum(slept) < 8


def test_a_server_that_breaks_off_in_the_middle(world, cache):
    world.answers[DATA].cut = True
    assert "cannot be reached, or broke off" in refused(OpenmlDataset(id=7), cache)
    world.answers[DATA].cut = False
    OpenmlDataset(id=7).fetch(HERE)
    assert load_table(OpenmlDataset(id=7), HERE).n_rows == 6


def test_a_server_that_stalls_is_given_up_with_the_seconds_waited(world, cache, monkeypatch):
    monkeypatch.setattr(client, "TIMEOUT", (1.0, 0.2))
    world.answers[DATA].stall = 1.0
    message = refused(OpenmlDataset(id=7), cache)
    assert (
        message == f"openml 7: the server {world.url}/api/v1/xml did not go on within 0.2 s: try again later"
    )


def test_a_file_that_is_no_arff(world, cache):
    world.dataset(7, "<html>maintenance</html>")
    assert "so this is no ARFF" in refused(OpenmlDataset(id=7), cache)


FULL = """
import resource, signal, sys
from pathlib import Path
from albench.datasets.openml.dataset import OpenmlDataset
from albench.errors import DatasetError

import openml, polars  # what they write when they are imported is not the cache's

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
try:
    OpenmlDataset(id=7).fetch(Path())
except DatasetError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the size of files is limited as POSIX does it")
@pytest.mark.parametrize("size", [100, 1000])
def test_a_full_disk_is_named_and_leaves_nothing_half_written(world, cache, size):
    """Below 100 bytes the client fails to write, below 1000 the cache does."""
    done = subprocess.run([sys.executable, "-c", FULL, str(size)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (
        f"cannot write to the cache {cache}: the disk is full; $ALBENCH_CACHE or --cache puts it elsewhere"
    )
    assert left(cache) == []
    assert not list(cache.rglob(".*"))


def test_one_failure_of_a_suite_leaves_the_others(world, cache):
    world.answers["/data/v1/download/8/both.arff"] = Answer(error(1, "x"), status=404)
    suite = OpenmlSuite(id=99)
    with pytest.raises(DatasetError, match=r"^openml 8: "):
        suite.fetch(HERE)
    assert suite.lacks(HERE) == ("openml_task 80",)
    assert load_table(OpenmlTask(id=70), HERE).n_rows == 6


def test_a_failure_does_not_touch_what_is_there(world, cache):
    OpenmlDataset(id=7).fetch(HERE)
    before = left(cache)
    refused(OpenmlDataset(id=5), cache)
    assert left(cache) == before


def test_a_damaged_file_is_noticed(world, cache):
    OpenmlDataset(id=7).fetch(HERE)
    file = cache / "openml/data/7/data.parquet"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(
        DatasetError, match=r"data\.parquet: the cache was damaged: `albench fetch` replaces it"
    ):
        load_table(OpenmlDataset(id=7), HERE)


NAMED = """
datasets: [{openml: mixed, label: first}, {openml_task: 80}]
models: [gaussian_nb]
strategies: [margin]
seed_sizes: 2
batch_sizes: 1
budgets: 3
split: declared
"""


@pytest.mark.parametrize("content", ["", '{"id": 7, "na', "\xff", "[" * 100_000], ids=len)
@pytest.mark.parametrize(
    ("file", "label", "lacking"),
    [
        ("names/mixed", "first", "openml mixed (damaged)"),
        ("data/7", "first", "openml 7 (damaged)"),
        ("tasks/80", "openml-task-80", "openml_task 80 (damaged)"),
        ("data/8", "openml-task-80", "openml_task 80 (damaged)"),
    ],
)
def test_facts_that_cannot_be_read_are_fetched_again(world, cache, tmp_path, file, label, lacking, content):
    spec = tmp_path / "mine.yaml"
    spec.write_text(NAMED, "utf-8")
    assert {done.damaged for done in albench.fetch(spec)} == {False}
    (cache / "openml" / file / "meta.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(DatasetError, match=rf"^not in the cache: {re.escape(lacking)}: `albench fetch"):
        albench.plan(spec)
    done = [(each.label, each.new, each.damaged) for each in albench.fetch(spec)]
    assert [each for each in done if each[0] == label] == [(label, True, True)]
    assert [each[1:] for each in done if each[0] != label] == [(False, False)]
    assert not any(each.new for each in albench.fetch(spec))
    load_tables(albench.load_experiment(spec))


def test_a_suite_whose_list_cannot_be_read_is_fetched_again(world, cache, tmp_path):
    spec = tmp_path / "mine.yaml"
    spec.write_text(NAMED.replace("{openml: mixed, label: first}, {openml_task: 80}", "openml_suite: 99"))
    list(albench.fetch(spec))
    (cache / "openml/suites/99/meta.json").write_text("")
    assert OpenmlSuite(id=99).lacks(HERE) == ("openml_suite 99 (damaged)",)
    assert [(each.new, each.damaged) for each in albench.fetch(spec)] == [(True, True)]
    assert [entry.label for entry in albench.load_experiment(spec).datasets] == ["mixed", "both"]


@pytest.mark.parametrize("file", ["data/7/data.parquet", "tasks/70/splits.npz"])
def test_fetching_replaces_a_file_that_was_cut(world, cache, file):
    task = OpenmlTask(id=70)
    task.fetch(HERE)
    before = load_table(task, HERE)
    path = cache / "openml" / file
    path.write_bytes(path.read_bytes()[:100])
    assert task.damaged(HERE)
    task.fetch(HERE)
    assert not task.damaged(HERE)
    assert compute_dataset_hash(load_table(task, HERE)) == compute_dataset_hash(before)


def test_the_command_says_that_a_copy_was_damaged(world, cache, tmp_path, albench_in):
    (tmp_path / "mine.yaml").write_text(NAMED, "utf-8")
    list(albench.fetch(tmp_path / "mine.yaml"))
    (cache / "openml/data/7/data.parquet").unlink()
    done = albench_in(tmp_path, "fetch", "mine.yaml")
    assert done.stderr.splitlines() == [
        "first: fetched, as its copy was damaged",
        "openml-task-80: already there",
    ]


def test_all_that_is_missing_is_named_with_the_command(cache, tmp_path):
    spec = {"datasets": [{"openml": 31}, "iris", {"openml_task": 59}], "models": "gaussian_nb"}
    spec |= {"strategies": "margin", "budgets": 20}
    experiment = load_experiment_text(spec, folder=tmp_path, name="mine")
    with pytest.raises(DatasetError) as caught:
        load_tables(experiment)
    assert str(caught.value) == (
        "not in the cache: openml 31, openml_task 59: "
        f"`albench fetch {tmp_path / 'mine.yaml'}` downloads what is missing"
    )


def test_two_processes_fetch_the_same_dataset_at_once(world, cache):
    world.answers[DATA].stall = 0.3
    code = (
        "import logging; from pathlib import Path; from albench.datasets.openml.dataset import OpenmlDataset; "
        "OpenmlDataset(id=7).fetch(Path()); "
        "print(OpenmlDataset(id=7).load(Path()).n_rows, logging.getLogger().handlers)"
    )

    def once(_):
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(once, range(2)))
    assert [(each.returncode, each.stdout.strip()) for each in done] == [(0, "6 []")] * 2, done
    assert world.paths.count(DATA) == 1


def test_a_lock_is_given_back_when_its_holder_is_killed(tmp_path, monkeypatch):
    code = (
        "import sys, time; from pathlib import Path; from albench.datasets.cache.cache_folder import lock_entry\n"
        "with lock_entry(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "a.lock")], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline().strip() == "held"
    holder.kill()
    holder.wait()
    holder.stdout.close()
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("the lock is still held"))
    with lock_entry(tmp_path / "a.lock"):
        pass


def test_a_cache_that_cannot_be_made(world, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ALBENCH_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(DatasetError, match=r"^cannot write to the cache .*cache: .*; \$ALBENCH_CACHE or"):
        OpenmlDataset(id=7).fetch(HERE)
