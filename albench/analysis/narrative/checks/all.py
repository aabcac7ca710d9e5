"""What can be wrong with an experiment, looked at one by one: codes whose meaning never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.narrative.checks.data import (
    class_never_bought,
    contention,
    environments,
    failed,
    metric_and_imbalance,
    seed_classes,
    ties,
)
from albench.analysis.narrative.checks.design import (
    aa_control,
    datasets_for_any_test,
    flattened,
    paired,
    race_open,
    repeats,
    slices_agree,
    smallest_p,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from albench.analysis.evidence import Check, SliceEvidence


def checks(
    found: Sequence[SliceEvidence],
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    queries: pl.DataFrame | None,
    *,
    asked: int,
    n_missing: int,
) -> tuple[Check, ...]:
    """Return every check in the order of the codes; what is looked at is the primary slice and all trials.

    Parameters
    ----------
    found : sequence of SliceEvidence
        One of them primary.
    trials, curves : DataFrame
    queries : DataFrame or None
        Without it some checks do not apply.
    asked : int
        Repeats that the experiment asks for.
    n_missing : int
        Trials that are still to run.
    """
    primary = next(one for one in found if one.primary)
    return (
        repeats(asked),
        paired(primary),
        datasets_for_any_test(primary),
        flattened(primary),
        race_open(primary),
        seed_classes(trials, queries),
        class_never_bought(primary),
        failed(trials, n_missing),
        metric_and_imbalance(primary),
        contention(trials),
        ties(trials, curves),
        smallest_p(primary),
        aa_control(primary),
        slices_agree(found),
        environments(trials),
    )
