"""The first screen of a page: the few strategies that it shows, their numbers and their picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.report.figures.answer import build_answer_panel, build_small_panels, get_pictured_curves
from albench.report.figures.pilot import build_pilot_panel
from albench.report.figures.stopping import mark_stops
from albench.report.html.numbers import format_level
from albench.report.tables.leaderboard import build_leaderboard

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.evidence.labelling import PilotAnswer
    from albench.analysis.evidence.stopping import StoppingEvidence
    from albench.report.figures.common import FigurePanel
    from albench.report.html.palette import Style
    from albench.report.tables.leaderboard import Leaderboard, LeaderboardLine

MOST_ROWS, MOST_PANELS = 6, 12


@dataclass(frozen=True)
class FirstRow:
    """A strategy of the first screen.

    Attributes
    ----------
    level : str
        At the budget, as the picture has it.
    part : str
        What it is in the answer, in a word; empty if nothing in particular.
    same_picks : tuple of str
        Other strategies whose line would be the same.
    """

    line: LeaderboardLine
    level: str
    part: str
    highlighted: bool
    same_picks: tuple[str, ...]


@dataclass(frozen=True)
class FirstScreen:
    """What stands below the sentence.

    Attributes
    ----------
    rows : tuple of FirstRow
        In the order of the leaderboard, random below those that gain over it.
    n_more : int
        Strategies that are on the leaderboard alone.
    n_more_datasets : int
        Datasets without a small picture.
    is_along_costs : bool
        Whether savings are of money.
    """

    rows: tuple[FirstRow, ...]
    n_more: int
    picture: FigurePanel
    small: tuple[FigurePanel, ...]
    n_more_datasets: int
    is_along_costs: bool = False


def build_first_screen(
    evidence: SliceEvidence,
    highlighted: Collection[str],
    stopping: StoppingEvidence | None = None,
    pilot: PilotAnswer | None = None,
) -> FirstScreen | None:
    """Return what the first screen shows of the primary slice; None where random has no curve.

    On a page that asks when to stop the picture shows where rules do, not what is saved; on that of a pilot
    what is expected of labels more.
    """
    if not evidence.random_curves:
        return None
    board = build_leaderboard(evidence)
    lines = _choose_lines(evidence, board, highlighted)
    styles, baseline = [line.style for line in lines], board.baseline.style
    small = build_small_panels(evidence, styles, most=MOST_PANELS)
    return FirstScreen(
        rows=tuple(_build_row(evidence, line, highlighted, pilot) for line in lines),
        n_more=len(board.lines) - len(lines),
        picture=_draw_picture(evidence, styles, baseline, stopping, pilot),
        small=small,
        n_more_datasets=len(evidence.random_curves) - len(small) if small else 0,
        is_along_costs=evidence.is_along_costs,
    )


def _draw_picture(
    evidence: SliceEvidence,
    styles: Sequence[Style],
    baseline: Style,
    stopping: StoppingEvidence | None,
    pilot: PilotAnswer | None,
) -> FigurePanel:
    if pilot is not None and (expected := build_pilot_panel(evidence, pilot, styles, baseline)):
        return expected
    panel = build_answer_panel(evidence, styles)
    hue = next((style.colour for style in styles if stopping and style.label == stopping.strategy), None)
    # Shares of the budget are no labels: datasets have several budgets then.
    if stopping is None or hue is None or get_pictured_curves(evidence).shares:
        return panel
    return mark_stops(panel, stopping, hue)


def _choose_lines(
    evidence: SliceEvidence, board: Leaderboard, highlighted: Collection[str]
) -> list[LeaderboardLine]:
    """Return lines by how much they are needed, six at most, in the order of the leaderboard."""
    chosen: list[str] = []
    for line in _iterate_by_need(evidence, board, highlighted):
        name = line.row.strategy
        is_told = not set(_find_same_picks(evidence, name)).isdisjoint(chosen)
        if name not in chosen and (name in highlighted or not is_told):
            chosen.append(name)
    chosen = chosen[:MOST_ROWS]
    return [line for line in _order_lines(board) if line.row.strategy in chosen]


def _iterate_by_need(
    evidence: SliceEvidence, board: Leaderboard, highlighted: Collection[str]
) -> Iterator[LeaderboardLine]:
    equals = evidence.recommendation.equals if evidence.recommendation else ()
    yield from board.ranked[:1]
    yield from (line for line in board.lines if line.style.baseline or line.row.strategy in highlighted)
    yield from (line for line in board.ranked if line.row.strategy in equals)
    yield from (*board.ranked, *board.label_looking)


def _order_lines(board: Leaderboard) -> list[LeaderboardLine]:
    """Return the lines of the leaderboard with random where its difference of 0 stands."""
    below = [
        line.row.side < 0 or (not line.row.side and (line.row.difference or 0) <= 0) for line in board.ranked
    ]
    place = below.index(True) if True in below else len(below)
    return [*board.ranked[:place], board.baseline, *board.ranked[place:], *board.label_looking]


def _find_same_picks(evidence: SliceEvidence, strategy: str) -> tuple[str, ...]:
    return evidence.recommendation.find_same_picks(strategy) if evidence.recommendation else ()


def _build_row(
    evidence: SliceEvidence, line: LeaderboardLine, highlighted: Collection[str], pilot: PilotAnswer | None
) -> FirstRow:
    name = line.row.strategy
    same_picks = tuple(other for other in _find_same_picks(evidence, name) if other != name)
    level = _find_level(evidence, name)
    return FirstRow(
        line,
        format_level(level, "not on all datasets"),
        _name_part(evidence, line, pilot),
        name in highlighted,
        same_picks,
    )


def _find_level(evidence: SliceEvidence, strategy: str) -> float | None:
    """Return the level at the budget: of the two strategies of the answer that over their paired repeats."""
    answer = evidence.recommendation
    if answer and answer.at_budget and strategy == answer.strategy:
        return answer.at_budget.level
    if answer and answer.at_budget and strategy == evidence.baseline:
        return answer.at_budget.baseline_level
    curve = get_pictured_curves(evidence).curves.get(strategy)
    return None if curve is None else float(curve.mean[-1])


def _name_part(evidence: SliceEvidence, line: LeaderboardLine, pilot: PilotAnswer | None) -> str:
    if line.style.baseline:
        return "baseline"
    if line.row.label_looking:
        return "looks at hidden labels"
    if pilot is not None:
        # What is best within the labelled part is not what a pilot advises.
        forecast = pilot.forecast
        is_advised = forecast is not None and forecast.is_advice and forecast.advised == line.row.strategy
        return "advised" if is_advised else ""
    answer = evidence.recommendation
    if answer is None or answer.outcome != "better":
        return ""
    if line.row.strategy == answer.strategy:
        return "recommended"
    return "equal" if line.row.strategy in answer.equals else ""
