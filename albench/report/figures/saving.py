"""Label saving as a forest plot: one panel per strategy, one row per dataset, on a log-ratio axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from albench.narrative.wording import describe_undefined
from albench.report.figures.common import (
    FigurePanel,
    build_points,
    build_row_axis,
    build_whiskers,
    check_figure,
)
from albench.report.html.numbers import format_percent, format_saving_span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.cells import Cell, Saving
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.report.figures.common import Layout, Trace
    from albench.report.html.palette import Style

Mark = Literal["known", "at least", "at most", "undefined"]
SYMBOLS: dict[Mark, str] = {"known": "circle", "at least": "triangle-right", "at most": "triangle-left"}
_TICKS = (0, 0.5, -1, 0.75, -3, 0.9, -7, 0.25, -0.5, 0.95)  # the first come first where room is short
_APART = 0.18  # of the axis, from tick to tick
# The logarithm has no end where all labels are saved, or none.
_MOST = 0.99
_LEAST = -15.0
_FAR = -3.0  # an interval that reaches lower runs out of the picture


def compute_log_ratio(saving: float) -> float:
    """Return log(labels of random / labels of the strategy), the place of a saving on the axis."""
    return -math.log(1 - min(max(saving, _LEAST), _MOST))


@dataclass(frozen=True)
class SavingRow:
    """What a forest plot shows of one dataset.

    Attributes
    ----------
    at : float
        The saving, or its bound where one curve never reaches the target; 0 where it is undefined.
    """

    dataset: str
    mark: Mark
    at: float
    saving: Saving | None

    @property
    def words(self) -> str:
        """The saving in words, with its interval or with the reason why there is no number."""
        saving = self.saving
        if saving is None:
            return "undefined: no curve on this dataset"
        if self.mark == "undefined":
            return f"undefined: {describe_undefined(saving.undefined)}"
        if self.mark == "at least":
            return f"at least {format_percent(self.at)}: random never reaches the target"
        if self.mark == "at most":
            return f"at most {format_percent(self.at)}: the strategy never reaches the target"
        return f"{format_percent(self.at)} {format_saving_span(self.at, saving.interval)}"


def build_saving_row(evidence: SliceEvidence, dataset: str, strategy: str, target: str) -> SavingRow:
    """Return the row of a dataset: a number, a bound or the reason why there is neither."""
    cell = evidence.find_cell(dataset, strategy)
    saving = cell.find_saving(target) if cell else None
    if cell is None or saving is None:
        return SavingRow(dataset, "undefined", 0.0, None)
    if saving.saving is not None:
        return SavingRow(dataset, "known", saving.saving, saving)
    bound = _compute_bound(evidence, cell, saving)
    if bound is None:
        return SavingRow(dataset, "undefined", 0.0, saving)
    return SavingRow(dataset, "at least" if saving.censored == "random" else "at most", bound, saving)


def _compute_bound(evidence: SliceEvidence, cell: Cell, saving: Saving) -> float | None:
    if saving.censored == "random" and saving.labels_strategy is not None:
        last = evidence.random_curves[cell.dataset].n_labels[-1]
        return float(1 - saving.labels_strategy / last)
    if saving.censored == "strategy" and saving.labels_random is not None and cell.curve is not None:
        return float(1 - cell.curve.n_labels[-1] / saving.labels_random)
    return None


def build_saving_panels(
    evidence: SliceEvidence, styles: Mapping[str, Style], target: str
) -> list[FigurePanel]:
    """Return a panel per strategy but the baseline, all over the same range."""
    rows = {
        name: [build_saving_row(evidence, dataset, name, target) for dataset in evidence.datasets]
        for name in evidence.contenders
    }
    axis = _build_axis([row for strategy_rows in rows.values() for row in strategy_rows])
    return [_build_panel(own, styles[name], axis, target) for name, own in rows.items()]


def _build_panel(rows: list[SavingRow], style: Style, axis: Layout, target: str) -> FigurePanel:
    layout: Layout = {
        "xaxis": axis,
        "yaxis": build_row_axis([row.dataset for row in rows]),
        "annotations": [
            {"x": 0, "y": place, "xanchor": "left", "xshift": 6, "text": "undefined"}
            for place, row in enumerate(rows)
            if row.mark == "undefined"
        ],
    }
    alt = f"{style.label}: " + "; ".join(f"{row.dataset} {row.words}" for row in rows) + "."
    figure = check_figure([_build_savings(rows, style)], layout)
    # Lower than with two rows, the title of the axis would lie on its numbers.
    height = 70 + 26 * max(len(rows), 2)
    return FigurePanel(f"saving-{target}-{style.id}", style.label, alt, figure, height=height, style=style)


def _build_savings(rows: list[SavingRow], style: Style) -> Trace:
    drawn = [(place, row) for place, row in enumerate(rows) if row.mark != "undefined"]
    arms = [_compute_arms(row) for _, row in drawn]
    places, words = [place for place, _ in drawn], [f"{row.dataset}: {row.words}" for _, row in drawn]
    return build_points([compute_log_ratio(row.at) for _, row in drawn], places, words) | {
        "meta": style.id,
        "marker": {"symbol": [SYMBOLS[row.mark] for _, row in drawn], "size": 9, "color": style.colour},
        "error_x": build_whiskers(arms, style),
    }


def _compute_arms(row: SavingRow) -> tuple[float, float]:
    interval = row.saving.interval if row.saving and row.mark == "known" else None
    if interval is None:
        return 0.0, 0.0
    here = compute_log_ratio(row.at)
    return here - compute_log_ratio(interval.low), compute_log_ratio(interval.high) - here


def _build_axis(rows: list[SavingRow]) -> Layout:
    ends = [0.0, -0.5, 0.5]
    for row in rows:
        interval = row.saving.interval if row.saving and row.mark == "known" else None
        ends += [row.at] + ([max(interval.low, _FAR), interval.high] if interval else [])
    low, high = min(map(compute_log_ratio, ends)), max(map(compute_log_ratio, ends))
    margin = 0.06 * (high - low)
    low, high = low - margin, high + margin
    ticks: list[float] = []
    for tick in _TICKS:
        near = any(
            abs(compute_log_ratio(tick) - compute_log_ratio(other)) < _APART * (high - low) for other in ticks
        )
        if low <= compute_log_ratio(tick) <= high and not near:
            ticks.append(tick)
    return {
        "range": [low, high],
        "tickangle": 0,
        "tickmode": "array",
        "tickvals": [compute_log_ratio(tick) for tick in ticks],
        "ticktext": [format_percent(tick) for tick in ticks],
        "title": {"text": "labels saved against random"},
        "zeroline": True,
        "showgrid": True,
    }
