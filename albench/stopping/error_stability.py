"""The rule that stops when no label is expected to change the error any more, by a bound from PAC-Bayes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import Field
from scipy.linalg import solve_triangular
from scipy.special import lambertw

from albench.contracts import StoppingRule

if TYPE_CHECKING:
    from albench.contracts import Course, Floats, ObservedRound, Rows

MOST_LABELS = 5000
"""The factor of a larger covariance would not fit into the memory of a worker."""
_NEAR_BRANCH_POINT = 1e-10


@dataclass(eq=False)
class PosteriorMemory:
    """A Gaussian process on the labels of a trial so far, with the factor of their covariance.

    Attributes
    ----------
    factor : ndarray of shape (n, n)
        Lower Cholesky factor of K + noise * I of the labelled rows, in the order of ``rows``.
    weights : ndarray of shape (n, n_classes)
        The factor's solution of the class indicators.
    """

    rows: Rows = field(default_factory=lambda: np.empty(0, np.intp))
    features: Floats = field(default_factory=lambda: np.empty((0, 0)))
    factor: Floats = field(default_factory=lambda: np.empty((0, 0)))
    weights: Floats = field(default_factory=lambda: np.empty((0, 0)))


class ErrorStability(StoppingRule):
    """Stop when the bound on the change of the expected error is small against the first one.

    For a loss in [0, 1], the expected errors of two successive posteriors differ by at most r(D), where D is
    their Kullback-Leibler divergence and r(D) = exp(W((D - 1) / e) + 1) - 1 with Lambert's W. It stops where
    r(D) is at most ``threshold`` times that of the first batch. The posterior is that of a Gaussian process
    regression of the class indicators on the features with a linear kernel, whatever the task model is, so
    that D has a closed form.
    """

    name: ClassVar[str] = "error_stability"
    main: ClassVar[str] = "threshold"
    observed_parameters: ClassVar[tuple[str, ...]] = ("noise",)
    reference: ClassVar[str] = (
        "Ishibashi & Hino, 2020, Stopping criterion for active learning based on deterministic "
        "generalization bounds; 2021, Stopping criterion for active learning based on error stability"
    )

    threshold: float = Field(default=0.05, gt=0)
    """Share of the first bound."""
    noise: float = Field(default=0.1, gt=0)
    """Variance of the noise on a class indicator."""

    def start(self) -> PosteriorMemory:
        """Return the process without a label."""
        return PosteriorMemory()

    def observe(self, seen: ObservedRound, memory: Any) -> float | None:
        """Return the bound; None in the first round, and beyond 5,000 labels."""
        new = seen.labelled[~np.isin(seen.labelled, memory.rows)]
        if seen.labelled.size > MOST_LABELS or not new.size:
            return None
        is_first = not memory.rows.size
        labels = seen.labels[np.searchsorted(seen.labelled, new)]
        divergence = self._add_rows(memory, seen.features, new, np.eye(seen.n_classes)[labels])
        return None if is_first else bound_change(divergence)

    def _add_rows(self, memory: PosteriorMemory, features: Floats, new: Rows, targets: Floats) -> float:
        """Add rows to the process; return the divergence of its posterior from the one before."""
        X = _scale(features[new])
        corner = X @ X.T + self.noise * np.eye(new.size)
        mean = np.full_like(targets, 1 / targets.shape[1])
        side = np.empty((memory.rows.size, new.size))
        if memory.rows.size:
            side = solve_triangular(memory.factor, memory.features @ X.T, lower=True, check_finite=False)
            mean += side.T @ memory.weights
            corner -= side.T @ side
        factor: Floats = np.linalg.cholesky(corner).astype(np.float64, copy=False)
        residuals: Floats = solve_triangular(factor, targets - mean, lower=True, check_finite=False)
        _extend(memory, new, X, side, factor, residuals)
        return compute_divergence(factor, residuals, self.noise)

    def stops(self, course: Course) -> bool:
        """Say whether the last bound is small against the first one."""
        bounds = course.values[~np.isnan(course.values)]
        return bounds.size > 1 and bool(course.values[-1] <= self.threshold * bounds[0])


def _scale(X: Floats) -> Floats:
    """Return rows with a constant, so that the prior variance of a standardised row is about 1."""
    dense = np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=np.float64)
    return np.asarray(np.column_stack([dense, np.ones(len(dense))]) / np.sqrt(dense.shape[1] + 1))


def _extend(
    memory: PosteriorMemory, new: Rows, X: Floats, side: Floats, factor: Floats, residuals: Floats
) -> None:
    n_old, n = memory.rows.size, memory.rows.size + new.size
    whole = np.zeros((n, n))
    whole[:n_old, :n_old], whole[n_old:, :n_old], whole[n_old:, n_old:] = memory.factor, side.T, factor
    memory.weights = np.concatenate([memory.weights, residuals]) if n_old else residuals
    memory.features = np.concatenate([memory.features, X]) if n_old else X
    memory.rows, memory.factor = np.concatenate([memory.rows, new]), whole


def compute_divergence(factor: Floats, residuals: Floats, noise: float) -> float:
    """Return D(posterior with a batch || posterior without it) of a Gaussian process, over all outputs.

    It is that of the values f of the batch alone, since the labels speak of nothing else. With S their
    covariance before, C = S + noise I = L L', e the labels less their means, it is, for each output,
    1/2 (log(det C / noise^b) - tr(I - noise C^-1) + e' C^-1 S C^-1 e).

    Parameters
    ----------
    factor : ndarray of shape (b, b)
        L.
    residuals : ndarray of shape (b, n_outputs)
        L^-1 e.
    noise : float
    """
    b = len(factor)
    inverse = solve_triangular(factor, np.eye(b), lower=True, check_finite=False)
    logs = 2 * np.log(np.diag(factor)).sum() - b * np.log(noise)
    trace = b - noise * np.square(inverse).sum()
    solved = inverse.T @ residuals
    fits = np.square(residuals).sum() - noise * np.square(solved).sum()
    return max(0.5 * float(residuals.shape[1] * (logs - trace) + fits), 0.0)


def bound_change(divergence: float) -> float:
    """Return r(D) = exp(W((D - 1) / e) + 1) - 1: the r from 0 for which (1 + r) log(1 + r) - r is D."""
    # So near to the branch point W has no digits left; there D is r^2 / 2.
    if divergence < _NEAR_BRANCH_POINT:
        return float(np.sqrt(2 * divergence))
    return float(np.expm1(lambertw((divergence - 1) / np.e).real + 1))
