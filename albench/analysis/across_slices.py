"""What slices say together: do picks transfer from one model to another, and where do slices disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence import Disagreement, Transfer
from albench.analysis.paired_comparison import COVERAGE, compute_differences
from albench.analysis.stats.intervals import average_estimates, build_t_interval, estimate_mean, find_units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence import Row, Slice, SliceEvidence
    from albench.analysis.scores import Scores
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats, Rows


@dataclass(frozen=True)
class ScoredSlice:
    """A slice with the scores that it was concluded from; none where they were not kept."""

    evidence: SliceEvidence
    scores: tuple[Scores, ...]


def compare_transfers(found: Sequence[ScoredSlice], random: str, *, asked: int) -> tuple[Transfer, ...]:
    """Return every strategy for every pair of models of which one buys and the other is judged.

    Parameters
    ----------
    found : sequence of Concluded
        Slices that differ in their models alone.
    random : str
        Label of random, which asks no model.
    asked : int
        Repeats that the experiment asks for.
    """
    of = {(one.evidence.slice.query_model, one.evidence.slice.model): one for one in found}
    return tuple(
        transfer
        for (query, model), one in of.items()
        if query != model
        for transfer in _compare_models(one, of.get((model, model)), random, asked)
    )


def _compare_models(
    borrowed: ScoredSlice, own: ScoredSlice | None, random: str, asked: int
) -> Iterator[Transfer]:
    rows = {row.strategy: row for row in own.evidence.rows} if own else {}
    for row in borrowed.evidence.rows:
        if row.strategy != random and not row.label_looking:
            yield _compare_picks(borrowed, own, row, rows.get(row.strategy), asked)


def _compare_picks(
    borrowed: ScoredSlice, own: ScoredSlice | None, row: Row, home: Row | None, asked: int
) -> Transfer:
    lost = _estimate_losses(borrowed, own, row.strategy, asked) if own else []
    known = [found for _, found in lost if found is not None]
    interval = build_t_interval(average_estimates(known), "the repeats of these datasets") if known else None
    return Transfer(
        query_model=borrowed.evidence.slice.query_model,
        model=borrowed.evidence.slice.model,
        strategy=row.strategy,
        gain=row.difference,
        gain_interval=row.interval_these,
        own=home.difference if home else None,
        own_interval=home.interval_these if home else None,
        lost=float(np.mean([mean for mean, _ in lost])) if lost else None,
        lost_interval=interval if len(known) == len(lost) else None,
    )


def _estimate_losses(
    borrowed: ScoredSlice, own: ScoredSlice, strategy: str, asked: int
) -> list[tuple[float, Estimate | None]]:
    """Return, for each dataset that counts, how much better the own picks are, with its standard error."""
    homes = {scores.panel.dataset: scores for scores in own.scores}
    found = []
    for scores in borrowed.scores:
        values, splits = _pair_areas(scores, homes[scores.panel.dataset], strategy)
        if values.size and values.size >= COVERAGE * asked:
            found.append((float(values.mean()), estimate_mean(values, find_units(splits))))
    return found


def _pair_areas(one: Scores, other: Scores, strategy: str) -> tuple[Floats, Rows]:
    """Return by how much the other's areas are better in the repeats that both have, and their splits."""
    there = {repeat: i for i, repeat in enumerate(_list_repeats(other))}
    common = [(i, there[repeat]) for i, repeat in enumerate(_list_repeats(one)) if repeat in there]
    left, right = np.array(common, dtype=np.intp).reshape(-1, 2).T
    values = compute_differences(one, other.areas[strategy][right], one.areas[strategy][left])
    known = np.isfinite(values)
    return values[known], one.panel.splits[left][known]


def _list_repeats(scores: Scores) -> list[tuple[int, int]]:
    return list(zip(scores.panel.splits.tolist(), scores.panel.starts.tolist(), strict=True))


def find_disagreements(slices: Sequence[SliceEvidence]) -> tuple[Disagreement, ...]:
    """Return the strategies that the slices disagree about; slices whose control fired do not count."""
    able = [evidence for evidence in slices if not evidence.control.fired]
    among = tuple(evidence.slice for evidence in able)
    names = dict.fromkeys(row.strategy for of in able for row in of.rows[1:] if not row.label_looking)
    sides = ((name, _list_slices(able, name, 1), _list_slices(able, name, -1)) for name in names)
    return tuple(
        Disagreement(name, better, worse, among) for name, better, worse in sides if better and worse
    )


def _list_slices(slices: Sequence[SliceEvidence], strategy: str, side: int) -> tuple[Slice, ...]:
    rows = ((evidence.slice, row) for evidence in slices for row in evidence.rows)
    return tuple(of for of, row in rows if row.strategy == strategy and row.side == side)
