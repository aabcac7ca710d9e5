"""Rows that are kept apart score the learner of a checkpoint, by rows of the concept of the moment."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, cohen_kappa_score

from albench.contracts import Model
from albench.contracts.stream import Spending
from albench.errors import TrialError
from albench.oracles.perfect import PerfectOracle
from albench.stream.control import ChosenRows
from albench.stream.drift import SuddenDrift
from albench.stream.holdout import choose_held_out, keep_apart
from albench.stream.learners import LearnerSettings
from albench.stream.loop import StreamRows, StreamSettings, run_stream
from albench.stream.managers import FixedBudget
from albench.stream.trial import StreamData, StreamTrial, build_rows, run_stream_trial
from albench.stream.uncertainty import Split

N = 240
RNG = np.random.default_rng(0)
LABELS = RNG.integers(3, size=N)
FEATURES = np.column_stack([LABELS + RNG.normal(size=N), np.arange(N)])
ROWS = StreamRows(FEATURES, LABELS, LABELS, 3, n_start=20, marks=(100,))
IS_HELD_OUT = choose_held_out(220, 0.3, (100,), np.random.default_rng(1))


class LastLabel:
    """Predicts the label that it has learnt last."""

    label = 0

    def predict_proba(self, features):
        del features
        return np.eye(3)[self.label]

    def learn(self, features, label):
        del features
        self.label = label

    def advance(self):
        pass


class FirstConcept(LastLabel):
    """Knows the first concept, in which the first feature is the class."""

    def predict_proba(self, features):
        return np.eye(3)[int(features[0])]


def run(rows, learner, **settings):
    every = ChosenRows(np.arange(rows.n_streamed))
    return run_stream(rows, StreamSettings(1.0, **settings), learner, every, Spending(1.0))


def test_held_out_rows_are_neither_predicted_nor_decided_on_nor_learnt():
    rows = keep_apart(ROWS, IS_HELD_OUT)
    assert (rows.n_streamed, len(rows.held_out.labels)) == (154, 66)
    streamed = np.flatnonzero(~IS_HELD_OUT)
    assert rows.features[20:, 1].tolist() == (20 + streamed).tolist()
    # The first row that is left of those from the change on.
    assert rows.marks == (int(np.flatnonzero(streamed >= 100)[0]),)
    assert run(rows, LastLabel()).n_rows[-1] == 154


def test_scores_are_those_of_the_learner_of_the_checkpoint_on_the_rows_of_the_window_and_the_concept():
    rows = keep_apart(ROWS, IS_HELD_OUT)
    record = run(rows, LastLabel(), window=40, score_every=30)
    streamed, held_out = np.flatnonzero(~IS_HELD_OUT), np.flatnonzero(IS_HELD_OUT)
    labels = LABELS[20:]
    for end, accuracy, kappa in zip(
        record.n_rows, record.scores["holdout_accuracy"], record.scores["holdout_kappa"], strict=True
    ):
        # The label of the last row is on its way yet.
        known = labels[streamed[end - 2]]
        before = np.array([(streamed < row).sum() for row in held_out])
        is_new = streamed[end - 1] >= 100
        scored = held_out[(before > end - 40) & (before <= end) & ((held_out >= 100) == is_new)]
        assert accuracy == pytest.approx(accuracy_score(labels[scored], np.full(scored.size, known)))
        assert kappa == pytest.approx(cohen_kappa_score(labels[scored], np.full(scored.size, known)))


def test_after_a_change_no_row_of_the_old_concept_counts():
    codes = np.arange(N) % 3
    labels = np.where(np.arange(N) < 120, codes, (codes + 1) % 3)
    rows = StreamRows(np.column_stack([codes, codes]), labels, labels, 3, n_start=20, marks=(100,))
    record = run(keep_apart(rows, IS_HELD_OUT), FirstConcept(), window=500, score_every=10)
    change = int((~IS_HELD_OUT[:100]).sum())
    is_old = record.n_rows <= change
    assert set(record.scores["holdout_accuracy"][is_old]) == {1.0}
    after = record.scores["holdout_accuracy"][~is_old]
    assert set(after[~np.isnan(after)]) == {0.0}
    assert np.isnan(after).sum() <= 1


def test_where_no_row_is_of_the_moment_the_score_is_undefined():
    is_held_out = np.arange(220) >= 200
    record = run(keep_apart(ROWS, is_held_out), LastLabel(), window=50, score_every=100)
    assert np.isnan(record.scores["holdout_accuracy"][0])
    assert not np.isnan(record.scores["holdout_accuracy"][1])


DATA = StreamData(FEATURES, LABELS, ("a", "b", "c"), "d" * 64)
TRIAL = StreamTrial(
    Split(),
    FixedBudget(),
    PerfectOracle(),
    LearnerSettings(Model(estimator="sklearn.naive_bayes.GaussianNB"), refit_every=20),
    StreamSettings(0.3, window=60, score_every=50, holdout=0.25),
    drift=SuddenDrift(),
)


def test_a_trial_keeps_the_same_rows_apart_for_every_strategy_and_random():
    outcome = run_stream_trial(DATA, TRIAL)
    for record in (outcome.strategy, outcome.random):
        assert record.n_rows[-1] == 172
        assert record.scores["holdout_accuracy"].size == record.n_rows.size
    rows, others = build_rows(DATA, TRIAL), build_rows(DATA, replace(TRIAL, random_state=1))
    assert len(rows.held_out.labels) == 58
    assert not np.array_equal(rows.held_out.places, others.held_out.places)
    # The change is in the middle of 230 rows, wherever the rows are that are kept apart.
    assert rows.marks == (115 - round(0.25 * 115),)
    assert build_rows(DATA, replace(TRIAL, repeat=1)).marks == rows.marks


def test_without_a_holdout_nothing_is_kept_apart():
    plain = replace(TRIAL, settings=replace(TRIAL.settings, holdout=0.0))
    assert build_rows(DATA, plain).held_out is None
    assert "holdout_accuracy" not in run_stream_trial(DATA, plain).strategy.scores


def test_a_stream_of_which_nothing_is_left_is_refused():
    with pytest.raises(TrialError, match="all 220 rows of the stream are kept apart"):
        keep_apart(ROWS, np.ones(220, bool))
