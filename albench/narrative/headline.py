"""The first sentences of an answer: is anything better than random, by how much, how sure is that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.narrative.primary_slice import find_saving
from albench.narrative.wording import TWICE_THE_LABELS, format_datasets, format_difference, format_saving
from albench.text import format_count, format_hundredths, format_p_value, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence import Cell, Interval, Row, Saving
    from albench.narrative.primary_slice import PrimarySlice

_MOST_LISTED = 8
HALF_THE_LABELS = 0.5


def write_headline(primary: PrimarySlice) -> Iterator[str]:
    """Yield what the slice says on average over its datasets."""
    if not primary.rivals:
        yield "No strategy stands beside random sampling: there is nothing to compare."
        return
    if not primary.compared:
        yield (
            f"Nothing can be compared yet: on no dataset does a strategy share 80 % of its "
            f"{format_count(primary.n_repeats, 'repeat')} with random."
        )
        return
    if primary.clear:
        yield from _write_clear(primary)
    else:
        yield _write_unclear(primary)


def _describe_scope(primary: PrimarySlice, row: Row) -> str:
    cells = primary.list_covered_cells(row)
    least, most = min(cell.n_paired for cell in cells), max(cell.n_paired for cell in cells)
    repeats = format_count(most, "repeat") if least == most else f"{least} to {most} repeats"
    if len(cells) == 1:
        return f"On {cells[0].dataset}, over {repeats} with {primary.model}"
    return f"Over {len(cells)} datasets \u00d7 {repeats} with {primary.model}"


def _write_clear(primary: PrimarySlice) -> Iterator[str]:
    best, *others = primary.clear
    cells = primary.list_covered_cells(best)
    saved = [(cell, saving) for cell in cells if (saving := find_saving(cell, "final"))]
    gain = _format_gain(best, plural=len(cells) > 1)
    if saved:
        scope, needs = _describe_scope(primary, best), _describe_saving(primary, best, saved)
        yield f"{scope}, {best.strategy} {needs}."
        yield from _write_poorly_determined(saved)
        yield f"Averaged over the labels, its {primary.metric} is better than random's by {gain}."
    else:
        scope = _describe_scope(primary, best)
        yield f"{scope}, the {primary.metric} of {best.strategy} is better than random's by {gain}."
    if others:
        names = list_words([f"{row.strategy} ({_format_gain(row)})" for row in others])
        yield f"Also better than random, averaged over the labels: {names}."


def _write_unclear(primary: PrimarySlice) -> str:
    best = primary.compared[0]
    plural = len(primary.list_covered_cells(best)) > 1
    value, interval = best.difference or 0.0, best.interval_these
    start = _describe_scope(primary, best)
    if interval is None:
        return (
            f"{start}, nothing is decided: there are too few repeats for an interval. The largest difference "
            f"to random in {primary.metric} is that of {best.strategy}, {format_difference(value, None)}."
        )
    mean = " on average" if plural else ""
    if value > 0:
        return (
            f"{start}, no strategy is shown to be better than random{mean}: the largest difference in "
            f"{primary.metric}, that of {best.strategy}, is {_format_gain(best, plural=plural)}"
            f"{_explain_undecided(primary)}."
        )
    worse = all(row.side < 0 for row in primary.compared)
    says = "random is better than every strategy" if worse else "no strategy is better than random"
    return (
        f"{start}, {says}{mean}: the one that comes closest, {best.strategy}, differs in {primary.metric} by "
        f"{_format_gain(best, plural=plural)}."
    )


def _explain_undecided(primary: PrimarySlice) -> str:
    """Say why an interval above 0 does not decide."""
    best = primary.compared[0]
    if best.interval_these is None or best.interval_these.low <= 0 or best.p_these is None:
        return ""
    return (
        f"; by itself that interval is above 0, but it is the largest of {len(primary.compared)} "
        f"({format_p_value(best.p_these)}, corrected for their number)"
    )


def _format_gain(row: Row, *, plural: bool = False) -> str:
    amount = format_difference(row.difference or 0.0, row.interval_these)
    return f"{amount} (mean over these datasets)" if plural else amount


def _describe_saving(primary: PrimarySlice, row: Row, saved: Sequence[tuple[Cell, Saving]]) -> str:
    """Return ``needs 38 % fewer labels than random to reach ...``."""
    shares = [saving.saving for _, saving in saved if saving.saving is not None]
    middle = float(np.median(shares))
    if format_hundredths(middle) == "0":
        needs = "needs as many labels as random"
    else:
        needs = (
            f"needs {format_hundredths(abs(middle))} % {'fewer' if middle > 0 else 'more'} labels than random"
        )
    return f"{needs} to reach {_describe_target(primary, saved)}{_list_savings(row, saved)}"


def _write_poorly_determined(saved: Sequence[tuple[Cell, Saving]]) -> Iterator[str]:
    """Say of which savings the interval reaches from many more labels than random to many fewer."""
    names = [cell.dataset for cell, saving in saved if saving.interval and _is_wide(saving.interval)]
    if names:
        where = format_datasets(names, len(saved)).replace("on", "On", 1)
        yield (
            f"{where} that saving is poorly determined: the curves are flat at the end, or rise by little "
            f"more than their noise."
        )


def _is_wide(interval: Interval) -> bool:
    return interval.low < TWICE_THE_LABELS and interval.high > HALF_THE_LABELS


def _describe_target(primary: PrimarySlice, saved: Sequence[tuple[Cell, Saving]]) -> str:
    set_by = {saving.set_by for _, saving in saved}
    if set_by == {"random"}:
        return f"random's final {primary.metric}"
    if set_by == {"strategy"}:
        return f"its own final {primary.metric}, which is worse than random's"
    return f"the worse of the two final values of {primary.metric}"


def _list_savings(row: Row, saved: Sequence[tuple[Cell, Saving]]) -> str:
    savings = [(cell.dataset, of.saving, of.interval) for cell, of in saved if of.saving is not None]
    if len(savings) == 1:
        _, share, interval = savings[0]
        return (
            f" (saving {format_saving(share, interval)})"
            if interval
            else " (too few repeats for an interval)"
        )
    middle = "median over datasets"
    if row.interval_saving is not None:
        median = format_saving(row.median_saving or 0.0, row.interval_saving)
        middle = f"median saving {median} on datasets like these"
    if len(savings) > _MOST_LISTED:
        ordered = sorted(savings, key=lambda saving: (saving[1], saving[0]))
        (low, least, _), (high, most, _) = ordered[0], ordered[-1]
        spread = f"from {format_hundredths(least)} % on {low} to {format_hundredths(most)} % on {high}"
        return f" ({middle}; {spread})"
    each = ", ".join(f"{dataset} {format_saving(share, interval)}" for dataset, share, interval in savings)
    return f" ({middle}; {each})"
