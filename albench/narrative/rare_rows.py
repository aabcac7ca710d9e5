"""Sentences on how many rows of a class were found in the pool, where that is what trials are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.text import format_count, format_percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.analysis.evidence.cells import Cell
    from albench.analysis.evidence.conclusions import Evidence
    from albench.narrative.primary_slice import PrimarySlice

FOUND = "found_"
"""What columns of the metric ``found`` begin with; the name of the class follows."""


def write_rare_rows(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield what part of a class was found with all labels, against random; nothing for other metrics."""
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
    own, random = (sum(map(_get_last, cells)) / len(pairs) for cells in zip(*pairs, strict=True))
    n_labels = {_count_labels(cell) for cell, _ in pairs}
    spent = format_count(n_labels.pop(), "label") if len(n_labels) == 1 else "all labels"
    on = "" if len(pairs) == 1 else f" on average over {format_count(len(pairs), 'dataset')}"
    yield (
        f"With {spent} {name} has found {format_percent(own)} of the pool's rows of {of_class}{on}, random "
        f"{format_percent(random)}."
    )


def _get_last(cell: Cell) -> float:
    return float(cell.curve.mean[-1]) if cell.curve is not None else float("nan")


def _count_labels(cell: Cell) -> int:
    return round(float(cell.curve.n_labels[-1])) if cell.curve is not None else 0
