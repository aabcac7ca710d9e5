"""Recall, precision and F1 of one class, which the spec names; recorded when declared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import Field, create_model

from albench.contracts import Metric
from albench.contracts.class_name import ClassName
from albench.text import quote

if TYPE_CHECKING:
    from albench.contracts import Outputs

_CLASS = "class"
_KENT = (
    "Kent, Berry, Luehrs, Perry, 1955, Machine literature searching VIII: operational criteria for designing"
    " information retrieval systems"
)
# What the name of a column may not hold.
_SEPARATORS = re.compile(r"[\s=]+")
_Named: Any = create_model(  # type: ignore[call-overload]
    "_Named",
    __base__=Metric,
    __module__=__name__,
    # A word of Python: no field of that name can be written in the body of a class.
    **{_CLASS: (ClassName, Field(description="Name of the class; it becomes part of the column's name."))},
)


class Counts(NamedTuple):
    """Rows of the scored part that are of a class, that are predicted as it, and that are both."""

    actual: int
    predicted: int
    right: int


class NamedClassMetric(_Named):  # type: ignore[misc]
    """Base of metrics of a class that the spec names; the name is part of their column's."""

    main = _CLASS

    @property
    def column(self) -> str:
        """Name of its column: the metric and the class."""
        return f"{type(self).name}_{_SEPARATORS.sub('_', self.class_name)}"

    @property
    def class_name(self) -> str:
        """Name of the class."""
        return vars(self)[_CLASS]  # type: ignore[no-any-return]

    def speaks_of(self) -> tuple[str, ...]:
        """Name the class."""
        return (self.class_name,)


class OneClassMetric(NamedClassMetric):
    """Base of metrics of one class: ``{recall: {class: fraud}}`` has the column ``recall_fraud``."""

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1]; None where it would be a share of no rows, or there is no such class."""
        counts = self.count_rows(outputs)
        right, rows = self.divide(counts) if counts else (0, 0)
        return right / rows if rows else None

    def divide(self, counts: Counts) -> tuple[int, int]:
        """Return what the metric is the quotient of."""
        raise NotImplementedError

    def explain_undefined(self, outputs: Outputs) -> str:
        """Say what the class lacks in the scored part."""
        counts = self.count_rows(outputs)
        if counts is None:
            return f"the dataset has no class {quote(self.class_name)}"
        lacks = [word for word, n in zip(("is of", "is predicted as"), counts, strict=False) if not n]
        return f"no row of the scored part {' or '.join(lacks)} class {quote(self.class_name)}"

    def count_rows(self, outputs: Outputs) -> Counts | None:
        """Return the rows of the class; None if the dataset has no such class."""
        if self.class_name not in outputs.classes:
            return None
        code = outputs.classes.index(self.class_name)
        confusion = outputs.confusion
        actual, predicted = int(confusion[code].sum()), int(confusion[:, code].sum())
        return Counts(actual, predicted, int(confusion[code, code]))


class Recall(OneClassMetric):
    """Share of the rows of a class that are predicted as it: tp / (tp + fn); undefined without such rows."""

    name = "recall"
    reference = _KENT

    def divide(self, counts: Counts) -> tuple[int, int]:
        """Return tp, and tp + fn."""
        return counts.right, counts.actual


class Precision(OneClassMetric):
    """Share of the rows predicted as a class that are of it: tp / (tp + fp); undefined without such rows."""

    name = "precision"
    reference = _KENT

    def divide(self, counts: Counts) -> tuple[int, int]:
        """Return tp, and tp + fp."""
        return counts.right, counts.predicted


class F1(OneClassMetric):
    """Harmonic mean of recall and precision of a class: 2 tp / (2 tp + fp + fn); undefined without either."""

    name = "f1"
    reference = "van Rijsbergen, 1979, Information retrieval"

    def divide(self, counts: Counts) -> tuple[int, int]:
        """Return 2 tp, and 2 tp + fp + fn."""
        return 2 * counts.right, counts.actual + counts.predicted
