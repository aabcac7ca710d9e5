"""From the tables of streams to evidence: each strategy against random sampling of as many labels."""

from __future__ import annotations

from albench.analysis.streams.conclude import conclude_streams
from albench.analysis.streams.evidence import (
    Recovery,
    Spending,
    StreamCell,
    StreamDesign,
    StreamEvidence,
    StreamFailure,
    StreamRecommendation,
    StreamRow,
    StreamSlice,
    StreamSliceEvidence,
)

__all__ = [
    "Recovery",
    "Spending",
    "StreamCell",
    "StreamDesign",
    "StreamEvidence",
    "StreamFailure",
    "StreamRecommendation",
    "StreamRow",
    "StreamSlice",
    "StreamSliceEvidence",
    "conclude_streams",
]
