"""A target of several columns that together say how probable each class of a row is."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from albench.datasets.value_names import name_values
from albench.datasets.words import Words

_TWO = 2


class SoftTarget(BaseModel):
    """A distribution over the classes for each row: one column a class, or one column an annotator."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    columns: dict[str, str] | Words = Field(
        default=(),
        description="Columns of probabilities or counts, by class; of a list, each is called as its class.",
    )
    annotators: Words = Field(
        default=(),
        description="Columns that each hold the answers of one annotator; an empty cell is no answer.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if bool(self.columns) == bool(self.annotators):
            raise ValueError("a distribution is declared by 'columns' or by 'annotators'")
        names = self.list_columns()
        if len(set(names)) < max(_TWO, len(names)):
            raise ValueError("a distribution takes two columns or more, all different")
        return self

    def list_columns(self) -> tuple[str, ...]:
        """Name the columns."""
        columns = self.columns.values() if isinstance(self.columns, dict) else self.columns
        return (*columns, *self.annotators)

    def list_classes(self) -> tuple[str, ...]:
        """Name the classes of ``columns``, in their order."""
        return tuple(name_values(tuple(self.columns)))
