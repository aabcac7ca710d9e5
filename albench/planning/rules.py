"""What the stopping rules of an experiment record of a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from albench.coverage import OBSERVED_PREFIX, define_score
from albench.registry.lookup import get_builtin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from albench.contracts import StoppingRule
    from albench.spec.experiment import Experiment


def list_observations(experiment: Experiment) -> frozenset[str]:
    """Return the names of the columns in which the observations of rules are stored."""
    return frozenset(_group_by_column(experiment))


def define_observations(experiment: Experiment) -> Iterator[frozenset[str]]:
    """Yield what rules observe whose names alone do not say it."""
    for column, rule in _group_by_column(experiment).items():
        yield define_score(column, rule.describe_observations())


def list_observing_rules(experiment: Experiment, columns: Collection[str]) -> list[StoppingRule]:
    """Return a rule for each column: one of the experiment, or one that an earlier run has recorded."""
    declared = _group_by_column(experiment)
    return [declared[column] if column in declared else _restore_rule(column) for column in sorted(columns)]


def _restore_rule(column: str) -> StoppingRule:
    return cast("StoppingRule", get_builtin("stopping_rule", column.removeprefix(OBSERVED_PREFIX))())


def _group_by_column(experiment: Experiment) -> dict[str, StoppingRule]:
    """Return a rule for each column; rules that differ only in when they stop share one."""
    rules = (entry.component for entry in experiment.stopping)
    return {rule.column: rule for rule in rules if rule.column is not None}
