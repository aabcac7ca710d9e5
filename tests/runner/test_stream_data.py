"""Data of streams through a run: times, marks, rows that are kept apart, oracles that know how hard rows are."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import yaml

import albench

SMALL = {
    "scenario": "stream",
    "models": "gaussian_nb",
    "strategies": ["periodic"],
    "budgets": "20%",
    "repeats": 1,
    "window": 40,
    "score_every": 25,
    "execution": {"n_jobs": 1},
}
OWN = """
import numpy as np
from albench import DatasetSource, Table

class Changing(DatasetSource):
    \"\"\"Two classes that change places after 60 of 120 rows.\"\"\"

    def load(self, base):
        labels = np.arange(120) % 2
        features = np.column_stack([labels + np.sin(np.arange(120)), np.cos(np.arange(120))])
        given = np.where(np.arange(120) < 60, labels, 1 - labels)
        return Table(features, np.empty((120, 0), int), ("a", "b"), (), (), given, ("n", "y"), marks=(60,))
"""


@pytest.fixture
def write(tmp_path):
    """Write the common spec with changes."""

    def write_spec(name="small", **changes):
        path = tmp_path / f"{name}.yaml"
        path.write_text(yaml.safe_dump({**SMALL, **changes}, sort_keys=False), encoding="utf-8")
        return path

    return write_spec


def make_readings(folder):
    """Write rows in a random order and, in another file, in the order of their times."""
    rng = np.random.default_rng(0)
    labels = rng.integers(2, size=90)
    rows = pl.DataFrame({
        "at": [f"2026-01-{1 + t // 24:02} {t % 24:02}:00" for t in range(90)],
        "x": labels + rng.normal(size=90), "z": rng.normal(size=90), "fault": labels,
    })  # fmt: skip
    rows.write_csv(folder / "in_order.csv")
    rows[rng.permutation(90).tolist()].write_csv(folder / "mixed.csv")


def read(name, **options):
    return {"csv": {"path": f"{name}.csv", "target": "fault", "time": "at", **options}}


def test_rows_arrive_in_the_order_of_their_times(write, tmp_path):
    make_readings(tmp_path)
    mixed = albench.run(write("mixed", datasets=[read("mixed")], order="time"), results=tmp_path / "r")
    given = albench.run(write("given", datasets=[read("in_order")], order="given"), results=tmp_path / "r")
    assert mixed.trials["n_features"].to_list() == [2]
    names = ["n_rows", "n_bought", "accuracy", "window_accuracy"]
    assert mixed.curves.select(names).equals(given.curves.select(names))


def test_the_marks_of_a_dataset_are_those_of_its_stream(write, tmp_path):
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    spec = write(datasets="./own.py:Changing", order="given")
    results = albench.run(spec, results=tmp_path / "r")
    assert results.trials["marks"].to_list() == [[50]]
    assert albench.plan(spec, results=tmp_path / "r").warnings == ()
    (warning,) = albench.plan(write(datasets="./own.py:Changing")).warnings
    assert "its concept changes at row 60; 'order: shuffled' mixes it up" in warning


def test_a_holdout_adds_its_columns_and_changes_no_key_where_there_is_none(write, tmp_path):
    plain = albench.run(write(datasets="iris"), results=tmp_path / "r")
    kept = albench.run(write("kept", datasets="iris", holdout=0.2), results=tmp_path / "r")
    zero = albench.run(write("small", datasets="iris", holdout=0), results=tmp_path / "r")
    assert zero.trials["key"].to_list() == plain.trials["key"].to_list() != kept.trials["key"].to_list()
    added = [name for name in kept.curves.columns if name not in plain.curves.columns]
    assert added == [
        *("holdout_accuracy", "random_holdout_accuracy", "holdout_kappa", "random_holdout_kappa"),
    ]
    # 28 of the 140 rows after the start.
    assert kept.trials["n_rows"].to_list() == [112]
    assert kept.curves["holdout_accuracy"].is_between(0, 1).all()


def test_difficulty_noise_answers_on_a_stream(write, tmp_path, monkeypatch):
    monkeypatch.setattr("albench.prepared.difficulty._TREES", 5)
    oracles = ["perfect", {"difficulty_noise": 0.4}]
    results = albench.run(write(datasets="iris", oracles=oracles), results=tmp_path / "r", backend="inline")
    accuracy = dict(results.trials.select("oracle", "accuracy").iter_rows())
    # Few rows of iris are hard: their labels are wrong, and that is all.
    assert accuracy["difficulty_noise"] != accuracy["perfect"]
