"""What the oracles of an experiment gave to its strategies, and what that does to gains over random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.cells import Curve, Interval, Saving
    from albench.analysis.evidence.conclusions import SliceEvidence


@dataclass(frozen=True)
class LabelShare:
    """A share of the labels that a strategy bought after the seed set, mean over repeats and datasets.

    Attributes
    ----------
    share : float or None
        None where nothing was queried.
    more : float or None
        ``share`` less random's in the same repeat; None for random.
    interval : Interval or None
        Of that difference, with the datasets fixed.
    p : float or None
        Student's t of that difference against 0, two-sided, corrected over the strategies by Holm's method.
    """

    share: float | None
    more: float | None = None
    interval: Interval | None = None
    p: float | None = None


@dataclass(frozen=True)
class GivenLabels:
    """What an oracle gave to a strategy.

    Attributes
    ----------
    wrong : LabelShare
        Answers that are not the true label, of all answers.
    refused : LabelShare
        Queries without an answer, of all queries.
    """

    strategy: str
    wrong: LabelShare
    refused: LabelShare


@dataclass(frozen=True)
class AnnotatorRecord:
    """What one of several annotators did after the seed set, over all strategies, repeats and datasets.

    Attributes
    ----------
    price : float
        Of an answer, mean.
    asked : float
        Answers, given or refused, for each query.
    refused : float
        Answers that are no label, of all answers.
    paid : float
        In a trial, mean.
    right : mapping of str to float or None
        Strategy -> labels that are true, of all labels; None where there is no label.
    """

    annotator: str
    price: float
    asked: float
    refused: float
    paid: float
    right: Mapping[str, float | None]


@dataclass(frozen=True)
class OracleCost:
    """What a strategy needs on a dataset under an oracle for a level that all oracles allow.

    Attributes
    ----------
    level : float
        The same for all oracles and strategies of a dataset.
    n_labels, cost : float or None
        Of the mean curve, made monotone, at that level; None where it is never reached.
    final_level, final_cost : float
        At the end of the mean curve.
    share_reached : float or None
        Of the repeats, those whose own curve, made monotone, has the level; None without a repeat.
    """

    dataset: str
    oracle: str
    strategy: str
    level: float
    n_labels: float | None
    cost: float | None
    final_level: float
    final_cost: float
    share_reached: float | None = None


@dataclass(frozen=True)
class CostComparison:
    """What two oracles cost on a dataset for the same level, each with its best strategy.

    Attributes
    ----------
    strategy, other_strategy : str
        Of each oracle the one with the largest mean area along the money.
    saving : Saving
        1 - money(oracle) / money(other) at the worse of their final levels; its labels are money.
    end_difference : float
        The other's level at the end of its money, less that at the end of this one's; positive is better.
    end_interval : Interval or None
        Of that difference.
    """

    dataset: str
    strategy: str
    other_strategy: str
    saving: Saving
    end_difference: float
    end_interval: Interval | None


@dataclass(frozen=True)
class OracleContrast:
    """Which of two oracles is cheaper for the same level, over the datasets.

    Attributes
    ----------
    oracle, other : str
        The cheaper one first, as far as the estimate says.
    cells : tuple of CostComparison
        Of the datasets on which both have enough paired repeats.
    saving : float or None
        Median over the datasets that have a number; None where none has.
    interval : Interval or None
        Of that median, on datasets like these; of a single dataset its own.
    is_shown : bool
        Whether ``oracle`` is shown to be cheaper: on datasets like these, or on more than half of these.
        Nothing is where a dataset lacks the comparison, or a control fired.
    end_difference : float
        Mean over the datasets.
    end_interval : Interval or None
        Of that mean, with the datasets fixed.
    """

    oracle: str
    other: str
    cells: tuple[CostComparison, ...]
    saving: float | None
    interval: Interval | None
    is_shown: bool
    end_difference: float
    end_interval: Interval | None


@dataclass(frozen=True)
class OracleCurves:
    """What an oracle gives for its money, with its best strategy; the labels of the curves are money.

    Attributes
    ----------
    strategies : mapping of str to str
        Dataset -> the strategy with the largest mean area along the money.
    curves : mapping of str to Curve
        By dataset.
    mean : Curve or None
        Over all datasets, at the money that is common to them; None where a dataset lacks the curve, or no
        money is common.
    """

    oracle: str
    strategies: Mapping[str, str]
    curves: Mapping[str, Curve]
    mean: Curve | None


@dataclass(frozen=True)
class LevelCosts:
    """A level that every oracle reaches, and oracle -> the money that it costs there."""

    level: float
    costs: Mapping[str, float]


@dataclass(frozen=True)
class RepeatedAnswers:
    """What a strategy bought of further answers to labelled rows, means over repeats and datasets.

    Attributes
    ----------
    share : float
        Of the labels after the seed set.
    alpha : float or None
        Krippendorff's alpha of all answers at the last round; None where no two could be compared.
    """

    strategy: str
    share: float
    alpha: float | None


@dataclass(frozen=True)
class OracleOutcome:
    """What came of one oracle, all else as in the primary slice.

    Attributes
    ----------
    oracle : str
        Its label.
    kind : str
        Name of its class.
    error_rate : float or None
        The mean probability of a wrong label that it states.
    given : tuple of GivenLabels
        Random's first; empty where every answer was the true label, and without the table of queries.
    annotators : tuple of AnnotatorRecord
        Who is asked most first; empty where one oracle answers all.
    repeated : tuple of RepeatedAnswers
        Empty where no row can have several answers.
    """

    oracle: str
    kind: str
    error_rate: float | None
    given: tuple[GivenLabels, ...]
    slice: SliceEvidence
    annotators: tuple[AnnotatorRecord, ...] = ()
    repeated: tuple[RepeatedAnswers, ...] = ()


@dataclass(frozen=True)
class GainChange:
    """How much of a strategy's gain over random is left from the least to the most noise of one kind.

    Attributes
    ----------
    least, most : str
        Labels of the oracles.
    gain_least, gain_most : float
        Mean over datasets of the difference to random in area, signed so that positive is better.
    change : float
        Mean over datasets of the paired change of that gain, over the repeats that both have.
    interval : Interval or None
        Of ``change``, with the datasets fixed.
    p : float or None
        Student's t of ``change`` against 0, two-sided, corrected over the strategies by Holm's method.
    """

    strategy: str
    least: str
    most: str
    gain_least: float
    gain_most: float
    change: float
    interval: Interval | None
    p: float | None
