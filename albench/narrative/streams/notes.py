"""What to keep in mind of an experiment on streams: who went over budget, what lacks, what is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.stats.significance import ALPHA, can_be_tested, find_fewest_datasets
from albench.narrative.verdicts import write_choice, write_looks, write_tests
from albench.narrative.wording import format_difference
from albench.text import format_count, list_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.streams.evidence.conclusions import StreamEvidence, StreamRow, StreamSliceEvidence

_LISTED, _NAMED = 6, 2


def write_overspending(evidence: StreamSliceEvidence) -> Iterator[str]:
    """Yield who bought more than its budget, in how many trials and by how much at most."""
    over = [line for line in evidence.rows if line.spending and line.spending.n_over]
    if over:
        names = [_describe_excess(line) for line in over]
        yield f"Over budget at some row: {list_first(names, _NAMED)}."


def _describe_excess(line: StreamRow) -> str:
    spending = line.spending
    if spending is None:
        return line.row.strategy
    trials, labels = format_count(spending.n_trials, "trial"), format_count(spending.excess, "label")
    return f"{line.row.strategy} ({spending.n_over} of {trials}, by up to {labels})"


def list_stream_notes(evidence: StreamEvidence) -> list[str]:
    """Return one sentence for each thing that limits what the numbers of the page mean."""
    primary = evidence.primary
    return [
        *write_looks((cell.cell for cell in primary.cells), "stream"),
        *_write_coverage(primary),
        *_write_order(evidence),
        *_write_recovery_limits(evidence),
        *_write_recovery_tests(primary),
        *_write_sensitivity(primary),
    ]


def _write_coverage(primary: StreamSliceEvidence) -> Iterator[str]:
    """Yield which cells do not count, and why."""
    names = []
    for cell in primary.cells:
        if cell.n_asked and not cell.is_covered:
            failed = f", {cell.cell.n_failed:,} failed" if cell.cell.n_failed else ""
            missing = f", {cell.n_missing:,} missing" if cell.n_missing else ""
            counts = f"{cell.cell.n_paired} of {cell.n_asked} repeats{failed}{missing}"
            names.append(f"{cell.cell.strategy} on {cell.cell.dataset} ({counts})")
    if names:
        yield (
            "Left out, with fewer than 80 % of the repeats: "
            f"{list_first(names, _LISTED)}. Means over the streams are without them."
        )


def _write_order(evidence: StreamEvidence) -> Iterator[str]:
    if not evidence.design.is_shuffled:
        yield (
            "Rows arrive in the same order in every repeat: intervals speak of other draws of drift, answers "
            "and seeds on that sequence, not of other sequences."
        )


def _write_recovery_limits(evidence: StreamEvidence) -> Iterator[str]:
    if any(line.recovery for line in evidence.primary.rows):
        yield (
            "Recovery is measured against the learner's own level before the drift: a better one has further "
            f"to come back. Levels are of {evidence.design.window:,} rows, so that no recovery is shorter."
        )


def _write_recovery_tests(primary: StreamSliceEvidence) -> Iterator[str]:
    """Yield from how many repeats on a difference in recovery could be shown, where none could."""
    tested = [line.recovery for line in primary.rows if line.recovery and line.recovery.p is not None]
    most = max((recovery.n_sooner + recovery.n_later for recovery in tested), default=0)
    if tested and not can_be_tested(most, len(tested)):
        yield (
            "Who is back sooner cannot be shown: one of the two is in "
            f"{format_count(most, 'repeat')} at most; below {find_fewest_datasets(len(tested))} the sign "
            f"test cannot get below {ALPHA}."
        )


def _write_sensitivity(primary: StreamSliceEvidence) -> Iterator[str]:
    """Yield the first strategy's gain with what it lacks counted as random's, if it lacks any."""
    if primary.recommendation is None:
        return
    name = primary.recommendation.strategy
    row = primary.find_row(name).row
    cells = [cell for cell in primary.cells if cell.cell.strategy == name]
    if row.sensitivity is not None and any(cell.cell.n_paired < cell.n_asked for cell in cells):
        yield (
            f"With every repeat that {name} lacks counted as equal to random, its gain is "
            f"{format_difference(row.sensitivity, None)}."
        )


def write_stream_tests(primary: StreamSliceEvidence) -> Iterator[str]:
    """Yield what can be said of other streams, and how far the choice of the first flatters it."""
    family = [line.row for line in primary.rows if line.row.difference is not None]
    yield from write_choice(family)
    yield from write_tests(family, "stream")
