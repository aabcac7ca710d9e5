"""What a pilot says of the labels to come: predictions with intervals, a verdict, an advice."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.cells import Interval
    from albench.datasets.representativeness import Representativeness
    from albench.labelling.chosen_rows import ChosenRows

PilotVerdict = Literal["pays_off", "no_gain", "undecided", "withheld"]
"""``pays_off``: the interval of the advised strategy's gain is above 0. ``no_gain``: no strategy's gain can
be expected to matter. ``undecided``: the labelled part is too small to tell. ``withheld``: it is not like the
rest."""

NEAR_CHANCE = 0.01
"""So far above chance a model is hardly better."""


@dataclass(frozen=True)
class Prediction:
    """A number that is not known yet, with its interval."""

    expected: float
    interval: Interval


@dataclass(frozen=True)
class RandomLabels:
    """Labels more that random needs for the level of a strategy.

    Attributes
    ----------
    expected, low, high : float or None
        With the ends of the interval; None where that is more than ``most``.
    level : float
        Of the interval.
    most : int or None
        As far as random was followed in the study; None if there is no such end.
    """

    expected: float | None
    low: float | None
    high: float | None
    level: float
    most: int | None = None


@dataclass(frozen=True)
class StrategyForecast:
    """What a strategy is expected to give with the labels to come.

    Attributes
    ----------
    level : Prediction
        The metric with all labels.
    gain : Prediction
        How far that is above random with as many labels.
    pilot_gain : float
        The same within the labelled part, on its whole pool: what a naive pilot would say.
    known : bool
        True if the study had this strategy; else its prior is that of all strategies, and wider.
    """

    strategy: str
    level: Prediction
    gain: Prediction
    random_labels: RandomLabels
    pilot_gain: float
    known: bool


@dataclass(frozen=True)
class LabellingForecast:
    """What labels more are expected to give on the user's own data.

    All levels are in the metric's own direction; gains are positive where a strategy is better than random.

    Attributes
    ----------
    n_labelled, n_unlabelled : int
        Rows when the project goes on.
    n_more : int
        Labels to come.
    now : Prediction
        The metric of a model of all labelled rows.
    random : Prediction
        With ``n_more`` labels at random.
    strategies : tuple of StrategyForecast
        The highest expected gain first.
    advised : str
        Label of the strategy to label with, or of random: the highest expected gain, whatever the verdict.
    labels_to_tell : int or None
        Where it is undecided: how many labels more would show a gain as large as the expected one; None where
        no number of labels would, since data sets that look alike differ by more.
    notes : tuple of str
        What the forecast rests on that may not hold, in sentences.
    """

    metric: str
    n_labelled: int
    n_unlabelled: int
    n_more: int
    now: Prediction
    random: Prediction
    strategies: tuple[StrategyForecast, ...]
    verdict: PilotVerdict
    advised: str
    labels_to_tell: int | None
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[StrategyForecast]:
        return iter(self.strategies)

    @property
    def is_advice(self) -> bool:
        """Whether the verdict is for rows of a strategy, as the best guess at least."""
        return self.verdict in ("pays_off", "undecided")

    def find(self, strategy: str) -> StrategyForecast:
        """Return what is said of a strategy, by its label."""
        return next(forecast for forecast in self.strategies if forecast.strategy == strategy)


@dataclass(frozen=True)
class PilotAnswer:
    """The forecast of an experiment that is a pilot, or why there is none.

    Attributes
    ----------
    path : tuple of LabellingForecast
        With fewer labels more, the last one with all: what a picture draws.
    problem : str
        Why there is no forecast; empty if there is one.
    representativeness : Representativeness or None
        How well a classifier tells labelled rows from the others; None where that is not known.
    chance : float or None
        What the metric is without a look at the features; None where that is not known.
    chosen : ChosenRows or None
        Labelled rows that a strategy chose, as far as a log beside the file tells.
    """

    forecast: LabellingForecast | None = None
    path: tuple[LabellingForecast, ...] = ()
    problem: str = ""
    representativeness: Representativeness | None = None
    chance: float | None = None
    chosen: ChosenRows | None = None

    @property
    def is_at_chance(self) -> bool:
        """Whether the model of now is hardly better than answers without a look at the features.

        By less than so many rows show: a standard error.
        """
        if self.forecast is None or self.chance is None:
            return False
        error = sqrt(self.chance * (1 - self.chance) / self.forecast.n_labelled)
        return self.forecast.now.expected < self.chance + max(NEAR_CHANCE, error)
