"""What a component is: base classes, what a strategy may need, and what it is shown.

A component is one small frozen pydantic class. Its fields are the YAML parameters; its class variables say
what it is called, what it needs and whose idea it was. Nothing here imports numpy at run time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from albench.contracts.annotations import NOBODY as NOBODY
    from albench.contracts.annotations import REFUSED as REFUSED
    from albench.contracts.annotations import Annotations as Annotations
    from albench.contracts.annotations import BoughtAnswers as BoughtAnswers
    from albench.contracts.component import MODEL_NEEDS as MODEL_NEEDS
    from albench.contracts.component import CommitteeMethod as CommitteeMethod
    from albench.contracts.component import Component as Component
    from albench.contracts.component import CostClass as CostClass
    from albench.contracts.component import Floats as Floats
    from albench.contracts.component import Kind as Kind
    from albench.contracts.component import Need as Need
    from albench.contracts.component import Rows as Rows
    from albench.contracts.component import Task as Task
    from albench.contracts.component import class_path as class_path
    from albench.contracts.metric import Metric as Metric
    from albench.contracts.metric import Outputs as Outputs
    from albench.contracts.metric import Queries as Queries
    from albench.contracts.metric import Signal as Signal
    from albench.contracts.model import Calibration as Calibration
    from albench.contracts.model import Model as Model
    from albench.contracts.model import Resampling as Resampling
    from albench.contracts.model import Tuning as Tuning
    from albench.contracts.oracle import Oracle as Oracle
    from albench.contracts.pool import Answers as Answers
    from albench.contracts.pool import Committee as Committee
    from albench.contracts.pool import PoolView as PoolView
    from albench.contracts.pool import Truth as Truth
    from albench.contracts.seed_set import SeedPool as SeedPool
    from albench.contracts.seed_set import SeedSet as SeedSet
    from albench.contracts.shared import Shared as Shared
    from albench.contracts.sources import DatasetSource as DatasetSource
    from albench.contracts.sources import Split as Split
    from albench.contracts.stopping_rule import Course as Course
    from albench.contracts.stopping_rule import ObservedRound as ObservedRound
    from albench.contracts.stopping_rule import StoppingRule as StoppingRule
    from albench.contracts.strategy import Strategy as Strategy
    from albench.contracts.stream import ArrivingRow as ArrivingRow
    from albench.contracts.stream import BudgetManager as BudgetManager
    from albench.contracts.stream import Decider as Decider
    from albench.contracts.stream import Drift as Drift
    from albench.contracts.stream import DriftedRows as DriftedRows
    from albench.contracts.stream import Spending as Spending
    from albench.contracts.stream import StreamFacts as StreamFacts
    from albench.contracts.stream import StreamStrategy as StreamStrategy
    from albench.contracts.stream import explain_misfit as explain_misfit
    from albench.contracts.table import Division as Division
    from albench.contracts.table import Table as Table

# Each class is imported where it is first asked for: a spec of pools needs nothing of streams.
_HOMES = {
    "annotations": ("NOBODY", "REFUSED", "Annotations", "BoughtAnswers"),
    "component": (
        *("MODEL_NEEDS", "CommitteeMethod", "Component", "CostClass"),
        *("Kind", "Need", "Task", "class_path"),
    ),
    "metric": ("Metric", "Outputs", "Queries", "Signal"),
    "model": ("Calibration", "Model", "Resampling", "Tuning"),
    "oracle": ("Oracle",),
    "pool": ("Answers", "Committee", "PoolView", "Truth"),
    "shared": ("Shared",),
    "seed_set": ("SeedPool", "SeedSet"),
    "sources": ("DatasetSource", "Split"),
    "stopping_rule": ("Course", "ObservedRound", "StoppingRule"),
    "strategy": ("Strategy",),
    "stream": (
        *("ArrivingRow", "BudgetManager", "Decider", "Drift", "DriftedRows"),
        *("Spending", "StreamFacts", "StreamStrategy", "explain_misfit"),
    ),
    "table": ("Division", "Table"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'albench.contracts' has no attribute '{name}'")
    return getattr(import_module(f"albench.contracts.{_HOME[name]}"), name)
