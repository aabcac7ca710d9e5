"""What components return, checked and converted where it enters a trial: plain arrays, or one sentence.

A value of the wrong kind that a trial went on with would break later, for everybody who reads its results.
Every message says who returned what; the trial adds the round.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts.conversion import (
    convert_array,
    convert_codes,
    convert_floats,
    convert_integers,
    convert_number,
    convert_rows,
    describe,
    refuse_unknown_codes,
    shorten,
)
from albench.contracts.table import Table
from albench.errors import (
    DatasetError,
    ModelError,
    StrategyError,
    TrialError,
)
from albench.ordering import Picks

if TYPE_CHECKING:
    from albench.contracts.component import Floats, Rows
    from albench.contracts.metric import Metric, Signal
    from albench.contracts.seed_set import SeedSet

PROBA_TOLERANCE = 1e-3
"""How far a row of probabilities in double precision may be from a sum of 1, and from [0, 1].

Naive Bayes takes them from log-likelihoods that are huge where a column hardly varies: on digits the rows of
scikit-learn's are up to 6e-5 away.
"""
_BOUNDS_TOLERANCE = 1e-9
_N_SHOWN = 5
_TUPLES = (
    "numeric_names",
    "categorical_names",
    "categories",
    "classes",
    "sparse_names",
    "text",
    "text_names",
    "marks",
)


def check_picks(picks: Any, n: int, n_candidates: int) -> Picks:
    """Return a batch in arrays of its own: ``n`` different candidates."""
    if not isinstance(picks, Picks):
        raise StrategyError(f"select() returned {describe(picks)}; it returns albench.Picks")
    candidates = convert_rows(picks.candidates, n, n_candidates, StrategyError, "picks", "candidates")
    utilities = convert_floats(picks.utilities, "the utilities of the picks", StrategyError)
    if utilities.shape != (n,):
        raise StrategyError(f"{utilities.shape} utilities for {n} picks")
    tied = convert_array(picks.tied, "'tied' of the picks", StrategyError)
    is_boolean = tied.dtype.kind == "b" or (tied.dtype.kind in "iu" and np.isin(tied, (0, 1)).all())
    if tied.shape != (n,) or not is_boolean:
        raise StrategyError(f"'tied' of the picks is {describe(picks.tied)}; it is true or false for each")
    n_tied = picks.n_tied
    if isinstance(n_tied, bool) or not isinstance(n_tied, int | np.integer):
        raise StrategyError(f"'n_tied' of the picks is {describe(n_tied)}; it is a whole number")
    if not 0 <= n_tied <= n_candidates:
        raise StrategyError(f"'n_tied' of the picks is {shorten(n_tied)} of {n_candidates} candidates")
    # Copies: a strategy may keep its arrays and write into them.
    return Picks(candidates, utilities.copy(), tied.astype(np.bool_), int(n_tied))


def check_utilities(utilities: Any) -> Floats:
    """Return utilities as numbers; their count and what is not a number is seen where they are ordered."""
    return convert_floats(utilities, "utilities()", StrategyError)


def check_seed_rows(rows: Any, method: SeedSet, size: int, n_pool: int) -> Rows:
    """Return the positions of a seed set: ``size`` different ones of the pool."""
    name = f"rows of the seed set method {type(method).__qualname__}"
    return convert_rows(rows, size, n_pool, TrialError, name, "rows of the pool")


def check_predictions(predictions: Any, name: str, n: int, n_classes: int) -> Rows:
    """Return predicted class codes of shape (n,)."""
    # As nearly all come: every round asks.
    is_usual = type(predictions) is np.ndarray and predictions.dtype == np.intp and predictions.shape == (n,)
    if is_usual and n and predictions.min() >= 0 and predictions.max() < n_classes:
        codes: Rows = predictions
        return codes
    converted = convert_codes(predictions, f"predict() of {name}", n, ModelError)
    return refuse_unknown_codes(converted, f"predict() of {name}", 0, n_classes, ModelError)


def check_proba(proba: Any, name: str, n: int, n_columns: int) -> Floats:
    """Return class probabilities of shape (n, n_columns)."""
    what = f"predict_proba() of {name}"
    array = convert_array(proba, what, ModelError)
    values = convert_floats(array, what, ModelError)
    if values.shape != (n, n_columns):
        raise ModelError(f"{what} has shape {values.shape} for {n} rows and {n_columns} classes with labels")
    # Single precision cannot sum to 1 as closely.
    is_narrow = array.dtype.kind == "f" and array.dtype.itemsize < values.dtype.itemsize
    tolerance = float(np.sqrt(np.finfo(array.dtype).eps)) if is_narrow else PROBA_TOLERANCE
    # Written so that not-a-number is wrong, too.
    is_right = (np.abs(values.sum(axis=1) - 1) <= tolerance) & (values.min(axis=1, initial=0) >= -tolerance)
    if not is_right.all():
        row = values[np.flatnonzero(~is_right)[0]]
        text = ", ".join(f"{value:.6g}" for value in row[:_N_SHOWN]) + ", ..." * (row.size > _N_SHOWN)
        raise ModelError(
            f"{what} gives {int((~is_right).sum())} of {n} rows that are no probabilities: ({text}) with"
            f" sum {row.sum():.6g}: a row is between 0 and 1 and sums to 1"
        )
    return values


def check_embedding(embedding: Any, name: str, n: int) -> Floats:
    """Return an estimator's representation of ``n`` rows, finite and with a column at least."""
    values = convert_floats(embedding, f"embed() of {name}", ModelError)
    if values.ndim != 2 or values.shape[0] != n or not values.shape[1]:  # noqa: PLR2004
        raise ModelError(f"embed() of {name} has shape {values.shape} for {n} rows")
    if not np.isfinite(values).all():
        raise ModelError(f"embed() of {name} gives values that are not finite")
    return values


