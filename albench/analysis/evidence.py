"""What the analysis concludes: plain frozen data that the report prints and the API returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from albench.errors import ResultsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.analysis.evidence_details import Check, Details
    from albench.analysis.transfer import Transfer

Verdict = Literal["win", "tie", "loss", "undecided"]


@dataclass(frozen=True)
class Interval:
    """A two-sided interval; ``method`` names how it was made."""

    low: float
    high: float
    level: float
    method: str


@dataclass(frozen=True)
class Slice:
    """One value of every axis but datasets and strategies, with one metric and one budget."""

    model: str
    query_model: str
    seed_size: str
    seed_set: str
    batch_size: int
    oracle: str
    budget: str
    metric: str


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
    undefined : str or None
        Why there is no number, where neither reaches it or the reference is missing.
    set_by : {"strategy", "random", None}
        Whose final level the target ``final`` is, random's where both are equal; None for other targets.
    """

    target: str
    level: float | None
    labels_strategy: float | None
    labels_random: float | None
    saving: float | None
    interval: Interval | None
    censored: Literal["strategy", "random"] | None
    undefined: str | None
    set_by: Literal["strategy", "random"] | None = None


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
        From the 95 % interval of the difference; undecided below 3 paired repeats, below 80 % of the repeats
        that the experiment asks for, without an interval, or while the control withholds verdicts.
    fit_s, query_s : float or None
        CPU seconds of a trial, mean over the repeats.
    flat : int
        Trials whose curve ended early and was carried on flat.
    difference_band : Band or None
        Around ``difference_curve``; in the primary slice, from 10 paired repeats on.
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
    savings: tuple[Saving, ...]
    curve: Curve | None
    difference_curve: Curve | None
    fit_s: float | None
    query_s: float | None
    flat: int
    difference_band: Band | None = None


@dataclass(frozen=True)
class Bayes:
    """Bayesian signed-rank probabilities across datasets."""

    better: float
    equal: float
    worse: float
    rope: float


@dataclass(frozen=True)
class Row:
    """A strategy across the datasets of a slice: one line of the leaderboard.

    Only datasets count on which the strategy shares at least 80 % of the repeats with the baseline. The
    baseline has a row of its own, without comparisons.

    Attributes
    ----------
    n_datasets : int
        Datasets that count.
    mean_rank : float or None
        Over the datasets on which all ranked strategies are complete; 1 is best.
    difference : float or None
        Mean over datasets of the cells' differences.
    interval_these, interval_like_these : Interval or None
        Of that mean: with the datasets fixed and their repeats resampled; with the datasets as the sample,
        from 8 datasets on.
    median_saving : float or None
        Median over datasets of the savings at the target ``final``.
    n_censored : int
        Datasets on which one of the two curves never gets 95 % of the way to the reference while the other
        one does.
    p, p_holm : float or None
        Wilcoxon signed-rank against random over datasets, two-sided; then corrected over the strategies.
    testable : bool
        False where even the smallest reachable p could not be significant after correction; then ``p`` and
        ``p_holm`` are None.
    bayes : Bayes or None
        From 6 datasets on.
    fit_s, query_s : float or None
        CPU seconds of a trial, mean over the datasets.
    sensitivity : float or None
        ``difference`` over all datasets of the baseline, with every repeat that the strategy lacks counted as
        equal to the baseline.
    """

    strategy: str
    label_looking: bool
    n_datasets: int
    mean_rank: float | None
    area: float | None
    difference: float | None
    interval_these: Interval | None
    interval_like_these: Interval | None
    wins: int
    ties: int
    losses: int
    undecided: int
    win_rate: float | None
    median_saving: float | None
    n_censored: int
    p: float | None
    p_holm: float | None
    testable: bool
    bayes: Bayes | None
    fit_s: float | None
    query_s: float | None
    query_s_per_label: float | None
    sensitivity: float | None = None


@dataclass(frozen=True)
class Control:
    """The arms of random against each other through the same pipeline.

    ``fired`` is True if they differ "significantly": then the page withholds its verdicts.
    """

    available: bool
    fired: bool
    differences: dict[str, float]
    intervals: dict[str, Interval]
    p: float | None
    reason: str


@dataclass(frozen=True)
class Versus:
    """The same comparisons with another strategy than random as the baseline."""

    baseline: str
    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class SliceEvidence:
    """Everything that is concluded within one slice.

    Attributes
    ----------
    strategies : tuple of str
        In the order of the experiment, the baseline among them.
    references : dict
        Dataset -> mean over its splits of the metric of the model trained on the whole pool.
    friedman_p : float or None
        Omnibus test over ``complete``, from 6 datasets and 3 strategies on.
    smallest_p : float or None
        Smallest p that the Wilcoxon test can reach with the datasets at hand, before correction.
    area : str
        Which definition of the area the numbers use.
    complete : tuple of str
        Datasets on which every ranked strategy is complete: those that ranks are over.
    second : Versus or None
        Comparisons with the second baseline, if the experiment names one.
    details : Details or None
        In the primary slice only.
    """

    slice: Slice
    primary: bool
    greater_is_better: bool
    datasets: tuple[str, ...]
    strategies: tuple[str, ...]
    random_curves: dict[str, Curve]
    references: dict[str, float]
    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]
    friedman_p: float | None
    control: Control
    smallest_p: float | None
    area: str = "trapezoid"
    complete: tuple[str, ...] = ()
    second: Versus | None = None
    details: Details | None = None

    def cell(self, dataset: str, strategy: str) -> Cell | None:
        """Return the cell of a dataset and a strategy."""
        return next((c for c in self.cells if (c.dataset, c.strategy) == (dataset, strategy)), None)


@dataclass(frozen=True)
class Failure:
    """A trial that is not done."""

    key: str
    dataset: str
    model: str
    strategy: str
    split: int
    start: int
    status: str
    reason: str


@dataclass(frozen=True)
class Evidence:
    """What a report says.

    Attributes
    ----------
    answer : tuple of str
        The answer in sentences, each generated from the numbers.
    n_done, n_failed, n_missing : int
        Trials; missing are those that the experiment asks for and the folder does not hold.
    checks : tuple of Check
        In the order of their codes.
    transfers : tuple of Transfer
        Of slices that differ from the primary one in their models alone.
    """

    slices: tuple[SliceEvidence, ...]
    answer: tuple[str, ...]
    failures: tuple[Failure, ...]
    n_done: int
    n_failed: int
    n_missing: int
    checks: tuple[Check, ...] = ()
    transfers: tuple[Transfer, ...] = ()

    @property
    def primary(self) -> SliceEvidence:
        """The slice that the verdicts are made in.

        Raises
        ------
        ResultsError
            If there is none.
        """
        for found in self.slices:
            if found.primary:
                return found
        raise ResultsError("no slice is the primary one: nothing is finished yet that could be judged")
