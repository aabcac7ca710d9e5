"""The environment that each trial is computed in, and the refusal to mix environments unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from albench.errors import MixedEnvironmentsError
from albench.estimators.building import EXTRAS
from albench.estimators.nested_estimators import is_entry
from albench.identity import COMPONENTS, INNER
from albench.runner.fingerprint import DECIDING_PACKAGES, PACKAGES, SEPARATOR, describe_environment
from albench.text import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from albench.identity import ReferenceIdentity, TrialIdentity
    from albench.planning.agenda import Agenda
    from albench.planning.plan import Plan, PlannedReference, PlannedTrial
    from albench.spec.experiment import ModelEntry
    from albench.store.folder import ResultsFolder, StoredTrial

Planned = TypeVar("Planned", "PlannedTrial", "PlannedReference")

_OURS = frozenset({"sklearn", "albench", "numpy", "scipy"})
_COMPUTED_BY = {f"{extra.prefix}.": extra.package for extra in EXTRAS.values()}
"""Packages that classes of ours compute with, by how their paths begin in keys."""
_INDIFFERENT = frozenset(PACKAGES) - frozenset(DECIDING_PACKAGES)
_MODELS = ("task_model", "query_model")
OPTION = "--allow-mixed-environments"


class Environments:
    """The environments of this process, one a set of packages that models and other components come from.

    A component of another package must not change the fingerprint of trials that do not use it.
    """

    def __init__(self) -> None:
        self._environments: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, Any]] = {}
        # A grid of a hundred thousand trials has few different components, each the same object.
        self._packages: dict[tuple[int, ...], tuple[str, ...]] = {}

    def get_fingerprint(self, job: PlannedTrial | PlannedReference) -> str:
        """Return the fingerprint of the environment that a trial or a reference is computed in."""
        return str(self.describe_job(job)["fingerprint"])

    def is_of_another(self, fingerprint: str, job: PlannedTrial | PlannedReference) -> bool:
        """Say whether a result is of another environment than the job would be now.

        Early versions recorded no packages but those of models.
        """
        own = self.get_fingerprint(job)
        return fingerprint not in (own, own.partition(SEPARATOR)[0])

    def describe_job(self, job: PlannedTrial | PlannedReference) -> dict[str, Any]:
        """Return the environment of a trial or a reference in full."""
        fragments = _list_fragments(job.identity)
        key = tuple(map(id, fragments))
        if key not in self._packages:
            paths = {path for fragment in fragments for path in _iterate_paths(fragment)}
            self._packages[key] = _find_packages(paths)
        return self.describe(job.model, self._packages[key])

    def describe(self, model: ModelEntry, components: tuple[str, ...] = ()) -> dict[str, Any]:
        """Return the environment of trials with this model, and with components of some packages, in full."""
        packages = _list_packages(model)
        others = tuple(name for name in components if name not in packages)
        if (packages, others) not in self._environments:
            self._environments[packages, others] = describe_environment(packages, others)
        return self._environments[packages, others]


def refuse_mixed_environments(agenda: Agenda, whole: Plan, environments: Environments) -> None:
    """Refuse to compute trials beside stored ones of another environment.

    Parameters
    ----------
    whole : Plan
        The experiment, of which the agenda may be a part.

    Raises
    ------
    MixedEnvironmentsError
        If there is something to run, and finished trials or references of the experiment were computed
        elsewhere.
    """
    if not agenda.pending and not agenda.references:
        return
    replaced_keys = {d.trial.identity.key for d in agenda.decisions if d.replaces}
    replaced_keys |= {reference.identity.key for reference in agenda.references}
    kinds: dict[str, Mapping[str, Sequence[PlannedTrial | PlannedReference]]] = {
        "trial": find_foreign_trials(whole, agenda.stored, environments),
        "reference": find_foreign_references(whole, agenda.folder, environments),
    }
    descriptions = [
        _describe_foreign(agenda.folder, kind, fingerprint, remaining, environments)
        for kind, by_fingerprint in kinds.items()
        for fingerprint, jobs in by_fingerprint.items()
        if (remaining := [job for job in jobs if job.identity.key not in replaced_keys])
    ]
    if descriptions:
        raise MixedEnvironmentsError(
            f"'{agenda.folder.path}' holds results of another environment: {'; '.join(descriptions)}. "
            "Numbers are bit-identical within one environment only. Go on in that one, choose another folder "
            f"by --results, run everything again by --rerun all, or allow the mixture by {OPTION}"
        )


def _describe_foreign(
    folder: ResultsFolder,
    kind: str,
    fingerprint: str,
    jobs: Sequence[PlannedTrial | PlannedReference],
    environments: Environments,
) -> str:
    environment = environments.describe_job(jobs[0])
    difference = describe_difference(folder.read_environments().get(fingerprint, {}), environment)
    return f"{format_count(len(jobs), kind, thousands='')} in {fingerprint} ({difference})"


def find_foreign_trials(
    plan: Plan, stored: Mapping[str, StoredTrial], environments: Environments
) -> dict[str, list[PlannedTrial]]:
    """Return the finished trials of a plan that were computed in another environment, by its fingerprint."""
    fingerprints = {key: trial.environment for key, trial in stored.items() if trial.status == "done"}
    return _group_foreign(plan.trials, fingerprints, environments)


def find_foreign_references(
    plan: Plan, folder: ResultsFolder, environments: Environments
) -> dict[str, list[PlannedReference]]:
    """Return the finished references of a plan from another environment, by its fingerprint."""
    fingerprints = folder.read_reference_environments() if folder.exists() else {}
    return _group_foreign(plan.references, fingerprints, environments)


def _group_foreign(
    jobs: Iterable[Planned], fingerprints: Mapping[str, str], environments: Environments
) -> dict[str, list[Planned]]:
    groups: dict[str, list[Planned]] = {}
    for job in jobs:
        fingerprint = fingerprints.get(job.identity.key)
        if fingerprint is not None and environments.is_of_another(fingerprint, job):
            groups.setdefault(fingerprint, []).append(job)
    return dict(sorted(groups.items()))


def describe_difference(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Say what of an environment has changed that can change the last bits of a number."""
    if not old:
        return "not described there"
    versions = old.get("versions", {})
    packages = [
        f"{name} {versions.get(name, 'none')} there, {version} here"
        for name, version in new["versions"].items()
        if name not in _INDIFFERENT and versions.get(name) != version
    ]
    others = [
        f"{name} {_format_value(old.get(name))} there, {_format_value(new[name])} here"
        for name in ("libraries", "system", "machine")
        if old.get(name) != new[name]
    ]
    return ", ".join([*packages, *others]) or "no difference that is described"


