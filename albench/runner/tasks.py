"""From planned trials and references to what a worker is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.registry.lookup import recipe
from albench.store.folder import TRIAL
from albench.store.parts import list_schema, scalar_schema
from albench.trial.records import ReferenceTask, TrialTask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.planning.decisions import Decision
    from albench.planning.grid import PlannedReference
    from albench.spec.experiment import Experiment
    from albench.store.folder import Folder

_PICKS = ("round", "row", "utility", "tied", "label_given")


def trial_task(decision: Decision, experiment: Experiment, folder: Folder) -> TrialTask:
    """Return the task of a trial that runs; for scoring again, with its stored picks."""
    trial, coverage = decision.trial, decision.coverage
    declared = {entry.component.name: entry.component for entry in experiment.metrics}
    watched = {entry.component.name: entry.component for entry in experiment.signals}
    return TrialTask(
        identity=trial.identity,
        coverage=coverage,
        strategy=recipe(trial.strategy.component),
        seed_set=recipe(trial.seed_set.component),
        oracle=recipe(trial.oracle.component),
        task_model=trial.model.task.component,
        query_model=trial.model.query.component,
        metrics=tuple(_recipes(coverage.metrics, declared, "metric")),
        signals=tuple(_recipes(coverage.signals, watched, "signal")),
        classes=trial.classes,
        picks=_picks(decision, folder),
    )


def _picks(decision: Decision, folder: Folder) -> dict[str, NDArray[Any]] | None:
    """Return the stored picks to score: of the trial, or of one that has bought the same rows by now."""
    if decision.action == "rescore":
        return stored_picks(folder, decision.picks_of or decision.trial.identity.key)
    if decision.picks_of is None:
        return None
    names = ("status", "n_labels", "audit")
    there = folder.read(TRIAL, [decision.picks_of], {name: scalar_schema()[name] for name in names})
    if not there.height or there["status"][0] != "done":
        return None
    bought = replace(decision.coverage, labels=there["n_labels"][0], audit=there["audit"][0])
    return None if bought.missing(decision.coverage) else stored_picks(folder, decision.picks_of)


def reference_task(reference: PlannedReference, experiment: Experiment) -> ReferenceTask:
    """Return the task of a reference."""
    it = reference.identity
    oracle = reference.oracle.component if reference.oracle else None
    return ReferenceTask(
        key=it.key,
        dataset=it.dataset,
        split=it.split_index,
        random_state=it.random_state,
        task_model=reference.model.task.component,
        oracle=recipe(oracle) if oracle else None,
        oracle_identity=oracle.identity() if oracle else None,
        metrics=tuple(recipe(entry.component) for entry in experiment.metrics),
        classes=reference.classes,
    )


def stored_picks(folder: Folder, key: str) -> dict[str, NDArray[Any]]:
    """Read what a stored trial bought, one array a column, with its batch's ``n_tied`` and ``query_s``."""
    import polars as pl

    schema = {**list_schema(), "query.proba": pl.List(pl.List(pl.Float64()))}
    row = folder.read(TRIAL, [key], schema)
    queries = {name: row[f"query.{name}"][0].to_numpy() for name in _PICKS}
    proba = row["query.proba"][0]
    rounds = row["curve.round"][0].to_numpy()
    place = np.searchsorted(rounds, queries["round"])
    by_round = {name: row[f"curve.{name}"][0].to_numpy() for name in ("n_tied", "query_s")}
    seeds = place >= rounds.size
    return {
        **queries,
        "proba": None if proba is None else np.array(proba.to_list()),
        **{name: values[np.where(seeds, 0, place)] for name, values in by_round.items()},
    }


def _recipes(names: frozenset[str], declared: dict[str, Any], kind: Any) -> list[dict[str, Any]]:
    """Return recipes of declared components, and of those that an earlier run recorded."""
    from albench.registry.lookup import builtin

    return [recipe(declared[name] if name in declared else builtin(kind, name)()) for name in sorted(names)]
