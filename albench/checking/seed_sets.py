"""Contract tests of a seed set method: different rows of the pool, a prefix of any larger seed set."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from albench.checking.contract_check import check_docstring, make_read_only, run_test
from albench.contracts import SeedPool, SeedSet
from albench.contracts.returned import check_seed_rows
from albench.errors import TrialError
from albench.prepared.shared_arrays import SharedArrays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.checking.contract_check import ContractCheck
    from albench.contracts import Floats, Rows

_POOLS: tuple[tuple[str, Rows, int], ...] = (
    ("two classes", np.arange(40) % 2, 2),
    ("ten classes", np.arange(60) % 10, 10),
    ("nine to one", (np.arange(60) % 10 == 0).astype(np.intp), 2),
    ("a class without rows in the pool", np.arange(40) % 2, 3),
    ("one class in the pool", np.zeros(30, np.intp), 2),
)


_CLASSES = "abcdefghij"


@dataclass(frozen=True, eq=False)
class _Features:
    """Features of a pool, for methods that say that they look at them."""

    array: Floats
    are_declared: bool

    @property
    def features(self) -> Floats:
        """The features."""
        if not self.are_declared:
            raise TrialError("it looks at features: set looks_at_features to True")
        return self.array


def iterate_checks(method: SeedSet) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    cls = type(method)
    yield run_test("describes itself", partial(check_docstring, cls, SeedSet, "which rows it takes"), cls)
    pools = [pool for pool in _POOLS if not method.find_misfit(_name_classes(method, pool[2]))]
    for name, labels, n_classes in pools:
        yield run_test(name, partial(_check_sizes, method, labels, n_classes), cls)
    _, labels, n_classes = pools[0] if pools else _POOLS[0]
    yield run_test("declares that it looks at labels", partial(_check_labels, method, labels, n_classes), cls)


def _name_classes(method: SeedSet, n_classes: int) -> tuple[str, ...]:
    """Return names of so many classes, those among them that the method names."""
    return tuple(dict.fromkeys((*method.speaks_of(), *_CLASSES)))[:n_classes]


def _choose(method: SeedSet, labels: Rows, n_classes: int, size: int, start: int = 0) -> Rows:
    rows = _choose_unchecked(method, labels, n_classes, size, start)
    return check_seed_rows(rows, method, size, labels.size)


def _choose_unchecked(method: SeedSet, labels: Rows, n_classes: int, size: int, start: int) -> Rows:
    n = labels.size
    features = make_read_only(np.random.default_rng(0).normal(size=(n, 3)))
    pool = SeedPool(
        labels=make_read_only(labels),
        classes=_name_classes(method, n_classes),
        rows=make_read_only(np.arange(n)),
        visible_features=_Features(features, type(method).looks_at_features),
        shared=SharedArrays(features, n_classes=n_classes, random_state=0, dataset="check", split=0),
        split=0,
        start=start,
    )
    return method.choose_from(pool, size, np.random.default_rng(start))


def _find_largest_size(method: SeedSet, labels: Rows, n_classes: int, start: int) -> int:
    """Return the largest size that a method gives: it may refuse what is more than it has."""
    for size in range(labels.size, 1, -1):
        with suppress(TrialError):
            _choose_unchecked(method, labels, n_classes, size, start)
            return size
    return 1


def _check_sizes(method: SeedSet, labels: Rows, n_classes: int) -> str | None:
    for start in (0, 1):
        largest = _choose(
            method, labels, n_classes, _find_largest_size(method, labels, n_classes, start), start
        )
        sizes = {size for size in (1, n_classes, labels.size // 2) if size < largest.size}
        for size in sorted({0, *sizes, largest.size}):
            rows = _choose(method, labels, n_classes, size, start)
            if not np.array_equal(rows, _choose(method, labels, n_classes, size, start)):
                return f"{size} rows: two calls with generators of one seed differ: draw from rng alone"
            if not np.array_equal(rows, largest[:size]):
                return f"{size} rows are not the first {size} of a larger seed set"
    return None


def _check_labels(method: SeedSet, labels: Rows, n_classes: int) -> str | None:
    if type(method).looks_at_labels:
        return None
    size = min(labels.size // 2, _find_largest_size(method, labels, n_classes, 0))
    rows = _choose(method, labels, n_classes, size)
    if np.array_equal(rows, _choose(method, labels[::-1], n_classes, size)):
        return None
    return "its rows depend on the labels: set looks_at_labels to True"
