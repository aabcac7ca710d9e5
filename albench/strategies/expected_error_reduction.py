from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.strategies.numerics.softmax import convert_to_softmax
from albench.strategies.numerics.softmax_refits import MAX_PARAMETERS, Approximation, Refits
from albench.strategies.uncertainty import entropies

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.contracts import Floats, PoolView, Rows
    from albench.strategies.numerics.softmax import SoftmaxRegression

Loss = Literal["zero_one", "log"]

# Refits that are solved together, and cells of logits that are worked on at a time, 1 MiB.
_PROBLEMS = 256
_BLOCK = 1 << 17


class ExpectedErrorReduction(Strategy):
    """Smallest expected loss after labelling x: sum_y p(y|x) mean_u loss(u; model refitted with (x, y)).

    The loss of a row u is what the refitted model itself expects: 1 - max_c p_c (zero_one) or the entropy
    of p (log). By default u runs over the unlabelled rows but x, as in the paper; the libraries differ in
    this, and so do their picks. Refits of a logistic regression are solved together to convergence; any
    other model is fitted anew for each candidate and class.
    """

    name = "expected_error_reduction"
    family = "lookahead"
    needs = frozenset({Need.PROBA, Need.MODEL})
    cost = "refits"
    accepts_sparse = True
    complexity = "n C refits and O(n E C^2 d), E evaluated rows"
    main = "loss"
    reference = (
        "Roy, McCallum, 2001, Toward optimal active learning through sampling estimation of error reduction"
    )

    loss: Loss = "log"
    """zero_one: expected misclassifications; log: entropy, in nats."""
    evaluation: Literal["rest", "unlabelled", "all"] = "rest"
    """Rows whose loss counts: unlabelled rows but the candidate; all unlabelled rows; the whole pool."""
    evaluation_rows: int | None = Field(default=None, ge=1)
    """How many of these rows are drawn, anew each round; all by default."""
    approx: Approximation = "none"
    """Of a logistic regression, by default, converged refits; newton: one Newton step; chord: five steps with
    one Hessian. Other models are always refitted."""

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return minus the expected loss, a number up to 0."""
        if pool.model is None:
            # Of fewer than two classes, every refit is certain of everything.
            return np.zeros(pool.candidates.size)
        rows = self.draw_evaluated_rows(pool)
        losses, own = self._compute_losses(pool, rows)
        count = np.full(losses.shape[0], float(rows.size))
        if self.evaluation == "rest":
            inside = np.isin(pool.candidates, rows)
            losses = losses - np.where(inside[:, None], own, 0)
            count -= inside
        expected = np.einsum("ny,ny->n", pool.proba, losses)
        utilities: Floats = -np.divide(expected, count, out=np.zeros(count.size), where=count > 0)
        return utilities

    def draw_evaluated_rows(self, pool: PoolView) -> Rows:
        """Return the pool rows whose loss counts; the candidate itself is taken out later."""
        rows = np.arange(pool.n_rows) if self.evaluation == "all" else pool.candidates
        if self.evaluation_rows is None or self.evaluation_rows >= rows.size:
            return rows
        return np.sort(pool.rng.choice(rows, self.evaluation_rows, replace=False))

    def _compute_losses(self, pool: PoolView, rows: Rows) -> tuple[Floats, Floats]:
        """Return the summed loss of the rows and the candidate's own, by candidate and label."""
        model = convert_to_softmax(pool.model)
        # The joint solver inverts a matrix of all parameters and reads dense rows.
        if model is None or model.theta.size > MAX_PARAMETERS or not isinstance(pool.features, np.ndarray):
            return compute_refitted_losses(pool, rows, get_loss(self.loss))
        codes = np.asarray(pool.model.classes_)
        # It knows the labelled rows as they are: once each, and of the classes of the model.
        if not pool.answers.is_plain or not np.array_equal(np.unique(pool.labels), codes):
            return compute_refitted_losses(pool, rows, get_loss(self.loss))
        refits = Refits(model, pool.features[pool.labelled], np.searchsorted(codes, pool.labels))
        total, own = np.zeros((2, pool.candidates.size, pool.n_classes))
        design = model.build_design(pool.features[rows])
        width = max(1, _PROBLEMS // codes.size)
        for first in range(0, pool.candidates.size, width):
            block = slice(first, first + width)
            X, weights = pool.features[pool.candidates[block]], pool.proba[block][:, codes]
            theta = refits.solve(X, weights, self.approx)
            total[block, codes] = sum_losses(theta, design, self.loss)
            own[block, codes] = compute_own_losses(theta, model, X, self.loss)
        return total, own


def get_loss(loss: Loss) -> Callable[[Floats], Floats]:
    """Return the loss of each row from class probabilities on the last axis."""
    return entropies if loss == "log" else lambda proba: 1 - proba.max(axis=-1)


def compute_refitted_losses(
    pool: PoolView, rows: Rows, loss: Callable[[Floats], Floats]
) -> tuple[Floats, Floats]:
    """Return losses by plain refits: summed loss of the rows and the candidate's own, (n, n_classes) each.

    Labels of probability 0 count for nothing and are not tried.
    """
    total, own = np.zeros((2, pool.candidates.size, pool.n_classes))
    X = pool.features[rows]
    for place, candidate in enumerate(pool.candidates):
        rows_after = np.append(pool.labelled, candidate)
        # A fit sees labelled rows in the order of the pool, and may depend on it in its last bits.
        order = np.argsort(rows_after)
        for label in np.flatnonzero(pool.proba[place] > 0):
            refit = pool.refit(rows_after[order], np.append(pool.labels, label)[order])
            total[place, label] = loss(refit.proba(X)).sum()
            own[place, label] = loss(refit.proba(pool.features[[candidate]]))[0]
    return total, own


def sum_losses(theta: Floats, design: Floats, loss: Loss) -> Floats:
    """Return the loss of many softmax regressions over the rows of ``design``.

    Parameters
    ----------
    theta : ndarray of shape (n, n_labels, n_classes, n_parameters)
    design : ndarray of shape (n_rows, n_parameters)
    """
    n, labels, k, p = theta.shape
    flat = theta.reshape(-1, k, p)
    losses = np.empty(flat.shape[0])
    width = max(1, _BLOCK // (k * design.shape[0]))
    for first in range(0, losses.size, width):
        block = flat[first : first + width]
        logits = (block.reshape(-1, p) @ design.T).reshape(block.shape[0], k, -1)
        losses[first : first + width] = compute_logit_losses(logits, loss).sum(axis=1)
    return losses.reshape(n, labels)


def compute_own_losses(theta: Floats, model: SoftmaxRegression, X: Floats, loss: Loss) -> Floats:
    """Return the loss of each candidate under its own refits, shape (n, n_labels)."""
    logits = np.einsum("nykp,np->nyk", theta, model.build_design(X))
    n, labels, k = logits.shape
    return compute_logit_losses(logits.reshape(-1, k, 1), loss).reshape(n, labels)


def compute_logit_losses(logits: Floats, loss: Loss) -> Floats:
    """Return the loss of each row from logits with classes on the second of three axes."""
    logits = logits - logits.max(axis=1, keepdims=True)
    odds = np.exp(logits)
    total = odds.sum(axis=1)
    losses: Floats = 1 - 1 / total
    if loss == "log":
        losses = np.log(total) - np.einsum("bkn,bkn->bn", odds, logits) / total
    return losses
