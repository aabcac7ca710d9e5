from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Need, Strategy

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView


class ExpectedGradientLength(Strategy):
    """Largest expected gradient of the log loss: sum_y p_y ||p - e_y|| sqrt(||x||^2 + 1).

    This is the closed form for a softmax regression, or for the last layer of any model that ends in one, x
    being the representation before it; the 1 under the root is the intercept's part. A binary logistic
    regression with one vector of weights has gradients shorter by sqrt(2) throughout.
    """

    name = "expected_gradient_length"
    family = "lookahead"
    needs = frozenset({Need.PROBA, Need.EMBEDDING})
    complexity = "O(n (C + d))"
    main = "intercept"
    reference = "Settles, Craven, Ray, 2008, Multiple-instance active learning"

    intercept: bool = True
    """Whether the model has an intercept, whose gradient counts, too."""

    def utilities(self, pool: PoolView, state: None) -> Floats:
        """Return the expected euclidean length of the gradient."""
        X = pool.embedding[pool.candidates]
        return compute_gradient_lengths(pool.proba, X, intercept=self.intercept)


def compute_gradient_lengths(proba: Floats, X: Floats, *, intercept: bool = True) -> Floats:
    """Return the expected length of the gradient of a softmax regression, shape (n,)."""
    rest = proba.copy()
    top = proba.argmax(axis=1)[:, None]
    np.put_along_axis(rest, top, 0, axis=1)
    squares = np.einsum("nc,nc->n", proba, proba)[:, None] - proba**2 + (1 - proba) ** 2
    # Of the most probable class 1 - p may be all rounding error, so it is summed from the others.
    certain = np.einsum("nc,nc->n", rest, rest) + rest.sum(axis=1) ** 2
    np.put_along_axis(squares, top, certain[:, None], axis=1)
    reach = np.sqrt(np.einsum("nd,nd->n", X, X) + intercept)
    lengths: Floats = np.einsum("nc,nc->n", proba, np.sqrt(squares)) * reach
    return lengths
