"""What the scikit-activeml experiments of 2024 do differently: their iris, their split, their seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from albench import DatasetSource, Split
from albench.strategies.skactiveml.adapter import SkactivemlStrategy

if TYPE_CHECKING:
    from pathlib import Path

    from albench import PoolView, Table

TRAIN_SHARE, TEST_SHARE = 0.7, 0.3


def _divided(labels: Any, seed: int) -> tuple[Any, Any, np.random.RandomState]:
    """Return the rows of train and test, and the generator that goes on to give the other seeds."""
    from sklearn.model_selection import train_test_split

    generator = np.random.RandomState(seed)
    train, test = train_test_split(
        np.arange(len(labels)),
        train_size=TRAIN_SHARE,
        test_size=TEST_SHARE,
        stratify=labels,
        random_state=generator,
    )
    return train, test, generator


class Iris61(DatasetSource):
    """Iris as OpenML has it (id 61): scikit-learn's copy differs in two rows."""

    def load(self, base: Path) -> Table:
        """Return scikit-learn's copy with the two rows of Fisher's paper."""
        del base
        from sklearn.datasets import load_iris

        from albench.datasets.array_tables import make_numeric_table
        from albench.datasets.where import Where

        data = load_iris()
        features = data.data.copy()
        features[[34, 37]] = 4.9, 3.1, 1.5, 0.1
        names = np.asarray(data.target_names)[data.target].astype(str)
        return make_numeric_table(features, names, data.feature_names, Where("iris"))


class TrainTest(Split):
    """A stratified 70 % to 30 % by ``train_test_split``; the split is the seed, train keeps its order."""

    def sizes(self, class_counts: tuple[int, ...]) -> tuple[int, int]:
        """Return the rows of train and test, rounded as ``train_test_split`` does."""
        n_test = int(np.ceil(sum(class_counts) * TEST_SHARE))
        return min(int(sum(class_counts) * TRAIN_SHARE), sum(class_counts) - n_test), n_test

    def divide(self, table: Table, *, split: int, rng: np.random.Generator) -> tuple[Any, Any]:
        """Divide by the seed alone."""
        del rng
        return _divided(table.labels, split)[:2]


class Seeded(SkactivemlStrategy):
    """A strategy of scikit-activeml whose seed is the second number after the split of its repeat."""

    class_counts: tuple[int, ...] = (50, 50, 50)
    """Rows of each class: how many numbers the split has drawn depends on them, and on nothing else."""

    def identity(self) -> dict[str, Any]:
        """Return the identity of the plain strategy, and that its seeds are the protocol's."""
        return {**super().identity(), "seeds": "skx2024"}

    def start(self, pool: PoolView) -> Any:
        """Make the object of this trial, with the protocol's seed."""
        labels = np.repeat(np.arange(len(self.class_counts)), self.class_counts)
        generator = _divided(labels, pool.repeat[0])[2]
        _of_classifier, seed = generator.randint(0, 2**31), int(generator.randint(0, 2**31))
        seeded = self.model_copy(update={"params": {**self.params, "random_state": seed}})
        return SkactivemlStrategy.start(seeded, pool)
