"""Rows that are read until nearly all of a class are found: work saved over sampling (Cohen et al., 2006)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import WorkSaved
from albench.analysis.labels_needed import SAME
from albench.analysis.stats.intervals import build_t_interval, estimate_mean, find_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.scores import Scores
    from albench.contracts import Floats

RECALL = 0.95
"""Share of the class at which reading stops: WSS@95."""


def measure_work_saved(scores: Scores, n_pool: int) -> Iterator[WorkSaved]:
    """Yield what each strategy reads of a pool, by the shares of a class found that are its scores.

    Each trial reads whole batches until the share is reached: as one stops in practice, not where a mean
    curve passes it.
    """
    panel = scores.panel
    for strategy, curves in scores.values.items():
        is_finished = np.isfinite(curves).any(axis=2)
        n_read = _count_read(panel.n_labels, curves)[is_finished]
        if not n_read.size:
            continue
        n_short = int(np.isinf(n_read).sum())
        if n_short:
            # A mean over the trials that get there would be of the easy ones.
            yield WorkSaved(panel.dataset, strategy, n_pool, n_read.size, n_short)
            continue
        # The orders of random share the split of their repeat.
        by_repeat = np.where(is_finished, _count_read(panel.n_labels, curves), 0).sum(axis=0)
        repeats = is_finished.any(axis=0)
        values = by_repeat[repeats] / is_finished.sum(axis=0)[repeats]
        units = find_units(panel.splits[repeats])
        mean = float(values.mean())
        interval = build_t_interval(estimate_mean(values, units), units.unit_name)
        if interval is not None:
            interval = replace(interval, low=max(interval.low, 0.0), high=min(interval.high, float(n_pool)))
        wss = 1 - mean / n_pool - (1 - RECALL)
        yield WorkSaved(panel.dataset, strategy, n_pool, n_read.size, 0, mean, interval, wss)


def _count_read(n_labels: Floats, curves: Floats) -> Floats:
    """Return the rows that are read by the round in which each curve reaches the share; infinite if none."""
    has_enough = curves >= RECALL - SAME
    return np.where(has_enough.any(axis=2), n_labels[has_enough.argmax(axis=2)], np.inf)
