"""Oracles on a stream: difficulty of rows is that of their concept, and many answers are one label."""

import numpy as np
import pytest

from albench.contracts import REFUSED
from albench.contracts.stream import explain_unfit_oracle
from albench.errors import TrialError
from albench.oracles.annotators import AnnotatorsOracle
from albench.oracles.columns import ColumnsOracle
from albench.oracles.difficulty_noise import DifficultyNoiseOracle
from albench.oracles.soft_labels import SoftLabelsOracle
from albench.stream.answers import answer_rows, compute_stream_difficulty
from albench.stream.drift import CovariateDrift, GradualDrift, SuddenDrift

N = 300
RNG = np.random.default_rng(0)
FEATURES = RNG.uniform(-1, 1, size=(N, 1))
FIRST = (FEATURES[:, 0] > 0).astype(np.intp)
LABELS = np.where(np.arange(N) < N // 2, FIRST, 1 - FIRST)


@pytest.fixture(autouse=True)
def small_forests(monkeypatch):
    monkeypatch.setattr("albench.prepared.difficulty._TREES", 10)


def answer(oracle, **changes):
    settings = {
        "marks": (N // 2,),
        "rng": np.random.default_rng(1),
        "difficulty_rng": np.random.default_rng(2),
    }
    return answer_rows(oracle, FEATURES, LABELS, ("a", "b"), **(settings | changes))


def test_rows_are_hard_near_the_boundary_of_their_concept_whatever_the_other_concept_says():
    rng = np.random.default_rng(0)
    difficulty = compute_stream_difficulty(FEATURES, LABELS, (0, N // 2, N), 2, rng)
    is_far = np.abs(FEATURES[:, 0]) > 0.2
    assert difficulty[is_far].mean() < 0.02
    assert difficulty[~is_far].mean() > 10 * difficulty[is_far].mean()
    mixed = compute_stream_difficulty(FEATURES, LABELS, (0, N), 2, np.random.default_rng(0))
    assert mixed[is_far].mean() > 0.3


def test_difficulty_noise_errs_as_often_as_it_says_and_most_on_hard_rows():
    given = answer(DifficultyNoiseOracle(rate=0.05))
    is_wrong = given != LABELS
    assert is_wrong.mean() == pytest.approx(0.05, abs=0.03)
    assert np.abs(FEATURES[is_wrong]).mean() < np.abs(FEATURES[~is_wrong]).mean() / 2
    assert np.array_equal(given, answer(DifficultyNoiseOracle(rate=0.05)))


WHO = {"anna": {"skill": 0.9}, "ben": {"skill": 0.6}, "cem": {"skill": 0.7, "available": 0.5}}
RECORDED = {
    "anna": np.array([0, 1, -1, 1, -1]),
    "ben": np.array([1, 1, 0, -1, -1]),
    "cem": np.array([1, 0, 0, 0, -1]),
}


def test_the_label_of_several_answers_is_the_majority_of_the_row_of_as_many_votes_the_first():
    oracle = ColumnsOracle(who={name: {"column": name} for name in RECORDED}, order="listed")
    given = answer_rows(
        oracle,
        np.zeros((5, 1)),
        np.zeros(5, np.intp),
        ("a", "b"),
        marks=(),
        rng=np.random.default_rng(0),
        difficulty_rng=np.random.default_rng(0),
        recorded=RECORDED,
    )
    # 0 1 1; 1 1 0; - 0 0; 1 - 0; nobody.
    assert given.tolist() == [1, 1, 0, 1, REFUSED]


@pytest.mark.parametrize("combine", ["majority", "weighted"])
def test_the_label_of_a_row_depends_on_no_answer_to_another_one(combine):
    oracle = AnnotatorsOracle(who=WHO, combine=combine, ask=2)
    answered = []

    class Recorder(type(oracle)):
        def combine_answers(self, answers, n_pool, classes):
            answered.append(answers)
            return super().combine_answers(answers, n_pool, classes)

    given = answer(Recorder(who=WHO, combine=combine, ask=2))
    (answers,) = answered
    for row in (0, 17, N - 1):
        own = answers.select(answers.positions == row)
        assert oracle.combine_answers(own, N, ("a", "b"))[row] == given[row]
    assert np.bincount(answers.positions, minlength=N).max() == 2
    assert 0.05 < (given != LABELS).mean() < 0.35


def test_distributions_are_those_of_the_rows():
    distribution = np.eye(2)[1 - LABELS]
    assert (answer(SoftLabelsOracle(), distribution=distribution) == 1 - LABELS).all()
    with pytest.raises(TrialError, match="no distribution over the classes"):
        answer(SoftLabelsOracle())


def test_answers_that_were_not_recorded_are_named():
    with pytest.raises(TrialError, match="no recorded answers 'llm'"):
        answer(ColumnsOracle(who={"llm": {"column": "llm"}}))


@pytest.mark.parametrize(
    ("oracle", "drift", "words"),
    [
        (AnnotatorsOracle(who=WHO, combine="all"), None, "of a row of a stream one label is learnt"),
        (AnnotatorsOracle(who=WHO, combine="dawid_skene"), None, "a label of a stream is learnt once"),
        (ColumnsOracle(who={"a": {"column": "a"}}), SuddenDrift(), "drift 'sudden' changes the labels"),
        (SoftLabelsOracle(), GradualDrift(), "drift 'gradual' changes the labels"),
        (AnnotatorsOracle(who=WHO), SuddenDrift(), ""),
        (ColumnsOracle(who={"a": {"column": "a"}}), SuddenDrift(what="features"), ""),
        (SoftLabelsOracle(), CovariateDrift(), ""),
    ],
)
def test_what_a_stream_cannot_ask_is_refused_with_the_reason(oracle, drift, words):
    reason = explain_unfit_oracle(oracle, drift)
    assert words in reason
    assert bool(reason) == bool(words)
