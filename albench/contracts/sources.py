"""Where data come from, and how they are divided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from albench.contracts.component import Component
from albench.contracts.conditions import PoolConditions  # noqa: TC001 - pydantic reads the annotations
from albench.contracts.preprocessing import Declared  # noqa: TC001

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from albench.contracts.component import Rows
    from albench.contracts.table import Table


class DatasetSource(Component):
    """Where a dataset comes from."""

    kind = "dataset"
    licence: ClassVar[str] = ""
    source: ClassVar[str] = ""
    """Where the data come from, for datasets that are built in."""

    pool: PoolConditions | None = None
    """What is done to the pool of every split: duplicates, a long tail, irrelevant rows, a shift."""
    preprocessing: Declared = None
    """What is done to the columns of this dataset instead of the experiment's preprocessing."""

    def default_label(self) -> str:
        """What tables and figures call the dataset when the spec gives no label."""
        return type(self).name

    def provenance(self, base: Path) -> tuple[str, str]:
        """Return where the data come from and their licence, empty where that is not known."""
        return type(self).source, type(self).licence

    @classmethod
    def content(cls) -> dict[str, Any]:
        """Describe the data for the catalogue: rows, types, classes, hash; nothing where they vary."""
        return {}

    def members(self, base: Path) -> tuple[tuple[str, DatasetSource], ...]:
        """Return the datasets that this entry stands for, each with its label: itself, for most."""
        return ((self.default_label(), self),)

    def lacks(self, base: Path) -> tuple[str, ...]:
        """Name what must be downloaded before the data can be read; nothing for most."""
        return ()

    def damaged(self, base: Path) -> bool:
        """Say whether the cache holds what was downloaded, but not as it came; never, for most."""
        return False

    def fetch(self, base: Path) -> None:
        """Download what :meth:`lacks` names, or what was damaged, into the cache.

        Raises
        ------
        DatasetError
            If that cannot be done; the cache is as it was.
        """

    def list_answers(self) -> tuple[str, ...]:
        """Name the columns that are declared to hold recorded answers; none for most."""
        return ()

    def files(self, base: Path) -> tuple[Path, ...]:
        """Files that it reads, resolved against the folder of the spec; none for generators."""
        return ()

    def header(self, base: Path) -> tuple[str, ...] | None:
        """Column names, read without reading the data; None where there is no header to read."""
        return None

    def load(self, base: Path) -> Table:
        """Read or make the data.

        Parameters
        ----------
        base : Path
            Folder of the spec; relative paths start there.

        Raises
        ------
        DatasetError
            With file, column, and row where there is one.
        """
        raise NotImplementedError(f"{type(self).__qualname__} must define load(base)")


class Split(Component):
    """How a dataset is divided into pool and test."""

    kind = "split"

    max_pool: int | None = Field(default=None, ge=2)
    """Upper bound on the rows of the pool; a stratified sample stays."""
    max_test: int | None = Field(default=None, ge=1)
    """Upper bound on the rows of the test part; a stratified sample stays."""

    def sizes(self, class_counts: tuple[int, ...]) -> tuple[int, int] | None:
        """Return the rows of pool and test before caps and validation; None where splits differ."""
        return None

    def divide(self, table: Table, *, split: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
        """Return the rows of the pool (in pool order) and of the test part."""
        raise NotImplementedError(f"{type(self).__qualname__} must define divide(table, split, rng)")
