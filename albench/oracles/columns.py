"""The oracle that gives recorded answers: of people and models, from columns of the dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, Tag, model_validator

from albench.contracts import REFUSED, Annotations
from albench.oracles.several_annotators import LIST_OR_MAPPING, SeveralAnnotators
from albench.oracles.skill import Skill
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from albench.contracts import Rows


class RecordedAnnotator(BaseModel):
    """Somebody whose answers were recorded."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    column: str = Field(
        description="Column that holds the answers: one of the dataset's 'answers', or its target, the truth."
    )
    cost: float = Field(default=1.0, ge=0, allow_inf_nan=False, description="Price of an answer.")
    empty: Literal["abstains", "absent"] = Field(
        default="abstains",
        description="What an empty cell means. abstains: asked, the annotator is paid and gives no label; "
        "absent: the annotator cannot be asked about the row, and is not paid.",
    )
    skill: Skill | None = Field(
        default=None, description="Assumed skill, as of annotators: for 'combine: weighted' alone."
    )
    name: str = Field(
        default="", description="What tables and page call the annotator: the column by default."
    )


class ColumnsOracle(SeveralAnnotators):
    """Gives answers that were recorded, of people or of language models, each from a column of the dataset.

    ``who`` is a mapping by name, ``{llm: {column: gpt_label, cost: 0.01}, expert: {column: label}}``, or a
    list. The dataset says which of its columns are ``answers``: they are no features. Who is asked again
    answers the same.
    """

    name = "columns"
    main = "who"

    who: Annotated[
        Annotated[dict[str, RecordedAnnotator], Tag("mapping")]
        | Annotated[tuple[RecordedAnnotator, ...], Tag("list")],
        LIST_OR_MAPPING,
    ]
    """The annotators: by name, or a list."""

    @model_validator(mode="after")
    def _check_skills(self) -> Self:
        without = [name for name, of in zip(self.names, self.annotators, strict=True) if of.skill is None]
        if self.combine == "weighted" and without:
            raise ValueError(f"'combine: weighted' needs the skill of {quote(without[0])}")
        return self

    def name_annotator(self, place: int) -> str:
        """Return what an annotator of a list is called that has no name: the column."""
        return str(self.annotators[place].column)

    def list_least_prices(self) -> list[float]:
        """Return what each annotator takes at least for a row."""
        return [0.0 if annotator.empty == "absent" else annotator.cost for annotator in self.annotators]

    def recorded_columns(self) -> tuple[str, ...]:
        """Name the columns of the annotators."""
        return tuple(dict.fromkeys(annotator.column for annotator in self.annotators))

    def answers(
        self,
        labels: Rows,
        classes: tuple[str, ...],
        *,
        rng: np.random.Generator,
        recorded: Mapping[str, Rows] | None = None,
    ) -> Annotations:
        """Return what each annotator has answered, and who is asked."""
        columns = recorded or {}
        answers = np.column_stack([columns[annotator.column] for annotator in self.annotators])
        must_be_there = np.array([annotator.empty == "absent" for annotator in self.annotators])
        return Annotations(
            names=self.names,
            labels=answers,
            prices=np.array([annotator.cost for annotator in self.annotators]),
            asked=self.choose_annotators((answers != REFUSED) | ~must_be_there, rng),
        )
