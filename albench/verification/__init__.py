"""Published numbers beside those of an experiment."""

from __future__ import annotations

from albench.verification.matching import asked, spoken_of
from albench.verification.outcome import CellOutcome, Comparison, Difference, Verification
from albench.verification.published import Published
from albench.verification.verify import compared

__all__ = [
    "CellOutcome",
    "Comparison",
    "Difference",
    "Published",
    "Verification",
    "asked",
    "compared",
    "spoken_of",
]
