"""One strategy on one stream: levels beside random's, what was bought, how soon a level is regained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from albench.analysis.evidence.cells import Cell, Curve, Interval


@dataclass(frozen=True)
class Recovery:
    """Rows after a drift until the accuracy of a window is what it was before, against random's.

    Attributes
    ----------
    n_trials : int
        Trials with a drift before which there is a window of rows.
    n_changes, n_recovered, n_recovered_random : int
        Changes in these trials, and after how many of them the old level came back before the next.
    median, median_random : float or None
        Rows, over the trials, of each the mean over its changes; a trial that does not regain its level after
        every change counts as more than any number. None where that is so of half of them.
    n_sooner, n_later : int
        Trials in which the strategy is back sooner than random on the same rows, or later; a trial that is
        back after fewer of the changes is later, and where neither is back after as many they are equal.
    share_sooner : float or None
        ``n_sooner`` of both.
    interval : Interval or None
        Of that share.
    p, p_holm : float or None
        Sign test of that share against a half; over the streams of a slice corrected for its strategies.
    untested : {"few_repeats", "no_difference", None}
        Why there is no share: fewer than 80 % of the repeats, or none in which one is back sooner.
    looks : tuple of int
        At which the repeats could have ended, which interval and p allow for; empty if their number is fixed.
    """

    n_trials: int
    n_changes: int
    n_recovered: int
    n_recovered_random: int
    median: float | None
    median_random: float | None
    n_sooner: int
    n_later: int
    share_sooner: float | None = None
    interval: Interval | None = None
    p: float | None = None
    p_holm: float | None = None
    untested: Literal["few_repeats", "no_difference"] | None = None
    looks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Spending:
    """What was bought of the rows.

    Attributes
    ----------
    share : float
        That was bought at the end, mean over the trials.
    n_trials, n_over : int
        Trials, and those of them in which by some row t more than ``ceil(budget * t) + 1`` were bought.
    excess : int
        The most labels above that at any row of any trial; 0 if there is none.
    curve, random_curve : Curve or None
        Labels bought by so many rows, means over the trials.
    """

    budget: float
    share: float
    n_trials: int
    n_over: int
    excess: int
    curve: Curve | None = None
    random_curve: Curve | None = None


@dataclass(frozen=True)
class StreamCell:
    """A strategy on a stream, within a slice.

    Attributes
    ----------
    cell : Cell
        Levels and differences to its own random: ``area`` is the metric over the whole stream, ``curve`` that
        of the window after so many rows, where the metric has a windowed one.
    n_asked : int
        Repeats that the experiment asks for, or that the cell needs where they go on until it is decided.
    is_covered : bool
        Whether 80 % of them are paired.
    random_level : float or None
        Of random, over the paired repeats.
    spending : Spending or None
        None without a finished trial.
    recovery : Recovery or None
        None where no drift has a level before it.
    levels : dict
        Metric -> levels of strategy and random over the whole stream, means over the paired repeats.
    marks : tuple of int
        Rows at which drifts begin, if they are the same in all repeats.
    holdout : (Curve, Curve) or None
        Accuracy of the learner of the moment, and of random's, on rows that are kept apart, if there are any.
    """

    cell: Cell
    n_asked: int
    is_covered: bool
    random_level: float | None
    random_curve: Curve | None
    spending: Spending | None
    recovery: Recovery | None
    levels: dict[str, tuple[float, float]]
    marks: tuple[int, ...]
    n_rows: int | None
    holdout: tuple[Curve, Curve] | None = None

    @property
    def n_missing(self) -> int:
        """Repeats of which there is no trial, finished or failed."""
        return max(0, self.n_asked - self.cell.n_repeats - self.cell.n_without_area - self.cell.n_failed)
