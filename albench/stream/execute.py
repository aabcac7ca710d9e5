"""A trial on a stream as a job: plain data in, a record out, whatever happens."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.registry.lookup import restore_component
from albench.stream.data import load_stream_data
from albench.stream.learners import LearnerSettings
from albench.stream.loop import StreamSettings
from albench.stream.trial import StreamTrial, run_stream_trial
from albench.tables import STREAM_METRICS
from albench.trial.execute import join_notes, measure_peak_mib, record_failure, summarise_warnings
from albench.trial.limits import NO_LIMITS, enforce_limits
from albench.trial.records import TrialRecord
from albench.trial.warning_records import record_warnings

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from albench.contracts import Model, Rows
    from albench.identity import StreamIdentity
    from albench.stream.loop import StreamRecord
    from albench.stream.trial import StreamOutcome
    from albench.trial.limits import Limits


@dataclass(frozen=True)
class StreamTask:
    """One trial on a stream to run.

    Attributes
    ----------
    strategy, manager, oracle, drift : dict
        Recipes (:func:`albench.registry.lookup.make_recipe`).
    classes : tuple of str
        Of the dataset.
    """

    identity: StreamIdentity
    strategy: dict[str, Any]
    manager: dict[str, Any]
    oracle: dict[str, Any]
    drift: dict[str, Any]
    model: Model
    classes: tuple[str, ...]

    def make_trial(self) -> StreamTrial:
        """Return what determines the trial, its components made."""
        identity = self.identity
        return StreamTrial(
            strategy=restore_component(self.strategy),
            manager=restore_component(self.manager),
            oracle=restore_component(self.oracle),
            drift=restore_component(self.drift),
            learner=LearnerSettings(self.model, **identity.learning),
            settings=StreamSettings(
                identity.share, identity.delay, identity.window, identity.score_every, identity.holdout
            ),
            order=identity.order,
            n_start=identity.n_start,
            scale=identity.scale,
            repeat=identity.repeat,
            random_state=identity.random_state,
        )


def run_stream_task(task: StreamTask, arrays: Path, limits: Limits = NO_LIMITS) -> TrialRecord:
    """Run a trial on a stream within its limits; a failure is a record too, with its traceback.

    Parameters
    ----------
    arrays : Path
        Folder of the rows (:func:`albench.stream.data.save_stream_data`).
    """
    started = time.perf_counter()
    with record_warnings() as records:
        try:
            with enforce_limits(limits):
                outcome = _run(task, arrays)
            notes = [*_explain_undefined(outcome, task.identity.window), *summarise_warnings(records)]
            return _record_success(task, outcome, notes, time.perf_counter() - started)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - as for a trial on a pool
            return record_failure(task.identity.key, error, limits, time.perf_counter() - started)


def execute_stream_uncaught(task: StreamTask, arrays: Path, limits: Limits = NO_LIMITS) -> TrialRecord:
    """Run a trial on a stream within its limits; what goes wrong is raised, warnings are shown."""
    started = time.perf_counter()
    with enforce_limits(limits):
        outcome = _run(task, arrays)
    return _record_success(task, outcome, [], time.perf_counter() - started)


def _run(task: StreamTask, arrays: Path) -> StreamOutcome:
    return run_stream_trial(load_stream_data(arrays, task.classes, task.identity.dataset), task.make_trial())


def _record_success(task: StreamTask, outcome: StreamOutcome, notes: list[str], wall_s: float) -> TrialRecord:
    record, random = outcome.strategy, outcome.random
    facts: dict[str, int | float] = {
        "n_pool": int(record.n_rows[-1]),
        "n_test": 0,
        "n_features": outcome.n_features,
        "n_classes": len(task.classes),
        "n_labels": int(record.n_bought[-1]),
        "rounds": record.n_rows.size,
        "n_start": task.identity.n_start,
        "excess": compute_excess(record.bought, task.identity.share),
        "fit_s": outcome.cpu_s + outcome.random_cpu_s,
        "query_s": 0.0,
        "score_s": 0.0,
        "random_cpu_s": outcome.random_cpu_s,
        "wall_s": wall_s,
        "peak_mib": measure_peak_mib(),
    }
    columns: dict[str, Any] = {
        "stream.n_rows": record.n_rows,
        "stream.n_bought": record.n_bought,
        "stream.random_n_bought": random.n_bought,
        **{f"score.{name}": values for name, values in record.scores.items()},
        **{f"score.random_{name}": values for name, values in random.scores.items()},
        "bought.row": record.bought,
        "drift.mark": np.array(outcome.marks, np.int64),
        "drift.recovery": _encode_recovery(record),
        "drift.random_recovery": _encode_recovery(random),
    }
    return TrialRecord(
        key=task.identity.key,
        status="done",
        notes=join_notes(notes),
        facts=facts,
        stream_columns=columns,
    )


def compute_excess(bought: Rows, share: float) -> int:
    """Return the most labels above ``ceil(share * t) + 1`` that were bought of the first t rows, or 0."""
    allowed = np.ceil(share * (bought + 1)) + 1
    return max(0, int((np.arange(1, bought.size + 1) - allowed).max(initial=0)))


NOT_REGAINED = -1
"""In the columns of recovery: the old accuracy did not come back."""


def _encode_recovery(record: StreamRecord) -> NDArray[np.int64]:
    return np.array([NOT_REGAINED if rows is None else rows for rows in record.recovery], np.int64)


def _explain_undefined(outcome: StreamOutcome, window: int) -> list[str]:
    """Say which numbers at the last row are undefined, and why."""
    notes = []
    for who, record in (("", outcome.strategy), ("random_", outcome.random)):
        notes += [
            f"{who}{name} undefined: what it compares with is right in every row"
            for name in STREAM_METRICS
            if np.isnan(record.scores[name][-1])
        ]
        recoveries = zip(outcome.marks, record.recovery, strict=True)
        lost = [str(mark) for mark, rows in recoveries if rows is None and mark >= window]
        if lost:
            notes.append(f"{who}recovery: the accuracy was not regained after row {', '.join(lost)}")
    early = [str(mark) for mark in outcome.marks if mark < window]
    if early:
        notes.append(f"recovery: fewer rows than a window of {window} lie before row {', '.join(early)}")
    return notes
