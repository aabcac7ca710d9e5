from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import yaml

import albench

FILES = Path(__file__).parent / "files"
SPEC = {
    "datasets": "iris",
    "models": "gaussian_nb",
    "strategies": ["margin", {"./own.py:Indifferent": {}, "label": "indifferent"}],
    "seed_sizes": 5,
    "batch_sizes": 5,
    "budgets": 20,
    "repeats": 4,
    "ties": "first",
    "execution": {"n_jobs": 1},
}


@pytest.fixture
def write(tmp_path):
    """Write the common spec with these expectations and files of published rows; return its path."""

    def written(expected, files, **changes):
        shutil.copy(FILES / "own.py", tmp_path / "own.py")
        for name, rows in files.items():
            with (tmp_path / name).open("w", encoding="utf-8", newline="") as stream:
                out = csv.DictWriter(stream, list(rows[0]))
                out.writeheader()
                out.writerows(rows)
        path = tmp_path / "spec.yaml"
        path.write_text(yaml.safe_dump({**SPEC, **changes, "expected": expected}), encoding="utf-8")
        return path

    return written


@pytest.fixture
def verify(write, tmp_path):
    """Verify the common spec against published rows."""

    def verified(expected, files, **changes):
        return albench.verify(write(expected, files, **changes), results=tmp_path / "results")

    return verified


@pytest.fixture(scope="session")
def curves(tmp_path_factory):
    """What the common spec gives: accuracies of each round by strategy and split, and rows queried."""
    folder = tmp_path_factory.mktemp("truth")
    shutil.copy(FILES / "own.py", folder / "own.py")
    (folder / "spec.yaml").write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    results = albench.run(folder / "spec.yaml", results=folder / "results")
    cell = {row["key"]: (row["strategy"], row["split"]) for row in results.trials.iter_rows(named=True)}
    accuracies, rows = {}, {}
    for row in results.curves.sort("key", "round").iter_rows(named=True):
        accuracies.setdefault(cell[row["key"]], []).append(row["accuracy"])
    for row in results.queries.sort("key", "round", "rank").iter_rows(named=True):
        rows.setdefault(cell[row["key"]], []).append((row["round"], row["row"]))
    return accuracies, rows
