"""One strategy on one dataset: curves, differences to a baseline, label savings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Verdict = Literal["win", "tie", "loss", "undecided"]
Undefined = Literal["no_rise", "no_reference", "reference_missing", "no_headroom", "not_reached"]


@dataclass(frozen=True)
class Interval:
    """A two-sided interval; ``method`` names how it was made."""

    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True)
class Shape:
    """How independent values lie: differences of repeats, or of datasets.

    Attributes
    ----------
    n : int
        Independent values, 6 or more.
    skewness : float
        0 where nothing varies.
    interval : Interval
        Of the median, by the sign test: it holds whatever the distribution.
    """

    n: int
    skewness: float
    median: float
    interval: Interval


@dataclass(frozen=True)
class Slice:
    """One value of every axis but datasets and strategies, with one metric and one budget.

    The preprocessing is empty unless several are compared.
    """

    model: str
    query_model: str
    seed_size: str
    seed_set: str
    batch_size: int
    oracle: str
    budget: str
    metric: str
    preprocessing: str = ""


@dataclass(frozen=True)
class Saving:
    """Labels that a strategy saves against random at one target.

    Attributes
    ----------
    target : str
        ``final`` (the worse of the two final levels), ``90``, ``95`` or ``99`` (percent of the way from the
        seed level to the reference).
    saving : float or None
        1 - labels(strategy) / labels(random); None where undefined or censored.
    censored : {"strategy", "random", None}
        Which curve never reaches the target while the other does.
    undefined : {"no_rise", "no_reference", "reference_missing", "no_headroom", "not_reached", None}
        Why there is no number: a final level or a reference that is not shown to be better than the seed set,
        no reference at all, none for some of the splits, or a target that neither curve reaches within the
        budget.
    set_by : {"strategy", "random", None}
        Whose final level the target ``final`` is, random's where both are equal; None for other targets.
    read_off : float or None
        What the mean curves alone give, where a paired t test rejects it, so that ``saving`` is another.
    """

    target: str
    level: float | None
    labels_strategy: float | None
    labels_random: float | None
    saving: float | None
    interval: Interval | None
    censored: Literal["strategy", "random"] | None
    undefined: Undefined | None
    set_by: Literal["strategy", "random"] | None = None
    read_off: float | None = None


@dataclass(frozen=True)
class WorkSaved:
    """Rows that a strategy reads of a pool until 95 % of a class are found.

    Attributes
    ----------
    n_short : int
        Trials, of ``n_trials``, whose budget ends before; with any of them there is no number.
    n_read : float or None
        Mean over the repeats, seed set included, with its ``interval``, which ends where the pool does.
    wss : float or None
        WSS@95 = 1 - n_read / n_pool - 0.05: the share of the rows that need not be read, less what reading at
        random until then leaves unread.
    """

    dataset: str
    strategy: str
    n_pool: int
    n_trials: int
    n_short: int
    n_read: float | None = None
    interval: Interval | None = None
    wss: float | None = None


@dataclass(frozen=True)
class Curve:
    """Mean over the repeats of a metric along the labels, with a pointwise interval of the mean.

    ``low`` and ``high`` are not-a-number where the repeats are too few for an interval. Difference curves are
    signed so that positive is better.
    """

    n_labels: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n_repeats: int


@dataclass(frozen=True)
class CurveSet:
    """Curves by strategy, of one dataset or of the mean over datasets; the baseline among them.

    Attributes
    ----------
    left_out : tuple of str
        Strategies without a mean, since they lack a dataset that others have.
    absent : tuple of str
        Datasets without a curve of the baseline, which the mean is not over.
    shares : bool
        True if the curves stand at percents of the way from the seed set to the budget instead of labels.
    """

    curves: dict[str, Curve]
    left_out: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    shares: bool = False


@dataclass(frozen=True, eq=False)
class RepeatCurves:
    """All finished trials of one dataset.

    Attributes
    ----------
    n_labels : ndarray of shape (n_rounds,)
    levels : dict
        Strategy -> array of shape (n_trials, n_rounds), by arm and then by repeat; not-a-number where a curve
        has no level.
    first : dict
        Strategy -> key of its trial of the first arm in the first repeat, if that is finished.
    """

    n_labels: NDArray[np.float64]
    levels: dict[str, NDArray[np.float64]]
    first: dict[str, str]


@dataclass(frozen=True)
class Band:
    """A simultaneous band: with the probability ``level`` the whole true curve lies within it.

    On the labels of the curve that it belongs to.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    level: float
    method: str


@dataclass(frozen=True)
class Cell:
    """A strategy on a dataset within a slice.

    The baseline has a cell of its own: without difference, interval, win rate and savings, "undecided".

    Attributes
    ----------
    difference : float or None
        Mean over the paired repeats of area(strategy) - area(random), in units of the metric, signed so that
        positive is better; None where nothing is paired.
    win_rate : float or None
        Share of the paired repeats in which the strategy's area is better; ties count half.
    n_repeats : int
        Repeats with an area; ``n_paired`` of them have one of the baseline too.
    n_failed : int
        Trials that are not done; for random, of all its arms.
    verdict : {"win", "tie", "loss", "undecided"}
        From the 95 % interval of the difference, or what ended the repeats; undecided below 3 paired repeats,
        below 80 % of the repeats that the experiment asks for, without an interval, or while the control
        withholds verdicts.
    fit_s, query_s : float or None
        CPU seconds of a trial, mean over the repeats.
    flat : int
        Trials whose curve ended early and was carried on flat.
    difference_band : Band or None
        Around ``difference_curve``; in the primary slice, from 10 paired repeats on.
    n_splits : int
        Splits that the paired repeats lie on.
    n_without_area : int
        Finished trials without an area, since the metric has no number in some round.
    shape : Shape or None
        Of the differences of the repeats, or of their means by split; from 6 of them on.
    n_asked : int or None
        Repeats that the experiment asks for in this cell; None where it is as many as in all.
    n_looks : int
        Looks at which its repeats could have ended, the last of them where they did; its interval holds for
        all of them together. 0 where their number was fixed.
    error : float or None
        Standard error of the difference, as if the number of repeats had been fixed.
    """

    dataset: str
    strategy: str
    n_repeats: int
    n_paired: int
    n_failed: int
    area: float | None
    difference: float | None
    interval: Interval | None
    verdict: Verdict
    win_rate: float | None
    savings: tuple[Saving, ...] = ()
    curve: Curve | None = None
    difference_curve: Curve | None = None
    fit_s: float | None = None
    query_s: float | None = None
    flat: int = 0
    difference_band: Band | None = None
    n_splits: int = 0
    n_without_area: int = 0
    shape: Shape | None = None
    n_asked: int | None = None
    n_looks: int = 0
    error: float | None = None

    def find_saving(self, target: str) -> Saving | None:
        """Return the saving at a target."""
        return next((saving for saving in self.savings if saving.target == target), None)
