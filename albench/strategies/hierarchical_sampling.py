from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from albench.contracts import Need, Shared, Strategy
from albench.ordering import Picks
from albench.strategies.numerics.linkage import Linkage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, PoolView, Rows

# beta of the paper
_SLACK = 2.0


class HierarchicalSampling(Strategy):
    """Draws clusters of a pruned tree by size times the bound of their impurity, and of each a random row.

    The tree is that of Ward's criterion. A label l of a cluster v with m labelled of w rows is admissible if
    1 - low_l < 2 (1 - high_k) for all other k, with the bounds p -+ (f / m + sqrt(f p (1 - p) / m)) of its
    share p, f = 1 - m / w. The pruning is the one of least estimated error, where a cluster without an
    admissible label counts as all wrong and is not split. A cluster is drawn with probability proportional
    to w (1 - low) of its most frequent admissible label (that of the nearest cluster above it, if it has
    none). The utility is the probability of the draw of that row.
    """

    name = "hierarchical_sampling"
    family = "hybrid"
    needs = frozenset({Need.LABELS})
    cost = "quadratic"
    complexity = "O(n^2 d) and as much memory once for a split, then O(n + L C h), tree height h"
    reference = "Dasgupta, Hsu, 2008, Hierarchical sampling for active learning"

    def shares(self) -> tuple[Shared, ...]:
        """Return the tree."""
        return (Linkage(method="ward"),)

    def start(self, pool: PoolView) -> ClusterTree:
        """Order the rows so that each cluster is a run of them."""
        return ClusterTree.from_children(pool.shared[Linkage(method="ward")]["children"])

    def select(self, pool: PoolView, state: ClusterTree, n: int) -> Picks:
        """Draw the batch; nothing is learned within it."""
        nodes, weights = find_pruning(state, pool.labelled, pool.labels, pool.n_classes)
        cluster = np.empty(pool.n_rows, np.intp)
        for place, node in enumerate(nodes):
            cluster[state.get_rows(node)] = place
        of_candidates = cluster[pool.candidates]
        is_open = np.ones(of_candidates.size, np.bool_)
        chosen, utilities = np.empty(n, np.intp), np.empty(n)
        for i in range(n):
            left = np.bincount(of_candidates[is_open], minlength=weights.size)
            mass = np.where(left > 0, weights, 0)
            # Where every cluster is surely pure, size alone counts.
            mass = mass if mass.sum() > 0 else left
            each = np.where(is_open, (mass / np.maximum(left, 1))[of_candidates], 0)
            pick = int(pool.rng.choice(each.size, p=each / each.sum()))
            chosen[i], utilities[i] = pick, each[pick] / each.sum()
            is_open[pick] = False
        return Picks(chosen, utilities, np.zeros(n, np.bool_), 0)


class ClusterTree(NamedTuple):
    """A binary tree over rows; node i < n is row i, the last node is the root.

    Attributes
    ----------
    children : ndarray of shape (n - 1, 2)
    parent : ndarray of shape (2 n - 1,)
        -1 for the root.
    size : ndarray of shape (2 n - 1,)
        Rows below each node.
    first : ndarray of shape (2 n - 1,)
        Where its run of rows begins.
    order : ndarray of shape (n,)
        The rows, those of each node in a run.
    """

    children: NDArray[np.int32]
    parent: Rows
    size: Rows
    first: Rows
    order: Rows

    @classmethod
    def from_children(cls, children: NDArray[np.int32]) -> ClusterTree:
        """Complete a tree from the children of its inner nodes."""
        n = children.shape[0] + 1
        parent = np.full(2 * n - 1, -1)
        parent[children] = np.arange(n, 2 * n - 1)[:, None]
        size, first = np.ones(2 * n - 1, np.intp), np.zeros(2 * n - 1, np.intp)
        # Children have lower numbers than their parent: sizes are added up, places handed down.
        for node, (left, right) in enumerate(children, start=n):
            size[node] = size[left] + size[right]
        for node in range(2 * n - 2, n - 1, -1):
            left, right = children[node - n]
            first[left], first[right] = first[node], first[node] + size[left]
        order = np.empty(n, np.intp)
        order[first[:n]] = np.arange(n)
        return cls(children, parent, size, first, order)

    @property
    def root(self) -> int:
        """The node above all others."""
        return self.parent.size - 1

    def get_rows(self, node: int) -> Rows:
        """Return the rows below a node."""
        return self.order[self.first[node] : self.first[node] + self.size[node]]


