"""Where data, splits, seed sets and answers come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pydantic import Field

from albench.contracts.annotations import vote
from albench.contracts.component import Component, Kind
from albench.contracts.conditions import PoolConditions  # noqa: TC001 - pydantic reads the annotations
from albench.contracts.preprocessing import Declared  # noqa: TC001
from albench.text import list_quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts.annotations import Annotations, BoughtAnswers
    from albench.contracts.component import Floats, Rows
    from albench.contracts.shared import Shared
    from albench.contracts.table import Table


class DatasetSource(Component):
    """Where a dataset comes from."""

    kind: ClassVar[Kind] = "dataset"
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

    kind: ClassVar[Kind] = "split"

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


@dataclass(frozen=True, eq=False)
class SeedPool:
    """The pool of a split, as a seed set method sees it.

    Attributes
    ----------
    labels : ndarray of shape (n_pool,), int
        True class codes: positions in ``classes``.
    classes : tuple of str
    rows : ndarray of shape (n_pool,), int
        Row of the dataset of each pool position.
    visible_features : VisibleFeatures
        What ``features`` are asked of.
    shared : mapping
        What is computed once for a split: the arrays of each thing that the method shares.
    split, start : int
        Which split, and which seed set of it.
    """

    labels: Rows
    classes: tuple[str, ...]
    rows: Rows
    visible_features: HasFeatures
    shared: Mapping[Shared, Mapping[str, NDArray[Any]]]
    split: int
    start: int

    @property
    def features(self) -> Floats:
        """Preprocessed features of the pool, dense, shape (n_pool, n_features)."""
        return self.visible_features.features


class HasFeatures(Protocol):
    """The features of a pool, shape (n_pool, n_features)."""

    @property
    def features(self) -> Floats:
        """The features, read-only."""
        ...


class SeedSet(Component):
    """Which rows a trial starts from: ``choose`` sees labels alone, ``choose_from`` the whole pool."""

    kind: ClassVar[Kind] = "seed_set"
    looks_at_labels: ClassVar[bool] = False
    looks_at_features: ClassVar[bool] = False

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes that its parameters mean; a plan sees that there are such."""
        return ()

    def find_misfit(self, classes: Sequence[str]) -> str:
        """Say why it cannot work on a dataset of these classes; empty if it can."""
        missing = [name for name in self.speaks_of() if name not in classes]
        return f"no class {list_quoted(missing)}; there are {list_quoted(classes, 'and')}" if missing else ""

    def count_most_rows(self, class_counts: Mapping[str, int]) -> int:
        """Return of so many rows of each class the most that it may choose from."""
        return sum(class_counts.values())

    def get_method(self, dataset: str) -> SeedSet:
        """Return what it is on a dataset, by the label of that; itself unless it differs from one to another.

        Raises
        ------
        SpecError
            If it is nothing there.
        """
        return self

    def shares(self) -> tuple[Shared, ...]:
        """Return what all trials of a split compute once."""
        return ()

    def choose(
        self,
        labels: Rows,
        n_classes: int,
        size: int,
        *,
        split: int,
        start: int,
        rng: np.random.Generator,
    ) -> Rows:
        """Return ``size`` positions in the pool; a smaller size is a prefix of a larger one."""
        raise NotImplementedError(f"{type(self).__qualname__} must define choose(...) or choose_from(...)")

    def choose_from(self, pool: SeedPool, size: int, rng: np.random.Generator) -> Rows:
        """Return ``size`` positions in the pool, as :meth:`choose`, by whatever of the pool it looks at."""
        n_classes = len(pool.classes)
        return self.choose(pool.labels, n_classes, size, split=pool.split, start=pool.start, rng=rng)

    def describe_choice(self, pool: SeedPool) -> str:
        """Say what a reader should know of the rows that it chose there; empty if nothing."""
        return ""


class Oracle(Component):
    """What answers a query.

    Attributes
    ----------
    paired : bool
        True if strategies draw the same random numbers as under the perfect oracle, so that the two differ by
        the answers alone.
    combining : tuple of str
        Parameters that change no answer, only what is made of answers: two oracles that differ in these alone
        get the same answers.
    """

    kind: ClassVar[Kind] = "oracle"
    paired: ClassVar[bool] = False
    combining: ClassVar[tuple[str, ...]] = ()

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes that its parameters mean; a plan sees that there are such."""
        return ()

    def needs_difficulty(self) -> bool:
        """Say whether ``answers`` takes ``difficulty``: how hard each row is, from 0 to 1.

        It is 1 - margin of a random forest that has not seen the row, and given by keyword.
        """
        return False

    def needs_distribution(self) -> bool:
        """Say whether ``answers`` takes ``distribution``: how probable each class of a row is.

        Of shape (n_pool, n_classes), by keyword; for datasets whose target is a distribution.
        """
        return False

    def state_error_rate(self) -> float | None:
        """Return the probability of a wrong label, mean over the pool; None where it is not stated.

        The page draws gains over random against it.
        """
        return None

    def recorded_columns(self) -> tuple[str, ...]:
        """Name the columns of the dataset whose answers ``answers`` takes as ``recorded``.

        That is a mapping of column to class codes, one a row of the pool, -1 where there is none; by keyword.
        """
        return ()

    def answers(
        self, labels: Rows, classes: tuple[str, ...], *, rng: np.random.Generator
    ) -> Rows | Annotations:
        """Return the label that it would give to each row of the pool, were it asked; ``REFUSED`` for none.

        An oracle of several annotators returns :class:`Annotations`: what each of them would answer, and who
        is asked. To ask a row again is to call this with another generator.

        Parameters
        ----------
        labels : ndarray of shape (n_pool,), int
            True class codes: positions in ``classes``.
        classes : tuple of str
        rng : Generator
        """
        raise NotImplementedError(f"{type(self).__qualname__} must define answers(...)")

    def combine_answers(self, answers: BoughtAnswers, n_pool: int, classes: tuple[str, ...]) -> Rows:
        """Return one label for each row of the pool from the answers so far; ``REFUSED`` where there is none.

        A vote, unless an oracle defines it otherwise.
        """
        return vote(answers, n_pool, len(classes))

    def find_least_price(self) -> float:
        """Return the least that an answer may cost: 1, but for annotators with prices of their own."""
        return 1.0

    def combines_rows(self) -> bool:
        """Say whether the label of a row depends on the answers to other rows, too.

        Then it is made again in every round, from what was bought by then.
        """
        return False

    def has_several_annotators(self) -> bool:
        """Say whether rows may have answers of several annotators, whose agreement is measured."""
        return False

    def teaches_answers(self) -> bool:
        """Say whether the task model learns from every answer with its weight, not from one label a row."""
        return False
