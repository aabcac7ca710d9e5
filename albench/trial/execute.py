"""Run one task and turn whatever happens into a record."""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from albench import rng
from albench.errors import OverTimeError, clean_text, describe_error, extract_message
from albench.models.fitting import ModelFitter
from albench.registry.lookup import restore_component
from albench.trial.history import WholePool
from albench.trial.limits import NO_LIMITS, enforce_limits
from albench.trial.loop import Trial
from albench.trial.oracle_answers import OracleAnswers
from albench.trial.records import ReferenceRecord, TrialRecord, TrialTask
from albench.trial.scoring import Scorer
from albench.trial.warning_records import record_warnings

if TYPE_CHECKING:
    import warnings
    from collections.abc import Iterable
    from pathlib import Path

    from albench.contracts import Metric, Oracle
    from albench.prepared.split_arrays import SplitArrays
    from albench.trial.limits import Limits
    from albench.trial.records import ReferenceTask

_NOTES_LENGTH = 50_000


def run_trial(
    task: TrialTask, arrays: SplitArrays, shared: Path | None = None, limits: Limits = NO_LIMITS
) -> TrialRecord:
    """Run a trial within its limits; a failure is a record too, with its traceback.

    ``shared`` is the folder of what strategies share, where it was prepared.
    """
    started = time.perf_counter()
    trial = None
    with record_warnings() as records:
        try:
            # Made outside the limits: what a first trial imports is not its own time.
            trial = Trial(task, arrays, shared)
            with enforce_limits(limits):
                trial.run()
            notes = trial.collect_notes() + summarise_warnings(records)
            return _record_success(task, trial, arrays, notes, time.perf_counter() - started)
        except KeyboardInterrupt:
            raise
        # The code of others must not end the other trials, not by sys.exit(0) or a panic of a library either.
        except BaseException as error:  # noqa: BLE001
            wall_s, progress = time.perf_counter() - started, _describe_progress(trial)
            return record_failure(task.identity.key, error, limits, wall_s, progress)


def _record_success(
    task: TrialTask, trial: Trial, arrays: SplitArrays, notes: list[str], wall_s: float
) -> TrialRecord:
    curve = trial.history.build_curve()
    # No column of the curves table: only its sum is stored.
    score_s = float(curve.pop("score_s").sum())
    facts = {
        "n_pool": arrays.pool_labels.size,
        "n_test": arrays.test_labels.size,
        "n_features": arrays.pool_features.shape[1],
        "n_classes": task.n_classes,
        "n_labels": int(curve["n_labels"][-1]),
        "rounds": len(curve["round"]),
        "fit_s": float(curve["fit_s"].sum()),
        "query_s": float(curve["query_s"].sum()),
        "score_s": score_s,
        "wall_s": wall_s,
        "peak_mib": measure_peak_mib(),
    }
    return TrialRecord(
        key=task.identity.key,
        status="done",
        notes=join_notes(notes),
        facts=facts,
        curve=curve,
        queries=trial.history.build_queries(),
        proba=trial.history.collect_proba(task.n_classes),
        is_ended=trial.rules.is_over,
        answers=trial.answers.build_table(),
        annotators=trial.answers.names,
        repeated=trial.history.build_repeated(),
    )


def record_failure(
    key: str, error: BaseException, limits: Limits, wall_s: float, progress: str = ""
) -> TrialRecord:
    """Return the record of a trial that has raised; ``progress`` says how far it got."""
    status = "timeout" if isinstance(error, OverTimeError) else "failed"
    return TrialRecord(
        key=key,
        status="memory" if isinstance(error, MemoryError) else status,
        notes=f"{describe_error(error)}{progress}",
        facts={"wall_s": wall_s, "peak_mib": measure_peak_mib()},
        traceback=_format_traceback(error),
        is_transient=_is_transient(error, limits),
    )


def _is_transient(error: BaseException, limits: Limits) -> bool:
    """Say whether an error comes from the machine at that moment, not from the trial.

    A trial that breaks its own limit of memory breaks it again; without a limit others may have used it up.
    """
    return isinstance(error, OSError) or (isinstance(error, MemoryError) and limits.memory is None)


def record_lost_trial(key: str, status: str, reason: str) -> TrialRecord:
    """Return the record of a trial that took its process along.

    What broke a limit does so again; a process that died may have been ended from outside.
    """
    return TrialRecord(key, status, reason, {"wall_s": 0.0}, is_transient=status == "failed")


