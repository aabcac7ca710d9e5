"""Ranks of strategies over the datasets on which all of them are complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.cells import COVERAGE
from albench.analysis.rank_intervals import rank_interval
from albench.analysis.significance import friedman, ranked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence import Interval
    from albench.analysis.scores import Scores
    from albench.contracts import Floats

FEWEST_FOR_FRIEDMAN = (6, 3)
_DECIMALS = 12


@dataclass(frozen=True)
class Ranks:
    """Mean ranks, 1 is best.

    Attributes
    ----------
    mean : dict
        Strategy -> mean rank; strategies that are not ranked are left out.
    intervals : dict
        Strategy -> the interval of its mean rank on datasets like these, if it has one.
    complete : tuple of str
        The datasets that the ranks are over.
    friedman_p : float or None
        None below 6 datasets or 3 strategies, where its approximation does not hold.
    """

    mean: Mapping[str, float]
    intervals: Mapping[str, Interval | None]
    complete: tuple[str, ...]
    friedman_p: float | None


def ranks(found: Sequence[Scores], strategies: Sequence[str], *, asked: int) -> Ranks:
    """Rank strategies by their mean areas over the repeats that all of them share.

    A strategy is ranked if it is complete (has at least 80 % of the repeats) on at least 80 % of the datasets
    on which any strategy is; a dataset counts if those strategies share at least 80 % of the repeats there.

    Parameters
    ----------
    found : sequence of Scores
        One per dataset.
    strategies : sequence of str
        Those that may be ranked.
    asked : int
        Repeats that the experiment asks for.
    """
    least = COVERAGE * asked
    complete = {
        name: {s.panel.dataset for s in found if np.isfinite(s.areas[name]).sum() >= least}
        for name in strategies
    }
    n_any = len(set().union(*complete.values()))
    able = [name for name in strategies if complete[name] and len(complete[name]) >= COVERAGE * n_any]
    blocks = {s.panel.dataset: _block(s, able) for s in found if able}
    full = {dataset: block for dataset, block in blocks.items() if block.shape[1] >= least}
    if not full:
        return Ranks({}, {}, (), None)
    means = np.round([block.mean(axis=1) for block in full.values()], _DECIMALS)
    own = ranked(-means)
    enough = all(size >= fewest for size, fewest in zip(means.shape, FEWEST_FOR_FRIEDMAN, strict=True))
    return Ranks(
        dict(zip(able, own.mean(axis=0).tolist(), strict=True)),
        dict(zip(able, map(rank_interval, own.T), strict=True)),
        tuple(full),
        friedman(means) if enough else None,
    )


def _block(scores: Scores, strategies: Sequence[str]) -> Floats:
    """Return signed areas of the shared repeats, shape (n_strategies, n_shared)."""
    areas = scores.sign * np.stack([scores.areas[name] for name in strategies])
    return areas[:, np.isfinite(areas).all(axis=0)]
