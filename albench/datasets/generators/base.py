"""What the generators have in common: a number of rows, a seed, a stream of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.contracts import DatasetSource
from albench.datasets.array_tables import DECIMALS, make_generated_table
from albench.datasets.where import Where
from albench.rng import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Table


class Generator(DatasetSource):
    """Rows that are drawn, not read."""

    main = "n_rows"
    licence = "CC0 1.0"
    source = "drawn by albench; what is shown is the draw of the default parameters"

    n_rows: int = Field(default=1000, ge=10)
    """Number of rows."""
    seed: int = Field(default=0, ge=0)
    """Which draw; another seed is another dataset."""

    @classmethod
    def content(cls) -> dict[str, Any]:
        """Describe the draw of the default parameters."""
        from albench.datasets.facts import describe_table

        return describe_table(cls().load(Path()))

    def load(self, base: Path) -> Table:
        """Draw the data."""
        features, labels = self.draw()
        return make_generated_table(features, labels, Where(type(self).name))

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return features of shape (n_rows, n_features) and class codes of shape (n_rows,)."""
        raise NotImplementedError(f"{type(self).__qualname__} must define draw()")

    def draw_halves(self, rng: np.random.Generator) -> NDArray[np.intp]:
        """Return two classes in random order, as many rows each."""
        return rng.permutation(np.arange(self.n_rows) % 2)

    def rng(self) -> np.random.Generator:
        """Return the generator of this seed, independent of other datasets with the same seed."""
        return np.random.default_rng(stream("dataset", self.seed, type(self).name))


def round_to_digits(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round features as the table will hold them, so that labels can be read off what is stored."""
    return np.round(features, DECIMALS)
