"""What slices say together: whether picks transfer, which preprocessing is better, where they disagree."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.between_slices import Disagreement, PreprocessingContrast, Transfer
from albench.analysis.paired_comparison import compute_differences
from albench.analysis.scores import find_shared_looks, pair_repeats
from albench.analysis.stats.intervals import (
    THESE_DATASETS,
    average_all,
    build_t_interval,
    estimate_mean,
    find_units,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence.cells import Slice
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.evidence.rows import Row
    from albench.analysis.scores import Scores
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats, Rows


@dataclass(frozen=True)
class ScoredSlice:
    """A slice with the scores that it was concluded from; none where they were not kept."""

    evidence: SliceEvidence
    scores: tuple[Scores, ...]


def compare_transfers(slices: Sequence[ScoredSlice]) -> tuple[Transfer, ...]:
    """Return every strategy for every pair of models: one that chooses the queries, one that is judged.

    The slices differ in their models alone.
    """
    names = ((scored.evidence.slice, scored) for scored in slices)
    by_models = {(name.query_model, name.model): scored for name, scored in names}
    return tuple(
        transfer
        for (query, model), scored in by_models.items()
        if query != model
        for transfer in _compare_models(scored, by_models.get((model, model)))
    )


def _compare_models(borrowed: ScoredSlice, own: ScoredSlice | None) -> Iterator[Transfer]:
    rows = {row.strategy: row for row in own.evidence.rows} if own else {}
    for row in borrowed.evidence.rows[1:]:
        if not row.label_looking:
            yield _compare_picks(borrowed, own, row, rows.get(row.strategy))


def _compare_picks(borrowed: ScoredSlice, own: ScoredSlice | None, row: Row, home: Row | None) -> Transfer:
    losses = _estimate_losses(borrowed, own, row.strategy) if own else []
    mean = average_all([estimate for _, estimate in losses])
    return Transfer(
        query_model=borrowed.evidence.slice.query_model,
        model=borrowed.evidence.slice.model,
        strategy=row.strategy,
        gain=row.difference,
        gain_interval=row.interval_these,
        own=home.difference if home else None,
        own_interval=home.interval_these if home else None,
        lost=float(np.mean([mean for mean, _ in losses])) if losses else None,
        lost_interval=build_t_interval(mean, THESE_DATASETS),
    )


def _estimate_losses(
    borrowed: ScoredSlice, own: ScoredSlice, strategy: str
) -> list[tuple[float, Estimate | None]]:
    """Return, for each dataset that counts, how much better the own picks are, with its standard error."""
    losses = []
    for scores, home in zip(borrowed.scores, own.scores, strict=True):
        values, splits = _pair_areas(scores, home, strategy)
        if scores.is_covered(values.size, strategy):
            looks = find_shared_looks(strategy, scores, home)
            losses.append((float(values.mean()), estimate_mean(values, find_units(splits), looks)))
    return losses


def _pair_areas(borrowed: Scores, own: Scores, strategy: str) -> tuple[Floats, Rows]:
    """Return by how much the own areas are better in the repeats that both have, and the splits of these."""
    left, right = pair_repeats(borrowed, own)
    values = compute_differences(borrowed, own.areas[strategy][right], borrowed.areas[strategy][left])
    paired = np.isfinite(values)
    return values[paired], borrowed.panel.splits[left][paired]


def compare_preprocessings(slices: Sequence[ScoredSlice]) -> tuple[PreprocessingContrast, ...]:
    """Compare every preprocessing with the first, by dataset and strategy; slices differ in it alone."""
    if not slices:
        return ()
    first, *others = slices
    contrasts = []
    for own in first.scores:
        there = [
            (other, scores) for other in others for scores in other.scores if scores.dataset == own.dataset
        ]
        contrasts += [
            _contrast(first, own, other, scores, strategy)
            for strategy, (other, scores) in product(first.evidence.strategies, there)
            if strategy in own.areas and strategy in scores.areas
        ]
    return tuple(contrast for contrast in contrasts if contrast is not None)


def _contrast(
    first: ScoredSlice, own: Scores, other: ScoredSlice, scores: Scores, strategy: str
) -> PreprocessingContrast | None:
    left, right = pair_repeats(own, scores)
    before, after = (_get_last_levels(each, strategy)[rows] for each, rows in ((own, left), (scores, right)))
    differences = compute_differences(own, after, before)
    paired = np.isfinite(differences)
    if not paired.any():
        return None
    units = find_units(own.panel.splits[left][paired])
    looks = find_shared_looks(strategy, own, scores)
    return PreprocessingContrast(
        dataset=own.dataset,
        strategy=strategy,
        first=first.evidence.slice.preprocessing,
        other=other.evidence.slice.preprocessing,
        first_level=float(before[paired].mean()),
        other_level=float(after[paired].mean()),
        difference=float(differences[paired].mean()),
        interval=build_t_interval(estimate_mean(differences[paired], units, looks), units.unit_name),
        n_paired=int(paired.sum()),
    )


def _get_last_levels(scores: Scores, strategy: str) -> Floats:
    """Return the level of each repeat at the last round of all; not-a-number without any such."""
    curves = scores.curves[strategy]
    return curves[:, -1] if curves.shape[1] else np.full(curves.shape[0], np.nan)


def find_disagreements(slices: Sequence[SliceEvidence]) -> tuple[Disagreement, ...]:
    """Return the strategies that the slices disagree about; slices whose control fired do not count."""
    able = [evidence for evidence in slices if not evidence.control.fired]
    among = tuple(evidence.slice for evidence in able)
    rows = (row for evidence in able for row in evidence.rows[1:])
    names = dict.fromkeys(row.strategy for row in rows if not row.label_looking)
    sides = ((name, _list_slices(able, name, 1), _list_slices(able, name, -1)) for name in names)
    return tuple(
        Disagreement(name, better, worse, among) for name, better, worse in sides if better and worse
    )


def _list_slices(slices: Sequence[SliceEvidence], strategy: str, side: int) -> tuple[Slice, ...]:
    rows = ((evidence.slice, row) for evidence in slices for row in evidence.rows)
    return tuple(name for name, row in rows if row.strategy == strategy and row.side == side)
