"""Areas of all ranked strategies on the datasets where all of them are complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.intervals import units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from albench.analysis.intervals import Units
    from albench.analysis.ranks import Ranks
    from albench.analysis.scores import Scores
    from albench.contracts import Floats


@dataclass(frozen=True, eq=False)
class Block:
    """The repeats of a dataset that all ranked strategies share.

    Attributes
    ----------
    scores : Scores
    shared : ndarray of shape (n_repeats,), bool
    areas : ndarray of shape (n_strategies, n_shared)
        Higher is better.
    units : Units
        Of the shared repeats.
    """

    scores: Scores
    shared: NDArray[np.bool_]
    areas: Floats
    units: Units

    @property
    def dataset(self) -> str:
        """Label of the dataset."""
        return self.scores.panel.dataset

    @property
    def by_unit(self) -> Floats:
        """Mean areas of each unit, shape (n_strategies, n_units)."""
        of = self.units
        counts = np.bincount(of.index, minlength=of.n)
        totals = [np.bincount(of.index, weights=row, minlength=of.n) for row in self.areas]
        found: Floats = np.array(totals) / counts
        return found


def blocks(found: Sequence[Scores], ranking: Ranks) -> list[Block]:
    """Return a block for each dataset that the ranks are over; strategies are in the order of the ranks."""
    names = tuple(ranking.mean)
    return [_block(scores, names) for scores in found if scores.panel.dataset in ranking.complete]


def _block(scores: Scores, names: Sequence[str]) -> Block:
    areas = scores.sign * np.stack([scores.areas[name] for name in names])
    shared = np.asarray(np.isfinite(areas).all(axis=0))
    return Block(scores, shared, areas[:, shared], units(scores.panel.splits[shared]))
