"""What the analysis concludes: plain frozen data that the report prints and the API returns."""

from __future__ import annotations

from albench.analysis.evidence.cells import Band, Cell, Curve, Interval, Saving, Slice, Verdict
from albench.analysis.evidence.datasets import (
    Balance,
    Components,
    Normalised,
    OnDataset,
    Similarity,
    Traits,
    TraitTrend,
)
from albench.analysis.evidence.details import Details, Pair, Pairwise, RankAt, Stability, Trade, VirtualBest
from albench.analysis.evidence.rows import Bayes, Control, Row, Versus
from albench.analysis.evidence.whole import Check, Evidence, Failure, SliceEvidence, Status, Transfer

__all__ = [
    "Balance",
    "Band",
    "Bayes",
    "Cell",
    "Check",
    "Components",
    "Control",
    "Curve",
    "Details",
    "Evidence",
    "Failure",
    "Interval",
    "Normalised",
    "OnDataset",
    "Pair",
    "Pairwise",
    "RankAt",
    "Row",
    "Saving",
    "Similarity",
    "Slice",
    "SliceEvidence",
    "Stability",
    "Status",
    "Trade",
    "TraitTrend",
    "Traits",
    "Transfer",
    "Verdict",
    "Versus",
    "VirtualBest",
]
