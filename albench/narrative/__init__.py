"""Evidence in sentences: the answer, and what could be wrong with an experiment; no number is made here."""

from __future__ import annotations

from albench.narrative.answer import write_answer
from albench.narrative.checks.check import Check
from albench.narrative.checks.run_checks import run_checks
from albench.narrative.remarks import Remarks, write_remarks

__all__ = ["Check", "Remarks", "run_checks", "write_answer", "write_remarks"]
