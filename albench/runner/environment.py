"""What each trial is computed with, and the refusal to mix environments unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.errors import MixedEnvironmentsError
from albench.estimators.nested import is_entry
from albench.runner.fingerprint import DECIDING, PACKAGES, environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from albench.planning.agenda import Agenda
    from albench.planning.grid import Plan, PlannedReference, PlannedTrial
    from albench.spec.experiment import ModelEntry
    from albench.store.folder import Folder, Stored

_OURS = frozenset({"sklearn", "albench"})
_INDIFFERENT = frozenset(PACKAGES) - frozenset(DECIDING)
OPTION = "--allow-mixed-environments"


class Environments:
    """The environments of this process, one a set of packages that models come from.

    A model of another package must not change the fingerprint of trials that do not fit it.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], dict[str, Any]] = {}

    def fingerprint(self, model: ModelEntry) -> str:
        """Return the fingerprint of what trials with this model are computed with."""
        return str(self.described(model)["fingerprint"])

    def described(self, model: ModelEntry) -> dict[str, Any]:
        """Return the environment of trials with this model in full."""
        packages = _packages(model)
        if packages not in self._known:
            self._known[packages] = environment(packages)
        return self._known[packages]


def see_unmixed(agenda: Agenda, whole: Plan, environments: Environments) -> None:
    """Refuse to compute trials beside stored ones of another environment.

    Parameters
    ----------
    agenda : Agenda
    whole : Plan
        The experiment, of which the agenda may be a part.
    environments : Environments

    Raises
    ------
    MixedEnvironmentsError
        If there is something to run, and finished trials or references of the experiment were computed
        elsewhere.
    """
    if not agenda.pending and not agenda.references:
        return
    replaced = {d.trial.identity.key for d in agenda.decisions if d.replaces}
    replaced |= {reference.identity.key for reference in agenda.references}
    kinds: dict[str, Mapping[str, Sequence[PlannedTrial | PlannedReference]]] = {
        "trial": foreign_trials(whole, agenda.stored, environments),
        "reference": foreign_references(whole, agenda.folder, environments),
    }
    told = [
        _told(agenda.folder, kind, name, kept, environments)
        for kind, by_name in kinds.items()
        for name, found in by_name.items()
        if (kept := [each for each in found if each.identity.key not in replaced])
    ]
    if told:
        raise MixedEnvironmentsError(
            f"'{agenda.folder.path}' holds results of another environment: {'; '.join(told)}. "
            "Numbers are bit-identical within one environment only. Go on in that one, choose another folder "
            f"by --results, run everything again by --rerun all, or allow the mixture by {OPTION}"
        )


def _told(
    folder: Folder,
    kind: str,
    name: str,
    found: Sequence[PlannedTrial | PlannedReference],
    environments: Environments,
) -> str:
    here = environments.described(found[0].model)
    plural = "s" if len(found) > 1 else ""
    changed = difference(folder.environments().get(name, {}), here)
    return f"{len(found)} {kind}{plural} in {name} ({changed})"


def foreign_trials(
    plan: Plan, stored: Mapping[str, Stored], environments: Environments
) -> dict[str, list[PlannedTrial]]:
    """Return the finished trials of a plan that were computed in another environment, by its fingerprint."""
    found: dict[str, list[PlannedTrial]] = {}
    for trial in plan.trials:
        there = stored.get(trial.identity.key)
        if there is None or there.status != "done":
            continue
        if there.environment != environments.fingerprint(trial.model):
            found.setdefault(there.environment, []).append(trial)
    return dict(sorted(found.items()))


def foreign_references(
    plan: Plan, folder: Folder, environments: Environments
) -> dict[str, list[PlannedReference]]:
    """Return the finished references of a plan from another environment, by its fingerprint."""
    stored = folder.environments_of_references() if folder.exists() else {}
    found: dict[str, list[PlannedReference]] = {}
    for reference in plan.references:
        there = stored.get(reference.identity.key)
        if there is not None and there != environments.fingerprint(reference.model):
            found.setdefault(there, []).append(reference)
    return dict(sorted(found.items()))


def difference(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Say what of an environment has changed that can change the last bits of a number."""
    if not old:
        return "not described there"
    packages = [
        f"{name} {old['versions'].get(name, 'none')} there, {version} here"
        for name, version in new["versions"].items()
        if name not in _INDIFFERENT and old["versions"].get(name) != version
    ]
    others = [
        f"{name} {_shown(old.get(name))} there, {_shown(new[name])} here"
        for name in ("libraries", "system", "machine")
        if old.get(name) != new[name]
    ]
    return ", ".join([*packages, *others]) or "no difference that is described"


def _shown(value: Any) -> str:
    return " + ".join(value) if isinstance(value, list) else str(value)


def _packages(model: ModelEntry) -> tuple[str, ...]:
    """Return the packages, scikit-learn apart, that the estimators of a model come from."""
    parts = (model.task.component, model.query.component)
    paths = {path for part in parts for path in (part.estimator, *_nested(part.params.values()))}
    packages = {path.partition(".")[0] for path in paths if ".py:" not in path}
    return tuple(sorted(packages - _OURS))


def _nested(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            if is_entry(value):
                yield next(iter(value))
            yield from _nested(value.values())
        elif isinstance(value, list | tuple):
            yield from _nested(value)
