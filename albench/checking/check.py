"""All contract tests of one component."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from albench.checking import metrics, models, oracles, seed_sets, stopping_rules, strategies
from albench.checking.contract_check import CheckReport
from albench.checking.cost import measure_cost_curve
from albench.contracts import Metric, Model, Oracle, SeedSet, Signal, StoppingRule, Strategy
from albench.errors import UnknownComponentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.checking.contract_check import ContractCheck
    from albench.contracts import Component


def check_strategy(strategy: Strategy, *, measure_cost: bool = True) -> CheckReport:
    """Run the contract tests of a strategy, and measure what a query costs.

    Parameters
    ----------
    strategy : Strategy
        With the parameters that are to be tested.
    measure_cost : bool
        False to run the contract tests alone.

    Examples
    --------
    >>> from albench import check_strategy
    >>> from albench.strategies.uncertainty import Margin
    >>> check_strategy(Margin(), measure_cost=False).passed
    True
    """
    report = check_component(strategy)
    if measure_cost and report.passed:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=1):
            return replace(report, cost=measure_cost_curve(strategy))
    return report


def check_component(component: Component) -> CheckReport:
    """Run the contract tests of a strategy, model, metric, signal, oracle, seed set method or stopping rule.

    Parameters
    ----------
    component : Component
        With the parameters that are to be tested.

    Raises
    ------
    UnknownComponentError
        If there are no contract tests of its kind.

    Examples
    --------
    >>> from albench import check_component
    >>> from albench.metrics.classification import Accuracy
    >>> check_component(Accuracy()).passed
    True
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        return CheckReport(component, tuple(_iterate_checks(component)))


def _iterate_checks(component: Component) -> Iterator[ContractCheck]:  # noqa: PLR0911 - one a kind
    match component:
        case Strategy():
            return strategies.iterate_checks(component)
        case Model():
            return models.iterate_checks(component)
        case Metric():
            return metrics.iterate_metric_checks(component)
        case Signal():
            return metrics.iterate_signal_checks(component)
        case Oracle():
            return oracles.iterate_checks(component)
        case SeedSet():
            return seed_sets.iterate_checks(component)
        case StoppingRule():
            return stopping_rules.iterate_checks(component)
    raise UnknownComponentError(f"there are no contract tests of a {type(component).kind}")
