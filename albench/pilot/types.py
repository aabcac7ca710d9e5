"""What a pilot says of the labels to come; narrative and page read it as evidence of the analysis."""

from __future__ import annotations

from albench.analysis.evidence import (
    LabellingForecast,
    PilotVerdict,
    Prediction,
    RandomLabels,
    StrategyForecast,
)

__all__ = ["LabellingForecast", "PilotVerdict", "Prediction", "RandomLabels", "StrategyForecast"]
