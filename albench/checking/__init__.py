"""Contract tests of components: of a strategy through the loop that runs trials."""

from __future__ import annotations

from albench.checking.check import check_component, check_strategy
from albench.checking.contract_check import CheckReport, ContractCheck

__all__ = ["CheckReport", "ContractCheck", "check_component", "check_strategy"]
