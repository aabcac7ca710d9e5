from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from albench.contracts import Shared, Strategy
from albench.ordering import Pick, best, build_picks
from albench.strategies.numerics.carried_state import CarriedState
from albench.strategies.numerics.neighbours import KNearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, PoolView
    from albench.ordering import Picks


class DensityGraph(Shared):
    """The symmetric graph of nearest neighbours with kernel weights: ``density``, ``starts``, ``ends``.

    Rows are joined if one is among the k nearest of the other. The density of a row is the mean weight
    exp(-gamma distance) of its edges; the rows that row i is joined to are
    ``ends[starts[i] : starts[i + 1]]``.
    """

    identity_name = "albench.strategies.graph_density.DensityGraph"

    k: int
    """Neighbours."""
    metric: Literal["manhattan", "euclidean"]
    """How distances are measured."""
    gamma: float | None
    """Fall of the weights; None for 1 / n_features."""

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Join the rows and weigh the edges."""
        from scipy.sparse import csr_array

        near = KNearest(k=self.k, metric=self.metric).compute(features, n_classes=n_classes, rng=rng)
        n, k = features.shape[0], near["rows"].shape[1]
        weights = np.exp(-(self.gamma or 1 / features.shape[1]) * near["distances"])
        starts = np.arange(0, n * k + 1, k) if k else np.zeros(n + 1, np.intp)
        one_way = csr_array((weights.ravel(), near["rows"].ravel(), starts), shape=(n, n))
        graph = one_way.maximum(one_way.T).tocsr()
        degrees = np.diff(graph.indptr)
        return {
            "density": graph.sum(axis=1) / np.maximum(degrees, 1),
            "starts": graph.indptr.astype(np.int64),
            "ends": graph.indices.astype(np.int32),
        }


class GraphDensity(Strategy):
    """The candidate of largest density in a graph of nearest neighbours; its neighbours then count less.

    The density of a row is the mean of exp(-gamma distance) over its edges; each pick takes its own density
    off that of every row that it is joined to, for the rest of the trial. The utility is the density.
    """

    name = "graph_density"
    family = "density"
    cost = "quadratic"
    complexity = "O(n^2 d) once for a split, then O(n b)"
    main = "neighbours"
    reference = (
        "Ebert, Fritz, Schiele, 2012, RALF: a reinforced active learning formulation for object class"
        " recognition"
    )

    neighbours: int = Field(default=10, ge=1)
    """Nearest neighbours that a row is joined to."""
    metric: Literal["manhattan", "euclidean"] = "manhattan"
    """How distances are measured."""
    gamma: float | None = Field(default=None, gt=0)
    """Fall of the weights with the distance; 1 / n_features by default."""

    def shares(self) -> tuple[Shared, ...]:
        """Return the graph."""
        return (DensityGraph(k=self.neighbours, metric=self.metric, gamma=self.gamma),)

    def start(self, pool: PoolView) -> CarriedState[Floats]:
        """Keep what is left of the densities, over the rounds."""
        return CarriedState(pool.shared[self.shares()[0]]["density"], pool.n_rows)

    def select(self, pool: PoolView, state: CarriedState[Floats], n: int) -> Picks:
        """Build the batch pick by pick."""
        graph = pool.shared[self.shares()[0]]
        # The seed set was not chosen for its density, so it takes none off.
        state.update(pool.labelled)
        density = state.current.copy()
        chosen: list[int] = []
        picks: list[Pick] = []
        for _ in range(n):
            left = density[pool.candidates]
            left[chosen] = -np.inf
            pick, n_tied = best(left, pool.tie_keys)
            row = pool.candidates[pick]
            density[graph["ends"][graph["starts"][row] : graph["starts"][row + 1]]] -= density[row]
            chosen.append(pick)
            picks.append((pick, float(left[pick]), n_tied))
        state.set_next(pool.candidates[chosen], density)
        return build_picks(picks)
