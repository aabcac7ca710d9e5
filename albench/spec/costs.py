"""What labels and training cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from albench.spec.field_types import Line, WhenMissing, check_price
from albench.spec.setting import Setting

Price = Annotated[float, Field(ge=0, allow_inf_nan=False), BeforeValidator(check_price)]
"""An amount of money, in whatever currency; 0 is allowed."""


class RowPrice(Setting):
    """A price that depends on the row: a rate times what a column holds."""

    column: Annotated[Line, WhenMissing("'row' needs 'column'", "write {column: n_words, rate: 0.02}")]
    """Column of the dataset."""
    rate: Price = 1.0
    """Price of one unit."""
    unit: Literal["value", "words", "characters"] = "value"
    """What is counted: the number in the column, or the words or characters of its text."""


class Costs(Setting):
    """What labels and training cost."""

    label: Annotated[
        Price, WhenMissing("'costs' needs 'label', what every label costs", "write label: 0 where it is free")
    ]
    """Price of a label, whether the oracle gives or refuses it."""
    classes: dict[str, Price] = Field(default_factory=dict)
    """Prices of labels of some classes instead: by the class that the oracle gives."""
    row: RowPrice = RowPrice.model_construct(column="", rate=0.0)
    """Price of a label's row, on top."""
    batch: Price = 0.0
    """Fixed price of every batch, the seed set among them."""
    round: Price = 0.0
    """Fixed price of every round of training."""

    @property
    def differ(self) -> bool:
        """Whether anything costs something else than 1 a label."""
        return self != Costs.model_construct(label=1.0)
