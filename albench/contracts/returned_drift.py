"""What drifts return, checked and converted where it enters a stream."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts.conversion import (
    convert_codes,
    convert_floats,
    convert_rows,
    describe,
    refuse_unknown_codes,
)
from albench.contracts.stream import DriftedRows
from albench.errors import TrialError

if TYPE_CHECKING:
    from albench.contracts.component import Floats
    from albench.contracts.stream import Drift


def check_drifted_rows(drifted: Any, drift: Drift, features: Floats, n_classes: int) -> DriftedRows:
    """Return the rows that a drift has made of those with these features."""
    name = f"the drift {type(drift).__qualname__}"
    if not isinstance(drifted, DriftedRows):
        raise TrialError(f"{name} returned {describe(drifted)}; it returns albench.DriftedRows")
    n_rows = len(features)
    floats = convert_floats(drifted.features, f"features of {name}", TrialError)
    if floats.shape != features.shape:
        raise TrialError(f"{name} made rows of shape {floats.shape} of rows of shape {features.shape}")
    is_usable = np.isfinite(floats)
    if np.isnan(features).any():
        is_usable |= np.isnan(floats)
    if not is_usable.all():
        raise TrialError(f"{name} made features that are no finite numbers")
    codes = convert_codes(drifted.labels, f"labels of {name}", n_rows, TrialError)
    labels = refuse_unknown_codes(codes, name, 0, n_classes, TrialError)
    order = convert_rows(drifted.order, n_rows, n_rows, TrialError, f"'order' of {name}", "rows")
    marks = tuple(int(mark) for mark in drifted.marks)
    if any(not 0 <= mark < n_rows for mark in marks) or any(a >= b for a, b in pairwise(marks)):
        raise TrialError(f"{name} marks {marks}: marks are rows from 0 to {n_rows - 1}, ascending")
    return DriftedRows(floats, labels, order, marks)
