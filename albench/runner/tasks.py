"""The tasks of workers, from planned trials and references."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.coverage import OBSERVED_PREFIX
from albench.identity import drop_parameters, drop_version
from albench.planning.rules import list_observing_rules
from albench.registry.lookup import make_recipe
from albench.store.folder import TRIAL
from albench.store.parts import REPEATED_COLUMNS, get_list_schema, get_repeated_schema, get_scalar_schema
from albench.trial.records import ReferenceTask, TrialTask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Oracle
    from albench.planning.decisions import Decision
    from albench.planning.plan import PlannedReference
    from albench.spec.experiment import Experiment
    from albench.store.folder import ResultsFolder

StoredPicks = tuple[dict[str, Any] | None, dict[str, Any] | None]
_PICK_COLUMNS = ("round", "row", "utility", "tied", "label_given")


def build_trial_task(decision: Decision, experiment: Experiment, folder: ResultsFolder) -> TrialTask:
    """Return the task of a trial that runs; for scoring again, with its stored picks."""
    trial, coverage = decision.trial, decision.coverage
    picks, repeated = _read_shared_picks(decision, folder)
    metrics = {entry.component.column: entry.component for entry in experiment.metrics}
    signals = {entry.component.name: entry.component for entry in experiment.signals}
    rules = {name for name in coverage.signals if name.startswith(OBSERVED_PREFIX)}
    enforced = [entry.component for entry in experiment.stopping if entry.component.enforce]
    return TrialTask(
        identity=trial.identity,
        coverage=coverage,
        strategy=make_recipe(trial.strategy.component),
        seed_set=make_recipe(trial.seed_set.component),
        oracle=make_recipe(trial.oracle.component),
        task_model=trial.model.task.component,
        query_model=trial.model.query.component,
        metrics=tuple(_list_recipes(coverage.metrics, metrics, "metric")),
        signals=tuple(_list_recipes(coverage.signals - rules, signals, "signal")),
        classes=trial.classes,
        rules=tuple(make_recipe(rule) for rule in list_observing_rules(experiment, rules)),
        enforced=tuple(map(make_recipe, enforced)),
        picks=picks,
        repeated=repeated,
    )


def _read_shared_picks(decision: Decision, folder: ResultsFolder) -> StoredPicks:
    """Return the stored picks to score: of the trial, or of one that has queried the same rows by now."""
    if decision.action == "rescore":
        return read_stored_picks(folder, decision.picks_of or decision.trial.identity.key)
    if decision.picks_of is None:
        return None, None
    schema = {name: get_scalar_schema()[name] for name in ("status", "n_labels", "audit")}
    stored = folder.read_columns(TRIAL, [decision.picks_of], schema)
    if not stored.height or stored["status"][0] != "done":
        return None, None
    coverage = replace(decision.coverage, labels=stored["n_labels"][0], audit=stored["audit"][0])
    if coverage.list_missing(decision.coverage):
        return None, None
    return read_stored_picks(folder, decision.picks_of)


def build_reference_task(reference: PlannedReference, experiment: Experiment) -> ReferenceTask:
    """Return the task of a reference."""
    identity = reference.identity
    oracle = reference.oracle.component if reference.oracle else None
    return ReferenceTask(
        key=identity.key,
        dataset=identity.dataset,
        split=identity.split_index,
        random_state=identity.random_state,
        task_model=reference.model.task.component,
        oracle=make_recipe(oracle) if oracle else None,
        oracle_identity=_describe_answers(identity.oracle, oracle) if identity.oracle and oracle else None,
        metrics=tuple(make_recipe(entry.component) for entry in experiment.metrics),
        classes=reference.classes,
    )


def _describe_answers(fragment: dict[str, Any], oracle: Oracle) -> dict[str, Any]:
    """Return what the answers of an oracle depend on."""
    return drop_parameters(drop_version(fragment), oracle.combining)


def read_stored_picks(folder: ResultsFolder, key: str) -> StoredPicks:
    """Read the picks of a stored trial, and what it asked again, if anything.

    One array a column, with ``n_tied`` and ``query_s`` of the batch.
    """
    import polars as pl

    schema = {**get_list_schema(), **get_repeated_schema(), "query.proba": pl.List(pl.List(pl.Float64()))}
    row = folder.read_columns(TRIAL, [key], schema)
    queries = {name: row[f"query.{name}"][0].to_numpy() for name in _PICK_COLUMNS}
    proba = row["query.proba"][0]
    rounds = row["curve.round"][0].to_numpy()
    by_round = {name: row[f"curve.{name}"][0].to_numpy() for name in ("n_tied", "query_s")}

    def add_batches(columns: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        positions = np.searchsorted(rounds, columns["round"])
        is_unscored = positions >= rounds.size
        return columns | {
            name: values[np.where(is_unscored, 0, positions)] for name, values in by_round.items()
        }

    picks = {**add_batches(queries), "proba": None if proba is None else np.array(proba.to_list())}
    if row["repeated.row"][0] is None:
        return picks, None
    return picks, add_batches({name: row[f"repeated.{name}"][0].to_numpy() for name in REPEATED_COLUMNS})


def _list_recipes(names: frozenset[str], components: dict[str, Any], kind: Any) -> list[dict[str, Any]]:
    """Return recipes of declared components, and of those that an earlier run recorded."""
    from albench.registry.lookup import get_builtin

    return [
        make_recipe(components[name] if name in components else get_builtin(kind, name)())
        for name in sorted(names)
    ]
