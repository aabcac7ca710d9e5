"""The oracle that takes some classes for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from albench.contracts import Oracle
from albench.contracts.class_name import ClassName
from albench.oracles.skill import build_confusion_matrix, check_skill, draw_answers, list_classes

if TYPE_CHECKING:
    from typing import Self

    import numpy as np

    from albench.contracts import Rows


class ConfusionOracle(Oracle):
    """Gives each class the label of another one with a stated probability.

    ``{cat: {dog: 0.2}}`` calls one cat in five a dog; what a row leaves of 1 is the right label.
    Which rows are wrong depends on the split alone: every strategy that asks for a row gets the same answer.
    """

    name = "confusion"
    main = "matrix"
    paired = True
    reference = (
        "Frenay, Verleysen, 2014, Classification in the presence of label noise: a survey (noise at random)"
    )

    matrix: dict[ClassName, dict[ClassName, float]] = Field(min_length=1)
    """True class -> given class -> probability; classes and answers that are left out are right."""

    @model_validator(mode="after")
    def _check_matrix(self) -> Self:
        check_skill({**self.matrix})
        return self

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes of its matrix."""
        return list_classes({**self.matrix})

    def answers(self, labels: Rows, classes: tuple[str, ...], *, rng: np.random.Generator) -> Rows:
        """Return the labels, some of them taken for another class."""
        return draw_answers(labels, build_confusion_matrix({**self.matrix}, classes), rng.random(labels.size))
