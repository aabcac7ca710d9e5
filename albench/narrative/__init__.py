"""Evidence in sentences: the answer, and what could be wrong with an experiment; no number is made here."""

from __future__ import annotations

from albench.narrative.answer import write_answer
from albench.narrative.checks.check import Check
from albench.narrative.checks.run_checks import run_checks

__all__ = ["Check", "run_checks", "write_answer"]
