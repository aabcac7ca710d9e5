"""What a component is: base classes, what a strategy may need, and what it is shown.

A component is one small frozen pydantic class. Its fields are the YAML parameters; its class variables say
what it is called, what it needs and whose idea it was. Nothing here imports numpy at run time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts.annotations import NOBODY, REFUSED, Annotations, BoughtAnswers
from albench.contracts.component import (
    MODEL_NEEDS,
    CommitteeMethod,
    Component,
    CostClass,
    Kind,
    Need,
    Task,
    class_path,
)
from albench.contracts.metric import Metric, Outputs, Queries, Signal
from albench.contracts.model import Calibration, Model, Resampling, Tuning
from albench.contracts.pool import Answers, Committee, PoolView, Truth
from albench.contracts.shared import Shared
from albench.contracts.sources import DatasetSource, Oracle, SeedPool, SeedSet, Split
from albench.contracts.stopping_rule import Course, ObservedRound, StoppingRule
from albench.contracts.strategy import Strategy
from albench.contracts.stream import (
    ArrivingRow,
    BudgetManager,
    Decider,
    Drift,
    DriftedRows,
    Spending,
    StreamFacts,
    StreamStrategy,
    explain_misfit,
)
from albench.contracts.table import Division, Table

if TYPE_CHECKING:
    from albench.contracts.component import Floats as Floats
    from albench.contracts.component import Rows as Rows

__all__ = [
    "MODEL_NEEDS",
    "NOBODY",
    "REFUSED",
    "Annotations",
    "Answers",
    "ArrivingRow",
    "BoughtAnswers",
    "BudgetManager",
    "Calibration",
    "Committee",
    "CommitteeMethod",
    "Component",
    "CostClass",
    "Course",
    "DatasetSource",
    "Decider",
    "Division",
    "Drift",
    "DriftedRows",
    "Kind",
    "Metric",
    "Model",
    "Need",
    "ObservedRound",
    "Oracle",
    "Outputs",
    "PoolView",
    "Queries",
    "Resampling",
    "SeedPool",
    "SeedSet",
    "Shared",
    "Signal",
    "Spending",
    "Split",
    "StoppingRule",
    "Strategy",
    "StreamFacts",
    "StreamStrategy",
    "Table",
    "Task",
    "Truth",
    "Tuning",
    "class_path",
    "explain_misfit",
]
