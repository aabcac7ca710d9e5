"""Contract tests of a seed set method: different rows of the pool, a prefix of any larger seed set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from albench.checking.contract_check import check_docstring, make_read_only, run_test
from albench.contracts import SeedSet
from albench.contracts.returned import check_seed_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.checking.contract_check import ContractCheck
    from albench.contracts import Rows

_POOLS: tuple[tuple[str, Rows, int], ...] = (
    ("two classes", np.arange(40) % 2, 2),
    ("ten classes", np.arange(60) % 10, 10),
    ("nine to one", (np.arange(60) % 10 == 0).astype(np.intp), 2),
    ("a class without rows in the pool", np.arange(40) % 2, 3),
    ("one class in the pool", np.zeros(30, np.intp), 2),
)


def iterate_checks(method: SeedSet) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    cls = type(method)
    yield run_test("describes itself", partial(check_docstring, cls, SeedSet, "which rows it takes"), cls)
    for name, labels, n_classes in _POOLS:
        yield run_test(name, partial(_check_sizes, method, labels, n_classes), cls)
    _, labels, n_classes = _POOLS[0]
    yield run_test("declares that it looks at labels", partial(_check_labels, method, labels, n_classes), cls)


def _choose(method: SeedSet, labels: Rows, n_classes: int, size: int, start: int = 0) -> Rows:
    rng = np.random.Generator(np.random.PCG64(start))
    rows = method.choose(make_read_only(labels), n_classes, size, split=0, start=start, rng=rng)
    return check_seed_rows(rows, method, size, labels.size)


def _check_sizes(method: SeedSet, labels: Rows, n_classes: int) -> str | None:
    sizes = (0, 1, n_classes, labels.size // 2, labels.size)
    for start in (0, 1):
        largest = _choose(method, labels, n_classes, labels.size, start)
        for size in sizes:
            rows = _choose(method, labels, n_classes, size, start)
            if not np.array_equal(rows, _choose(method, labels, n_classes, size, start)):
                return f"{size} rows: two calls with generators of one seed differ: draw from rng alone"
            if not np.array_equal(rows, largest[:size]):
                return f"{size} rows are not the first {size} of a larger seed set"
    return None


def _check_labels(method: SeedSet, labels: Rows, n_classes: int) -> str | None:
    if type(method).looks_at_labels:
        return None
    rows = _choose(method, labels, n_classes, labels.size // 2)
    if np.array_equal(rows, _choose(method, labels[::-1], n_classes, labels.size // 2)):
        return None
    return "its rows depend on the labels: set looks_at_labels to True"
