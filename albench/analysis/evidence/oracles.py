"""What the oracles of an experiment gave to its strategies, and what that does to gains over random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.cells import Interval
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
    """

    dataset: str
    oracle: str
    strategy: str
    level: float
    n_labels: float | None
    cost: float | None
    final_level: float
    final_cost: float


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
