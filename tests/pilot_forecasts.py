"""Forecasts as a pilot makes them, with numbers that a test chooses."""

from __future__ import annotations

from dataclasses import replace

from albench.analysis.evidence.cells import Interval
from albench.analysis.evidence.labelling import LabellingForecast, Prediction, RandomLabels, StrategyForecast


def predict(expected, low, high):
    return Prediction(expected, Interval(low, high, 0.9, "a study"))


def make_forecast(verdict="pays_off", *, labels=(340.4, 270, 520), gain=(0.012, 0.004, 0.021), **changes):
    margin = StrategyForecast(
        "margin", predict(0.89, 0.87, 0.91), predict(*gain), RandomLabels(*labels, 0.9), 0.02, known=True
    )
    forecast = LabellingForecast(
        metric="accuracy",
        n_labelled=300,
        n_unlabelled=2700,
        n_more=200,
        now=predict(0.86, 0.84, 0.88),
        random=predict(0.878, 0.86, 0.9),
        strategies=(margin,),
        verdict=verdict,
        advised="margin",
        labels_to_tell=None,
        notes=(),
    )
    return replace(forecast, **changes)
