"""Published numbers beside those of an experiment."""

from __future__ import annotations

from albench.verification.compare import compared
from albench.verification.matching import see_known, spoken_of
from albench.verification.outcome import CellOutcome, Comparison, Difference, Verification
from albench.verification.published import Published, published

__all__ = [
    "CellOutcome",
    "Comparison",
    "Difference",
    "Published",
    "Verification",
    "compared",
    "published",
    "see_known",
    "spoken_of",
]
