"""What a plan must know about datasets, and how a dataset that cannot be divided is named."""

from __future__ import annotations

import re

import numpy as np
import pytest

from albench.datasets.of_experiment import load_tables, read_known_facts
from albench.errors import DatasetError
from albench.spec.read import load_experiment_text


def known(folder, **changes):
    spec = {"models": "knn", "strategies": "random", "budgets": 20, **changes}
    experiment = load_experiment_text(spec, folder=folder)
    return read_known_facts(experiment, load_tables(experiment))


@pytest.fixture
def measured(tmp_path):
    """Write one table with a target of 60 different fractions as CSV and as arrays."""
    X = np.arange(120.0).reshape(60, 2)
    y = np.sqrt(np.arange(60) + 2)
    rows = [f"{a},{b},{t}" for (a, b), t in zip(X, y, strict=True)]
    (tmp_path / "height.csv").write_text("\n".join(["a,b,y", *rows]), encoding="utf-8")
    np.savez(tmp_path / "height.npz", X=X, y=y)
    return tmp_path


@pytest.mark.parametrize("entry", [{"csv": {"path": "height.csv", "target": "y"}}, {"npz": "height.npz"}])
def test_a_number_for_a_target_is_told_with_its_dataset(measured, entry):
    message = (
        "dataset 'height': too few rows: the test part is empty; "
        "60 classes in 60 rows: is the target a number rather than a class?"
    )
    with pytest.raises(DatasetError, match=re.escape(message)):
        known(measured, datasets=["iris", entry])


def test_too_few_rows_are_told_with_their_dataset(tmp_path):
    (tmp_path / "tiny.csv").write_text("a,y\n1,u\n2,v\n3,w\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"dataset 'tiny': too few rows: the test part is empty$"):
        known(tmp_path, datasets={"csv": {"path": "tiny.csv", "target": "y"}})


def test_a_dataset_that_can_be_divided_is_known(tmp_path):
    assert known(tmp_path, datasets="iris")["iris"].class_counts == (50, 50, 50)
