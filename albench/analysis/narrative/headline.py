"""The first sentences of an answer: is anything better than random, by how much, how sure is that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.narrative.primary_slice import saving_at
from albench.analysis.narrative.wording import (
    TWICE_THE_LABELS,
    count,
    difference,
    listed,
    on,
    p_value,
    percent,
    saving,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence import Cell, Interval, Row, Saving
    from albench.analysis.narrative.primary_slice import Setting

_MOST_LISTED = 8
HALF_THE_LABELS = 0.5


def headline(setting: Setting) -> Iterator[str]:
    """Yield what the slice says on average over its datasets."""
    if not setting.rivals:
        yield "No strategy stands beside random sampling: there is nothing to compare."
        return
    if not setting.compared:
        yield (
            f"Nothing can be compared yet: on no dataset does a strategy share 80 % of its "
            f"{count(setting.asked, 'repeat')} with random."
        )
        return
    if setting.clear:
        yield from _clear(setting)
    else:
        yield _unclear(setting)


def _scope(setting: Setting, row: Row) -> str:
    cells = setting.covered(row)
    least, most = min(cell.n_paired for cell in cells), max(cell.n_paired for cell in cells)
    repeats = count(most, "repeat") if least == most else f"{least} to {most} repeats"
    if len(cells) == 1:
        return f"On {cells[0].dataset}, over {repeats} with {setting.model}"
    return f"Over {len(cells)} datasets \u00d7 {repeats} with {setting.model}"


def _clear(setting: Setting) -> Iterator[str]:
    best, *others = setting.clear
    saved = [(cell, found) for cell in setting.covered(best) if (found := saving_at(cell, "final"))]
    if saved:
        yield f"{_scope(setting, best)}, {best.strategy} {_needs(setting, best, saved)}."
        yield from _undetermined(saved)
        yield (
            f"Averaged over the labels, its {setting.metric} is better than random's by "
            f"{_on_average(best, plural=len(setting.covered(best)) > 1)}."
        )
    else:
        yield (
            f"{_scope(setting, best)}, the {setting.metric} of {best.strategy} is better than random's by "
            f"{_on_average(best, plural=len(setting.covered(best)) > 1)}."
        )
    if others:
        names = listed([f"{row.strategy} {_amount(row)}" for row in others])
        yield f"Also better than random, averaged over the labels: {names}."


def _unclear(setting: Setting) -> str:
    best = setting.compared[0]
    plural = len(setting.covered(best)) > 1
    value, interval = best.difference or 0.0, best.interval_these
    start = _scope(setting, best)
    if interval is None:
        return (
            f"{start}, nothing is decided: there are too few repeats for an interval. The largest difference "
            f"to random in {setting.metric} is that of {best.strategy}, {difference(value, None)}."
        )
    mean = " on average" if plural else ""
    if value > 0:
        return (
            f"{start}, no strategy is shown to be better than random{mean}: the largest difference in "
            f"{setting.metric}, that of {best.strategy}, is {_on_average(best, plural=plural)}"
            f"{_alone(setting)}."
        )
    worse = all(row.side < 0 for row in setting.compared)
    says = "random is better than every strategy" if worse else "no strategy is better than random"
    return (
        f"{start}, {says}{mean}: the one that comes closest, {best.strategy}, differs in {setting.metric} by "
        f"{_on_average(best, plural=plural)}."
    )


def _alone(setting: Setting) -> str:
    """Say why an interval above 0 does not decide."""
    best = setting.compared[0]
    if best.interval_these is None or best.interval_these.low <= 0 or best.p_these is None:
        return ""
    return (
        f"; by itself that interval is above 0, but it is the largest of {len(setting.compared)} "
        f"({p_value(best.p_these)}, corrected for their number)"
    )


def _amount(row: Row) -> str:
    return f"({difference(row.difference or 0.0, row.interval_these)})"


def _on_average(row: Row, *, plural: bool) -> str:
    amount = difference(row.difference or 0.0, row.interval_these)
    return f"{amount} (mean over these datasets)" if plural else amount


def _needs(setting: Setting, row: Row, saved: Sequence[tuple[Cell, Saving]]) -> str:
    """Return ``needs 38 % fewer labels than random to reach ...``."""
    shares = [found.saving for _, found in saved if found.saving is not None]
    middle = float(np.median(shares))
    if percent(middle) == "0":
        needs = "needs as many labels as random"
    else:
        needs = f"needs {percent(abs(middle))} % {'fewer' if middle > 0 else 'more'} labels than random"
    return f"{needs} to reach {_target(setting, saved)}{_by_dataset(row, saved)}"


def _undetermined(saved: Sequence[tuple[Cell, Saving]]) -> Iterator[str]:
    """Say of which savings the interval reaches from many more labels than random to many fewer."""
    names = [cell.dataset for cell, found in saved if found.interval and _is_wide(found.interval)]
    if names:
        yield (
            f"{on(names, len(saved)).replace('on', 'On', 1)} that saving is poorly determined: the curves "
            f"are flat at the end, or rise by little more than their noise."
        )


def _is_wide(interval: Interval) -> bool:
    return interval.low < TWICE_THE_LABELS and interval.high > HALF_THE_LABELS


def _target(setting: Setting, saved: Sequence[tuple[Cell, Saving]]) -> str:
    set_by = {found.set_by for _, found in saved}
    if set_by == {"random"}:
        return f"random's final {setting.metric}"
    if set_by == {"strategy"}:
        return f"its own final {setting.metric}, which is worse than random's"
    return f"the worse of the two final values of {setting.metric}"


def _by_dataset(row: Row, saved: Sequence[tuple[Cell, Saving]]) -> str:
    known = [
        (cell.dataset, found.saving, found.interval) for cell, found in saved if found.saving is not None
    ]
    if len(known) == 1:
        interval = known[0][2]
        return (
            f" (saving {saving(known[0][1], interval)})" if interval else " (too few repeats for an interval)"
        )
    middle = "median over datasets"
    if row.interval_saving is not None:
        share = saving(row.median_saving or 0.0, row.interval_saving)
        middle = f"median saving {share} on datasets like these"
    if len(known) > _MOST_LISTED:
        ordered = sorted(known, key=lambda one: (one[1], one[0]))
        (low, least, _), (high, most, _) = ordered[0], ordered[-1]
        spread = f"from {percent(least)} % on {low} to {percent(most)} % on {high}"
        return f" ({middle}; {spread})"
    each = ", ".join(f"{dataset} {saving(share, interval)}" for dataset, share, interval in known)
    return f" ({middle}; {each})"
