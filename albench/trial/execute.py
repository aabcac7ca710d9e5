"""Run one task and turn whatever happens into a record."""

from __future__ import annotations

import sys
import time
import traceback
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from albench import rng
from albench.contracts import REFUSED
from albench.errors import OverTimeError, message, storable, told
from albench.models.fitted import fit
from albench.registry.lookup import restore
from albench.trial.limits import NO_LIMITS, limited
from albench.trial.loop import Trial
from albench.trial.records import ReferenceRecord, TrialRecord, TrialTask
from albench.trial.scoring import Scorer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from albench.contracts import Metric, Oracle
    from albench.prepared.split_arrays import SplitArrays
    from albench.trial.limits import Limits
    from albench.trial.records import ReferenceTask

# What may come out of the code of others and must not end the other trials: sys.exit(0), too, but no Ctrl-C.
FAILURES = (Exception, OverTimeError, SystemExit)
_LONG = 50_000


def run_trial(
    task: TrialTask, arrays: SplitArrays, shared: Path | None = None, limits: Limits = NO_LIMITS
) -> TrialRecord:
    """Run a trial within its limits; a failure is a record too, with its traceback.

    ``shared`` is the folder of what strategies share, where it was prepared.
    """
    started = time.perf_counter()
    trial = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            # Made outside the limits: what a first trial imports is not its own time.
            trial = Trial(task, arrays, shared)
            with limited(limits):
                trial.run()
        except FAILURES as error:
            wall_s = time.perf_counter() - started
            return _failed(task, error, _reached(trial), wall_s, may_pass=_may_pass(error, limits))
    notes = [f"{name} undefined: {why}" for name, why in sorted(trial.reasons().items())]
    return _done(task, trial, arrays, [*notes, *_warned(caught)], time.perf_counter() - started)


def _done(task: TrialTask, trial: Trial, arrays: SplitArrays, notes: list[str], wall_s: float) -> TrialRecord:
    curve = trial.ledger.curve()
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
        "peak_mib": peak_mib(),
    }
    return TrialRecord(
        key=task.identity.key,
        status="done",
        notes=_joined(notes),
        traceback=None,
        facts=facts,
        curve=curve,
        queries=trial.ledger.queries(),
        proba=trial.ledger.proba(task.n_classes),
    )


def _failed(
    task: TrialTask, error: BaseException, reached: str, wall_s: float, *, may_pass: bool
) -> TrialRecord:
    status = "timeout" if isinstance(error, OverTimeError) else "failed"
    return TrialRecord(
        key=task.identity.key,
        status="memory" if isinstance(error, MemoryError) else status,
        notes=f"{told(error)}{reached}",
        traceback=_traceback(error),
        facts={"wall_s": wall_s, "peak_mib": peak_mib()},
        curve={},
        queries={},
        proba=None,
        may_pass=may_pass,
    )


def _may_pass(error: BaseException, limits: Limits) -> bool:
    """Say whether an error speaks of the machine at that moment, not of the trial.

    A trial that breaks its own limit of memory breaks it again; without a limit others may have used it up.
    """
    return isinstance(error, OSError) or (isinstance(error, MemoryError) and limits.memory is None)


def lost_trial(task: TrialTask, status: str, reason: str) -> TrialRecord:
    """Return the record of a trial that took its process along.

    What broke a limit does so again; a process that died may have been ended from outside.
    """
    may_pass = status == "failed"
    return TrialRecord(
        task.identity.key, status, reason, None, {"wall_s": 0.0}, {}, {}, None, may_pass=may_pass
    )


def _reached(trial: Trial | None) -> str:
    """Say how far a trial got."""
    if trial is None or not trial.ledger.purchases:
        return ""
    return f" (in round {trial.ledger.round}, with {trial.ledger.n_labels} labels)"


def peak_mib() -> float:
    """Return the peak resident memory of this process in MiB."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset / 2**20)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak / (2**20 if sys.platform == "darwin" else 2**10))


def _warned(caught: Iterable[warnings.WarningMessage]) -> list[str]:
    counts = Counter((w.category.__name__, message(w.message).split("\n", 1)[0]) for w in caught)
    return [f"{category} x{n}: {said}" for (category, said), n in sorted(counts.items())]


def _joined(notes: list[str]) -> str | None:
    return storable("; ".join(notes), _LONG) or None


def _traceback(error: BaseException) -> str:
    return storable("".join(traceback.format_exception(error)), _LONG)


def run_openly(
    task: TrialTask | ReferenceTask,
    arrays: SplitArrays,
    shared: Path | None = None,
    limits: Limits = NO_LIMITS,
) -> TrialRecord | ReferenceRecord:
    """Run a trial or a reference within its limits; what goes wrong is raised, warnings are shown."""
    started = time.perf_counter()
    if not isinstance(task, TrialTask):
        return _reference(task, arrays)
    trial = Trial(task, arrays, shared)
    with limited(limits):
        trial.run()
    return _done(task, trial, arrays, [], time.perf_counter() - started)


def run_reference(task: ReferenceTask, arrays: SplitArrays) -> ReferenceRecord:
    """Fit the task model on the whole pool and score it; a failure is a record too."""
    try:
        return _reference(task, arrays)
    except FAILURES as error:
        may_pass = _may_pass(error, NO_LIMITS)
        trace = _traceback(error)
        return ReferenceRecord(task.key, "failed", told(error), 0, 0.0, {}, trace, may_pass=may_pass)


def _reference(task: ReferenceTask, arrays: SplitArrays) -> ReferenceRecord:
    features, labels = arrays.pool_features, arrays.pool_labels
    if task.oracle is not None:
        oracle = cast("Oracle", restore(task.oracle))
        sequence = rng.oracle_stream(
            task.random_state, dataset=task.dataset, split=task.split, oracle=task.oracle_identity
        )
        labels = oracle.answers(labels, task.classes, rng=np.random.default_rng(sequence))
        answered = labels != REFUSED
        features, labels = features[answered], labels[answered]
    seed = rng.reference_seed(
        task.random_state, dataset=task.dataset, split=task.split, model=task.task_model.identity()
    )
    metrics = [cast("Metric", restore(recipe)) for recipe in task.metrics]
    scorer = Scorer(metrics, arrays.test_features, arrays.test_labels)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        started = time.process_time()
        fitted = fit(task.task_model, features, labels, n_classes=len(task.classes), seed=seed)
        fit_s = time.process_time() - started
        scores = scorer.scores(fitted)
    notes = [f"{name} undefined: {why}" for name, why in sorted(scorer.reasons.items())]
    kept: dict[str, Any] = {name: None if np.isnan(value) else value for name, value in scores.items()}
    return ReferenceRecord(task.key, "done", _joined([*notes, *_warned(caught)]), labels.size, fit_s, kept)
