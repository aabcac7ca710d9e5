"""What a plan must know about a dataset, without its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from albench.datasets.hashing import content_hash

if TYPE_CHECKING:
    from albench.contracts import Table


@dataclass(frozen=True)
class DatasetFacts:
    """A dataset in numbers.

    Attributes
    ----------
    label : str
        What the spec calls it.
    hash : str
        SHA-256 of its content.
    n_rows : int
    n_features : int
        Feature columns, before one-hot encoding.
    classes : tuple of str
        The sorted class names.
    class_counts : tuple of int
        Rows of each class.
    warnings : tuple of str
    task : str
    """

    label: str
    hash: str
    n_rows: int
    n_features: int
    classes: tuple[str, ...]
    class_counts: tuple[int, ...]
    warnings: tuple[str, ...] = ()
    task: Literal["classification"] = "classification"

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)


def facts(label: str, table: Table) -> DatasetFacts:
    """Collect the facts about a table; its content is hashed."""
    import numpy as np

    counts = np.bincount(table.labels, minlength=len(table.classes))
    return DatasetFacts(
        label=label,
        hash=content_hash(table),
        n_rows=table.n_rows,
        n_features=table.n_features,
        classes=table.classes,
        class_counts=tuple(int(count) for count in counts),
        warnings=table.warnings,
    )