def check_score(score: Any, metric: Metric) -> float | None:
    """Return a metric's number within its bounds; None where it is undefined."""
    low, high = type(metric).bounds
    if type(score) is float and high is not None and low <= score <= high:
        return score
    name = f"the metric '{metric.column}'"
    number = convert_number(score, name)
    if number is None or number != number:  # noqa: PLR0124 - not-a-number alone differs from itself
        return number
    is_low, is_high = number < low - _BOUNDS_TOLERANCE, high is not None and number > high + _BOUNDS_TOLERANCE
    if is_low or is_high or abs(number) == float("inf"):
        above = "" if high is None else f" and {high:g}"
        raise TrialError(
            f"{name} returned {number:g}; its 'bounds' say {'at least' if high is None else 'between'}"
            f" {low:g}{above}"
        )
    return number


def check_signal(value: Any, signal: Signal) -> float | None:
    """Return a signal's number; None where it is undefined."""
    number = convert_number(value, f"the signal '{signal.name}'")
    if number is not None and abs(number) == float("inf"):
        raise TrialError(f"the signal '{signal.name}' returned {number:g}")
    return number


def find_column_order(estimator: Any, classes: Rows) -> Rows | None:
    """Return the order that brings an estimator's columns into that of ``classes``; None if they are in it.

    Columns are in the order of ``classes_``, which need not be ascending. An estimator that calls its classes
    otherwise, as some that encode them do, is taken to have them in ascending order.
    """
    known = getattr(estimator, "classes_", None)
    if not isinstance(known, np.ndarray) or known.shape != classes.shape:
        return None
    if known.tolist() == classes.tolist():
        return None
    order: Rows = np.argsort(known, kind="stable")
    return order if np.array_equal(known[order], classes) else None


def convert_table(table: Any, name: str) -> Table:
    """Return a table of a user's class with arrays of the declared types; shapes are checked elsewhere."""
    if not isinstance(table, Table):
        raise DatasetError(f"{name}: load() returned {describe(table)}, not an albench Table")
    for field in _TUPLES:
        if not isinstance(getattr(table, field), tuple | list):
            raise DatasetError(f"{name}: '{field}' is {describe(getattr(table, field))}; it is a tuple")
    tuples: dict[str, Any] = {field: tuple(getattr(table, field)) for field in _TUPLES}
    numeric = convert_array(table.numeric, f"{name}: 'numeric'", DatasetError)
    if numeric.dtype != np.float32:
        numeric = convert_floats(numeric, f"{name}: 'numeric'", DatasetError)
    unlabelled = table.unlabelled
    targets, shares = (
        None if part is None else convert_floats(part, f"{name}: '{field}'", DatasetError)
        for field, part in (("targets", table.targets), ("distribution", table.distribution))
    )
    return replace(
        table,
        **tuples,
        unlabelled=None if unlabelled is None else convert_table(unlabelled, f"{name}: 'unlabelled'"),
        numeric=numeric,
        categorical=convert_integers(table.categorical, f"{name}: 'categorical'").astype(np.int32),
        labels=convert_integers(table.labels, f"{name}: 'labels'").astype(np.intp),
        targets=targets,
        distribution=shares,
        times=None if table.times is None else convert_integers(table.times, f"{name}: 'times'"),
    )
