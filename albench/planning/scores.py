"""What metrics and signals compute, as far as their names do not say it: other definitions score again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.contracts.component import class_path
from albench.coverage import define_score
from albench.packages import find_version
from albench.planning.rules import define_observations

if TYPE_CHECKING:
    from albench.contracts import Component
    from albench.spec.experiment import Experiment


def define_scores(experiment: Experiment) -> frozenset[str]:
    """Return what metrics and signals compute whose names alone do not say it."""
    scores: list[tuple[str, Component]] = [
        *((entry.component.column, entry.component) for entry in experiment.metrics),
        *((entry.component.name, entry.component) for entry in experiment.signals),
    ]
    definitions = (define_score(name, _describe_score(score)) for name, score in scores)
    return frozenset[str]().union(*definitions, *define_observations(experiment))


def _describe_score(score: Component) -> dict[str, Any]:
    """Return the fragment of a metric or signal, with the version of the package that its class is in.

    Another version may compute something else, and scoring again is cheap; of other components the
    fingerprint of the environment holds it.
    """
    fragment, path = score.fragment(), class_path(type(score))
    package = path.partition(".")[0]
    if ".py:" in path or package == "albench":
        return fragment
    return {**fragment, "package": find_version(package)}
