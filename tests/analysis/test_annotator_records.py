"""Who answered, at what price and how rightly, counted by hand."""

from __future__ import annotations

import polars as pl
import pytest

import albench
from albench.analysis.oracle_answers import describe_annotators

EXPERIMENT = """
datasets: iris
models: [gaussian_nb, knn]
strategies: [random, margin]
oracles:
- perfect
- annotators: {who: {a: {}, b: {}}, label: two}
seed_sizes: 2
batch_sizes: 2
budgets: 10
"""


def test_shares_are_of_what_was_bought_after_the_seed_set_in_the_primary_slice():
    experiment = albench.load_experiment(EXPERIMENT)
    trials = pl.DataFrame(
        {
            "key": ["r", "m", "other model"],
            "strategy": ["random", "margin", "margin"],
            "model": ["gaussian_nb", "gaussian_nb", "knn"],
            "query_model": ["gaussian_nb", "gaussian_nb", "knn"],
            "oracle": "two",
            "seed_set": "stratified",
            "seed_size": 2,
            "batch_size": 2,
            "n_pool": 100,
            "n_classes": 3,
        }
    )
    queries = pl.DataFrame(
        [(key, round_, row, row % 3) for key in trials["key"] for round_, row in ((0, 0), (1, 1), (1, 2))],
        schema=["key", "round", "row", "label_true"],
        orient="row",
    )
    answers = pl.DataFrame(
        [
            ("r", 0, 0, "a", 1, 5.0),
            ("r", 1, 1, "a", 1, 1.0),
            ("r", 1, 2, "a", 0, 3.0),
            ("r", 1, 2, "b", -1, 0.5),
            ("m", 1, 1, "a", 1, 2.0),
            ("other model", 1, 1, "b", 1, 9.0),
        ],
        schema=["key", "round", "row", "annotator", "label", "cost"],
        orient="row",
    )
    records = describe_annotators(experiment, trials, queries, answers)
    assert list(records) == ["two"]
    a, b = records["two"]
    assert (a.annotator, a.price, a.asked, a.refused, a.paid) == ("a", pytest.approx(2), 3 / 4, 0, 3)
    assert a.right == {"random": 0.5, "margin": 1}
    assert (b.annotator, b.price, b.asked, b.refused, b.paid) == ("b", 0.5, 1 / 4, 1, 0.25)
    assert b.right == {"random": None}
    assert describe_annotators(experiment, trials, queries, answers.clear()) == {}
