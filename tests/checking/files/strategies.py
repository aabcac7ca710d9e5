"""Strategies as users write them: one that keeps the contract, and ways to break it."""

import numpy as np

from albench import Need, Picks, Strategy


class Far(Strategy):
    """Farthest from the mean of the labelled rows: ||x - mean||^power."""

    needs = frozenset({Need.LABELS})
    power: float = 1.0

    def utilities(self, pool, state):
        labelled = pool.features[pool.labelled]
        centre = labelled.mean(axis=0) if len(labelled) else np.zeros(pool.features.shape[1])
        return np.linalg.norm(pool.features[pool.candidates] - centre, axis=1) ** self.power


class Silent(Far):
    utilities = Far.utilities


class Global(Strategy):
    """Random by numpy's global generator."""

    def utilities(self, pool, state):
        return np.random.rand(pool.candidates.size)  # noqa: NPY002


class Unseeded(Strategy):
    """Random without a seed, but only to order rows that are far apart anyway."""

    def utilities(self, pool, state):
        np.random.default_rng()
        return pool.tie_keys


class Twice(Strategy):
    """The first candidate, as often as asked for."""

    def select(self, pool, state, n):
        return Picks(np.zeros(n, int), np.zeros(n), np.zeros(n, bool), 0)


class Listed(Strategy):
    """The first candidates, as a list."""

    def select(self, pool, state, n):
        return list(range(n))


class Hashed(Strategy):
    """Utilities that each process has of its own."""

    def utilities(self, pool, state):
        return np.array([hash(str(row)) % 1000 for row in pool.candidates], dtype=float)


class OfThree(Strategy):
    """Probability of the third class."""

    needs = frozenset({Need.PROBA})

    def utilities(self, pool, state):
        return pool.proba[:, 2]


class NeedsLabels(Strategy):
    """Squared distance to the first labelled row."""

    def utilities(self, pool, state):
        first = pool.features[pool.labelled[0]]
        return ((pool.features[pool.candidates] - first) ** 2).sum(axis=1)


class Quadratic(Strategy):
    """Sum of all distances."""

    def utilities(self, pool, state):
        X = pool.features[pool.candidates]
        return sum(((X - other) ** 2).sum(axis=1) for other in X)


class OfSome(Far):
    """Farthest from the mean, in pools of some numbers of classes; broken where it says so."""

    classes: tuple[int, ...]
    broken: bool = False

    def misfit(self, n_classes):
        return "" if n_classes in self.classes else f"not for {n_classes} classes"

    def utilities(self, pool, state):
        if pool.n_classes not in self.classes or self.broken:
            raise RuntimeError("something of its own")
        return super().utilities(pool, state)


class ChangesModel(Strategy):
    """Fits the model that it is shown to other labels."""

    needs = frozenset({Need.MODEL})

    def utilities(self, pool, state):
        if pool.model is not None:
            pool.model.fit(pool.features[pool.labelled], np.roll(pool.labels, 1))
        return -pool.candidates.astype(float)