def _describe_progress(trial: Trial | None) -> str:
    """Say how far a trial got."""
    if trial is None or not trial.history.batches:
        return ""
    # Rules may be asked about a round that is over.
    progress = trial.rules.observed_scores or {
        "round": trial.history.round,
        "n_labels": trial.history.n_labels,
    }
    return f" (in round {progress['round']}, with {progress['n_labels']} labels)"


def measure_peak_mib() -> float:
    """Return the peak resident memory of this process in MiB."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset / 2**20)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Bytes on macOS, KiB on Linux.
    return float(peak / (2**20 if sys.platform == "darwin" else 2**10))


def summarise_warnings(records: Iterable[warnings.WarningMessage]) -> list[str]:
    """Return how often each warning came, by its category and its first line."""
    counts = Counter((w.category.__name__, extract_message(w.message).split("\n", 1)[0]) for w in records)
    return [f"{category} x{n}: {line}" for (category, line), n in sorted(counts.items())]


def join_notes(notes: list[str]) -> str | None:
    """Return notes as one text; None without any."""
    return clean_text("; ".join(notes), _NOTES_LENGTH) or None


def _format_traceback(error: BaseException) -> str:
    return clean_text("".join(traceback.format_exception(error)), _NOTES_LENGTH)


def execute_uncaught(
    task: TrialTask | ReferenceTask,
    arrays: SplitArrays,
    shared: Path | None = None,
    limits: Limits = NO_LIMITS,
) -> TrialRecord | ReferenceRecord:
    """Run a trial or a reference within its limits; what goes wrong is raised, warnings are shown."""
    started = time.perf_counter()
    if not isinstance(task, TrialTask):
        return _fit_reference(task, arrays, shared)
    trial = Trial(task, arrays, shared)
    with enforce_limits(limits):
        trial.run()
    return _record_success(task, trial, arrays, [], time.perf_counter() - started)


def run_reference(task: ReferenceTask, arrays: SplitArrays, shared: Path | None = None) -> ReferenceRecord:
    """Fit the task model on the whole pool and score it; a failure is a record too."""
    try:
        return _fit_reference(task, arrays, shared)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - as for a trial
        return ReferenceRecord(
            task.key,
            "failed",
            describe_error(error),
            traceback=_format_traceback(error),
            is_transient=_is_transient(error, NO_LIMITS),
        )


def _label_pool(task: ReferenceTask, arrays: SplitArrays, shared: Path | None) -> OracleAnswers:
    """Buy the answers of the oracle to every row of the pool."""
    split: dict[str, Any] = {"random_state": task.random_state, "dataset": task.dataset, "split": task.split}
    oracle: Oracle = restore_component(task.oracle or {})
    key: dict[str, Any] = {"dataset": task.dataset, "split": task.split, "oracle": task.oracle_identity}
    open_rng = partial(rng.open_oracle_rng, task.random_state, **key)
    answers = OracleAnswers(oracle, arrays, task.classes, open_rng=open_rng, split=split, folder=shared)
    answers.buy(np.arange(answers.n_pool), 0)
    return answers


def _fit_reference(task: ReferenceTask, arrays: SplitArrays, shared: Path | None) -> ReferenceRecord:
    features, labels, weights = arrays.pool_features, arrays.pool_labels, None
    n_train = labels.size
    if task.oracle is not None:
        answers = _label_pool(task, arrays, shared)
        answered = np.flatnonzero(answers.is_answered)
        rows, labels, weights = answers.list_training_rows(
            answered, by_agreement=task.task_model.sample_weight is not None
        )
        features, n_train = features[rows], answered.size
    seed = rng.reference_seed(
        task.random_state, dataset=task.dataset, split=task.split, model=task.task_model.identity()
    )
    metrics: list[Metric] = [restore_component(recipe) for recipe in task.metrics]
    queries = WholePool(arrays.pool_labels)
    scorer = Scorer(
        metrics,
        arrays.test_features,
        arrays.test_labels,
        classes=task.classes,
        queries=queries,
        distribution=arrays.test_distribution,
    )
    with record_warnings() as records:
        started = time.process_time()
        fitter = ModelFitter.from_model(task.task_model, seed)
        fitted = fitter.fit(features, labels, len(task.classes), weights=weights)
        fit_s = time.process_time() - started
        scores = scorer.score(fitted)
    notes = [f"{name} undefined: {why}" for name, why in sorted(scorer.reasons.items())]
    notes += [note] if (note := scorer.describe_contradictions()) else []
    notes += summarise_warnings(records)
    values: dict[str, Any] = {name: None if np.isnan(score) else score for name, score in scores.items()}
    return ReferenceRecord(task.key, "done", join_notes(notes), n_train, fit_s, values)
