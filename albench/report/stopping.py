"""The section on stopping rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.report.figures.stopping import build_regret_panels
from albench.report.tables.stopping import StoppingContext, build_stop_groups, build_stop_lines

if TYPE_CHECKING:
    from albench.analysis.evidence import StoppingEvidence


def build_stopping_context(stopping: StoppingEvidence, metric: str) -> StoppingContext:
    """Return what the section is filled with."""
    return StoppingContext(
        stop_lines=build_stop_lines(stopping, stopping.strategy),
        stop_groups=build_stop_groups(stopping),
        stop_panels=build_regret_panels(stopping, metric),
    )
