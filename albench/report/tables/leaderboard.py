"""The leaderboard: lines in order, with random pinned, and the marks of its small interval chart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.report.html.numbers import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence import Row, SliceEvidence
    from albench.report.html.palette import Style

HEADLINE = "final"


@dataclass(frozen=True)
class Bar:
    """An interval on a scale from 0 to 100 that all lines of a leaderboard share."""

    zero: float
    low: float
    at: float
    high: float


@dataclass(frozen=True)
class Line:
    """A row of the leaderboard with its place: a number, or why it has none."""

    row: Row
    style: Style
    place: int | None
    bar: Bar | None
    no_saving: str


@dataclass(frozen=True)
class Leaderboard:
    """Random first, then the ranked strategies, then those that look at hidden labels."""

    baseline: Line | None
    ranked: tuple[Line, ...]
    label_looking: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in their order."""
        return (*((self.baseline,) if self.baseline else ()), *self.ranked, *self.label_looking)


def leaderboard(evidence: SliceEvidence, styles: Mapping[str, Style]) -> Leaderboard:
    """Return the lines in order of mean rank; what is not ranked follows by its difference to random."""
    rows = [row for row in evidence.rows if not styles[row.strategy].baseline]
    contenders = [row for row in rows if not row.label_looking]
    contenders.sort(key=_by_rank)
    lookers = sorted((row for row in rows if row.label_looking), key=_by_difference)
    scale = _scale([*contenders, *lookers])
    baseline = next((row for row in evidence.rows if styles[row.strategy].baseline), None)

    def line(row: Row, place: int | None) -> Line:
        return Line(row, styles[row.strategy], place, _bar(row, scale), no_saving(evidence, row.strategy))

    return Leaderboard(
        Line(baseline, styles[baseline.strategy], None, None, "") if baseline else None,
        tuple(line(row, place) for place, row in enumerate(contenders, 1)),
        tuple(line(row, None) for row in lookers),
    )


def _by_rank(row: Row) -> tuple[float, float]:
    return row.mean_rank if row.mean_rank is not None else float("inf"), _by_difference(row)


def _by_difference(row: Row) -> float:
    return -row.difference if row.difference is not None else float("inf")


def _scale(rows: Sequence[Row]) -> tuple[float, float] | None:
    ends = [0.0]
    for row in rows:
        if row.difference is not None:
            ends.append(row.difference)
        if row.interval_these is not None:
            ends += [row.interval_these.low, row.interval_these.high]
    return (min(ends), max(ends)) if min(ends) < max(ends) else None


def _bar(row: Row, scale: tuple[float, float] | None) -> Bar | None:
    if scale is None or row.difference is None:
        return None
    low, high = scale

    def place(value: float) -> float:
        return round(4 + 92 * (value - low) / (high - low), 2)

    interval = row.interval_these
    ends = (interval.low, interval.high) if interval else (row.difference, row.difference)
    return Bar(place(0.0), place(ends[0]), place(row.difference), place(ends[1]))


def no_saving(evidence: SliceEvidence, strategy: str) -> str:
    """Return why a strategy has no median saving: the reasons of its datasets, each with its count."""
    found = [s for c in evidence.cells if c.strategy == strategy for s in c.savings if s.target == HEADLINE]
    reasons = Counter(s.undefined for s in found if s.undefined)
    if not found:
        return "no curve to compare"
    return "; ".join(f"{reason} ({count(n, 'dataset')})" for reason, n in reasons.most_common())
