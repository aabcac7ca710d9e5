"""Results of users' classes by their trials without code: of other code, or of before it was recorded."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from albench.canonical import digest
from albench.identity import CODE, StreamIdentity, TrialIdentity, strip_code
from albench.store.folder import TRIAL
from albench.text import format_count, list_quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Component
    from albench.planning.plan import Plan, PlannedTrial
    from albench.store.folder import ResultsFolder, StoredTrial

_NAMES = frozenset({*TrialIdentity.components, *StreamIdentity.components})


def find_results_without_code(
    plan: Plan, folder: ResultsFolder, stored: Mapping[str, StoredTrial]
) -> dict[str, str]:
    """Return the keys of stored trials that hold no code, by the keys under which the plan asks for them.

    Where any result with code is stored for a trial, those without are of unknown, earlier code.
    """
    # Those of streams have always recorded it.
    if not stored or plan.is_stream or not _has_code(plan):
        return {}
    keys = {}
    for trial in plan.trials:
        identity = trial.identity.strip_code()
        if identity is not None and trial.identity.key not in stored and identity.key in stored:
            keys[trial.identity.key] = identity.key
    if keys:
        known = set(_read_keys_without_code(folder).values())
        keys = {key: old for key, old in keys.items() if old not in known}
    return keys


def _has_code(plan: Plan) -> bool:
    """Say whether a component of the experiment is of a user's class: most plans are large and have none."""
    experiment = plan.experiment
    components: list[Component] = [
        experiment.split,
        *(entry.component for model in experiment.models for entry in (model.task, model.query)),
        *(entry.component for entry in experiment.strategies),
        *(entry.component for entry in experiment.seed_sets),
        *(entry.component for entry in experiment.oracles),
    ]
    fragments = [component.fragment() for component in components]
    fragments += [
        experiment.get_preprocessing(entry.label, label).fragment()
        for entry in experiment.datasets
        for label in experiment.preprocessing_labels
    ]
    return any(CODE in fragment for fragment in fragments)


def find_key_of_code_as_it_is(plan: Plan, key: str, folder: ResultsFolder) -> str | None:
    """Return the key that a stored trial of other code has with the code as it is; None if no trial is known.

    Parameters
    ----------
    key : str
        Of the stored trial, or its beginning.
    """
    if plan.is_stream or not folder.exists() or not _has_code(plan):
        return None
    earlier = {
        without for stored, without in _read_keys_without_code(folder).items() if stored.startswith(key)
    }
    stripped = {trial.identity.key: trial.identity.strip_code() for trial in plan.trials}
    keys = [now for now, identity in stripped.items() if identity is not None and identity.key in earlier]
    return keys[0] if len(keys) == 1 else None


def _read_keys_without_code(folder: ResultsFolder) -> dict[str, str]:
    """Return, of each stored trial that holds code, what its key would be without."""
    import polars as pl

    stored = folder.read_columns(TRIAL, None, {"key": pl.String(), "identity": pl.String()})
    keys = {}
    for key, text in stored.filter(pl.col("identity").str.contains('"code"', literal=True)).iter_rows():
        identity = json.loads(text)
        parts = {name: strip_code(identity[name]) for name in _NAMES if name in identity}
        if any(part != identity[name] for name, part in parts.items()):
            keys[key] = digest({**identity, **parts})
    return keys


def describe_results_without_code(trials: Mapping[str, PlannedTrial], keys: Mapping[str, str]) -> list[str]:
    """Say which results are taken as those of the code as it is; nothing where there are none."""
    classes = Counter(name for key in keys for name in trials[key].identity.list_classes_of_users())
    if not keys:
        return []
    text = (
        f"{format_count(len(keys), 'result')} of before code was recorded, of {list_quoted(classes, 'and')}"
    )
    return [f"{text}: taken as results of the code as it is; `--rerun all` runs them again"]


def file_under_code(
    folder: ResultsFolder, trials: Mapping[str, PlannedTrial], keys: Mapping[str, str]
) -> None:
    """Write a copy of each result under the key that holds the code; for the only writer."""
    import polars as pl

    for key, old in keys.items():
        identity = json.dumps(trials[key].identity.to_dict(), sort_keys=True)
        row = folder.read_trial(old).with_columns(key=pl.lit(key), identity=pl.lit(identity))
        folder.write_part(TRIAL, row)


def rename_stored(stored: Mapping[str, StoredTrial], keys: Mapping[str, str]) -> dict[str, StoredTrial]:
    """Return what is stored, with such results under the keys that hold the code, too."""
    return {**stored, **{key: replace(stored[old], key=key) for key, old in keys.items()}}
