"""What came of each oracle: the labels that strategies were given, and what noise leaves of their gains."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.oracles import GainChange, OracleOutcome
from albench.analysis.oracle_answers import count_given_labels
from albench.analysis.paired_comparison import subtract_areas
from albench.analysis.scores import find_shared_looks, pair_repeats
from albench.analysis.stats.intervals import (
    THESE_DATASETS,
    add_corrected_ps,
    average_all,
    build_t_interval,
    estimate_mean,
    find_units,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.analysis.between_slices import ScoredSlice
    from albench.analysis.details.pick_similarity import PickArrays
    from albench.analysis.scores import Scores
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Oracle

_PERFECT = "perfect"


def describe_oracles(
    slices: Sequence[ScoredSlice], oracles: Mapping[str, Oracle], picks: PickArrays | None
) -> tuple[OracleOutcome, ...]:
    """Return what came of each oracle, in the order of the experiment.

    Parameters
    ----------
    slices : sequence of ScoredSlice
        Slices that differ in their oracle alone.
    oracles : mapping
        By label.
    picks : PickArrays or None
        None without the table of queries.
    """
    outcomes = []
    for scored in slices:
        evidence, panels = scored.evidence, [scores.panel for scores in scored.scores]
        names = [row.strategy for row in evidence.rows if not row.label_looking]
        oracle = oracles[evidence.slice.oracle]
        outcome = OracleOutcome(
            oracle=evidence.slice.oracle,
            kind=type(oracle).name or type(oracle).__qualname__,
            error_rate=oracle.state_error_rate(),
            given=count_given_labels(panels, picks, names) if picks and panels else (),
            slice=evidence,
        )
        outcomes.append(outcome)
    return tuple(outcomes)


def order_by_noise(outcomes: Sequence[OracleOutcome]) -> dict[str, tuple[OracleOutcome, ...]]:
    """Return the outcomes of each kind of oracle that states several error rates, the least noise first.

    The perfect oracle is the end without noise of every kind.
    """
    stated = sorted(
        (outcome for outcome in outcomes if outcome.error_rate is not None),
        key=lambda outcome: (outcome.kind, outcome.error_rate),
    )
    by_kind = {kind: tuple(of) for kind, of in groupby(stated, key=lambda outcome: outcome.kind)}
    perfect = by_kind.pop(_PERFECT, ())
    series = {kind: (*perfect, *of) for kind, of in by_kind.items()}
    return {kind: of for kind, of in series.items() if len({outcome.error_rate for outcome in of}) > 1}


def compare_gains(slices: Sequence[ScoredSlice], outcomes: Sequence[OracleOutcome]) -> tuple[GainChange, ...]:
    """Return how the gain of each strategy changes from the least to the most noise of each kind.

    Parameters
    ----------
    slices : sequence of ScoredSlice
        Of the outcomes.
    """
    scores = {scored.evidence.slice.oracle: scored.scores for scored in slices}
    changes: list[GainChange] = []
    for series in order_by_noise(outcomes).values():
        least, most = series[0], series[-1]
        if least.slice.control.fired or most.slice.control.fired:
            continue
        pairs = list(zip(scores[least.oracle], scores[most.oracle], strict=True))
        changes += _compare_ends(least, most, pairs)
    return tuple(changes)


def _compare_ends(
    least: OracleOutcome, most: OracleOutcome, pairs: Sequence[tuple[Scores, Scores]]
) -> Iterator[GainChange]:
    gains = {row.strategy: row.difference for row in least.slice.rows if not row.label_looking}
    rows = [
        row for row in most.slice.rows if row.difference is not None and gains.get(row.strategy) is not None
    ]
    changes = add_corrected_ps({row.strategy: _estimate_change(pairs, row.strategy) for row in rows})
    for row in rows:
        if row.strategy in changes:
            change, p = changes[row.strategy]
            yield GainChange(
                strategy=row.strategy,
                least=least.oracle,
                most=most.oracle,
                gain_least=float(gains[row.strategy] or 0.0),
                gain_most=float(row.difference or 0.0),
                change=float(change.mean),
                interval=build_t_interval(change, THESE_DATASETS),
                p=p,
            )


def _estimate_change(pairs: Sequence[tuple[Scores, Scores]], strategy: str) -> Estimate | None:
    """Return the mean paired change over the datasets; None where one that counts has no standard error."""
    estimates: list[Estimate | None] = []
    for least, most in pairs:
        left, right = pair_repeats(least, most)
        before, after = (subtract_areas(scores, strategy, scores.random) for scores in (least, most))
        change = after[right] - before[left]
        paired = np.isfinite(change)
        if any(scores.is_covered(int(paired.sum()), strategy) for scores in (least, most)):
            units, looks = (
                find_units(least.panel.splits[left][paired]),
                find_shared_looks(strategy, least, most),
            )
            estimates.append(estimate_mean(change[paired], units, looks))
    return average_all(estimates)
