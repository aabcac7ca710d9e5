"""Rows below rows, dense or sparse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def stack_rows(blocks: Sequence[Any]) -> Any:
    """Put blocks of rows one below the other: in compressed rows if any is sparse."""
    if len(blocks) == 1:
        return blocks[0]
    if all(isinstance(block, np.ndarray) for block in blocks):
        return np.vstack(blocks)
    from scipy.sparse import vstack

    return vstack(blocks, format="csr")
