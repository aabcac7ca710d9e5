"""Sentences on the rows of a class that are found in the pool, where that is what trials are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.text import MINUS, format_count, format_percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.cells import Cell, WorkSaved
    from albench.analysis.evidence.conclusions import Evidence
    from albench.narrative.primary_slice import PrimarySlice

FOUND = "found_"
"""What columns of the metric ``found`` begin with; the name of the class follows."""


def write_rare_rows(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield the rows that 95 % of a class take, or what part of it the budget finds, against random."""
    del evidence
    if not primary.metric.startswith(FOUND) or not primary.compared:
        return
    pairs = [
        (cell, random)
        for cell in primary.list_covered_cells(primary.best)
        for random in primary.list_cells(primary.random)
        if random.dataset == cell.dataset and cell.curve is not None and random.curve is not None
    ]
    if not pairs:
        return
    name, of_class = primary.best.strategy, f"class {primary.metric.removeprefix(FOUND)}"
    on = "" if len(pairs) == 1 else f" on average over {format_count(len(pairs), 'dataset')}"
    datasets = {cell.dataset for cell, _ in pairs}
    saved = [work for work in primary.evidence.work_saved if work.dataset in datasets]
    own = [work for work in saved if work.strategy == name]
    if (rows := _describe_rows(own)) is not None:
        random_rows = _describe_rows([work for work in saved if work.strategy == primary.random.strategy])
        ends = own[0].interval if len(own) == 1 else None
        span = f" [{ends.low:,.0f}, {ends.high:,.0f}]" if ends else ""
        out_of = f" of {own[0].n_pool:,} rows" if len(own) == 1 else " of the rows"
        mean = sum(work.wss or 0.0 for work in own) / len(own)
        wss = f"{round(mean, 2) + 0:.2f}".replace("-", MINUS)
        yield (
            f"To find 95 % of the pool's rows of {of_class}, {name} reads {rows}{span}{out_of}{on}, random "
            f"{random_rows or 'more than the budget'}: work saved over sampling (WSS@95) is {wss}."
        )
        return
    own_share, random_share = (sum(map(_get_last, cells)) / len(pairs) for cells in zip(*pairs, strict=True))
    n_labels = {_count_labels(cell) for cell, _ in pairs}
    spent = format_count(n_labels.pop(), "label") if len(n_labels) == 1 else "all labels"
    yield (
        f"With {spent} {name} has found {format_percent(own_share)} of the pool's rows of {of_class}{on}, "
        f"random {format_percent(random_share)}."
    )
    if n_short := sum(work.n_short for work in own):
        trials = format_count(sum(work.n_trials for work in own), "trial")
        yield (
            f"How many rows 95 % of them take is undefined, as the budget ends before in {n_short} of "
            f"{trials} ('budgets: all' would show it)."
        )


def _describe_rows(works: list[WorkSaved]) -> str | None:
    """Return the rows that are read, of several datasets their mean share; None if that is undefined."""
    numbers = [(work.n_read, work.n_pool) for work in works if work.n_read is not None]
    if not works or len(numbers) < len(works):
        return None
    if len(works) == 1:
        return f"{numbers[0][0]:,.0f}"
    return format_percent(sum(n_read / n_pool for n_read, n_pool in numbers) / len(numbers))


def _get_last(cell: Cell) -> float:
    return float(cell.curve.mean[-1]) if cell.curve is not None else float("nan")


def _count_labels(cell: Cell) -> int:
    return round(float(cell.curve.n_labels[-1])) if cell.curve is not None else 0
