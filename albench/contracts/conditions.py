"""What real pools look like: duplicates, long tails, irrelevant rows, shifts between pool and test."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

IRRELEVANT = "irrelevant"
"""The class of irrelevant rows."""


class CovariateShift(BaseModel):
    """A pool in which large values of a column are more frequent than in the test part.

    Each row is kept with a weight of ``exp(strength * rank)``, where the rank of its value in the pool runs
    from 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    column: str = Field(description="Numeric column by which rows are kept.")
    strength: float = Field(
        default=3.0, ge=-50, le=50, description="Log of the odds of the largest value against the smallest."
    )
    keep: float = Field(default=0.5, gt=0, le=1, description="Share of the pool's rows that is kept.")


class PoolConditions(BaseModel):
    """What is done to the pool of every split, in this order.

    The test part loses irrelevant rows, and is capped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    irrelevant: tuple[str, ...] = Field(
        default=(),
        description="Classes that nobody asked for: in the pool they are one class, 'irrelevant'; "
        "the test part has none.",
    )
    label_shift: dict[str, Annotated[float, Field(gt=0, le=1)]] = Field(
        default_factory=dict, description="Share of a class's rows that the pool keeps, for some classes."
    )
    long_tail: float | None = Field(
        default=None,
        ge=1,
        description="Largest class over smallest class of the pool; sizes between them fall exponentially "
        "(Cui et al., 2019).",
    )
    covariate_shift: CovariateShift | None = Field(
        default=None, description="Large values of one column are more frequent in the pool."
    )
    duplicates: float = Field(
        default=0.0, ge=0, le=10, description="Copies of random pool rows that are added, per row."
    )
    max_pool: int | None = Field(
        default=None, ge=2, description="Upper bound on the rows of the pool; a stratified sample stays."
    )
    max_test: int | None = Field(
        default=None, ge=1, description="Upper bound on the rows of the test part; a stratified sample stays."
    )
    share: float | None = Field(
        default=None, gt=0, lt=1, description="Share of the pool's rows that stays; a stratified sample."
    )

    def identity(self) -> dict[str, Any]:
        """Return the conditions that are set, as JSON values."""
        return self.model_dump(mode="json", exclude_defaults=True)
