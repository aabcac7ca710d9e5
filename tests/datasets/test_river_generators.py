"""Rows of River's generators are what River draws, concept by concept."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from albench.datasets.facts import compute_dataset_hash
from albench.datasets.generators.river import Agrawal, Hyperplane, Led, RandomRbf, Sea
from albench.errors import DatasetError


def draw(name, n, seeds, **params):
    synth = pytest.importorskip("river.datasets.synth")
    rows = list(islice(getattr(synth, name)(**seeds, **params), n))
    return np.array([[*row.values()] for row, _ in rows], float), [str(int(label)) for _, label in rows]


@pytest.mark.parametrize(
    ("generator", "name", "params"),
    [
        (Sea(n_rows=80, seed=3, concepts=(2,), noise=0.1), "SEA", {"variant": 2, "noise": 0.1}),
        (
            Agrawal(n_rows=80, seed=3, concepts=(4,), perturbation=0.05), "Agrawal",
            {"classification_function": 4, "perturbation": 0.05},
        ),
        (
            Led(n_rows=80, seed=3, concepts=(5,)), "LEDDrift",
            {"n_drift_features": 5, "irrelevant_features": True, "noise_percentage": 0.1},
        ),
        (
            Hyperplane(n_rows=80, seed=3, n_features=4, change=0.1, turn=0.2, noise=0), "Hyperplane",
            {"n_features": 4, "mag_change": 0.1, "sigma": 0.2, "noise_percentage": 0.0},
        ),
        (
            RandomRbf(n_rows=80, seed=3, n_classes=3, n_centres=9), "RandomRBF",
            {"n_classes": 3, "n_centroids": 9},
        ),
        (
            RandomRbf(n_rows=80, seed=3, speed=0.2, n_moving=5), "RandomRBFDrift",
            {"change_speed": 0.2, "n_drift_centroids": 5},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_rows_of_one_concept_are_those_of_river(generator, name, params):
    seeds = {"seed_model": 3, "seed_sample": 3} if "RBF" in name else {"seed": 3}
    features, labels = draw(name, 80, seeds, **params)
    table = generator.load(Path())
    assert np.array_equal(table.numeric, np.round(features, 6))
    assert [table.classes[code] for code in table.labels] == labels
    assert table.marks == ()
    another = generator.model_copy(update={"seed": 4}).load(Path())
    assert compute_dataset_hash(another) != compute_dataset_hash(table)


def test_a_concept_follows_another_from_the_marked_row_on():
    pytest.importorskip("river")
    table = Sea(n_rows=900, concepts=(0, 3, 2)).load(Path())
    assert table.marks == (300, 600)
    thresholds = np.repeat([8, 9.5, 7], 300)
    assert np.array_equal(table.labels == 1, table.numeric[:, 0] + table.numeric[:, 1] > thresholds)
    # Later concepts are no repetition of the rows of the first.
    assert not np.array_equal(table.numeric[:300], table.numeric[300:600])


def test_within_the_width_of_a_change_rows_of_both_concepts_are_mixed():
    pytest.importorskip("river")
    table = Sea(n_rows=4000, concepts=(2, 3), width=0.2).load(Path())
    assert table.marks == (1600,)
    total = table.numeric[:, 0] + table.numeric[:, 1]
    is_telling = (total > 7) & (total < 9.5)
    is_old = (table.labels == 1)[is_telling]
    place = np.flatnonzero(is_telling)
    shares = [is_old[(place >= low) & (place < low + 400)].mean() for low in (0, 1800, 3600)]
    assert shares[0] > 0.98
    assert 0.3 < shares[1] < 0.7
    assert shares[2] < 0.02


def test_what_changes_when_is_part_of_the_identity_of_a_dataset():
    pytest.importorskip("river")
    single, two = (Sea(n_rows=100, concepts=concepts).load(Path()) for concepts in ((0,), (0, 0)))
    assert compute_dataset_hash(single) != compute_dataset_hash(two)


@pytest.mark.parametrize("concepts", [(4,), (), (0, -1)])
def test_a_concept_that_is_not_there_is_refused(concepts):
    with pytest.raises(ValidationError):
        Sea(concepts=concepts)


def test_a_change_is_no_wider_than_its_concepts_last():
    with pytest.raises(ValidationError, match=r"width \(0.4\) is above 1/3"):
        Led(concepts=(0, 1, 2), width=0.4)


def test_without_river_the_extra_is_named(monkeypatch):
    for module in ("river", "river.datasets", "river.datasets.synth"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DatasetError, match=r"pip install 'albench\[river\]'"):
        Hyperplane().load(Path())
