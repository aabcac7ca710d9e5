"""Repeats that go on until a cell is decided: when it is looked at, and what is decided at each look."""

from __future__ import annotations

from albench.analysis.sequential.decisions import CellDecision, DecisionRule, Reason, decide_cells
from albench.analysis.stats.looks import list_looks

__all__ = ["CellDecision", "DecisionRule", "Reason", "decide_cells", "list_looks"]
