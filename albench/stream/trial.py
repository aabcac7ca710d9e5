"""A trial on a stream: a strategy, and random sampling of as many labels by the same learner."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from albench import rng as streams
from albench.contracts.returned_drift import check_drifted_rows
from albench.contracts.stream import Spending, StreamFacts, explain_misfit, explain_unfit_oracle
from albench.errors import TrialError
from albench.stream.answers import answer_rows
from albench.stream.control import choose_as_many
from albench.stream.holdout import choose_held_out, keep_apart
from albench.stream.learners import Committee
from albench.stream.loop import StreamRecord, StreamRows, run_stream
from albench.stream.scaling import fill_by_rows_so_far, scale_by_rows_so_far

if TYPE_CHECKING:
    from albench.contracts import Floats, Oracle, Rows
    from albench.contracts.stream import BudgetManager, Drift, StreamStrategy
    from albench.stream.learners import LearnerSettings
    from albench.stream.loop import StreamSettings


@dataclass(frozen=True, eq=False)
class StreamData:
    """A dataset whose rows are to arrive one by one.

    Attributes
    ----------
    features : ndarray of shape (n, d)
        Not-a-number where a value is missing.
    labels : ndarray of shape (n,), int
        Class codes: positions in ``classes``.
    identity : str
        By which random draws are keyed.
    times : ndarray of shape (n,), optional
        When each row arrives, for the order by time.
    marks : tuple of int
        Of rows that stand in the order in which they arrive: the first row of each change of the concept.
    n_hashes : int
        Last columns, which stand for texts and are not scaled.
    answers : ndarray of shape (n, n_columns), int, optional
        Recorded answers, -1 where there is none; their columns are ``answer_names``.
    distribution : ndarray of shape (n, n_classes), optional
        How probable each class of a row is.
    """

    features: Floats
    labels: Rows
    classes: tuple[str, ...]
    identity: str
    times: Floats | Rows | None = None
    marks: tuple[int, ...] = ()
    n_hashes: int = 0
    answers: Rows | None = None
    answer_names: tuple[str, ...] = ()
    distribution: Floats | None = None

    def select_answers(self, rows: Rows) -> dict[str, Rows]:
        """Return the recorded answers to some rows, by column."""
        if self.answers is None:
            return {}
        return {name: self.answers[rows, place] for place, name in enumerate(self.answer_names)}


@dataclass(frozen=True)
class StreamTrial:
    """What determines a trial on a stream.

    Attributes
    ----------
    n_start : int
        Rows at the beginning whose labels are learnt before the stream.
    scale : bool
        Whether each row is standardised by mean and deviation of the rows up to it.
    repeat, random_state : int
        What keys the draws, beside the dataset.
    """

    strategy: StreamStrategy
    manager: BudgetManager
    oracle: Oracle
    learner: LearnerSettings
    settings: StreamSettings
    order: str = "shuffled"
    drift: Drift | None = None
    n_start: int = 10
    scale: bool = True
    repeat: int = 0
    random_state: int = 0


@dataclass(frozen=True, eq=False)
class StreamOutcome:
    """What a strategy and random sampling of as many labels have given on the same rows.

    Attributes
    ----------
    marks : tuple of int
        The first row of each drift, counted from the first row of the stream.
    cpu_s, random_cpu_s : float
        CPU seconds of either.
    """

    strategy: StreamRecord
    random: StreamRecord
    marks: tuple[int, ...]
    n_features: int
    cpu_s: float
    random_cpu_s: float


def order_rows(data: StreamData, order: str, rng: np.random.Generator) -> Rows:
    """Return the rows of a dataset as they arrive; equal times keep the order of the file."""
    if order == "shuffled":
        return rng.permutation(data.labels.size)
    if order == "given":
        return np.arange(data.labels.size)
    if data.times is None:
        raise TrialError("rows cannot arrive in the order of time: the dataset has no time column")
    return np.argsort(data.times, kind="stable")


def build_rows(data: StreamData, trial: StreamTrial) -> StreamRows:
    """Return the rows of a trial with their drift and the answers of its oracle.

    Drift is on the rows after the start. The oracle answers all of them beforehand, by their labels at that
    moment, so that its mistakes do not depend on what is bought.
    """
    key: dict[str, Any] = {"dataset": data.identity, "repeat": trial.repeat}
    order = order_rows(data, trial.order, _open(streams.stream_order_stream(trial.random_state, **key)))
    features, labels, n_start = data.features[order], data.labels[order], trial.n_start
    sources = order
    if not 0 <= n_start < labels.size:
        raise TrialError(f"{n_start} rows at the start leave none of {labels.size} for the stream")
    marks = _find_own_marks(data, order, n_start)
    if trial.drift is not None:
        rng = _open(streams.drift_stream(trial.random_state, **key, drift=trial.drift.identity()))
        before = features[n_start:]
        drifted = trial.drift.apply(before, labels[n_start:], len(data.classes), rng)
        drifted = check_drifted_rows(drifted, trial.drift, before, len(data.classes))
        features = np.concatenate([features[:n_start], drifted.features])
        labels = np.concatenate([labels[:n_start], drifted.labels])
        sources = np.concatenate([order[:n_start], order[n_start:][drifted.order]])
        kept = marks if np.array_equal(drifted.order, np.arange(len(before))) else ()
        marks = tuple(sorted({*kept, *drifted.marks}))
    oracle_rng = streams.stream_oracle_stream(trial.random_state, **key, oracle=trial.oracle.identity())
    given = answer_rows(
        trial.oracle,
        features,
        labels,
        data.classes,
        marks=tuple(n_start + mark for mark in marks),
        rng=_open(oracle_rng),
        difficulty_rng=_open(streams.stream_difficulty_stream(trial.random_state, **key)),
        recorded=data.select_answers(sources),
        distribution=None if data.distribution is None else data.distribution[sources],
    )
    features = _prepare_features(features, data.n_hashes, scale=trial.scale)
    rows = StreamRows(features, labels, given, len(data.classes), n_start, marks)
    if not trial.settings.holdout:
        return rows
    rng = _open(streams.stream_holdout_stream(trial.random_state, **key))
    return keep_apart(rows, choose_held_out(rows.n_streamed, trial.settings.holdout, marks, rng))


def _prepare_features(features: Floats, n_hashes: int, *, scale: bool) -> Floats:
    """Return features without missing values, and scaled if so wished; by the rows so far."""
    prepare = scale_by_rows_so_far if scale else fill_by_rows_so_far
    if not n_hashes:
        return prepare(features)
    n_others = features.shape[1] - n_hashes
    # Drift of features moves what is missing into the columns of texts.
    return np.hstack([prepare(features[:, :n_others]), fill_by_rows_so_far(features[:, n_others:])])


def _find_own_marks(data: StreamData, order: Rows, n_start: int) -> tuple[int, ...]:
    """Return the marks of a dataset, counted from the stream's first row; none where the order is another."""
    if not np.array_equal(order, np.arange(order.size)):
        return ()
    return tuple(mark - n_start for mark in data.marks if mark > n_start)


