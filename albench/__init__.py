"""Benchmarks of active learning: which query strategy saves labels, by how many, and how sure is that."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from albench.api import debug as debug
    from albench.api import fetch as fetch
    from albench.api import load_experiment as load_experiment
    from albench.api import open_results as open_results
    from albench.api import plan as plan
    from albench.api import propose as propose
    from albench.api import record_answers as record_answers
    from albench.api import run as run
    from albench.api import run_pilot as run_pilot
    from albench.api import verify as verify
    from albench.checking.check import check_component as check_component
    from albench.checking.check import check_strategy as check_strategy
    from albench.comparison.folders import compare as compare
    from albench.contracts import Annotations as Annotations
    from albench.contracts import BudgetManager as BudgetManager
    from albench.contracts import DatasetSource as DatasetSource
    from albench.contracts import Decider as Decider
    from albench.contracts import Drift as Drift
    from albench.contracts import DriftedRows as DriftedRows
    from albench.contracts import Metric as Metric
    from albench.contracts import Model as Model
    from albench.contracts import Need as Need
    from albench.contracts import Oracle as Oracle
    from albench.contracts import PoolView as PoolView
    from albench.contracts import SeedPool as SeedPool
    from albench.contracts import SeedSet as SeedSet
    from albench.contracts import Signal as Signal
    from albench.contracts import Spending as Spending
    from albench.contracts import Split as Split
    from albench.contracts import StoppingRule as StoppingRule
    from albench.contracts import Strategy as Strategy
    from albench.contracts import StreamStrategy as StreamStrategy
    from albench.contracts import Table as Table
    from albench.datasets.files.frames import write_table as write_table
    from albench.errors import AlbenchError as AlbenchError
    from albench.errors import DatasetError as DatasetError
    from albench.errors import FailedTrialsWarning as FailedTrialsWarning
    from albench.errors import MixedEnvironmentsError as MixedEnvironmentsError
    from albench.errors import ModelError as ModelError
    from albench.errors import ResultsError as ResultsError
    from albench.errors import SpecError as SpecError
    from albench.errors import StrategyError as StrategyError
    from albench.errors import TrialError as TrialError
    from albench.ordering import Picks as Picks
    from albench.ordering import top as top
    from albench.report.paper.images import export_figures as export_figures
    from albench.report.tables.export import export_table as export_table
    from albench.results import Results as Results
    from albench.store.merge_folders import merge as merge
    from albench.verification.outcome import Verification as Verification

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
    "albench.checking.check": ("check_component", "check_strategy"),
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
    "albench.verification.outcome": ("Verification",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605 - of what is named above


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'albench' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
