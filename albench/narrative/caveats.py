"""What an answer rests on: the control, what is left out, what failed or is missing, what it costs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from albench.narrative.wording import describe_control, format_difference, list_names
from albench.text import format_count, format_rough_seconds, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.cells import Cell
    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.evidence.rows import Row
    from albench.analysis.streams.evidence.conclusions import StreamEvidence
    from albench.narrative.primary_slice import PrimarySlice


def write_control(primary: PrimarySlice) -> str:
    """Return what the A/A control says."""
    control = primary.evidence.control
    reason = describe_control(control)
    if control.fired:
        return (
            f"Verdicts are withheld: {reason}. Independent random orders should not differ, so "
            f"differences between strategies cannot be trusted either."
        )
    return f"The control holds: {reason}." if control.available else f"There is no A/A control: {reason}."


def write_coverage(primary: PrimarySlice) -> Iterator[str]:
    """Yield what is left out, where and why."""
    for row in primary.evidence.rows:
        yield from _write_absent(primary, row)
    for dataset in primary.evidence.datasets:
        left_out = _find_left_out(primary, dataset)
        names = [f"{cell.strategy} ({cell.n_paired} paired)" for cell in left_out]
        if names:
            repeats = format_count(max(map(primary.count_asked, left_out)), "repeat")
            yield (
                f"Left out on {dataset}, where fewer than 80 % of {repeats} are paired with random: "
                f"{list_words(names)}."
            )
    looking = [row.strategy for row in primary.evidence.rows if row.label_looking]
    if looking:
        why = "it sees" if len(looking) == 1 else "they see"
        yield f"Neither ranked nor tested, because {why} hidden labels: {list_words(looking)}."


def _write_absent(primary: PrimarySlice, row: Row) -> Iterator[str]:
    cells = primary.list_cells(row)
    absent = [cell for cell in cells if not cell.n_repeats]
    if not absent:
        return
    failed = sum(cell.n_failed for cell in absent)
    why = f" ({format_count(failed, 'trial')} failed)" if failed else ""
    undefined = [cell.dataset for cell in absent if cell.n_without_area]
    if undefined:
        yield (
            f"{row.strategy} is not judged on {list_words(undefined)}: its trials have finished, but "
            f"{primary.metric} has no number in some of their rounds."
        )
        absent = [cell for cell in absent if not cell.n_without_area]
    if not absent:
        return
    if len(absent) == len(cells):
        yield f"{row.strategy} has no finished trial with {primary.metric}{why}: nothing is said of it."
    else:
        names = list_words([cell.dataset for cell in absent])
        yield f"{row.strategy} has no finished trial with {primary.metric} on {names}{why}."


def _find_left_out(primary: PrimarySlice, dataset: str) -> list[Cell]:
    covered = [cell for row in primary.evidence.rows[1:] for cell in primary.list_covered_cells(row)]
    cells = [cell for row in primary.evidence.rows[1:] for cell in primary.list_cells(row)]
    return [cell for cell in cells if cell.dataset == dataset and cell.n_repeats and cell not in covered]


def write_sensitivity(primary: PrimarySlice) -> Iterator[str]:
    """Yield the best strategy's mean difference with what it lacks counted as random's, if it lacks any."""
    best = primary.best
    lacks = any(cell.n_paired < primary.count_asked(cell) for cell in primary.list_cells(best))
    if lacks and best.sensitivity is not None:
        yield (
            f"With every repeat that {best.strategy} lacks counted as equal to random, its mean "
            f"{'difference' if primary.evidence.greater_is_better else 'gain'} is "
            f"{format_difference(best.sensitivity, None)}."
        )


def write_unfinished_trials(evidence: Evidence | StreamEvidence) -> Iterator[str]:
    """Yield in one sentence how many trials failed, how many are still to run, and how many never will."""
    failures, n_missing, n_skipped = evidence.failures, evidence.n_missing, sum(evidence.skipped.values())
    parts = []
    if failures:
        counts = Counter(failure.strategy for failure in failures)
        names = list_names([f"{name} {number:,}" for name, number in sorted(counts.items())])
        parts.append(f"{len(failures):,} failed ({names})")
    if n_missing:
        parts.append(f"{n_missing:,} {'is' if n_missing == 1 else 'are'} missing")
    if n_skipped:
        parts.append(f"{n_skipped:,} {'is' if n_skipped == 1 else 'are'} skipped as unsuitable")
    if parts:
        yield f"Of the trials {list_words(parts)}{': all of this is provisional' if n_missing else ''}."


def write_query_cost(primary: PrimarySlice) -> Iterator[str]:
    """Yield what the best strategy's queries cost beside random's."""
    row = primary.best
    if row.query_s_per_label is not None and primary.random.query_s_per_label is not None:
        yield (
            f"Choosing a label costs {row.strategy} {format_rough_seconds(row.query_s_per_label)} of "
            f"processor time, random {format_rough_seconds(primary.random.query_s_per_label)}."
        )
