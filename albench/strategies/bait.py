from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.errors import StrategyError
from albench.ordering import Pick, Picks, best
from albench.strategies.numerics.linear_algebra import invert

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows

# A square matrix of so many rows takes 128 MiB, an array of so many cells 256 MiB; there are three of each.
_MAX_PARAMETERS = 4096
_MAX_CELLS = 1 << 25
# Cells that are worked on at a time: 256 KiB stay in the cache of a core.
_BLOCK = 1 << 15


class Bait(Strategy):
    """Batch with the smallest trace of (ridge I + I_L + sum_S I(x))^-1 I_U, I being Fisher information.

    For class probabilities p and z the representation of x with a 1 appended, I(x) is the Kronecker product
    of diag(p) - p p' and z z'. I_L sums over labelled rows, I_U over candidates. Forward greedy picks twice
    the batch, then backward greedy takes half of it out again. Every step is exact, by low-rank updates.
    """

    name = "bait"
    family = "hybrid"
    needs = frozenset({Need.PROBA, Need.EMBEDDING})
    complexity = "O(n C^2 d^2 + b n C^2 (C + d) + (C d)^3)"
    main = "ridge"
    reference = (
        "Ash, Goel, Krishnamurthy, Kakade, 2021, Gone fishing: neural active learning with Fisher embeddings"
    )

    ridge: float = Field(default=1.0, gt=0)
    """Added to the diagonal; 1 / C of a logistic regression."""
    oversampling: float = Field(default=2.0, ge=1)
    """Picks of the forward pass for each place of the batch."""

    def select(self, pool: PoolView, state: None, n: int) -> Picks:
        """Build the batch; utilities are how much each pick lowered the trace when it was taken."""
        z = np.column_stack([pool.embedding, np.ones(pool.embedding.shape[0])])
        check_size(pool.n_classes, z.shape[1], pool.candidates.size)
        information = compute_information(z[pool.labelled], pool.proba_of(pool.labelled))
        fisher = FisherBatch(z[pool.candidates], pool.proba, information, self.ridge)
        n_forward = min(int(np.ceil(self.oversampling * n)), pool.candidates.size)
        steps = [self._add_best(fisher, pool.tie_keys) for _ in range(n_forward)]
        for _ in range(n_forward - n):
            steps.pop(self._remove_worst(fisher, steps))
        chosen, utilities, tied = zip(*steps, strict=True)
        return Picks(np.array(chosen), np.array(utilities), np.array(tied) > 0, max(tied))

    @staticmethod
    def _add_best(fisher: FisherBatch, keys: Floats) -> Pick:
        gains = fisher.compute_gains()
        pick, n_tied = best(gains, keys)
        fisher.add(pick)
        return pick, float(gains[pick]), n_tied

    @staticmethod
    def _remove_worst(fisher: FisherBatch, steps: list[Pick]) -> int:
        """Take out the pick that is missed least; of several the latest."""
        losses = fisher.compute_losses(np.array([pick for pick, _, _ in steps]))
        place = losses.size - 1 - int(np.argmin(losses[::-1]))
        fisher.remove(steps[place][0])
        return place


def check_size(n_classes: int, n_features: int, n: int) -> None:
    """Refuse what would not fit into memory."""
    parameters, cells = n_classes * n_features, n * n_classes**2
    if parameters > _MAX_PARAMETERS:
        raise StrategyError(
            f"bait inverts a matrix of classes x features, {parameters} are more than {_MAX_PARAMETERS}:"
            " reduce the features in preprocessing"
        )
    if cells > _MAX_CELLS:
        raise StrategyError(
            f"bait keeps classes^2 numbers a candidate, {cells} in all: wrap it in random_subsampling"
        )


