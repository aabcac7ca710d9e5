"""Seed sets that ask for more rows than the classes that they know have: their trials would fail."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from albench.text import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.planning.plan import Plan, PlannedTrial


def find_scarce_seeds(plan: Plan, trials: Iterable[PlannedTrial]) -> tuple[str, ...]:
    """Say which seed sets are larger than their classes are in a pool with the dataset's proportions."""
    if plan.is_stream:
        return ()
    starts = {(t.seed_set.label, t.dataset, t.identity.seed_size): t for t in trials}
    scarce = []
    for (seed_set, dataset, size), trial in starts.items():
        facts = plan.facts[dataset]
        counts = dict(zip(facts.classes, facts.class_counts, strict=True))
        share = trial.n_pool / sum(facts.class_counts)
        n_known = min(trial.n_pool, ceil(trial.seed_set.component.count_most_rows(counts) * share))
        # Of pools that are shaped, or of a split's own, the proportions are not known here.
        if size > n_known and not facts.pools:
            scarce.append(
                f"seed set '{seed_set}' on '{dataset}': {format_count(size, 'row')} cannot come from the "
                f"classes that it knows, of which a pool has about {n_known}: trials without more would fail;"
                " lower 'seed_sizes', or let more classes be known"
            )
    return tuple(scarce)
