"""The answer in sentences, each generated from the numbers that the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.caveats import (
    write_control,
    write_coverage,
    write_query_cost,
    write_sensitivity,
    write_unfinished_trials,
)
from albench.narrative.disagreements import summarise_disagreements
from albench.narrative.headline import write_headline
from albench.narrative.primary_slice import PrimarySlice
from albench.narrative.savings import write_control_saving, write_way_to_reference
from albench.narrative.verdicts import (
    write_second_baseline,
    write_tests,
    write_verdicts,
)
from albench.text import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence import Cell, Evidence, SliceEvidence


def write_answer(evidence: Evidence) -> tuple[str, ...]:
    """Return what the primary slice says, the answer first, then how sure it is and what is missing.

    Each sentence is generated from numbers that the page shows; there is none without a slice.
    """
    if not evidence.slices:
        return ()
    primary = PrimarySlice(evidence.primary, evidence.n_repeats)
    against = () if primary.evidence.control.fired else evidence.disagreements
    disagreements = [summarise_disagreements(against)] if against else []
    unfinished = write_unfinished_trials(
        evidence.failures, evidence.n_missing, sum(evidence.skipped.values())
    )
    return (*_write_findings(primary, evidence.slices), *disagreements, *unfinished)


def _write_findings(primary: PrimarySlice, slices: Sequence[SliceEvidence]) -> Iterator[str]:
    if not _has_begun(primary.evidence):
        yield _write_nothing(primary, sum(map(_has_begun, slices)))
        return
    cells = primary.list_cells(primary.random)
    if not any(cell.n_repeats for cell in cells):
        lacks = _explain_no_area(primary, cells) or "has no finished trial"
        yield f"{primary.random.strategy} {lacks}: there is nothing to compare with."
        return
    if primary.evidence.control.fired:
        yield write_control(primary)
    else:
        yield from _write_conclusions(primary)
    yield from write_coverage(primary)


def _has_begun(evidence: SliceEvidence) -> bool:
    return any(cell.n_repeats for cell in evidence.cells)


def _write_nothing(primary: PrimarySlice, n_begun: int) -> str:
    undefined = _explain_no_area(primary, primary.evidence.cells)
    if undefined and not n_begun:
        return f"Every strategy {undefined}: there is nothing to say."
    if not n_begun:
        return f"No trial has finished with {primary.metric} yet: there is nothing to say."
    return (
        f"No trial of the slice that is answered for has finished: {primary.metric} with {primary.model}. "
        f"There are results in {format_count(n_begun, 'other slice')}: Robustness on the page has them."
    )


def _explain_no_area(primary: PrimarySlice, cells: Sequence[Cell]) -> str:
    """Say that trials have finished in whose rounds the metric is undefined; empty if there are none."""
    if not any(cell.n_without_area for cell in cells):
        return ""
    return f"has finished trials, but {primary.metric} has no number in some of their rounds"


def _write_conclusions(primary: PrimarySlice) -> Iterator[str]:
    yield from write_headline(primary)
    if not primary.compared:
        return
    yield from write_verdicts(primary)
    yield from write_tests(primary)
    yield from write_way_to_reference(primary)
    yield from write_second_baseline(primary)
    yield write_control(primary)
    yield from write_control_saving(primary)
    yield from write_sensitivity(primary)
    yield from write_query_cost(primary)
