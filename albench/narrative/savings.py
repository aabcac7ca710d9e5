"""Label savings in sentences: what is shown, what is only estimated, what lies beyond the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.label_saving import FEWEST_REPEATS, FEWEST_SPLITS, find_saving_side, order_saving
from albench.narrative.wording import TWICE_THE_LABELS, describe_undefined, format_datasets, format_saving
from albench.text import format_count, format_hundredths, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence.cells import Cell, Saving
    from albench.analysis.evidence.rows import Row
    from albench.narrative.primary_slice import PrimarySlice

HALF_THE_LABELS = 0.5


def format_fewer(share: float, fewer: str = "fewer", many: str = "many") -> str:
    """Return ``43 % fewer``, ``5 % more`` or ``as many``."""
    if format_hundredths(share) == "0":
        return f"as {many}"
    return f"{format_hundredths(abs(share))} % {fewer if share > 0 else 'more'}"


def format_labels(share: float, other: str = "random") -> str:
    """Return ``38 % fewer labels than random``."""
    return f"{format_fewer(share)} labels {choose_link(share)} {other}"


def choose_link(share: float) -> str:
    """Return what follows an amount: ``as`` after ``as many labels``, else ``than``."""
    return "as" if format_hundredths(share) == "0" else "than"


def is_saving_shown(primary: PrimarySlice, row: Row) -> bool:
    """Say whether intervals exclude 0 for a strategy and do not for one random order against the others."""
    control = primary.evidence.control
    of_random = find_saving_side(list(control.savings.values()), control.interval_saving)
    return bool(find_saving_side(list_final_savings(primary, row), row.interval_saving)) and not of_random


def list_final_savings(primary: PrimarySlice, row: Row) -> list[Saving]:
    """Return the savings of a strategy at the worse of the final levels, on the datasets that count."""
    savings = [cell.find_saving("final") for cell in primary.list_covered_cells(row)]
    return [saving for saving in savings if saving is not None and saving.saving is not None]


def _explain_not_shown(row: Row, savings: Sequence[Saving]) -> str:
    if find_saving_side(savings, row.interval_saving):
        return "not shown, since one random order seems to save labels against another one, too"
    if row.interval_saving is not None or len(savings) == 1:
        interval = row.interval_saving or savings[0].interval
        return "not shown, since its interval holds 0" if interval else "not shown, since it has no interval"
    if not any(saving.interval for saving in savings):
        return "not shown, since it has no interval"
    return "not shown, since no more than half of the datasets have an interval that excludes 0"


def write_limits(primary: PrimarySlice, row: Row) -> Iterator[str]:
    """Say which savings of a strategy are not defined, not shown, or hardly determined."""
    cells = primary.list_covered_cells(row)
    saved = [(cell, of) for cell in cells if (of := cell.find_saving("final")) and of.saving is not None]
    flat = [cell.dataset for cell in cells if (of := cell.find_saving("final")) and of.undefined == "no_rise"]
    if flat and saved:
        where = format_datasets(flat, len(cells)).replace("on", "On", 1)
        yield f"{where} {row.strategy} has no label saving: {describe_undefined('no_rise')}."
    if saved and not is_saving_shown(primary, row):
        reason = _explain_not_shown(row, [of for _, of in saved])
        yield f"The label saving of {row.strategy} is an estimate, {reason}."
    yield from _write_missing_intervals(saved)
    names = [
        cell.dataset
        for cell, saving in saved
        if (ends := saving.interval) and ends.low < TWICE_THE_LABELS and ends.high > HALF_THE_LABELS
    ]
    if names:
        where = format_datasets(names, len(saved)).replace("on", "On", 1)
        yield (
            f"{where} that saving is poorly determined: the curves are flat at the end, or rise by little "
            f"more than their noise."
        )


def _write_missing_intervals(saved: Sequence[tuple[Cell, Saving]]) -> Iterator[str]:
    """Say of which savings there is no interval, where others have one."""
    lacking = [cell for cell, saving in saved if saving.interval is None]
    if not lacking or len(saved) == 1 or len(lacking) == len(saved):
        return
    each = list_words([f"{cell.dataset} ({_explain_no_interval(cell)})" for cell in lacking])
    yield f"That saving has no interval on {each}."


def _explain_no_interval(cell: Cell) -> str:
    if cell.n_paired < FEWEST_REPEATS:
        return f"{format_count(cell.n_paired, 'repeat')} paired, and it takes {FEWEST_REPEATS}"
    if 1 < cell.n_splits < FEWEST_SPLITS:
        return f"{cell.n_splits} splits, and it takes {FEWEST_SPLITS}"
    return "the repeats do not bound it"


def write_way_to_reference(primary: PrimarySlice) -> Iterator[str]:
    """Yield how the best strategy gets 95 % of the way from the seed set to the reference."""
    row = primary.best
    covered = primary.list_covered_cells(row)
    cells = [(cell, saving) for cell in covered if (saving := cell.find_saving("95"))]
    if not cells:
        return
    parts = [*_describe_median(row, cells), *_describe_censored(row, cells)]
    for reason in dict.fromkeys(saving.undefined for _, saving in cells if saving.undefined):
        names = [cell.dataset for cell, saving in cells if saving.undefined == reason]
        parts.append(f"{format_datasets(names, len(cells))} {describe_undefined(reason)}")
    way = "95 % of the way from the seed set to the model trained on the whole pool"
    yield f"For {way}: {'; '.join(parts)}."


def _describe_median(row: Row, cells: Sequence[tuple[Cell, Saving]]) -> Iterator[str]:
    """Yield the median over all datasets on which a curve gets there; a censored saving has a place in it."""
    known = [(cell, saving) for cell, saving in cells if saving.saving is not None]
    if not known:
        return
    placed = known if len(known) == 1 else [(c, s) for c, s in cells if order_saving(s) is not None]
    shown = find_saving_side([saving for _, saving in placed], None)
    needs = f"{row.strategy} {'needs' if shown else 'is estimated to need'}"
    if len(known) == 1:
        cell, saving = known[0]
        yield f"{needs} {format_labels(saving.saving or 0.0)} on {cell.dataset}"
        return
    ordered = sorted(order_saving(saving) or 0.0 for _, saving in placed)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    if np.isfinite(low) and np.isfinite(high):
        yield f"{needs} {format_labels((low + high) / 2)} (median over {len(ordered)} datasets)"
        return
    where = format_datasets([cell.dataset for cell, _ in known], len(cells))
    numbers = [saving.saving or 0.0 for _, saving in known]
    yield (
        f"{where} both get there, and {row.strategy} saves {format_hundredths(min(numbers))} to "
        f"{format_hundredths(max(numbers))} % of random's labels; the median over {len(ordered)} datasets "
        f"lies beyond the budget"
    )


def _describe_censored(row: Row, cells: Sequence[tuple[Cell, Saving]]) -> Iterator[str]:
    for censored, there, not_there in (
        ("random", row.strategy, "random"),
        ("strategy", "random", row.strategy),
    ):
        names = [cell.dataset for cell, saving in cells if saving.censored == censored]
        if names:
            place = format_datasets(names, len(cells))
            yield f"{place} {there} gets there within the budget and {not_there} does not"


def write_control_saving(primary: PrimarySlice) -> Iterator[str]:
    """Yield what one random order seems to save against the others: what a saving must differ from."""
    control = primary.evidence.control
    shares = [saving.saving for saving in control.savings.values() if saving.saving is not None]
    if not shares or control.fired:
        return
    middle = float(np.median(shares))
    interval = control.interval_saving if len(shares) > 1 else next(iter(control.savings.values())).interval
    over = f"median over {len(shares)} datasets" if len(shares) > 1 else f"on {next(iter(control.savings))}"
    yield (
        f"By the same measure one random order needs {format_labels(middle, 'the others')} "
        f"(a saving of {format_saving(middle, interval)}, {over})."
    )
