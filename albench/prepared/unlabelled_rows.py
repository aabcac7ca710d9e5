"""Unlabelled rows below the labelled ones, where preprocessing is fitted on both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.prepared.matrices import convert_to_csr

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from albench.contracts import Table

PREPROCESSING = "preprocessing"


def append_unlabelled(table: Table) -> Table:
    """Return a table with its unlabelled rows last; itself where they take no part in preprocessing."""
    unlabelled = table.unlabelled
    if unlabelled is None or PREPROCESSING not in table.unlabelled_uses:
        return table
    return replace(
        table,
        numeric=np.concatenate([table.numeric, unlabelled.numeric]),
        categorical=np.concatenate([table.categorical, unlabelled.categorical]),
        categories=unlabelled.categories,
        labels=np.concatenate([table.labels, unlabelled.labels]),
        text=tuple((*texts, *others) for texts, others in zip(table.text, unlabelled.text, strict=True)),
        sparse=_append_sparse(table, unlabelled),
        unlabelled=None,
    )


def _append_sparse(table: Table, unlabelled: Table) -> csr_matrix | None:
    if table.sparse is None or unlabelled.sparse is None:
        return None
    from scipy.sparse import vstack

    return convert_to_csr(vstack([table.sparse, unlabelled.sparse], format="csr"))
