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


def _check_rows(drift: Drift, n_rows: int, n_classes: int) -> str | None:
    first, second = (_apply(drift, n_rows, n_classes) for _ in range(2))
    for name in ("features", "labels", "order", "marks"):
        if not np.array_equal(getattr(first, name), getattr(second, name)):
            return f"{name} differ for generators of one seed: draw from rng alone"
    return None


def _apply(drift: Drift, n_rows: int, n_classes: int) -> DriftedRows:
    rng = np.random.Generator(np.random.PCG64(0))
    features: Any = make_read_only(rng.standard_normal((n_rows, _N_FEATURES)))
    labels: Any = make_read_only(np.arange(n_rows) % n_classes)
    drifted = drift.apply(features, labels, n_classes, np.random.Generator(np.random.PCG64(1)))
    return check_drifted_rows(drifted, drift, features, n_classes)
