"""The page's tables as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.report.blocks import csv_text
from albench.report.grids import targets

if TYPE_CHECKING:
    from albench.analysis.evidence import Cell, Interval, Row, SliceEvidence
    from albench.report.blocks import Field
    from albench.report.leaderboard import Leaderboard

_VERDICTS = ("wins", "ties", "losses", "undecided", "p_these", "p", "p_holm", "testable")
_LEADERBOARD = ("n_datasets", "mean_rank", "area", "median_saving", "n_censored", "difference", "win_rate")
_TIMES = ("fit_s", "query_s", "query_s_per_label")
_CELL = ("n_repeats", "n_paired", "n_failed", "flat", "area", "difference", "win_rate", "fit_s", "query_s")
_SAVING = ("saving", "labels_strategy", "labels_random", "level", "censored", "undefined")


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def leaderboard_csv(board: Leaderboard, *, verdicts: bool) -> str:
    """Return the leaderboard as CSV; without wins, losses and p where the verdicts are withheld."""
    judged = _VERDICTS if verdicts else ()
    intervals = tuple(
        f"{of}_{end}" for of in ("these", "like_these", "rank", "saving") for end in ("low", "high")
    )
    bayes = ("p_better", "p_equal", "p_worse") if verdicts else ()
    header = ("strategy", "label_looking", *_LEADERBOARD, *intervals, *judged, *bayes, *_TIMES)

    def fields(row: Row) -> list[Field]:
        found = row.bayes
        return [
            row.strategy,
            row.label_looking,
            *(getattr(row, name) for name in _LEADERBOARD),
            *_ends(row.interval_these),
            *_ends(row.interval_like_these),
            *_ends(row.interval_rank),
            *_ends(row.interval_saving),
            *(getattr(row, name) for name in judged),
            *((found.better, found.equal, found.worse) if found else (None,) * 3)[: len(bayes)],
            *(getattr(row, name) for name in _TIMES),
        ]

    return csv_text(header, [fields(line.row) for line in board.lines])


def cells_csv(evidence: SliceEvidence, *, verdicts: bool) -> str:
    """Return dataset by strategy as CSV, one line a cell, savings at every target among the columns."""
    wanted = targets(evidence)
    header = ["dataset", "strategy", *_CELL, "low", "high", *(("verdict",) if verdicts else ())]
    header += [f"{name}_{target}" for target in wanted for name in (*_SAVING, "saving_low", "saving_high")]

    def fields(cell: Cell) -> list[Field]:
        found: list[Field] = [cell.dataset, cell.strategy, *(getattr(cell, name) for name in _CELL)]
        found += [*_ends(cell.interval), *((cell.verdict,) if verdicts else ())]
        savings = {saving.target: saving for saving in cell.savings}
        for target in wanted:
            saving = savings.get(target)
            found += [getattr(saving, name, None) for name in _SAVING]
            found += _ends(saving.interval if saving else None)
        return found

    return csv_text(header, [fields(cell) for cell in evidence.cells])
