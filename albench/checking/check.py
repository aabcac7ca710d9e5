"""All contract tests of one component."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from albench.checking import (
    budget_managers,
    drifts,
    metrics,
    models,
    oracles,
    seed_sets,
    stopping_rules,
    strategies,
    stream_strategies,
)
from albench.checking.contract_check import CheckReport
from albench.checking.cost import measure_cost_curve
from albench.contracts import (
    BudgetManager,
    Component,
    Drift,
    Metric,
    Model,
    Oracle,
    SeedSet,
    Signal,
    StoppingRule,
    Strategy,
    StreamStrategy,
)
from albench.errors import UnknownComponentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from albench.checking.contract_check import ContractCheck


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
    """Run the contract tests of a component.

    There are some of strategies, models, metrics, signals, oracles, seed set methods, stopping rules, and of
    streams' strategies, budget managers and drifts.

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


_CHECKS: dict[type[Component], Callable[[Any], Iterator[ContractCheck]]] = {
    Strategy: strategies.iterate_checks,
    Model: models.iterate_checks,
    Metric: metrics.iterate_metric_checks,
    Signal: metrics.iterate_signal_checks,
    Oracle: oracles.iterate_checks,
    SeedSet: seed_sets.iterate_checks,
    StoppingRule: stopping_rules.iterate_checks,
    StreamStrategy: stream_strategies.iterate_checks,
    BudgetManager: budget_managers.iterate_checks,
    Drift: drifts.iterate_checks,
}


def _iterate_checks(component: Component) -> Iterator[ContractCheck]:
    for base, iterate_checks in _CHECKS.items():
        if isinstance(component, base):
            return iterate_checks(component)
    raise UnknownComponentError(f"there are no contract tests of a {type(component).kind}")
