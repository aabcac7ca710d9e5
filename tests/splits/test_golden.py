"""The rows of a split never change unnoticed: results that users hold depend on them.

If one of these fails on purpose, raise the component's ``version``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from albench.canonical import encode_canonical
from albench.registry.lookup import get_builtin
from albench.rng import seed_set_stream
from albench.splits.division import divide
from albench.splits.holdout import Holdout

GOLDEN = json.loads(Path(__file__).with_name("golden.json").read_text())
LABELS = np.repeat([0, 1, 2], [30, 12, 3])


def digest(rows: np.ndarray) -> str:
    return hashlib.sha256(encode_canonical(rows.tolist()).encode()).hexdigest()[:16]


def division(settings: dict, with_counts) -> dict[str, str]:
    settings = dict(settings)
    validation, split = settings.pop("validation", 0.0), settings.pop("split", 0)
    rows = divide(
        Holdout(**settings),
        with_counts((60, 30, 9, 1)),
        dataset="content",
        split=split,
        validation=validation,
        random_state=7,
    )
    return {part: digest(getattr(rows, part)) for part in ("pool", "test", "validation")}


@pytest.mark.parametrize("case", GOLDEN["divisions"], ids=lambda case: encode_canonical(case["settings"]))
def test_rows_of_a_division(case: dict, with_counts):
    assert Holdout.version == 1
    assert division(case["settings"], with_counts) == case["rows"]


@pytest.mark.parametrize("method", GOLDEN["seed_sets"])
def test_rows_of_a_seed_set(method: str):
    component = get_builtin("seed_set", method)()
    assert component.version == 1
    sequence = seed_set_stream(7, dataset="content", split=1, start=2, method=component.identity())
    rng = np.random.default_rng(sequence)
    assert component.choose(LABELS, 3, 10, split=1, start=2, rng=rng).tolist() == GOLDEN["seed_sets"][method]
