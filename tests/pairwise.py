"""Rows that hold every pair of values of two factors, for tests of what goes together."""

from __future__ import annotations

from functools import partial
from itertools import combinations, product

from albench.registry.catalogue import load_catalogue

STRATEGIES = load_catalogue()["strategy"]
_PARAMETERS = {
    "albl": {"strategies": ["margin", "random"]},
    "cost_sensitive": {"costs": [[0, 1, 2], [1, 0, 1], [2, 1, 0]]},
    "relevance": {"class": "setosa"},
}


def list_families():
    """Family -> its strategies."""
    families = {}
    for name, facts in STRATEGIES.items():
        families.setdefault(facts["family"], []).append(name)
    return families


def make_strategy(name):
    """The entry of a strategy in a spec on iris."""
    params = dict(_PARAMETERS.get(name, {}))
    if "strategy" in STRATEGIES[name]["parameters"]:
        params["strategy"] = "margin"
    return {name: params} if params else name


def cover_pairs(factors):
    """Rows of one value a factor that hold every pair of values of two factors; always the same ones."""
    left = dict.fromkeys(
        frozenset(pair)
        for first, other in combinations(factors, 2)
        for pair in product(*([(name, value) for value in factors[name]] for name in (first, other)))
    )
    rows = []
    while left:
        row = dict(next(iter(left)))
        for name in [name for name in factors if name not in row]:
            row[name] = max(factors[name], key=partial(_count_new_pairs, left, row.items(), name))
        for pair in combinations(row.items(), 2):
            left.pop(frozenset(pair), None)
        rows.append(tuple(row[name] for name in factors))
    return rows


def _count_new_pairs(left, row, name, value):
    return sum(frozenset(((name, value), cell)) in left for cell in row)


def count_pairs(rows):
    """How many pairs rows hold, and how many there are of the values that occur in them."""
    pairs = {frozenset(pair) for row in rows for pair in combinations(enumerate(row), 2)}
    factors = [set(values) for values in zip(*rows, strict=True)]
    return len(pairs), sum(len(a) * len(b) for a, b in combinations(factors, 2))
