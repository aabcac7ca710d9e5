"""The area under a learning curve: one number for a trial, in units of the metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.contracts import Floats

Variant = Literal["trapezoid", "lu2023", "zhan2021", "mean"]


def compute_area(n_labels: Floats, values: Floats, variant: Variant = "trapezoid") -> Floats:
    """Return the area under each curve, divided by the width of its range of labels.

    ========== =====================================================================================
    trapezoid  trapezoid over labels from the first round to the last, divided by that width
    lu2023     the first round left out of the trapezoid, but not of the width (so it is too low by
               one interval): the numbers of Lu et al., 2023, arXiv:2306.08954
    zhan2021   the trapezoid rounded to three decimals: the numbers of Zhan et al., 2021, IJCAI
    mean       mean over the rounds
    ========== =====================================================================================

    Parameters
    ----------
    n_labels : ndarray of shape (n_rounds,)
        Strictly ascending.
    values : ndarray of shape (..., n_rounds)
        Not-a-number anywhere makes the area not-a-number.

    Returns
    -------
    ndarray of shape (...)
        In units of the metric; the value itself where there is a single round.
    """
    width = n_labels[-1] - n_labels[0]
    if width == 0 or variant == "mean":
        return np.asarray(values.mean(axis=-1))
    if variant == "lu2023":
        return np.asarray(np.trapezoid(values[..., 1:], n_labels[1:], axis=-1) / width)
    trapezoid = np.asarray(np.trapezoid(values, n_labels, axis=-1) / width)
    return np.round(trapezoid, 3) if variant == "zhan2021" else trapezoid


def interpolate_curves(n_labels: Floats, values: Floats, wanted: Floats) -> Floats:
    """Return curves at other numbers of labels: linear between rounds, flat after the last one.

    Parameters
    ----------
    n_labels : ndarray of shape (n_rounds,)
    values : ndarray of shape (..., n_rounds)
    wanted : ndarray of shape (n_wanted,)

    Returns
    -------
    ndarray of shape (..., n_wanted)
        Not-a-number before the first round.
    """
    right = np.clip(np.searchsorted(n_labels, wanted), 0, n_labels.size - 1)
    resampled = values[..., right].copy()
    between = np.flatnonzero((n_labels[right] > wanted) & (right > 0))
    high = right[between]
    low = high - 1
    share = (wanted[between] - n_labels[low]) / (n_labels[high] - n_labels[low])
    resampled[..., between] = values[..., low] * (1 - share) + values[..., high] * share
    resampled[..., wanted < n_labels[0]] = np.nan
    return resampled


def compute_comparable_areas(curves: Sequence[tuple[Floats, Floats]]) -> tuple[float, ...]:
    """Return areas of curves of different batch or seed sizes over what they have in common.

    The range is the one that all curves cover; the rounds are those of the coarsest curve in it, so that no
    curve gains by being looked at more often.

    Parameters
    ----------
    curves : sequence of pairs of ndarray of shape (n_rounds,)
        Numbers of labels and values; a curve that ended early must have been carried on before.

    Raises
    ------
    ValueError
        If the curves have no number of labels in common.
    """
    low = max(n_labels[0] for n_labels, _ in curves)
    high = min(n_labels[-1] for n_labels, _ in curves)
    if low > high:
        raise ValueError(f"no common range: one curve starts at {low:g} labels, another one ends at {high:g}")
    inside = [n_labels[(n_labels > low) & (n_labels < high)] for n_labels, _ in curves]
    rounds = np.unique(np.concatenate([[low], min(inside, key=len), [high]]))
    return tuple(
        float(compute_area(rounds, interpolate_curves(n_labels, values, rounds)))
        for n_labels, values in curves
    )
