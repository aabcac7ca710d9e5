"""What a plan must know about a dataset, without its rows."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.canonical import digest
from albench.datasets.hashing import compute_content_hash
from albench.datasets.representativeness import compare_with_unlabelled

if TYPE_CHECKING:
    from albench.contracts import Table, Task
    from albench.datasets.representativeness import Representativeness


@dataclass(frozen=True)
class DatasetFacts:
    """A dataset in numbers.

    Attributes
    ----------
    hash : str
        SHA-256 of its content.
    n_features : int
        Feature columns, before one-hot encoding.
    pools : tuple of int
        Rows of the pool of each split, where class counts alone do not tell.
    column_kinds : tuple of {"numeric", "categorical", "text"}
        Those that there are.
    row_prices : tuple of float
        What the label of each row costs because of its row; none where rows have no prices.
    answers : tuple of (str, str)
        Columns of recorded answers that oracles give, each with its hash.
    has_distribution : bool
        Whether the target is a distribution over the classes of each row.
    n_unlabelled : int
        Rows without a target value, beside ``n_rows``.
    unlabelled_uses : tuple of str
        What their features take part in.
    representativeness : Representativeness or None
        How well a classifier tells labelled rows from unlabelled ones; None where there are too few.
    misfits : tuple of (str, str)
        Of a stream: the label of a drift, or nothing for all of them, and why the two do not go together.
    marks : tuple of int
        The first row of each change of the concept, of rows that stand in their order.
    """

    label: str
    hash: str
    n_rows: int
    n_features: int
    classes: tuple[str, ...]
    class_counts: tuple[int, ...]
    warnings: tuple[str, ...] = ()
    task: Task = "classification"
    pools: tuple[int, ...] = ()
    column_kinds: tuple[str, ...] = ()
    row_prices: tuple[float, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    has_distribution: bool = False
    marks: tuple[int, ...] = ()
    n_unlabelled: int = 0
    unlabelled_uses: tuple[str, ...] = ()
    representativeness: Representativeness | None = None
    misfits: tuple[tuple[str, str], ...] = ()

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)


def compute_dataset_hash(table: Table) -> str:
    """Return the content hash, with the dataset's own splits and its pool's conditions if it has any.

    Unlabelled rows are part of it where they take part in something, and so is when rows arrive.
    """
    content = compute_content_hash(table)
    if table.times is not None or table.marks:
        times = None if table.times is None else sha256(table.times.astype("<i8").tobytes()).hexdigest()
        content = digest([content, {"times": times, "marks": list(table.marks)}])
    uses = sorted(set(table.unlabelled_uses)) if table.unlabelled is not None else []
    if not table.divisions and table.conditions is None and not uses:
        return content
    divisions = [
        [sha256(rows.astype("<i8").tobytes()).hexdigest() for rows in parts] for parts in table.divisions
    ]
    conditions = table.conditions.identity() if table.conditions else None
    if table.unlabelled is None or not uses:
        return digest([content, divisions, conditions])
    unlabelled = {"content": compute_content_hash(table.unlabelled), "uses": uses}
    return digest([content, divisions, conditions, unlabelled])


def collect_facts(label: str, table: Table, *, pools: tuple[int, ...] = ()) -> DatasetFacts:
    """Collect the facts about a table; its content is hashed."""
    import numpy as np

    counts = np.bincount(table.labels, minlength=len(table.classes))
    return DatasetFacts(
        label=label,
        hash=compute_dataset_hash(table),
        n_rows=table.n_rows,
        n_features=table.n_features,
        classes=table.classes,
        class_counts=tuple(int(count) for count in counts),
        warnings=table.warnings,
        task=table.task,
        pools=pools,
        column_kinds=_list_kinds(table),
        marks=table.marks,
        has_distribution=table.distribution is not None,
        n_unlabelled=table.n_unlabelled,
        unlabelled_uses=table.unlabelled_uses,
        representativeness=_compare_once(table),
    )


# A pilot has a table three times, and is planned, run in part and run: the classifiers are trained once.
_COMPARISONS: dict[tuple[str, str], Representativeness | None] = {}


def _compare_once(table: Table) -> Representativeness | None:
    if table.unlabelled is None:
        return None
    hashes = compute_content_hash(table), compute_content_hash(table.unlabelled)
    if hashes not in _COMPARISONS:
        _COMPARISONS[hashes] = compare_with_unlabelled(table)
    return _COMPARISONS[hashes]


def _list_kinds(table: Table) -> tuple[str, ...]:
    columns = {
        "numeric": table.numeric_names or table.sparse_names,
        "categorical": table.categorical_names,
        "text": table.text_names,
    }
    return tuple(kind for kind, names in columns.items() if names)


def _describe_distribution(table: Table) -> dict[str, Any]:
    if table.distribution is None:
        return {}
    return {"most_probable_class": float(table.distribution.max(axis=1).mean())}


def describe_table(table: Table) -> dict[str, Any]:
    """Return rows, features by type, missing cells, rows of each class and content hash, as JSON values."""
    types = {
        "numeric": len(table.numeric_names),
        "categorical": len(table.categorical_names),
        "sparse": len(table.sparse_names),
        "text": len(table.text_names),
    }
    counts = np.bincount(table.labels, minlength=len(table.classes)) if table.classes else np.empty(0, int)
    return {
        "n_rows": table.n_rows,
        "n_features": table.n_features,
        "types": {name: n for name, n in types.items() if n},
        **({"n_unlabelled": table.n_unlabelled} if table.n_unlabelled else {}),
        "missing": int(np.isnan(table.numeric).sum() + (table.categorical < 0).sum()),
        "classes": dict(zip(table.classes, counts.tolist(), strict=True)),
        **_describe_distribution(table),
        "hash": compute_dataset_hash(table),
        **({"marks": list(table.marks)} if table.marks else {}),
    }
