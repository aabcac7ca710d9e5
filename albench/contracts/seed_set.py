"""How the rows are chosen that a trial starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from albench.contracts.component import Component
from albench.text import list_quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts.component import Floats, Rows
    from albench.contracts.shared import Shared


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

    kind = "seed_set"
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
