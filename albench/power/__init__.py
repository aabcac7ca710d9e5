"""Before a run: which differences and which label savings a grid can show, and what a wanted one takes."""

from __future__ import annotations

from albench.power.detectable import Detectable, Wanted
from albench.power.forecast import PowerForecast, WantedEffect, predict_power, predict_repeats
from albench.power.spread import PROBE_REPEATS, Spread, measure_spreads

__all__ = [
    "PROBE_REPEATS",
    "Detectable",
    "PowerForecast",
    "Spread",
    "Wanted",
    "WantedEffect",
    "measure_spreads",
    "predict_power",
    "predict_repeats",
]
