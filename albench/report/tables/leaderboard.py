"""The leaderboard: its lines in order, its columns as tables and as text, the marks of its interval chart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from albench.analysis.evidence.rows import order_rows
from albench.narrative.wording import describe_undefined
from albench.report.html import numbers
from albench.report.html.palette import build_styles
from albench.tables import COST_LEADERBOARD, LEADERBOARD, build_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from albench.analysis.evidence.cells import Cell, Saving
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.evidence.rows import Row
    from albench.report.html.palette import Style
    from albench.tables import LeaderboardColumn

# The target of label saving that the median of a row is over.
HEADLINE = "final"
COLUMNS = {column.name: column for column in LEADERBOARD}


@dataclass(frozen=True)
class IntervalMark:
    """An interval on a scale from 0 to 100 that all lines of a leaderboard share."""

    zero: float
    low: float
    at: float
    high: float


@dataclass(frozen=True)
class LeaderboardLine:
    """A row of the evidence with its cells, and what the page draws of it.

    A column of the leaderboard may name any attribute of a line or of its row as its value. ``along_costs``
    is its row along what labels and training cost, if anything costs something else than 1 a label.
    """

    row: Row
    cells: tuple[Cell, ...]
    style: Style
    mark: IntervalMark | None
    along_costs: Row | None = None

    @property
    def savings(self) -> list[Saving]:
        """Those that the median is over, and those without a number."""
        savings = (cell.find_saving(HEADLINE) for cell in self.cells)
        return [saving for saving in savings if saving is not None]

    @property
    def saving_on(self) -> str:
        """On how many datasets there is a saving, and was corrected: ``on 8 of 12, corrected on 1``."""
        n = sum(saving.saving is not None for saving in self.savings)
        n_corrected = sum(saving.read_off is not None for saving in self.savings)
        parts = [f"on {n} of {len(self.savings)}"] if 0 < n < len(self.savings) else []
        corrected = f"corrected on {n_corrected}" if len(self.savings) > 1 else "corrected"
        parts += [corrected] if n_corrected else []
        return ", ".join(parts)

    @property
    def no_saving(self) -> str:
        """Why there is no median saving: the reasons of the datasets, each with its count."""
        if not self.savings:
            return "no curve to compare"
        reasons = Counter(saving.undefined for saving in self.savings if saving.undefined)
        return "; ".join(
            f"{describe_undefined(reason)} ({numbers.format_count(n, 'dataset')})"
            for reason, n in reasons.most_common()
        )


@dataclass(frozen=True)
class Leaderboard:
    """Random first, then the ranked strategies, then those that look at hidden labels."""

    baseline: LeaderboardLine
    ranked: tuple[LeaderboardLine, ...]
    label_looking: tuple[LeaderboardLine, ...]

    @property
    def lines(self) -> tuple[LeaderboardLine, ...]:
        """All lines in their order."""
        return (self.baseline, *self.ranked, *self.label_looking)


def build_leaderboard(evidence: SliceEvidence, styles: Mapping[str, Style] | None = None) -> Leaderboard:
    """Return the lines, random's first and then the best (``albench.analysis.evidence.order_rows``).

    Parameters
    ----------
    styles : mapping, optional
        Strategy -> how it is drawn.
    """
    styles = styles or build_styles(evidence.strategies, evidence.baseline)
    axis = evidence.cost_axis
    along_costs = {row.strategy: row for row in axis.evidence.rows} if axis else {}
    scale = find_scale(evidence.rows[1:])
    baseline, *others = [
        LeaderboardLine(
            row=row,
            cells=tuple(cell for cell in evidence.cells if cell.strategy == row.strategy),
            style=styles[row.strategy],
            mark=None if styles[row.strategy].baseline else mark_interval(row, scale),
            along_costs=along_costs.get(row.strategy),
        )
        for row in (evidence.rows[0], *order_rows(evidence.rows))
    ]
    return Leaderboard(
        baseline,
        tuple(line for line in others if not line.row.label_looking),
        tuple(line for line in others if line.row.label_looking),
    )


def build_leaderboard_table(evidence: SliceEvidence) -> pl.DataFrame:
    """Return the leaderboard of a slice as a table, a row a strategy (``albench.tables.LEADERBOARD``)."""
    import polars as pl

    board = build_leaderboard(evidence)
    rows = [read_values(line) for line in board.lines]
    further = [column.name for column in list_columns(board)[len(LEADERBOARD) :]]
    return pl.DataFrame(rows, schema=build_schema("leaderboard", further), orient="row")


def list_columns(board: Leaderboard) -> tuple[LeaderboardColumn, ...]:
    """Return the columns of a leaderboard, with those along costs where it has them."""
    has_costs = any(line.along_costs for line in board.lines)
    return (*LEADERBOARD, *(COST_LEADERBOARD if has_costs else ()))


def read_values(line: LeaderboardLine, *, verdicts: bool = True) -> list[Any]:
    """Return the value of every column, None for what is not known or a verdict that is withheld."""
    columns = (*LEADERBOARD, *(COST_LEADERBOARD if line.along_costs else ()))
    return [None if column.verdict and not verdicts else read_value(line, column) for column in columns]


def read_value(line: LeaderboardLine, column: LeaderboardColumn) -> Any:
    """Return the value of a column; None where there is no interval or test to take it from."""
    return read_path(line, column.value or f"row.{column.name}")


def read_path(line: Any, path: str) -> Any:
    """Return what attributes with dots between them lead to; None where one on the way is None."""
    for name in path.split("."):
        line = None if line is None else getattr(line, name)
    return line


def format_cell(
    line: LeaderboardLine, column: LeaderboardColumn, *, verdicts: bool, missing: str | None = None
) -> str:
    """Return a cell as text, an interval beside its number.

    Parameters
    ----------
    missing : str, optional
        What stands for a missing number; by default words that say why, as on the page.
    """
    row = line.row
    if column.verdict and line.style.baseline:
        return missing or ""
    if column.verdict and not verdicts:
        return "withheld"
    if column.name == "wins":
        return f"{row.wins} / {row.ties} / {row.losses}"
    if column.name == "low":
        return numbers.format_span(row.interval_these, missing or "no interval")
    value = read_value(line, column)
    if not column.form:
        text = str(value)
    elif missing is None or column.form == "p_value":
        # A p value is missing for a reason, which its form says.
        text = numbers.FORMS[column.form](value)
    else:
        text = numbers.FORMS[column.form](value, missing)
    if column.name == "mean_rank" and row.interval_rank is not None:
        text += f" {numbers.format_rank_span(row.interval_rank)}"
    if column.name == "median_saving" and row.interval_saving is not None:
        text += f" {numbers.format_saving_span(value or 0.0, row.interval_saving)}"
    return text


def find_scale(rows: Iterable[Row]) -> tuple[float, float] | None:
    """Return the ends of a scale that holds 0, all differences and their intervals; None where all are 0."""
    ends = [0.0]
    for row in rows:
        if row.difference is not None:
            ends.append(row.difference)
        if row.interval_these is not None:
            ends += [row.interval_these.low, row.interval_these.high]
    return (min(ends), max(ends)) if min(ends) < max(ends) else None


def mark_interval(row: Row, scale: tuple[float, float] | None) -> IntervalMark | None:
    """Return a difference and its interval on a scale; None where there is neither."""
    if scale is None or row.difference is None:
        return None
    low, high = scale

    def project(value: float) -> float:
        # 4 on either side leaves room for the width of the dot.
        return round(4 + 92 * (value - low) / (high - low), 2)

    interval = row.interval_these
    ends = (interval.low, interval.high) if interval else (row.difference, row.difference)
    return IntervalMark(project(0.0), project(ends[0]), project(row.difference), project(ends[1]))
