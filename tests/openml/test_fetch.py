"""The real client against a server on this machine: what is fetched is what OpenML has."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from openml_world import MIXED, mixed_frame

import albench
from albench.datasets.hashing import compute_content_hash
from albench.datasets.loading import load_table
from albench.datasets.of_experiment import load_tables
from albench.datasets.openml.dataset import OpenmlDataset
from albench.datasets.openml.suite import OpenmlSuite
from albench.datasets.openml.task import OpenmlTask
from albench.errors import DatasetError

HERE = Path()


def fetched(source):
    source.fetch(HERE)
    return load_table(source, HERE)


def test_a_dataset_by_number(world, cache):
    source = OpenmlDataset(id=7)
    assert source.lacks(HERE) == ("openml 7",)
    table = fetched(source)
    assert source.lacks(HERE) == ()
    assert table.numeric_names == ("num", "cnt", "small")
    assert_array_equal(
        table.numeric, [[1.5, 1, 1], [2, 2, 2], [np.nan, 3, 3], [4, 300, 4], [0.25, 5, 5], [6, 6, 6]]
    )
    assert table.categorical_names == ("cat", "flag")
    assert table.categories == (("a", "b"), ("false", "true"))
    assert_array_equal(table.categorical, [[1, 1], [0, 0], [-1, 1], [0, 0], [1, 1], [0, 1]])
    assert_array_equal(table.labels, [1, 0, 1, 0, 1, 0])


def test_rows_without_a_target_value_may_be_kept(world, cache):
    with pytest.raises(
        DatasetError, match=r"column 'cat', row 3: no target value .* or declare unlabelled: keep"
    ):
        fetched(OpenmlDataset(id=7, target="cat"))
    table = fetched(OpenmlDataset(id=7, target="cat", unlabelled="keep"))
    assert (table.n_rows, table.unlabelled.file_rows.tolist()) == (5, [2])


def test_levels_that_no_row_has_are_no_classes(world, cache):
    assert fetched(OpenmlDataset(id=7)).classes == ("n", "p")


def test_a_name_is_the_lowest_active_number_and_is_pinned(world, cache):
    source = OpenmlDataset(id="mixed")
    assert source.members(HERE) == (("mixed", source),)
    source.fetch(HERE)
    assert source.members(HERE) == (("mixed", OpenmlDataset(id=7)),)
    assert load_table(source, HERE).n_rows == 6


def test_arff_and_parquet_give_the_same_table(world, cache, monkeypatch):
    from_arff = fetched(OpenmlDataset(id=7))
    assert not any(path.endswith(".pq") for path in world.paths)
    monkeypatch.setenv("OPENML_SKIP_PARQUET", "false")
    from_parquet = fetched(OpenmlDataset(id=8))
    assert any(path.endswith(".pq") for path in world.paths)
    assert not any(path.endswith("/both.arff") for path in world.paths)
    assert compute_content_hash(from_parquet) == compute_content_hash(from_arff)


def test_a_dead_parquet_host_costs_no_time(world, cache, monkeypatch):
    world.dataset(8, MIXED, name="both", parquet=mixed_frame(), parquet_host="http://127.0.0.1:9")
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    assert fetched(OpenmlDataset(id=8)).n_rows == 6
    assert sum(slept) < 4


def test_a_sparse_file_stays_sparse(world, cache):
    table = fetched(OpenmlDataset(id=9))
    assert table.sparse_names == ("a", "b")
    assert_array_equal(table.sparse.toarray(), [[0, 2], [1, 0], [-3, 4], [0, 0]])
    assert table.classes == ("0", "1")
    assert_array_equal(table.labels, [0, 1, 1, 0])


def test_nothing_is_asked_for_that_some_datasets_lack(world, cache):
    fetched(OpenmlDataset(id=7))
    assert not any("qualities" in path or "features" in path for path in world.paths)


def test_a_task_brings_its_own_splits(world, cache):
    table = fetched(OpenmlTask(id=70))
    assert table.n_rows == 6
    assert [(pool.tolist(), test.tolist()) for pool, test in table.divisions] == [
        ([1, 3, 5], [0, 2, 4]),
        ([0, 2, 4], [1, 3, 5]),
    ]


@pytest.mark.parametrize("name", [99, "mini-suite"])
def test_a_suite_becomes_its_tasks(world, cache, name):
    suite = OpenmlSuite(id=name)
    assert suite.lacks(HERE) == (f"openml_suite {name}",)
    suite.fetch(HERE)
    assert suite.members(HERE) == (("mixed", OpenmlTask(id=70)), ("both", OpenmlTask(id=80)))
    world.suite(99, "mini-suite", (70,))
    assert len(suite.members(HERE)) == 2


@pytest.mark.parametrize(
    ("target", "message"), [("", "no default target"), ("cat,y", r"several targets \(cat,y\)")]
)
def test_a_target_that_is_not_one_column(world, cache, target, message):
    world.dataset(7, MIXED, target=target)
    with pytest.raises(DatasetError, match=f"^openml 7: OpenML names {message}: declare target"):
        fetched(OpenmlDataset(id=7))
    assert load_table(OpenmlDataset(id=7, target="flag"), HERE).classes == ("false", "true")


def test_columns_that_a_spec_names_are_checked_against_the_dataset(world, cache):
    OpenmlDataset(id=7).fetch(HERE)
    with pytest.raises(
        DatasetError, match=r"^openml 7: 'drop' names a column 'nun' that is not there; did you mean 'num'"
    ):
        load_table(OpenmlDataset(id=7, drop=("nun",)), HERE)
    table = load_table(OpenmlDataset(id=7, drop=("num",), categorical=("small",)), HERE)
    assert table.numeric_names == ("cnt",)
    assert table.categorical_names == ("small", "cat", "flag")


def test_the_root_logger_and_the_client_are_left_as_they_were(world, cache):
    import openml

    before = (logging.getLogger().handlers[:], openml.config.get_config_as_dict(), dict(os.environ))
    fetched(OpenmlDataset(id=7))
    after = (logging.getLogger().handlers[:], openml.config.get_config_as_dict(), dict(os.environ))
    assert after == before


def test_the_cache_holds_no_pickle_and_no_traces_of_the_client(world, cache):
    fetched(OpenmlTask(id=70))
    names = sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*") if path.is_file())
    assert names == [
        "openml/data/7.lock",
        "openml/data/7/data.parquet",
        "openml/data/7/meta.json",
        "openml/tasks/70.lock",
        "openml/tasks/70/meta.json",
        "openml/tasks/70/splits.npz",
    ]


def test_reading_the_cache_needs_neither_server_nor_client(world, cache):
    fetched(OpenmlDataset(id=7))
    world.server.shutdown()
    code = (
        "import sys; from pathlib import Path; from albench.datasets.openml.dataset import OpenmlDataset; "
        "OpenmlDataset(id=7).load(Path()); print(sorted({'openml', 'arff', 'pandas', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


SPEC = """
datasets: [{openml: mixed, label: first}, {openml_task: 80}]
models: [gaussian_nb]
strategies: [margin]
seed_sizes: 2
batch_sizes: 1
budgets: 3
repeats: {splits: 2, starts: 1}
split: declared
"""


@pytest.mark.slow
def test_fetch_then_run_without_a_network(world, cache, tmp_path, albench_in):
    spec = SPEC.replace("{openml: mixed, label: first}", "{openml_task: 70, label: first}")
    (tmp_path / "mine.yaml").write_text(spec, "utf-8")
    before = albench_in(tmp_path, "run", "mine.yaml")
    assert before.returncode == 2
    assert "not in the cache: openml_task 70, openml_task 80: `albench fetch mine.yaml`" in before.stderr
    assert albench_in(tmp_path, "validate", "mine.yaml").returncode == 0
    done = albench_in(tmp_path, "fetch", "mine.yaml")
    assert (done.returncode, done.stderr.splitlines()[:2]) == (
        0,
        ["first: fetched", "openml-task-80: fetched"],
    )
    world.server.shutdown()
    assert "first: already there" in albench_in(tmp_path, "fetch", "mine.yaml").stderr
    run = albench_in(tmp_path, "run", "mine.yaml", "-j", "1")
    assert run.returncode == 0, run.stderr
    trials = albench.open_results(tmp_path / "mine.yaml", results=tmp_path / "results").trials
    assert set(trials["n_pool"]) == {3}
    assert set(trials["n_test"]) == {3}
    resolved = (tmp_path / "results" / "mine" / "resolved.yaml").read_text("utf-8")
    assert "id: 70" in resolved
    assert "id: 80" in resolved


def test_a_suite_is_pinned_in_the_resolved_spec(world, cache, tmp_path):
    from albench.spec.resolved import resolve_experiment

    spec = tmp_path / "mine.yaml"
    spec.write_text(
        SPEC.replace("{openml: mixed, label: first}, {openml_task: 80}", "openml_suite: 99"), "utf-8"
    )
    assert [done.new for done in albench.fetch(spec)] == [True]
    experiment = albench.load_experiment(spec)
    assert resolve_experiment(experiment)["datasets"] == [
        {"openml_task": {"id": 70}, "label": "mixed"},
        {"openml_task": {"id": 80}, "label": "both"},
    ]
    assert {label: table.n_rows for label, table in load_tables(experiment).items()} == {
        "mixed": 6,
        "both": 6,
    }


def test_show_names_the_source_of_what_was_fetched(world, cache, tmp_path, albench_in):
    spec = tmp_path / "mine.yaml"
    spec.write_text(SPEC, "utf-8")
    list(albench.fetch(spec))
    contents = json.loads(
        albench_in(tmp_path, "show", "dataset", "openml-task-80", "mine.yaml", "--json").stdout
    )
    assert contents["source"] == "OpenML 8: both, version 1"
    assert contents["content"]["n_rows"] == 6
    first = albench_in(tmp_path, "show", "dataset", "first", "mine.yaml").stdout.splitlines()
    assert "source         OpenML 7: mixed, version 1" in first
