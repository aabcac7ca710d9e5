"""The oracle that takes some classes for others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field, model_validator

from albench.contracts import Oracle
from albench.contracts.class_name import ClassName
from albench.text import quote

if TYPE_CHECKING:
    from typing import Self

    from albench.contracts import Rows

_ROUNDING = 1e-9


class ConfusionOracle(Oracle):
    """Gives each class the label of another one with a stated probability.

    ``{cat: {dog: 0.2}}`` calls one cat in five a dog; what a row leaves of 1 is the right label.
    Which rows are wrong depends on the split alone: every strategy that asks for a row gets the same answer.
    """

    name: ClassVar[str] = "confusion"
    main: ClassVar[str | None] = "matrix"
    paired: ClassVar[bool] = True
    reference: ClassVar[str] = (
        "Frenay, Verleysen, 2014, Classification in the presence of label noise: a survey (noise at random)"
    )

    matrix: dict[ClassName, dict[ClassName, float]] = Field(min_length=1)
    """True class -> given class -> probability; classes and answers that are left out are right."""

    @model_validator(mode="after")
    def _check_rows(self) -> Self:
        for name, row in self.matrix.items():
            wrong = {other: share for other, share in row.items() if other != name}
            if any(not 0 <= share <= 1 for share in row.values()):
                raise ValueError(f"a probability of class {quote(name)} is not within 0 and 1")
            if sum(wrong.values()) > 1 + _ROUNDING:
                raise ValueError(f"the probabilities of class {quote(name)} add up to more than 1")
            if name in row and abs(sum(row.values()) - 1) > _ROUNDING:
                raise ValueError(f"the probabilities of class {quote(name)} do not add up to 1")
        return self

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes of its matrix."""
        return tuple(dict.fromkeys(name for true, row in self.matrix.items() for name in (true, *row)))

    def answers(self, labels: Rows, classes: tuple[str, ...], *, rng: np.random.Generator) -> Rows:
        """Return the labels, some of them taken for another class."""
        cumulative = np.cumsum(self._build_matrix(classes), axis=1)
        draws = rng.random(labels.size)
        # The last column is 1 but for rounding, which no draw may fall behind.
        return np.asarray((draws[:, np.newaxis] >= cumulative[labels, :-1]).sum(axis=1), np.intp)

    def _build_matrix(self, classes: tuple[str, ...]) -> np.ndarray:
        matrix = np.zeros((len(classes), len(classes)))
        for true, name in enumerate(classes):
            for other, share in self.matrix.get(name, {}).items():
                if other != name and other in classes:
                    matrix[true, classes.index(other)] = share
            matrix[true, true] = 1 - matrix[true].sum()
        return matrix
