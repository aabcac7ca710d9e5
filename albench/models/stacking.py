"""Rows below rows, dense or sparse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.contracts import Floats


def stack_rows(blocks: Sequence[Floats]) -> Floats:
    """Put blocks of rows below each other; all of them are dense, or none is."""
    if len(blocks) == 1:
        return blocks[0]
    if isinstance(blocks[0], np.ndarray):
        return np.vstack(blocks)
    from scipy.sparse import vstack

    stacked: Floats = vstack(blocks, format="csr")
    return stacked
