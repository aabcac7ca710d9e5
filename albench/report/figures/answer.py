"""The picture of the answer: learning curves, with what the first strategy saves or gains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.evidence.cells import CurveSet
from albench.analysis.labels_needed import find_labels_needed
from albench.analysis.stats.isotonic import fit_monotone
from albench.report.figures.common import (
    MARK_FONT,
    SMALL_LAYOUT,
    FigurePanel,
    build_arrow,
    build_bands,
    build_bar,
    build_line,
    check_figure,
    count_decimals,
    drop_links,
)
from albench.report.figures.curves import COSTS_AXIS, LABELS_AXIS, get_level_curves, thin_curve
from albench.report.html.numbers import format_percent, format_signed
from albench.text import format_amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.report.figures.common import Layout, Trace
    from albench.report.html.palette import Style

SMALL = 88
_ONE_ROW = 6  # small pictures that stand side by side
_ALONE, _OVER_ONE_ROW, _OVER_TWO = 500, 420, 330  # heights of the large one
_SHORTEST = 0.01  # of the way to the budget: an arrow that is shorter has no length to see
_FIRST, _BASELINE, _OTHER = 3.0, 2.2, 1.3  # widths of lines


@dataclass(frozen=True)
class ReachedLevel:
    """A level, and the labels (or shares of the budget) at which two curves have it."""

    level: float
    strategy: float
    baseline: float
    is_mean: bool = False
    shares: bool = False
    is_along_costs: bool = False

    @property
    def words(self) -> str:
        """What is saved in words: ``81 labels instead of 300``, or ``31.5 of money instead of 149``."""
        mean = "mean curve: " if self.is_mean else ""
        if self.shares:
            own, other = (format_percent(of / 100) for of in (self.strategy, self.baseline))
            return f"{mean}{own} of the budget instead of {other}"
        if self.is_along_costs:
            own, other = (format_amount(of) for of in (self.strategy, self.baseline))
            return f"{mean}{own} of money instead of {other}"
        return f"{mean}{self.strategy:.0f} labels instead of {self.baseline:.0f}"


def get_pictured_curves(evidence: SliceEvidence) -> CurveSet:
    """Return the mean curves over the datasets, or those of the only dataset with a curve of random."""
    if evidence.mean_levels is not None:
        return evidence.mean_levels
    dataset = next(iter(evidence.random_curves), None)
    return CurveSet({} if dataset is None else get_level_curves(evidence, dataset))


def find_saved_labels(evidence: SliceEvidence, dataset: str, strategy: str) -> ReachedLevel | None:
    """Return what a strategy saves on a dataset at the worse of both final levels; None where undefined."""
    cell = evidence.find_cell(dataset, strategy)
    saving = cell.find_saving("final") if cell else None
    if saving is None or saving.saving is None or saving.level is None:
        return None
    if saving.labels_strategy is None or saving.labels_random is None:
        return None
    amounts = saving.labels_strategy, saving.labels_random
    return ReachedLevel(saving.level, *amounts, is_along_costs=evidence.is_along_costs)


def compare_mean_curves(evidence: SliceEvidence, strategy: str) -> ReachedLevel | None:
    """Return where the mean curves over the datasets have the worse of both final levels.

    Returns
    -------
    ReachedLevel or None
        None where no dataset has a label saving, or the level is no better than that of the seed sets.
    """
    means = evidence.mean_levels
    row = evidence.find_row(strategy)
    if (
        means is None
        or row is None
        or row.median_saving is None
        or not {strategy, evidence.baseline} <= means.curves.keys()
    ):
        return None
    pair = [means.curves[strategy], means.curves[evidence.baseline]]
    curves = fit_monotone(evidence.sign * np.stack([curve.mean for curve in pair]))
    level = curves[:, -1].min()
    if level <= curves[:, 0].max():
        return None
    own, other = find_labels_needed(pair[0].n_labels, curves, np.full(2, level))
    return ReachedLevel(
        evidence.sign * float(level),
        float(own),
        float(other),
        is_mean=True,
        shares=means.shares,
        is_along_costs=evidence.is_along_costs,
    )


def build_answer_panel(evidence: SliceEvidence, shown: Sequence[Style]) -> FigurePanel:
    """Return the learning curves of the strategies shown, with what the first one saves or gains."""
    curves, answer = get_pictured_curves(evidence), evidence.recommendation
    datasets, metric = tuple(evidence.random_curves), evidence.slice.metric
    reached = None
    if answer is not None and answer.outcome == "better":
        reached = (
            find_saved_labels(evidence, datasets[0], answer.strategy)
            if evidence.mean_levels is None
            else compare_mean_curves(evidence, answer.strategy)
        )
    drawn = _draw_curves(curves, shown, answer.strategy if answer else None, bands=True)
    gain = answer.at_budget.difference if answer and answer.at_budget else None
    mark = _mark_answer(evidence, curves, shown, reached, gain)
    titles = COSTS_AXIS if evidence.is_along_costs else LABELS_AXIS
    where = f"on {datasets[0]}" if len(datasets) == 1 else f"mean over {len(datasets)} datasets"
    layout = {
        "hovermode": "x unified",
        "xaxis": {"title": {"text": titles[curves.shares]}, "nticks": 6},
        "yaxis": {"tickformat": ".4~g"},
        **_draw_mark(mark, labelled=True),
    }
    title = f"{metric}, {where}{'' if evidence.greater_is_better else ' (lower is better)'}"
    n = len(datasets)
    height = _ALONE if n == 1 else _OVER_ONE_ROW if n <= _ONE_ROW else _OVER_TWO
    alt = f"{title}: {mark.words if mark else 'nothing is marked'}."
    return FigurePanel("answer-curves", title, alt, check_figure(drawn, layout), height)


def build_small_panels(
    evidence: SliceEvidence, shown: Sequence[Style], *, most: int
) -> tuple[FigurePanel, ...]:
    """Return a small picture of each of the first datasets, if there are several; notes say what is saved."""
    datasets = [name for name in evidence.datasets if name in evidence.random_curves]
    if len(datasets) == 1:
        return ()
    return tuple(_build_small_panel(evidence, dataset, shown) for dataset in datasets[:most])


def _build_small_panel(evidence: SliceEvidence, dataset: str, shown: Sequence[Style]) -> FigurePanel:
    curves = CurveSet(get_level_curves(evidence, dataset))
    answer, reached = evidence.recommendation, None
    if answer is not None and answer.outcome == "better":
        reached = find_saved_labels(evidence, dataset, answer.strategy)
    drawn = _draw_curves(curves, shown, answer.strategy if answer else None, bands=False)
    mark = _mark_answer(evidence, curves, shown, reached)
    layout = SMALL_LAYOUT | _draw_mark(mark, labelled=False)
    alt = f"{dataset}: {mark.words if mark else 'nothing is marked'}."
    note = (
        mark.words.replace(" labels", "").replace(" of money", "").removesuffix(" at the budget")
        if mark
        else ""
    )
    place = evidence.datasets.index(dataset)
    return FigurePanel(f"answer-{place}", dataset, alt, check_figure(drawn, layout), SMALL, note=note)


def _draw_curves(
    curve_set: CurveSet, shown: Sequence[Style], first: str | None, *, bands: bool
) -> list[Trace]:
    """Return the lines, that of the first strategy thick; the legend of the other figures leaves them."""
    styles = [style for style in shown if style.label in curve_set.curves]
    # The baseline's dashes lie over the others, and the first strategy over all.
    styles.sort(key=lambda style: (style.label == first, style.baseline))
    drawn = {style.label: thin_curve(curve_set.curves[style.label]) for style in styles}
    decimals = count_decimals(list(drawn.values()))
    lines = [build_line(drawn[style.label], style, decimals) for style in styles]
    for line, style in zip(lines, styles, strict=True):
        width = _FIRST if style.label == first else _BASELINE if style.baseline else _OTHER
        line["line"] |= {"width": width if bands else 0.75 * width}
    of = [style for style in styles if bands and (style.baseline or style.label == first)]
    behind = [trace for style in of for trace in build_bands(drawn[style.label], style, decimals)]
    return drop_links(behind + lines)


@dataclass(frozen=True)
class _Mark:
    """An arrow between two numbers of labels at one level, or a bar between two levels at the budget.

    ``side`` is 1 where better is higher, so that the curve of random lies below an arrow, else -1.
    """

    style: Style
    start: tuple[float, float]
    end: tuple[float, float]
    words: str
    side: int

    @property
    def is_arrow(self) -> bool:
        return self.start[1] == self.end[1]


def _mark_answer(
    evidence: SliceEvidence,
    curve_set: CurveSet,
    shown: Sequence[Style],
    reached: ReachedLevel | None,
    gain: float | None = None,
) -> _Mark | None:
    """Return what the first strategy saves, or what it gains at the budget where that has no meaning."""
    answer = evidence.recommendation
    style = next((style for style in shown if answer and style.label == answer.strategy), None)
    if style is None or not {style.label, evidence.baseline} <= curve_set.curves.keys():
        return None
    own, other = curve_set.curves[style.label], curve_set.curves[evidence.baseline]
    span, side = float(other.n_labels[-1] - other.n_labels[0]), evidence.sign
    if reached is not None and abs(reached.strategy - reached.baseline) > _SHORTEST * span:
        start, end = (reached.baseline, reached.level), (reached.strategy, reached.level)
        return _Mark(style, start, end, reached.words, side)
    x, low, high = float(own.n_labels[-1]), float(other.mean[-1]), float(own.mean[-1])
    gain = side * (high - low) if gain is None else gain
    return _Mark(style, (x, low), (x, high), f"{format_signed(gain)} at the budget", side)


def _draw_mark(mark: _Mark | None, *, labelled: bool) -> Layout:
    if mark is None:
        return {}
    if mark.is_arrow:
        return _draw_arrow(mark, labelled=labelled)
    (x, low), (_, high) = mark.start, mark.end
    return build_bar(x, low, high, mark.style.colour, mark.words if labelled else "")


def _draw_arrow(mark: _Mark, *, labelled: bool) -> Layout:
    arrow = build_arrow(mark.start, mark.end, mark.style.colour, 2.2 if labelled else 1.6)
    left, right = sorted((mark.start[0], mark.end[0]))
    # Random's curve is far from the left end of the arrow and meets its right one.
    at = {"x": left, "xanchor": "left"} if left < right / 2 else {"x": right, "xanchor": "right"}
    beside = {"y": mark.end[1], "yanchor": "top" if mark.side > 0 else "bottom", "yshift": -4 * mark.side}
    label = {**at, **beside, "text": mark.words, "font": MARK_FONT}
    return {"annotations": [arrow, label] if labelled else [arrow]}
