"""What a reader must keep in mind: coverage, curves that ended early, peeking, machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.label_saving import FEWEST_REPEATS, FEWEST_SPLITS
from albench.report.html.numbers import format_count, format_signed
from albench.text import list_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.conclusions import Evidence, SliceEvidence
    from albench.report.page import Page

_LISTED = 6


def list_notes(page: Page, evidence: Evidence) -> list[str]:
    """Return one sentence for each thing that limits what the page's numbers mean."""
    primary = evidence.primary
    sentences = [
        *_describe_run(page),
        *_describe_random_beginnings(evidence),
        *_describe_coverage(page, primary),
        *_describe_early_ends(primary),
    ]
    return [*sentences, *(f"{warning}." for warning in page.warnings)]


def _describe_run(page: Page) -> Iterator[str]:
    if len(page.environments) > 1:
        yield (
            f"The trials ran in {len(page.environments)} different environments "
            f"({', '.join(page.environments)}): results are bit-identical within one, not across them."
        )
    if page.repeats < FEWEST_REPEATS:
        repeats = format_count(page.repeats, "repeat")
        yield f"With {repeats} label savings have no interval: {FEWEST_REPEATS} are needed."
    elif page.starts > 1 and 1 < page.splits < FEWEST_SPLITS:
        yield f"With {page.splits} splits label savings have no interval: {FEWEST_SPLITS} are needed."
    if page.starts > 1 and page.splits == 1:
        yield "There is one split: intervals are over its starts and say nothing of other splits."
    if page.label_seeking:
        yield (
            f"Seed sets by {list_first(page.label_seeking, _LISTED)} look at labels before any is bought, "
            "for every strategy alike: in practice that knowledge has a price."
        )


def _describe_random_beginnings(evidence: Evidence) -> Iterator[str]:
    if names := evidence.run.began_at_random:
        verb, object_ = ("queries its", "it") if len(names) == 1 else ("query their", "them")
        yield (
            f"Without a seed set {list_first(names, _LISTED)} {verb} first batch at random: while nothing is "
            f"labelled all candidates are alike to {object_}."
        )


def _describe_coverage(page: Page, primary: SliceEvidence) -> Iterator[str]:
    others = [cell for cell in primary.cells if cell.strategy != primary.baseline]
    short = [
        f"{cell.strategy} on {cell.dataset} ({cell.n_paired} of {n_asked})"
        for cell in others
        if cell.n_paired < (n_asked := page.repeats if cell.n_asked is None else cell.n_asked)
    ]
    if short:
        yield f"Compared over fewer repeats than the experiment asks for: {list_first(short, _LISTED)}."
    bare = [
        f"{cell.strategy} on {cell.dataset} ({cell.n_paired})"
        for cell in others
        if cell.savings
        and cell.savings[0].interval is None
        and cell.n_paired < FEWEST_REPEATS <= page.repeats
    ]
    if bare:
        cells = list_first(bare, _LISTED)
        yield f"Label savings have no interval below {FEWEST_REPEATS} paired repeats: {cells}."
    ranked = len(primary.complete)
    if 0 < ranked < len(primary.datasets):
        yield f"Mean ranks are over the {ranked} of {len(primary.datasets)} datasets that no strategy lacks."
    moved = [
        f"{row.strategy} {format_signed(row.sensitivity)} instead of {format_signed(row.difference)}"
        for row in primary.rows
        if row.sensitivity is not None and format_signed(row.sensitivity) != format_signed(row.difference)
    ]
    if moved:
        shifts = list_first(moved, _LISTED)
        yield f"With every missing repeat counted as equal to random, the differences are: {shifts}."


def _describe_early_ends(primary: SliceEvidence) -> Iterator[str]:
    flat = [
        f"{cell.strategy} on {cell.dataset} ({format_count(cell.flat, 'trial')})"
        for cell in primary.cells
        if cell.flat
    ]
    if flat:
        yield (
            "Curves that ended before the budget went into the area with their last level carried on flat: "
            f"{list_first(flat, _LISTED)}."
        )
