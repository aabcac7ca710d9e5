"""Contract tests of a drift: as many rows as before, of the same classes, the same for the same seed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.checking.contract_check import check_docstring, make_read_only, run_test
from albench.contracts import Drift, DriftedRows
from albench.contracts.returned_drift import check_drifted_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.checking.contract_check import ContractCheck

_N_FEATURES = 12
_SITUATIONS = {
    "two classes": (400, 2),
    "ten classes": (400, 10),
    "a short stream": (20, 3),
}


def iterate_checks(drift: Drift) -> Iterator[ContractCheck]:
    """Run one contract test after another."""
    cls = type(drift)
    yield run_test("describes itself", partial(check_docstring, cls, Drift, "what changes, and when"), cls)
    for name, (n_rows, n_classes) in _SITUATIONS.items():
        yield run_test(name, partial(_check_rows, drift, n_rows, n_classes), cls)
    yield run_test("missing numbers", partial(_check_rows, drift, 400, 3, missing=0.2), cls)


def _check_rows(drift: Drift, n_rows: int, n_classes: int, missing: float = 0.0) -> str | None:
    first, second = (_apply(drift, n_rows, n_classes, missing) for _ in range(2))
    for name in ("features", "labels", "order", "marks"):
        values, again = (np.asarray(getattr(rows, name), float) for rows in (first, second))
        if not np.array_equal(values, again, equal_nan=True):
            return f"{name} differ for generators of one seed: draw from rng alone"
    if drift.keeps_labels() and not np.array_equal(first.labels, first.order % n_classes):
        return "keeps_labels() says that every row keeps its label, and some have another one"
    return None


def _apply(drift: Drift, n_rows: int, n_classes: int, missing: float) -> DriftedRows:
    rng = np.random.Generator(np.random.PCG64(0))
    numbers = rng.standard_normal((n_rows, _N_FEATURES))
    numbers[rng.random(numbers.shape) < missing] = np.nan
    features: Any = make_read_only(numbers)
    labels: Any = make_read_only(np.arange(n_rows) % n_classes)
    drifted = drift.apply(features, labels, n_classes, np.random.Generator(np.random.PCG64(1)))
    return check_drifted_rows(drifted, drift, features, n_classes)
