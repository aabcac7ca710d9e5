"""The rows that a trial starts from, and what its notes say of a start from nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts import SeedPool, SeedSet
from albench.contracts.returned import check_seed_rows
from albench.prepared.matrices import VisibleFeatures
from albench.registry.lookup import restore_component
from albench.trial.history import QueriedBatch

if TYPE_CHECKING:
    from albench.contracts import Floats
    from albench.ordering import Picks
    from albench.prepared.shared_arrays import SharedArrays
    from albench.trial.history import History
    from albench.trial.random_streams import TrialStreams
    from albench.trial.records import TrialTask

AT_RANDOM = "the first batch was queried at random: without any label all candidates were alike"
"""What the notes of a trial say whose strategy could not choose without a label."""


def choose_seed_set(
    task: TrialTask, history: History, features: Floats, shared: SharedArrays, streams: TrialStreams
) -> tuple[QueriedBatch, str]:
    """Return the batch of round 0, and what a reader should know of it."""
    identity = task.identity
    method: SeedSet = restore_component(task.seed_set)
    pool = SeedPool(
        labels=history.true_labels,
        classes=task.classes,
        rows=history.rows,
        visible_features=VisibleFeatures(features, type(method).__name__, accepts_sparse=False),
        shared=shared,
        split=identity.split_index,
        start=identity.start,
    )
    rows = method.choose_from(pool, identity.seed_size, streams.open_seed_set_rng())
    checked = check_seed_rows(rows, method, identity.seed_size, history.rows.size)
    return QueriedBatch.from_seed_set(checked), method.describe_choice(pool)


def began_at_random(picks: Picks, n_candidates: int, features: VisibleFeatures, shared: SharedArrays) -> bool:
    """Say whether a first batch was queried at random where nothing was labelled.

    It was if the strategy looked neither at the features nor at what a split shares of them, or if all
    candidates were tied for each of its picks: the model says the same of every row then.
    """
    were_features_seen = features.were_seen or len(shared) > 0
    return not were_features_seen or bool(picks.tied.all() and picks.n_tied == n_candidates)