def find_pruning(tree: ClusterTree, labelled: Rows, labels: Rows, n_classes: int) -> tuple[Rows, Floats]:
    """Return the clusters of the best pruning, and the weight that each is drawn with.

    Parameters
    ----------
    labelled : ndarray of int
        Rows.
    labels : ndarray of int
        Their classes.
    """
    above, counts = _count_labels(tree, labelled, labels, n_classes)
    low, label, error = _estimate_errors(counts, tree.size[above])
    place = {int(node): i for i, node in enumerate(above)}
    score = error.copy()
    split = np.zeros(above.size, np.bool_)
    n = tree.order.size
    # Children come before their parents, so one pass scores every node.
    for i, node in enumerate(above):
        if node >= n and label[i] >= 0:
            below = sum(
                tree.size[child] * (score[place[int(child)]] if int(child) in place else 1.0)
                for child in tree.children[node - n]
            )
            split[i] = below / tree.size[node] < score[i]
            score[i] = min(score[i], below / tree.size[node])
    return _collect_clusters(tree, place, split, label, low)


def _count_labels(tree: ClusterTree, labelled: Rows, labels: Rows, n_classes: int) -> tuple[Rows, Floats]:
    """Return the nodes above labelled rows, ascending, and their counts of each class."""
    nodes, codes, levels = labelled, labels, []
    while nodes.size:
        levels.append(nodes * n_classes + codes)
        nodes = tree.parent[nodes]
        nodes, codes = nodes[nodes >= 0], codes[nodes >= 0]
    cells, n_labels = np.unique(np.concatenate([np.empty(0, np.intp), *levels]), return_counts=True)
    above, row = np.unique(cells // n_classes, return_inverse=True)
    counts = np.zeros((above.size, n_classes))
    counts[row, cells % n_classes] = n_labels
    return above, counts


def _estimate_errors(counts: Floats, size: Rows) -> tuple[Floats, Rows, Floats]:
    """Return lower bounds of the shares, the best admissible label (-1: none), and the error with it."""
    m = counts.sum(axis=1, keepdims=True)
    share = counts / m
    unlabelled = 1 - m / size[:, None]
    margin = unlabelled / m + np.sqrt(unlabelled * share * (1 - share) / m)
    low, high = np.maximum(share - margin, 0), np.minimum(share + margin, 1)
    others = np.stack([np.delete(high, code, axis=1).max(axis=1) for code in range(counts.shape[1])], axis=1)
    admissible = 1 - low < _SLACK * (1 - others)
    label = np.where(admissible, counts, -1).argmax(axis=1)
    some = admissible.any(axis=1)
    rows = np.arange(label.size)
    return low, np.where(some, label, -1), np.where(some, 1 - share[rows, label], 1.0)


def _collect_clusters(
    tree: ClusterTree, place: dict[int, int], split: NDArray[np.bool_], label: Rows, low: Floats
) -> tuple[Rows, Floats]:
    """Walk down from the root along the splits; return the clusters and their weights."""
    nodes, weights = [], []
    waiting = [(tree.root, -1)]
    while waiting:
        node, inherited = waiting.pop()
        i = place.get(node)
        if i is not None and label[i] >= 0:
            inherited = int(label[i])
        if i is not None and split[i]:
            waiting += [(int(child), inherited) for child in tree.children[node - tree.order.size]]
            continue
        nodes.append(node)
        purity = low[i, inherited] if i is not None and inherited >= 0 else 0.0
        weights.append(tree.size[node] * (1 - purity))
    return np.array(nodes), np.array(weights, np.float64)