def _format_value(value: Any) -> str:
    return " + ".join(value) if isinstance(value, list) else str(value)


def _list_packages(model: ModelEntry) -> tuple[str, ...]:
    """Return the packages, scikit-learn apart, that the estimators of a model come from."""
    parts = (model.task.component, model.query.component)
    paths = {path for part in parts for path in (part.estimator, *_iterate_estimators(part.params.values()))}
    return _find_packages(paths)


def _list_fragments(identity: TrialIdentity | ReferenceIdentity) -> list[Mapping[str, Any]]:
    """Return the fragments of all components but models."""
    names = getattr(identity, "components", COMPONENTS)
    fragments = [getattr(identity, name, None) for name in names if name not in _MODELS]
    return [fragment for fragment in fragments if fragment]


def _iterate_paths(fragment: Mapping[str, Any]) -> Iterator[str]:
    """Yield the import paths of a component and of what is within it; of what is built in, none."""
    if "." in fragment["name"]:
        yield fragment["name"]
    yield from _iterate_estimators(fragment.get("params", {}).values())
    inner = fragment.get(INNER, [])
    for part in inner if isinstance(inner, list) else [inner]:
        yield from _iterate_paths(part)


def _find_packages(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the packages, scikit-learn apart, that classes come from; of files beside the spec, none."""
    packages = {_find_package(path) for path in paths if ".py:" not in path}
    return tuple(sorted(packages - _OURS))


def _find_package(path: str) -> str:
    """Return the package that a class computes with: torch for networks of our own."""
    own = (package for prefix, package in _COMPUTED_BY.items() if path.startswith(prefix))
    return next(own, path.partition(".")[0])


def _iterate_estimators(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            if is_entry(value):
                yield next(iter(value))
            yield from _iterate_estimators(value.values())
        elif isinstance(value, list | tuple):
            yield from _iterate_estimators(value)
