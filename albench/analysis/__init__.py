"""Curves, label efficiency, statistics, verdicts: from tables to evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from albench.analysis.conclude import conclude as conclude


def __getattr__(name: str) -> Any:
    if name != "conclude":
        raise AttributeError(f"module 'albench.analysis' has no attribute '{name}'")
    # All of the analysis, of which a plan needs a few statistics.
    from albench.analysis.conclude import conclude

    # Its module has the same name.
    globals()[name] = conclude
    return conclude
