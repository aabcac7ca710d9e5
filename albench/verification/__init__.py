"""Published numbers beside those of an experiment."""

from __future__ import annotations

from albench.verification.matching import load_published, match_published
from albench.verification.outcome import CellOutcome, Comparison, Difference, Verification
from albench.verification.published import Published
from albench.verification.verify import compare_with_published

__all__ = [
    "CellOutcome",
    "Comparison",
    "Difference",
    "Published",
    "Verification",
    "compare_with_published",
    "load_published",
    "match_published",
]
