"""One metric of a panel: an area for each repeat, a mean curve over the arms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.stats.area import Variant, compute_area

COVERAGE = 0.8
"""Share of the repeats that the experiment asks for, below which nothing is judged."""

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.panel import CurvePanel
    from albench.analysis.sequential import CellDecision
    from albench.contracts import Floats, Rows


@dataclass(frozen=True, eq=False)
class Scores:
    """Areas and curves of one metric on one dataset, in the metric's own direction.

    Attributes
    ----------
    sign : {1, -1}
        -1 if lower is better.
    values : mapping
        Strategy -> array of shape (n_arms, n_repeats, n_rounds), at the labels of the panel.
    arms : mapping
        Strategy -> areas of shape (n_arms, n_repeats), not-a-number where there is none.
    areas : mapping
        Strategy -> their means over the arms that have one, shape (n_repeats,).
    n_labels : ndarray of shape (n_rounds,)
        Rounds that are in the range of every repeat; none if the repeats have no range in common.
    curves : mapping
        Strategy -> mean over the arms that have an area, shape (n_repeats, n_rounds).
    reference : ndarray of shape (n_repeats,) or None
        Of each repeat's split; not-a-number where there is none; None if there is none at all.
    random : str
        Label of random.
    n_repeats : int
        Repeats that the experiment asks for.
    n_asked : mapping
        Strategy -> repeats that it needs, where that is not the same for all.
    decisions : mapping
        Strategy -> what was decided of its differences to random in this metric, where repeats go on until
        something is.
    looks : mapping
        Strategy -> after how many splits its repeats could have ended, the last look being the one that did.
    """

    panel: CurvePanel
    sign: int
    values: Mapping[str, Floats]
    arms: Mapping[str, Floats]
    areas: Mapping[str, Floats]
    n_labels: Floats
    curves: Mapping[str, Floats]
    reference: Floats | None
    random: str
    n_repeats: int
    n_asked: Mapping[str, int] = field(default_factory=dict)
    decisions: Mapping[str, CellDecision] = field(default_factory=dict)
    looks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def dataset(self) -> str:
        """Label of the dataset."""
        return self.panel.dataset

    def count_asked(self, *strategies: str) -> int:
        """Return the repeats that all of some strategies need."""
        return min((self.n_asked.get(name, self.n_repeats) for name in strategies), default=self.n_repeats)

    def is_covered(self, n_repeats: int, *strategies: str) -> bool:
        """Say whether so many repeats are there, and enough of those that all of some strategies need."""
        return 0 < n_repeats >= COVERAGE * self.count_asked(*strategies)

    def find_looks(self, *strategies: str) -> tuple[int, ...]:
        """Return the looks of that of some strategies which ended first; none where repeats are fixed."""
        return min((self.looks[name] for name in strategies if name in self.looks), key=len, default=())


def score_panel(
    panel: CurvePanel,
    metric: int,
    *,
    sign: int,
    random: str,
    n_repeats: int,
    references: Mapping[int, float] = MappingProxyType({}),
    variant: Variant = "trapezoid",
) -> Scores:
    """Return the scores of a panel in one metric.

    Parameters
    ----------
    metric : int
        Its place among the metrics of the panel.
    references : mapping
        Split -> the metric of the model trained on the whole pool.
    """
    values = {name: cube[..., metric] for name, cube in panel.values.items()}
    arms = {name: _compute_areas(panel, cube, variant) for name, cube in values.items()}
    low, high = panel.low.max(initial=0), panel.high.min(initial=np.inf)
    common = np.flatnonzero((panel.n_labels >= low) & (panel.n_labels <= high))
    reference = np.array([references.get(int(split), np.nan) for split in panel.splits])
    return Scores(
        panel=panel,
        sign=sign,
        values=values,
        arms=arms,
        areas={name: _average_over_arms(areas, areas) for name, areas in arms.items()},
        n_labels=panel.n_labels[common],
        curves={name: _average_over_arms(cube[:, :, common], arms[name]) for name, cube in values.items()},
        reference=reference if np.isfinite(reference).any() else None,
        random=random,
        n_repeats=n_repeats,
    )


def keep_repeats(scores: Scores, source: Scores) -> Scores:
    """Return scores of the same trials with the repeats that cells of the source need, and their looks."""
    return replace(scores, n_asked=source.n_asked, looks=source.looks)


def pair_repeats(scores: Scores, other: Scores) -> tuple[Rows, Rows]:
    """Return the positions of the repeats that both have, in the one and in the other."""
    there = {repeat: i for i, repeat in enumerate(_list_repeats(other))}
    common = [(i, there[repeat]) for i, repeat in enumerate(_list_repeats(scores)) if repeat in there]
    left, right = np.array(common, dtype=np.intp).reshape(-1, 2).T
    return left, right


def find_shared_looks(strategy: str, *all_scores: Scores) -> tuple[int, ...]:
    """Return the looks of a strategy where it ended first; none where repeats are fixed."""
    return min((scores.find_looks(strategy) for scores in all_scores), key=len)


def _list_repeats(scores: Scores) -> list[tuple[int, int]]:
    return list(zip(scores.panel.splits.tolist(), scores.panel.starts.tolist(), strict=True))


def _compute_areas(panel: CurvePanel, values: Floats, variant: Variant) -> Floats:
    """Return the areas of curves of shape (n_arms, n_repeats, n_rounds), each over its repeat's rounds."""
    areas = np.full(values.shape[:2], np.nan)
    ranges = np.stack([panel.low, panel.high], axis=1)
    for low, high in np.unique(ranges, axis=0):
        repeats = np.flatnonzero((panel.low == low) & (panel.high == high))
        n_labels = panel.list_rounds(low, high)
        columns = np.searchsorted(panel.n_labels, n_labels)
        areas[:, repeats] = compute_area(n_labels, values[:, repeats][:, :, columns], variant)
    return areas


def _average_over_arms(values: Floats, areas: Floats) -> Floats:
    """Return the mean over the arms that have an area; values of shape (n_arms, n_repeats, ...)."""
    has_area = np.isfinite(areas).reshape(areas.shape + (1,) * (values.ndim - 2))
    # Not nanmean: a curve with an area is finite, and one without must not lend single rounds.
    n = has_area.sum(axis=0)
    total = np.where(has_area, values, 0.0).sum(axis=0)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)
