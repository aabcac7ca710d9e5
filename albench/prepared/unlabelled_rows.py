"""Unlabelled rows below the labelled ones, where they take part in something."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.models.stacking import stack_rows

if TYPE_CHECKING:
    from albench.contracts import Table

IN_PREPROCESSING, IN_DENSITY = "preprocessing", "density"


def append_unlabelled(table: Table) -> Table:
    """Return a table with its unlabelled rows last; itself where they take part in nothing."""
    unlabelled = table.unlabelled
    if unlabelled is None or not table.unlabelled_uses:
        return table
    return replace(
        table,
        numeric=np.concatenate([table.numeric, unlabelled.numeric]),
        categorical=np.concatenate([table.categorical, unlabelled.categorical]),
        categories=unlabelled.categories,
        labels=np.concatenate([table.labels, unlabelled.labels]),
        text=tuple((*texts, *others) for texts, others in zip(table.text, unlabelled.text, strict=True)),
        sparse=None if table.sparse is None else stack_rows([table.sparse, unlabelled.sparse]),
        unlabelled=None,
    )
