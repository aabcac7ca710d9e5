"""Contract tests for a query strategy, run through the loop that runs trials."""

from __future__ import annotations

from albench.checking.check import CheckReport, ContractCheck, check_strategy

__all__ = ["CheckReport", "ContractCheck", "check_strategy"]
