"""The classics are scikit-learn's, bit for bit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn import datasets

from albench.datasets.facts import collect_facts
from albench.datasets.hashing import compute_content_hash
from albench.registry.lookup import get_builtin

LOADERS = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
}
HASHES = json.loads(Path(__file__).with_name("hashes.json").read_text())


@pytest.mark.parametrize("name", LOADERS)
def test_values_and_class_names(name: str):
    table = get_builtin("dataset", name)().load(Path())
    wanted = LOADERS[name]()
    assert_array_equal(table.numeric, wanted.data)
    assert table.numeric.flags.c_contiguous
    assert table.numeric_names == tuple(wanted.feature_names)
    assert [table.classes[code] for code in table.labels] == [
        str(wanted.target_names[c]) for c in wanted.target
    ]
    assert table.classes == tuple(sorted(str(target) for target in wanted.target_names))


@pytest.mark.parametrize("name", HASHES)
def test_content_hash_is_the_same_on_every_machine(name: str):
    assert compute_content_hash(get_builtin("dataset", name)().load(Path())) == HASHES[name]


def test_facts_of_iris():
    facts = collect_facts("flowers", get_builtin("dataset", "iris")().load(Path()))
    assert facts.label == "flowers"
    assert facts.hash == HASHES["iris"]
    assert (facts.task, facts.n_rows, facts.n_features, facts.n_classes) == ("classification", 150, 4, 3)
    assert facts.classes == ("setosa", "versicolor", "virginica")
    assert facts.class_counts == (50, 50, 50)
    assert facts.warnings == ()


def test_facts_of_data_with_warnings_keep_them():
    facts = collect_facts("digits", get_builtin("dataset", "digits")().load(Path()))
    assert facts.class_counts == (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)
    assert facts.warnings == ("3 constant columns: 'pixel_0_0', 'pixel_4_0', 'pixel_4_7'",)
    assert sum(facts.class_counts) == facts.n_rows == 1797
    assert np.all(np.array(facts.class_counts) > 0)
