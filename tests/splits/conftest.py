from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from albench.contracts import Table


@pytest.fixture(scope="session")
def with_counts() -> Callable[..., Table]:
    """A table with so many rows of each class, in mixed order."""

    def make(counts: tuple[int, ...], seed: int = 0) -> Table:
        labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
        classes = tuple(f"{code:03}" for code in range(len(counts)))
        return Table(
            np.empty((labels.size, 0)), np.empty((labels.size, 0), np.int32), (), (), (), labels, classes
        )

    return make
