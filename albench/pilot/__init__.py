"""A pilot inside the labelled part of a table: what more labels will give, and which strategy to buy them by.

`design_pilot` says what to run, `read_pool_curves` reads the tables of that run, `forecast_labelling` says
what follows.
"""

from __future__ import annotations

from albench.analysis.evidence.labelling import (
    LabellingForecast,
    PilotVerdict,
    Prediction,
    RandomLabels,
    StrategyForecast,
)
from albench.pilot.design import PilotDesign, design_pilot
from albench.pilot.labelling_forecast import forecast_labelling
from albench.pilot.pool_curves import PoolCurves, read_pool_curves

__all__ = [
    "LabellingForecast",
    "PilotDesign",
    "PilotVerdict",
    "PoolCurves",
    "Prediction",
    "RandomLabels",
    "StrategyForecast",
    "design_pilot",
    "forecast_labelling",
    "read_pool_curves",
]