class FisherBatch:
    """A growing batch, and what each candidate would do to the trace.

    With A the inverse information so far and F the target, candidates keep z' A_kl z and z' (A F A)_kl z for
    each pair of classes k, l, so that a step costs O(n C^2 (C + d)) instead of O(n C^2 d^2).

    Parameters
    ----------
    z : ndarray of shape (n, n_parameters_a_class)
    proba : ndarray of shape (n, n_classes)
    information : ndarray of shape (n_parameters, n_parameters)
        Of the labelled rows.
    """

    def __init__(self, z: Floats, proba: Floats, information: Floats, ridge: float) -> None:
        self._z = z
        self._curvature = compute_curvatures(proba)
        self._target = compute_information(z, proba)
        self._inverse = invert(information + ridge * np.eye(information.shape[0]))
        self._is_left = np.ones(z.shape[0], np.bool_)
        self._reach = self._compute_quadratic_forms(self._inverse)
        self._weight = self._compute_quadratic_forms(self._inverse @ self._target @ self._inverse)

    def compute_gains(self) -> Floats:
        """Return by how much each candidate would lower the trace; minus infinity for what is taken."""
        gains = self._compute_changes(np.arange(self._is_left.size), 1)
        return np.where(self._is_left, gains, -np.inf)

    def compute_losses(self, taken: Rows) -> Floats:
        """Return by how much the trace would rise without each of the candidates that are taken."""
        return -self._compute_changes(taken, -1)

    def add(self, candidate: int) -> None:
        """Take a candidate."""
        self._is_left[candidate] = False
        self._update(candidate, 1)

    def remove(self, candidate: int) -> None:
        """Take a candidate out again."""
        self._is_left[candidate] = True
        self._update(candidate, -1)

    def _compute_changes(self, rows: Rows, sign: int) -> Floats:
        """Return trace((I + s D a)^-1 s D g), from a = z' A z and g = z' A F A z by pairs of classes."""
        changes = np.empty(rows.size)
        k = self._curvature.shape[1]
        width = max(1, _BLOCK // k**2)
        for first in range(0, rows.size, width):
            block = rows[first : first + width]
            curvature = sign * self._curvature[block]
            inner = np.eye(k) + curvature @ self._reach[block]
            solved = np.linalg.solve(inner, curvature @ self._weight[block])
            changes[first : first + width] = np.einsum("nkk->n", solved)
        return changes

    def _update(self, candidate: int, sign: int) -> None:
        """Change the inverse, and with it what candidates keep, by the formula of Woodbury."""
        k = self._curvature.shape[1]
        z, curvature = self._z[candidate], sign * self._curvature[candidate]
        lever = np.einsum("akp,p->ak", self._inverse.reshape(-1, k, z.size), z)
        reach = np.einsum("kpj,p->kj", lever.reshape(k, z.size, k), z)
        middle = np.linalg.solve(np.eye(k) + curvature @ reach, curvature)
        # It is symmetric but for rounding, which would grow from pick to pick.
        middle = (middle + middle.T) / 2
        # A' = A - U M U', and so A' F A' = A F A - V M U' - U M V' + U M (U' F U) M U' with V = A F U.
        moved = self._inverse @ (self._target @ lever)
        cross = middle @ (lever.T @ (self._target @ lever)) @ middle
        near, far = self._project(lever), self._project(moved)
        half = np.einsum("nka,ab,nlb->nkl", far, middle, near, optimize=True)
        self._weight -= half + half.swapaxes(1, 2)
        self._weight += np.einsum("nka,ab,nlb->nkl", near, cross, near, optimize=True)
        self._reach -= np.einsum("nka,ab,nlb->nkl", near, middle, near, optimize=True)
        self._inverse -= lever @ middle @ lever.T

    def _project(self, columns: Floats) -> Floats:
        """Return z' times each class's part of the columns, shape (n, n_classes, n_columns)."""
        k = self._curvature.shape[1]
        parts = columns.reshape(k, self._z.shape[1], -1).swapaxes(0, 1).reshape(self._z.shape[1], -1)
        projected: Floats = (self._z @ parts).reshape(self._z.shape[0], k, -1)
        return projected

    def _compute_quadratic_forms(self, matrix: Floats) -> Floats:
        """Return z' matrix_kl z for each candidate and pair of classes."""
        k, p = self._curvature.shape[1], self._z.shape[1]
        blocks = matrix.reshape(k, p, k, p)
        forms = np.empty((self._z.shape[0], k, k))
        for i in range(k):
            for j in range(i + 1):
                # The blocks are symmetric: each pair of classes is computed once.
                form = np.einsum("np,np->n", self._z @ blocks[i, :, j], self._z)
                forms[:, i, j] = forms[:, j, i] = form
        return forms


def compute_curvatures(proba: Floats) -> Floats:
    """Return diag(p) - p p' of each row, shape (n, n_classes, n_classes)."""
    n_classes = proba.shape[1]
    return proba[:, :, None] * (np.eye(n_classes) - proba[:, None, :])


def compute_information(z: Floats, proba: Floats) -> Floats:
    """Return the Fisher information of rows, summed: the Kronecker products of curvature and z z'."""
    k, p = proba.shape[1], z.shape[1]
    blocks = np.empty((k, p, k, p))
    for i in range(k):
        for j in range(i + 1):
            weights = proba[:, i] * ((i == j) - proba[:, j])
            blocks[i, :, j] = blocks[j, :, i] = (z.T * weights) @ z
    return blocks.reshape(k * p, k * p)
