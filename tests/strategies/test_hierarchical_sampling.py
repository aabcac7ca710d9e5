from __future__ import annotations

import numpy as np
import pytest
from rounds import batch_of, round_of

from albench.strategies.hierarchical_sampling import ClusterTree, HierarchicalSampling, find_pruning

# Rows 0 and 1 are node 5, 2 and 3 node 6, 4 joins 6 as node 7, and all are node 8.
CHILDREN = np.array([[0, 1], [2, 3], [6, 4], [5, 7]], np.int32)


def brute_force(tree, labelled, labels, n_classes):
    """Dasgupta and Hsu, word for word: bounds, admissible labels, scores from the leaves up, pruning."""
    n_nodes = tree.parent.size

    def of(node):
        below = set(tree.get_rows(node))
        inside = [code for row, code in zip(labelled, labels, strict=True) if row in below]
        m, w = len(inside), len(below)
        if not m:
            return None, 1.0, [0.0] * n_classes
        p = [inside.count(code) / m for code in range(n_classes)]
        f = 1 - m / w
        margin = [f / m + np.sqrt(f * q * (1 - q) / m) for q in p]
        low = [max(q - e, 0) for q, e in zip(p, margin, strict=True)]
        high = [min(q + e, 1) for q, e in zip(p, margin, strict=True)]
        good = [
            code
            for code in range(n_classes)
            if all(1 - low[code] < 2 * (1 - high[k]) for k in range(n_classes) if k != code)
        ]
        if not good:
            return None, 1.0, low
        label = max(good, key=lambda code: p[code])
        return label, 1 - p[label], low

    def best(node):
        label, error, _ = of(node)
        if node < tree.order.size or label is None:
            return error, [node]
        left, right = tree.children[node - tree.order.size]
        a, b = best(left), best(right)
        below = (tree.size[left] * a[0] + tree.size[right] * b[0]) / tree.size[node]
        return (below, a[1] + b[1]) if below < error else (error, [node])

    def inherited(node):
        while node >= 0:
            label = of(node)[0]
            if label is not None:
                return label
            node = tree.parent[node]
        return None

    weights = {}
    for node in best(n_nodes - 1)[1]:
        label = inherited(node)
        sure = of(node)[2][label] if label is not None else 0.0
        weights[int(node)] = tree.size[node] * (1 - sure)
    return weights


def test_each_node_holds_a_run_of_rows():
    tree = ClusterTree.from_children(CHILDREN)
    assert tree.root == 8
    assert [set(tree.get_rows(node)) for node in (5, 6, 7, 8)] == [{0, 1}, {2, 3}, {2, 3, 4}, {0, 1, 2, 3, 4}]
    assert list(tree.size) == [1, 1, 1, 1, 1, 2, 2, 3, 5]
    assert list(tree.parent) == [5, 5, 6, 6, 7, 8, 7, 8, -1]


def test_without_labels_the_root_is_all_there_is():
    nodes, weights = find_pruning(
        ClusterTree.from_children(CHILDREN), np.array([], int), np.array([], int), 2
    )
    assert list(nodes) == [8]
    assert list(weights) == [5]


@pytest.mark.parametrize("seed", range(40))
def test_pruning_is_that_of_the_paper(seed):
    from albench.strategies.numerics.linkage import linkage

    rng = np.random.default_rng(seed)
    n, n_classes = int(rng.integers(4, 25)), int(rng.integers(2, 4))
    X = rng.normal(size=(n, 2))
    tree = ClusterTree.from_children(linkage(X, "ward"))
    labelled = rng.permutation(n)[: rng.integers(1, n)]
    labels = (X[labelled, 0] > 0).astype(int) if seed % 2 else rng.integers(0, n_classes, size=labelled.size)
    nodes, weights = find_pruning(tree, labelled, labels, n_classes)
    expected = brute_force(tree, labelled, labels, n_classes)
    assert dict(zip(nodes.tolist(), weights.tolist(), strict=True)) == pytest.approx(expected)


def test_pure_clusters_are_drawn_less():
    """Two blobs of 40: eight labels of one class, and two of another.

    The bounds of their shares are 1 - 0.8 / 8 and 1 - 0.95 / 2, so they are drawn as 4 to 19.
    """
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(40, 2)), 50 + rng.normal(size=(40, 2))])
    labelled = np.r_[0:8, 40:42]
    labels = np.r_[np.zeros(8), np.ones(2)].astype(int)
    rows = [
        batch_of(HierarchicalSampling(), round_of(X, labelled, labels, n_classes=2, seed=s), 1)[0][0]
        for s in range(200)
    ]
    assert np.mean(np.array(rows) >= 40) == pytest.approx(19 / 23, abs=0.08)


def test_utilities_are_probabilities_of_the_draw():
    X = np.arange(6.0)[:, None]
    _, utilities = batch_of(HierarchicalSampling(), round_of(X, [0], [0], n_classes=2), 5)
    np.testing.assert_allclose(utilities[-1], 1)
    assert (utilities > 0).all()
