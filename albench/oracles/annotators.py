"""The oracle of several annotators, who differ in skill, price and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, Tag

from albench.contracts import Annotations
from albench.oracles.several_annotators import LIST_OR_MAPPING, SeveralAnnotators
from albench.oracles.skill import Skill, draw_answers

if TYPE_CHECKING:
    from albench.contracts import Rows


class Annotator(BaseModel):
    """Somebody who labels."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    skill: Skill = Field(
        default=1.0,
        description="Probability of the right label, each of the other classes alike; or of the right label "
        "of each class, {cat: 0.9, dog: 0.6}; or of labels for a class, {cat: {dog: 0.2}}. Classes that are "
        "left out are right.",
    )
    cost: float = Field(default=1.0, ge=0, allow_inf_nan=False, description="Price of an answer.")
    available: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Probability that the annotator can be asked about a row; who cannot is not paid.",
    )
    name: str = Field(
        default="", description="What tables and page call the annotator: 'annotator 1' and so on by default."
    )


class AnnotatorsOracle(SeveralAnnotators):
    """Asks several annotators about each row, who err, cost and are available as it says of each of them.

    ``who`` is a mapping by name, ``{anna: {skill: 0.9}, crowd: {skill: 0.7, cost: 0.2}}``, or a list. The
    answer of an annotator to a row is the same whoever queries it, and when; asked again, the annotator may
    answer otherwise. Where nobody is available the row gets no label, and nobody is paid.
    """

    name = "annotators"
    main = "who"
    reference = (
        "Dawid, Skene, 1979, Maximum likelihood estimation of observer error-rates using the EM algorithm"
    )

    who: Annotated[
        Annotated[dict[str, Annotator], Tag("mapping")] | Annotated[tuple[Annotator, ...], Tag("list")],
        LIST_OR_MAPPING,
    ]
    """The annotators: by name, or a list."""

    def list_least_prices(self) -> list[float]:
        """Return what each annotator takes at least for a row."""
        return [annotator.cost if annotator.available == 1 else 0.0 for annotator in self.annotators]

    def answers(self, labels: Rows, classes: tuple[str, ...], *, rng: np.random.Generator) -> Annotations:
        """Return what each annotator would answer, and who is asked."""
        shape = (labels.size, len(self.names))
        draws, presence = rng.random(shape), rng.random(shape)
        is_available = presence < np.array([annotator.available for annotator in self.annotators])
        answers = [
            draw_answers(labels, matrix, of_one)
            for matrix, of_one in zip(self.list_skills(classes), draws.T, strict=True)
        ]
        return Annotations(
            names=self.names,
            labels=np.column_stack(answers),
            prices=np.array([annotator.cost for annotator in self.annotators]),
            asked=self.choose_annotators(is_available, rng),
        )
