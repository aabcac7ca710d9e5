"""Look ahead: the error that is to be expected if a candidate were labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from albench.contracts import CostClass, Need, Strategy
from albench.strategies.numerics.softmax import as_softmax
from albench.strategies.numerics.softmax_refits import MAX_PARAMETERS, Approximation, Refits
from albench.strategies.uncertainty import entropies

if TYPE_CHECKING:
    from collections.abc import Callable

    from albench.contracts import Floats, PoolView, Rows
    from albench.strategies.numerics.softmax import Softmax

Loss = Literal["zero_one", "log"]

_PROBLEMS = 256
_BLOCK = 1 << 17


class ExpectedErrorReduction(Strategy):
    """Smallest expected loss after labelling x: sum_y p(y|x) mean_u loss(u; model refitted with (x, y)).

    The loss of a row u is what the refitted model itself expects: 1 - max_c p_c (zero_one) or the entropy
    of p (log). By default u runs over the unlabelled rows but x, as in the paper; the libraries differ in
    this, and so do their picks. Refits of a logistic regression are solved together to convergence; any
    other model is fitted anew for each candidate and class.
    """

    name: ClassVar[str] = "expected_error_reduction"
    family: ClassVar[str] = "lookahead"
    needs: ClassVar[frozenset[Need]] = frozenset({Need.PROBA, Need.MODEL})
    cost: ClassVar[CostClass] = "refits"
    accepts_sparse: ClassVar[bool] = True
    complexity: ClassVar[str] = "n C refits and O(n E C^2 d), E evaluated rows"
    main: ClassVar[str | None] = "loss"
    reference: ClassVar[str] = (
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
        del state
        if pool.model is None:
            # Of fewer than two classes, every refit is certain of everything.
            return np.zeros(pool.candidates.size)
        rows = self.evaluated(pool)
        losses, own = self._losses(pool, rows)
        count = np.full(losses.shape[0], float(rows.size))
        if self.evaluation == "rest":
            inside = np.isin(pool.candidates, rows)
            losses = losses - np.where(inside[:, None], own, 0)
            count -= inside
        expected = np.einsum("ny,ny->n", pool.proba, losses)
        found: Floats = -np.divide(expected, count, out=np.zeros(count.size), where=count > 0)
        return found

    def evaluated(self, pool: PoolView) -> Rows:
        """Return the pool rows whose loss counts; the candidate itself is taken out later."""
        rows = np.arange(pool.features.shape[0]) if self.evaluation == "all" else pool.candidates
        if self.evaluation_rows is None or self.evaluation_rows >= rows.size:
            return rows
        return np.sort(pool.rng.choice(rows, self.evaluation_rows, replace=False))

    def _losses(self, pool: PoolView, rows: Rows) -> tuple[Floats, Floats]:
        """Return the summed loss of the rows and the candidate's own, by candidate and label."""
        model = as_softmax(pool.model)
        if model is None or model.theta.size > MAX_PARAMETERS or not isinstance(pool.features, np.ndarray):
            return refitted_losses(pool, rows, of_proba(self.loss))
        seen = np.asarray(pool.model.classes_)
        refits = Refits(model, pool.features[pool.labelled], np.searchsorted(seen, pool.labels))
        total, own = np.zeros((2, pool.candidates.size, pool.n_classes))
        design = model.design(pool.features[rows])
        width = max(1, _PROBLEMS // seen.size)
        for first in range(0, pool.candidates.size, width):
            block = slice(first, first + width)
            X, weights = pool.features[pool.candidates[block]], pool.proba[block][:, seen]
            theta = refits.solve(X, weights, self.approx)
            total[block, seen] = summed_losses(theta, design, self.loss)
            own[block, seen] = own_losses(theta, model, X, self.loss)
        return total, own


def of_proba(loss: Loss) -> Callable[[Floats], Floats]:
    """Return the loss of each row from class probabilities on the last axis."""
    return entropies if loss == "log" else lambda proba: 1 - proba.max(axis=-1)


def refitted_losses(pool: PoolView, rows: Rows, loss: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """Return what plain refits say: summed loss of the rows and the candidate's own, (n, n_classes) each.

    Labels of probability 0 count for nothing and are not tried.
    """
    total, own = np.zeros((2, pool.candidates.size, pool.n_classes))
    X = pool.features[rows]
    for place, candidate in enumerate(pool.candidates):
        known = np.append(pool.labelled, candidate)
        order = np.argsort(known)
        for label in np.flatnonzero(pool.proba[place] > 0):
            refit = pool.refit(known[order], np.append(pool.labels, label)[order])
            total[place, label] = loss(refit.proba(X)).sum()
            own[place, label] = loss(refit.proba(pool.features[[candidate]]))[0]
    return total, own


def summed_losses(theta: Floats, design: Floats, loss: Loss) -> Floats:
    """Return the loss of many softmax regressions over the rows of ``design``.

    Parameters
    ----------
    theta : ndarray of shape (n, n_labels, n_classes, n_parameters)
    design : ndarray of shape (n_rows, n_parameters)
    """
    n, labels, k, p = theta.shape
    flat = theta.reshape(-1, k, p)
    found = np.empty(flat.shape[0])
    width = max(1, _BLOCK // (k * design.shape[0]))
    for first in range(0, found.size, width):
        block = flat[first : first + width]
        logits = (block.reshape(-1, p) @ design.T).reshape(block.shape[0], k, -1)
        found[first : first + width] = of_logits(logits, loss).sum(axis=1)
    return found.reshape(n, labels)


def own_losses(theta: Floats, model: Softmax, X: Floats, loss: Loss) -> Floats:
    """Return the loss of each candidate under its own refits, shape (n, n_labels)."""
    logits = np.einsum("nykp,np->nyk", theta, model.design(X))
    n, labels, k = logits.shape
    return of_logits(logits.reshape(-1, k, 1), loss).reshape(n, labels)


def of_logits(logits: Floats, loss: Loss) -> Floats:
    """Return the loss of each row from logits with classes on the second of three axes."""
    logits = logits - logits.max(axis=1, keepdims=True)
    odds = np.exp(logits)
    total = odds.sum(axis=1)
    found: Floats = 1 - 1 / total
    if loss == "log":
        found = np.log(total) - np.einsum("bkn,bkn->bn", odds, logits) / total
    return found
