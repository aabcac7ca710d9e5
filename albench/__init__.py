"""Benchmarks of active learning: which query strategy saves labels, by how many, and how sure is that."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from albench.api import (
        debug,
        fetch,
        load_experiment,
        open_results,
        plan,
        propose,
        record_answers,
        run,
        run_pilot,
        verify,
    )
    from albench.checking import check_component, check_strategy
    from albench.comparison.folders import compare
    from albench.contracts import (
        Annotations,
        BudgetManager,
        DatasetSource,
        Decider,
        Drift,
        DriftedRows,
        Metric,
        Model,
        Need,
        Oracle,
        PoolView,
        SeedPool,
        SeedSet,
        Signal,
        Spending,
        Split,
        StoppingRule,
        Strategy,
        StreamStrategy,
        Table,
    )
    from albench.datasets.files.frames import write_table
    from albench.errors import (
        AlbenchError,
        DatasetError,
        FailedTrialsWarning,
        MixedEnvironmentsError,
        ModelError,
        ResultsError,
        SpecError,
        StrategyError,
        TrialError,
    )
    from albench.ordering import Picks, top
    from albench.report.paper.images import export_figures
    from albench.report.tables.export import export_table
    from albench.results import Results
    from albench.store.merge_folders import merge
    from albench.verification import Verification

__version__ = "0.1.0"

_HOMES = {
    "albench.api": (
        "debug",
        "fetch",
        "load_experiment",
        "open_results",
        "plan",
        "propose",
        "record_answers",
        "run",
        "run_pilot",
        "verify",
    ),
    "albench.checking": ("check_component", "check_strategy"),
    "albench.comparison.folders": ("compare",),
    "albench.contracts": (
        "Annotations",
        "BudgetManager",
        "DatasetSource",
        "Decider",
        "Drift",
        "DriftedRows",
        "Metric",
        "Model",
        "Need",
        "Oracle",
        "PoolView",
        "SeedPool",
        "SeedSet",
        "Signal",
        "Spending",
        "Split",
        "StoppingRule",
        "Strategy",
        "StreamStrategy",
        "Table",
    ),
    "albench.report.paper.images": ("export_figures",),
    "albench.report.tables.export": ("export_table",),
    "albench.datasets.files.frames": ("write_table",),
    "albench.errors": (
        "AlbenchError",
        "DatasetError",
        "FailedTrialsWarning",
        "MixedEnvironmentsError",
        "ModelError",
        "ResultsError",
        "SpecError",
        "StrategyError",
        "TrialError",
    ),
    "albench.ordering": ("Picks", "top"),
    "albench.results": ("Results",),
    "albench.store.merge_folders": ("merge",),
    "albench.verification": ("Verification",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AlbenchError",
    "Annotations",
    "BudgetManager",
    "DatasetError",
    "DatasetSource",
    "Decider",
    "Drift",
    "DriftedRows",
    "FailedTrialsWarning",
    "Metric",
    "MixedEnvironmentsError",
    "Model",
    "ModelError",
    "Need",
    "Oracle",
    "Picks",
    "PoolView",
    "Results",
    "ResultsError",
    "SeedPool",
    "SeedSet",
    "Signal",
    "SpecError",
    "Spending",
    "Split",
    "StoppingRule",
    "Strategy",
    "StrategyError",
    "StreamStrategy",
    "Table",
    "TrialError",
    "Verification",
    "check_component",
    "check_strategy",
    "compare",
    "debug",
    "export_figures",
    "export_table",
    "fetch",
    "load_experiment",
    "merge",
    "open_results",
    "plan",
    "propose",
    "record_answers",
    "run",
    "run_pilot",
    "top",
    "verify",
    "write_table",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'albench' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
