"""Do picks transfer: what one model has queried, with another model trained on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Transfer
from albench.analysis.paired_comparison import COVERAGE, compute_differences
from albench.analysis.scores import pair_repeats
from albench.analysis.stats.intervals import (
    THESE_DATASETS,
    average_all,
    build_t_interval,
    estimate_mean,
    find_units,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence import Row, SliceEvidence
    from albench.analysis.scores import Scores
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats, Rows


@dataclass(frozen=True)
class ScoredSlice:
    """A slice with the scores that it was concluded from; none where they were not kept."""

    evidence: SliceEvidence
    scores: tuple[Scores, ...]


def compare_transfers(slices: Sequence[ScoredSlice], random: str, *, n_repeats: int) -> tuple[Transfer, ...]:
    """Return every strategy for every pair of models: one that chooses the queries, one that is judged.

    Parameters
    ----------
    slices : sequence of ScoredSlice
        Slices that differ in their models alone.
    random : str
        Label of random, whose queries depend on no model.
    """
    names = ((scored.evidence.slice, scored) for scored in slices)
    by_models = {(name.query_model, name.model): scored for name, scored in names}
    return tuple(
        transfer
        for (query, model), scored in by_models.items()
        if query != model
        for transfer in _compare_models(scored, by_models.get((model, model)), random, n_repeats)
    )


def _compare_models(
    borrowed: ScoredSlice, own: ScoredSlice | None, random: str, n_repeats: int
) -> Iterator[Transfer]:
    rows = {row.strategy: row for row in own.evidence.rows} if own else {}
    for row in borrowed.evidence.rows:
        if row.strategy != random and not row.label_looking:
            yield _compare_picks(borrowed, own, row, rows.get(row.strategy), n_repeats)


def _compare_picks(
    borrowed: ScoredSlice, own: ScoredSlice | None, row: Row, home: Row | None, n_repeats: int
) -> Transfer:
    losses = _estimate_losses(borrowed, own, row.strategy, n_repeats) if own else []
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
    borrowed: ScoredSlice, own: ScoredSlice, strategy: str, n_repeats: int
) -> list[tuple[float, Estimate | None]]:
    """Return, for each dataset that counts, how much better the own picks are, with its standard error."""
    homes = {scores.panel.dataset: scores for scores in own.scores}
    losses = []
    for scores in borrowed.scores:
        home = homes[scores.panel.dataset]
        values, splits = _pair_areas(scores, home, strategy)
        if values.size and values.size >= COVERAGE * scores.count_asked(n_repeats, strategy):
            looks = min(scores.find_looks(strategy), home.find_looks(strategy), key=len)
            losses.append((float(values.mean()), estimate_mean(values, find_units(splits), looks)))
    return losses


def _pair_areas(borrowed: Scores, own: Scores, strategy: str) -> tuple[Floats, Rows]:
    """Return by how much the own areas are better in the repeats that both have, and the splits of these."""
    left, right = pair_repeats(borrowed, own)
    values = compute_differences(borrowed, own.areas[strategy][right], borrowed.areas[strategy][left])
    paired = np.isfinite(values)
    return values[paired], borrowed.panel.splits[left][paired]
