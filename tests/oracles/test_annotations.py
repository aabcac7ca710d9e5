"""Oracles of several annotators: the contract of what they return, and how a trial uses it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import albench
from albench.contracts import Annotations, BoughtAnswers
from albench.contracts.annotations import choose_most, vote
from albench.contracts.returned_answers import check_answers
from albench.errors import TrialError
from albench.oracles.perfect import PerfectOracle

OWN = '''
import numpy as np
from albench import Annotations, Oracle


class Pair(Oracle):
    """A cheap annotator who is always one class off, and a dear one who is right; some rows only the first."""

    def answers(self, labels, classes, *, rng):
        wrong = (labels + 1) % len(classes)
        asked = np.array([[1, 0], [0, -1]])[np.arange(labels.size) % 2]
        return Annotations(("cheap", "dear"), np.column_stack([wrong, labels]), np.array([0.25, 2.0]), asked)
'''
SPEC = """
datasets: [iris]
models: [logistic_regression]
strategies: [random, margin]
seed_sizes: 6
batch_sizes: 6
budgets: 36
repeats: 1
metrics: [accuracy]
oracles: [./own.py:Pair]
execution: {n_jobs: 1}
"""


def bought(*answers):
    """Return answers from (position, annotator, label), in that order."""
    positions, annotators, labels = (np.array(column) for column in zip(*answers, strict=True))
    zeros = np.zeros(labels.size, int)
    return BoughtAnswers(positions, annotators, zeros, labels, np.ones(labels.size), zeros)


def test_most_votes_win_and_of_as_many_the_class_that_was_answered_first():
    answers = bought((0, 0, 2), (0, 1, 1), (0, 2, 1), (1, 2, 2), (1, 0, 0), (3, 1, -1), (4, 1, -1), (4, 0, 1))
    assert vote(answers, 5, 3).tolist() == [1, 2, -1, -1, 1]


def test_sums_that_are_equal_but_for_rounding_are_as_many():
    # 0.1 + 0.2 is not 0.3 in floating point, yet as much.
    votes = np.array([[0.1 + 0.2, 0.3]])
    assert votes[0, 0] > votes[0, 1]
    assert choose_most(votes, np.zeros(3, int), np.array([1, 0, 0])).tolist() == [1]


def test_a_trial_asks_pays_and_learns_as_an_oracle_of_several_annotators_says(tmp_path):
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(SPEC, encoding="utf-8")
    results = albench.run(tmp_path / "own.yaml", results=tmp_path / "results")
    queries = results.queries
    is_right = pl.col("label_given") == pl.col("label_true")
    # The dear one is asked first, so that an even vote is right.
    assert queries.filter(is_right)["cost"].unique().to_list() == [2.25]
    assert queries.filter(~is_right)["cost"].unique().to_list() == [0.25]
    assert queries.filter(is_right)["annotator"].unique().to_list() == [-1]
    assert queries.filter(~is_right)["annotator"].unique().to_list() == [0]
    assert 0 < queries.select(is_right.mean()).item() < 1
    paid = queries.group_by("key", "round").agg(pl.col("cost").sum()).sort("key", "round")
    curves = results.curves.sort("key", "round").join(paid, on=["key", "round"], suffix="_of_round")
    expected = curves.select(pl.col("cost_of_round").cum_sum().over("key"))["cost_of_round"]
    assert curves["cost"].to_list() == pytest.approx(expected.to_list())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"names": ("a", "a")}, "different names"),
        ({"labels": np.zeros((4, 3), int)}, r"shape \(4, 3\)"),
        ({"labels": np.full((4, 2), 2)}, "codes of the 2 classes"),
        ({"prices": np.array([1.0, -1.0])}, "price -1"),
        ({"prices": np.ones(3)}, "prices of shape"),
        ({"asked": np.full((4, 1), 2)}, "asks 2"),
        ({"asked": np.zeros((4, 2), int)}, "twice"),
        ({"asked": np.zeros(4, int)}, "who is asked"),
    ],
)
def test_what_an_oracle_returns_is_checked(change, says):
    parts = {"names": ("a", "b"), "labels": np.zeros((4, 2), int), "prices": np.ones(2)}
    parts |= {"asked": np.array([[0, 1]] * 4), **change}
    with pytest.raises(TrialError, match=says):
        check_answers(Annotations(**parts), PerfectOracle(), 4, 2)
