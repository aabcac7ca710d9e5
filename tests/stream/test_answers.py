"""Oracles on a stream: difficulty of rows is that of their concept, and several annotators are refused."""

import numpy as np
import pytest

from albench.errors import TrialError
from albench.oracles.annotators import AnnotatorsOracle
from albench.oracles.columns import ColumnsOracle
from albench.oracles.difficulty_noise import DifficultyNoiseOracle
from albench.stream.answers import answer_rows, compute_stream_difficulty

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


@pytest.mark.parametrize(
    ("oracle", "words"),
    [
        (
            AnnotatorsOracle(who={"anna": {"skill": 0.9}, "ben": {"skill": 0.6}}),
            "annotators has several annotators: on a stream one is asked, once",
        ),
        (
            ColumnsOracle(who={"llm": {"column": "llm"}}),
            "columns gives recorded answers, which would not drift",
        ),
    ],
    ids=["annotators", "columns"],
)
def test_what_a_stream_cannot_ask_is_refused_with_the_reason(oracle, words):
    with pytest.raises(TrialError, match=words):
        answer(oracle)
