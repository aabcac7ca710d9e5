"""What is stored under every oracle: lasting keys; resumed, divided, widened and re-scored, it is the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

import albench
from albench.registry.catalogue import load_catalogue

FILES = Path(__file__).parents[1] / "oracles"
ORACLES = yaml.safe_load(FILES.joinpath("examples.yaml").read_text(encoding="utf-8"))
COLUMNS = {name: f"p_{name}" for name in ("setosa", "versicolor", "virginica")}
IRIS = {"path": str(FILES / "iris.csv"), "target": "species", "answers": ["llm"], "drop": [*COLUMNS.values()]}
SOFT_IRIS = {"path": IRIS["path"], "target": {"columns": COLUMNS}, "answers": ["llm", "species"]}
GRID = {
    "datasets": [{"csv": SOFT_IRIS}],
    "strategies": ["random", "margin"],
    "baseline": {"arms": 1},
    "oracles": ORACLES,
    "seed_sizes": 6,
    "batch_sizes": 6,
    "budgets": 18,
    "metrics": ["accuracy", "soft_cross_entropy"],
    "repeats": 1,
    "models": ["gaussian_nb"],
    "execution": {"n_jobs": 1},
}


@pytest.fixture(scope="module")
def name_of():
    return lambda entry: entry if isinstance(entry, str) else next(iter(entry))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return albench.run(GRID, results=tmp_path_factory.mktemp("at once"))


@pytest.fixture
def at_once(whole, tables):
    return tables(whole)


def test_every_oracle_is_among_the_examples(name_of):
    assert {name_of(entry) for entry in ORACLES} == set(load_catalogue()["oracle"])


def test_keys_of_trials_are_what_they_were(tmp_path):
    """Users' results hang on these. A change needs a new version of the oracle and a word in the changelog."""
    golden = json.loads(Path(__file__).with_name("golden_oracle_keys.json").read_text(encoding="utf-8"))
    plans = [
        albench.plan(
            GRID | {"datasets": [{"csv": iris}], "oracles": oracles, "metrics": ["accuracy"]},
            results=tmp_path,
        ).plan
        for iris, oracles in (
            (IRIS, [each for each in ORACLES if each != "soft_labels"]),
            (SOFT_IRIS, ["soft_labels"]),
        )
    ]
    keys = {
        trial.oracle.label.split(" ")[0]: trial.identity.key
        for plan in plans
        for trial in plan.trials
        if trial.strategy.label == "margin"
    }
    assert keys == golden


def test_a_run_that_was_interrupted_goes_on_to_the_same_tables(whole, tables, assert_same, at_once, tmp_path):
    shutil.copytree(whole.folder.path, tmp_path / "experiment")
    parts = sorted(tmp_path.rglob("parts/**/*.parquet"))
    assert len(parts) > len(ORACLES)
    for part in parts[::2]:
        part.unlink()
    assert_same(tables(albench.run(GRID, results=tmp_path)), at_once)


def test_shards_merged_are_the_run_at_once(tables, assert_same, at_once, tmp_path):
    for shard in ("1/2", "2/2"):
        albench.run(GRID, results=tmp_path, shard=shard)
    albench.merge(sorted((tmp_path / "experiment.shards").iterdir()), into=tmp_path / "experiment")
    assert_same(tables(albench.open_results(GRID, results=tmp_path)), at_once)


def test_widened_and_rescored_results_are_those_of_the_run_at_once(tables, assert_same, at_once, tmp_path):
    narrow = GRID | {"oracles": ORACLES[:2], "budgets": 12, "metrics": ["accuracy"]}
    for spec in (narrow, GRID | {"metrics": ["accuracy"]}):
        albench.run(spec, results=tmp_path)
    assert albench.plan(GRID, results=tmp_path).reasons == {
        "new metric: soft_cross_entropy": 2 * len(ORACLES)
    }
    assert_same(tables(albench.run(GRID, results=tmp_path)), at_once)
