"""What oracles return, checked and converted where it enters a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts.annotations import NOBODY, REFUSED, Annotations
from albench.contracts.conversion import (
    convert_array,
    convert_codes,
    convert_floats,
    describe,
    list_values,
    refuse_unknown_codes,
)
from albench.errors import TrialError

if TYPE_CHECKING:
    from albench.contracts.component import Floats, Rows
    from albench.contracts.oracle import Oracle

NAMELESS = ("oracle",)
"""Who answers where an oracle has no annotators."""


def check_answers(answers: Any, oracle: Oracle, n: int, n_classes: int) -> Annotations:
    """Return what an oracle would answer to each row of the pool.

    One that returns a label a row is one annotator who is always asked, at a price of 1.
    """
    name = f"the oracle {type(oracle).__qualname__}"
    if isinstance(answers, Annotations):
        return _check_annotations(answers, name, n, n_classes)
    codes = convert_codes(answers, name, n, TrialError)
    labels = refuse_unknown_codes(codes, name, REFUSED, n_classes, TrialError)
    nobody_else = np.broadcast_to(np.intp(0), (n, 1))
    return Annotations(NAMELESS, labels[:, np.newaxis], np.broadcast_to(1.0, (n, 1)), nobody_else)


def check_combined(labels: Any, oracle: Oracle, n: int, n_classes: int) -> Rows:
    """Return the labels that an oracle makes of several answers."""
    name = f"combine_answers() of the oracle {type(oracle).__qualname__}"
    codes = convert_codes(labels, name, n, TrialError)
    return refuse_unknown_codes(codes, name, REFUSED, n_classes, TrialError)


def _check_annotations(answers: Annotations, name: str, n: int, n_classes: int) -> Annotations:
    names = tuple(answers.names)
    if not names or not all(isinstance(who, str) and who for who in names) or len(set(names)) < len(names):
        raise TrialError(f"{name} returned annotators {names!r}; they have different names")
    shape = (n, len(names))
    labels = convert_array(answers.labels, name, TrialError)
    if labels.shape != shape:
        raise TrialError(
            f"{name} returned labels of shape {labels.shape} for {n} rows, {len(names)} annotators"
        )
    codes = refuse_unknown_codes(
        convert_codes(labels.ravel(), name, labels.size, TrialError), name, REFUSED, n_classes, TrialError
    )
    asked = _check_asked(answers.asked, name, n, len(names))
    return Annotations(names, codes.reshape(shape), _check_prices(answers.prices, name, shape), asked)


def _check_prices(values: Any, name: str, shape: tuple[int, int]) -> Floats:
    prices = convert_floats(values, f"the prices of {name}", TrialError)
    if prices.shape not in (shape, shape[1:]):
        raise TrialError(
            f"{name} returned prices of shape {prices.shape}: one an annotator, or one an answer"
        )
    wrong = prices[~(np.isfinite(prices) & (prices >= 0))]
    if wrong.size:
        raise TrialError(f"{name} returned the price {list_values(wrong)}; a price is 0 or more")
    return np.broadcast_to(prices, shape)


def _check_asked(values: Any, name: str, n: int, n_annotators: int) -> Rows:
    asked = convert_array(values, name, TrialError)
    if asked.ndim != 2 or asked.shape[0] != n or asked.dtype.kind not in "iu":  # noqa: PLR2004
        raise TrialError(
            f"{name} returned {describe(values)} as who is asked: positions of annotators, row by row"
        )
    wrong = asked[(asked < NOBODY) | (asked >= n_annotators)]
    if wrong.size:
        raise TrialError(
            f"{name} asks {list_values(wrong)}; annotators are 0 to {n_annotators - 1}, -1 nobody"
        )
    order = np.sort(asked, axis=1)
    if ((order[:, 1:] == order[:, :-1]) & (order[:, 1:] != NOBODY)).any():
        raise TrialError(f"{name} asks an annotator twice about a row")
    return asked.astype(np.intp, copy=False)
