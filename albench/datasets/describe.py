"""What a table is, in numbers that people and the catalogue read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.datasets.facts import dataset_hash

if TYPE_CHECKING:
    from albench.contracts import Table


def described(table: Table) -> dict[str, Any]:
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
        "missing": int(np.isnan(table.numeric).sum() + (table.categorical < 0).sum()),
        "classes": dict(zip(table.classes, counts.tolist(), strict=True)),
        "hash": dataset_hash(table),
    }