def run_stream_trial(data: StreamData, trial: StreamTrial) -> StreamOutcome:
    """Run a strategy on a stream, then random sampling of as many labels."""
    if reason := (
        explain_misfit(trial.strategy, trial.manager) or explain_unfit_oracle(trial.oracle, trial.drift)
    ):
        raise TrialError(reason)
    rows = build_rows(data, trial)
    key: dict[str, Any] = {"dataset": data.identity, "repeat": trial.repeat}
    seed = streams.stream_model_seed(trial.random_state, **key, model=trial.learner.model.identity())
    budget = trial.settings.budget
    facts = StreamFacts(budget, rows.n_classes, rows.features.shape[1])
    chance = streams.stream_strategy_stream(trial.random_state, **key, strategy=trial.strategy.identity())
    own, committee_chance = (np.random.default_rng(child) for child in chance.spawn(2))
    committee = None
    if n_members := trial.strategy.count_members():
        committee = Committee(trial.learner, n_members, rows.n_classes, committee_chance)
    started = time.process_time()
    bought = run_stream(
        rows,
        trial.settings,
        trial.learner.make_learner(rows.n_classes, seed),
        trial.strategy.begin(facts, own),
        trial.manager.open(budget),
        committee,
    )
    cpu_s = time.process_time() - started
    n_bought = int(bought.n_bought[-1])
    control = _open(streams.stream_control_stream(trial.random_state, **key, n_bought=n_bought))
    started = time.process_time()
    random = run_stream(
        rows,
        trial.settings,
        trial.learner.make_learner(rows.n_classes, seed),
        choose_as_many(n_bought, rows.n_streamed, control),
        Spending(budget),
    )
    random_cpu_s = time.process_time() - started
    return StreamOutcome(bought, random, rows.marks, rows.features.shape[1], cpu_s, random_cpu_s)


def _open(stream: np.random.SeedSequence) -> np.random.Generator:
    return np.random.default_rng(stream)
