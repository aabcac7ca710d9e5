"""Published numbers beside those of an experiment."""

from __future__ import annotations

from albench.verification.asking import asked
from albench.verification.compare import compared
from albench.verification.matching import spoken_of
from albench.verification.outcome import CellOutcome, Comparison, Difference, Verification
from albench.verification.published import Published

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
