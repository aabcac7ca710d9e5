"""From the tables of streams to evidence: each strategy against random sampling of as many labels."""

from __future__ import annotations

from albench.analysis.streams.conclude import conclude_streams
from albench.analysis.streams.evidence.cells import Recovery, Spending, StreamCell
from albench.analysis.streams.evidence.conclusions import (
    StreamEvidence,
    StreamFailure,
    StreamRow,
    StreamSliceEvidence,
)
from albench.analysis.streams.evidence.design import StreamDesign, StreamSlice

__all__ = [
    "Recovery",
    "Spending",
    "StreamCell",
    "StreamDesign",
    "StreamEvidence",
    "StreamFailure",
    "StreamRow",
    "StreamSlice",
    "StreamSliceEvidence",
    "conclude_streams",
]
