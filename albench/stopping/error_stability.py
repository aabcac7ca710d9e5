"""The rule that stops when no label is expected to change the error any more, by a bound from PAC-Bayes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field
from scipy.special import lambertw

from albench.contracts import StoppingRule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Course, Floats, ObservedRound, Rows

MOST_NUMBERS = 20_000_000
"""Labels times features: a larger memory would not fit into that of a worker."""
_NEAR_BRANCH_POINT = 1e-10


@dataclass(eq=False)
class PosteriorMemory:
    """A Gaussian process on the labels of a trial so far; with L L' = K + noise * I of the labelled rows Z.

    Attributes
    ----------
    is_known : ndarray of shape (n_pool,), bool
        Rows whose labels it has.
    whitened : ndarray of shape (n, n_features + 1)
        L^-1 Z.
    weights : ndarray of shape (n, n_classes)
        L^-1 times the class indicators less their prior means.
    """

    is_known: NDArray[np.bool_]
    whitened: Floats
    weights: Floats


class ErrorStability(StoppingRule):
    """Stop when the bound on the change of the expected error is small against the first one.

    For a loss in [0, 1], the expected error of a posterior q exceeds that of p by at most r(D(q || p)), where
    D is their Kullback-Leibler divergence and r(D) = exp(W((D - 1) / e) + 1) - 1 with Lambert's W. The bound
    on a change either way is r(D(q || p)) + r(D(p || q)), of the posteriors before and after a batch. It
    stops where that is at most ``threshold`` times the least of the first ``window`` bounds. The posterior is
    that of a Gaussian process regression of the class indicators on the features with a linear kernel,
    whatever the task model is, so that D has a closed form.
    """

    version = 2
    name = "error_stability"
    main = "threshold"
    observed_parameters = ("noise",)
    reference = (
        "Ishibashi & Hino, 2020, Stopping criterion for active learning based on deterministic "
        "generalization bounds; 2021, Stopping criterion for active learning based on error stability"
    )

    threshold: float = Field(default=0.05, gt=0)
    """Share of the first bound."""
    window: int = Field(default=1, ge=1)
    """Bounds at the beginning of which the least counts; the authors' code takes 11 of one label each."""
    noise: float = Field(default=0.1, gt=0)
    """Variance of the noise on a class indicator."""

    def start(self) -> list[PosteriorMemory]:
        """Return the process without a label, which is made in the first round."""
        return []

    def observe(self, seen: ObservedRound, memory: Any) -> float | None:
        """Return the bound; None in the first round, and where the labelled features are too many."""
        if not memory:
            memory.append(_build_memory(seen))
        posterior: PosteriorMemory = memory[0]
        is_new = ~posterior.is_known[seen.labelled]
        new = seen.labelled[is_new]
        if not new.size or seen.labelled.size * seen.features.shape[1] > MOST_NUMBERS:
            return None
        is_first = not posterior.weights.size
        labels = seen.labels[is_new]
        divergences = self._add_rows(posterior, seen.features, new, np.eye(seen.n_classes)[labels])
        return None if is_first else sum(bound_change(divergence) for divergence in divergences)

    def _add_rows(
        self, posterior: PosteriorMemory, features: Floats, new: Rows, targets: Floats
    ) -> tuple[float, float]:
        """Add rows to the process; return the divergences between its posterior and the one before."""
        X = _scale(features[new])
        side = posterior.whitened @ X.T
        covariance = X @ X.T - side.T @ side
        inverse = np.linalg.inv(np.linalg.cholesky(covariance + self.noise * np.eye(new.size)))
        errors = targets - 1 / targets.shape[1] - side.T @ posterior.weights
        residuals = inverse @ errors
        rows = inverse @ (X - side.T @ posterior.whitened)
        posterior.whitened = np.concatenate([posterior.whitened, rows])
        posterior.weights = np.concatenate([posterior.weights, residuals])
        posterior.is_known[new] = True
        return compute_divergences(covariance, inverse, errors, residuals, self.noise)

    def stops(self, course: Course) -> bool:
        """Say whether the last bound is small against the first one."""
        bounds = course.values[~np.isnan(course.values)]
        least = self.threshold * bounds[: self.window].min(initial=np.inf)
        return bounds.size > self.window and bool(course.values[-1] <= least)


def _build_memory(seen: ObservedRound) -> PosteriorMemory:
    n_pool, n_features = seen.features.shape
    return PosteriorMemory(
        np.zeros(n_pool, np.bool_), np.empty((0, n_features + 1)), np.empty((0, seen.n_classes))
    )


def _scale(X: Any) -> Floats:
    """Return rows with a constant, so that the prior variance of a standardised row is about 1."""
    dense = np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=np.float64)
    return np.asarray(np.column_stack([dense, np.ones(len(dense))]) / np.sqrt(dense.shape[1] + 1))


def compute_divergences(
    covariance: Floats, inverse: Floats, errors: Floats, residuals: Floats, noise: float
) -> tuple[float, float]:
    """Return D(q || p) and D(p || q) of a Gaussian process, p without and q with a batch, over all outputs.

    They are those of the values f of the batch alone, since the labels speak of nothing else. With S their
    covariance before, C = S + noise I = L L', e the labels less their means, they are, for each output,
    1/2 (log(det C / noise^b) - tr(I - noise C^-1) + e' C^-1 S C^-1 e) and
    1/2 (tr(S) / noise - log(det C / noise^b) + e' (I / noise - C^-1) e).

    Parameters
    ----------
    covariance : ndarray of shape (b, b)
        S.
    inverse : ndarray of shape (b, b)
        L^-1.
    errors : ndarray of shape (b, n_outputs)
        e.
    residuals : ndarray of shape (b, n_outputs)
        L^-1 e.
    """
    b, n_outputs = errors.shape
    logs = -2 * np.log(np.diag(inverse)).sum() - b * np.log(noise)
    explained = np.square(residuals).sum()
    forward = n_outputs * (logs - b + noise * np.square(inverse).sum())
    forward += explained - noise * np.square(inverse.T @ residuals).sum()
    backward = n_outputs * (np.trace(covariance) / noise - logs) + np.square(errors).sum() / noise - explained
    return max(0.5 * float(forward), 0.0), max(0.5 * float(backward), 0.0)


def bound_change(divergence: float) -> float:
    """Return r(D) = exp(W((D - 1) / e) + 1) - 1: the r from 0 for which (1 + r) log(1 + r) - r is D."""
    # So near to the branch point W has no digits left; there D is r^2 / 2.
    if divergence < _NEAR_BRANCH_POINT:
        return float(np.sqrt(2 * divergence))
    return float(np.expm1(lambertw((divergence - 1) / np.e).real + 1))
