"""What can be wrong with an experiment, looked at one by one: codes whose meaning never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.checks import data, design, shape

if TYPE_CHECKING:
    from albench.analysis.evidence.conclusions import Evidence
    from albench.narrative.checks.check import Check


def run_checks(evidence: Evidence) -> tuple[Check, ...]:
    """Return every check in the order of the codes; none without a slice.

    What is looked at is the primary slice and all trials.
    """
    if not evidence.slices:
        return ()
    primary, run = evidence.primary, evidence.run
    return (
        design.check_repeats(evidence),
        design.check_pairing(primary),
        design.check_datasets(primary),
        design.check_plateau(primary),
        design.check_race(primary),
        data.check_seed_classes(run),
        data.check_queried_classes(primary),
        data.check_trials_done(evidence),
        data.check_metric(primary),
        data.check_contention(run),
        data.check_ties(run),
        design.check_smallest_p(primary),
        design.check_control(primary),
        design.check_agreement(evidence),
        data.check_environments(run.n_environments),
        shape.check_shape(primary),
        design.check_distinct(primary),
    )
