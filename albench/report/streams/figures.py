"""Figures of streams: how accurate learners are while rows arrive, and what they have bought by then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from albench.narrative.streams.wording import format_share
from albench.report.figures.common import (
    SMALL_LAYOUT,
    FigurePanel,
    build_bands,
    build_foot_label,
    build_level_line,
    build_line,
    build_line_label,
    build_vertical_line,
    check_figure,
    count_decimals,
    drop_links,
)
from albench.report.figures.curves import thin_curve
from albench.report.html.numbers import format_signed
from albench.report.html.palette import BASELINE_DASH, BASELINE_HUE, Style
from albench.tables import WINDOW_METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from albench.analysis.evidence.cells import Curve
    from albench.analysis.streams.evidence.cells import StreamCell
    from albench.analysis.streams.evidence.conclusions import StreamSliceEvidence
    from albench.report.figures.common import Layout, Trace

RANDOM = Style("random", "random at the same spending", BASELINE_HUE, BASELINE_DASH, baseline=True)
SMALL, MOST_SMALL = 96, 12
_ALONE, _OVER_SMALL, _HEIGHT = 480, 380, 270
_FIRST, _RANDOM, _OTHER = 3.0, 2.2, 1.3
_DOTS = "2px,3px"
HOLDOUT = "accuracy on rows kept apart"
ROWS, SHARE = "rows that have arrived", "share of the stream"


@dataclass(frozen=True)
class PairedCurves:
    """Curves of strategies and of their randoms, where drifts begin, and whether x are percents."""

    curves: Mapping[str, tuple[Curve, Curve]]
    marks: Sequence[float]
    shares: bool


@dataclass(frozen=True)
class StreamFigures:
    """The panels of a slice by dataset, and the datasets without a finished trial, which have none.

    ``holdout`` are those on rows that are kept apart, where there are such.
    """

    by_dataset: Mapping[str, tuple[FigurePanel, FigurePanel]]
    without: tuple[str, ...] = ()
    holdout: tuple[FigurePanel, ...] = ()

    @property
    def levels(self) -> tuple[FigurePanel, ...]:
        """How good strategies and their randoms are."""
        return tuple(level for level, _ in self.by_dataset.values())

    @property
    def spending(self) -> tuple[FigurePanel, ...]:
        """What was bought."""
        return tuple(spending for _, spending in self.by_dataset.values())


def name_curve(evidence: StreamSliceEvidence, window: int) -> str:
    """Return what the curves show: ``accuracy over the last 500 rows``."""
    metric = evidence.slice.metric
    over = (
        f"over the last {window:,} rows" if f"window_{metric}" in WINDOW_METRICS else "over all rows so far"
    )
    return f"{metric} {over}"


def get_cell_curves(evidence: StreamSliceEvidence, dataset: str) -> PairedCurves:
    """Return the curves on a dataset."""
    cells = {name: evidence.find_cell(dataset, name) for name in evidence.strategies}
    curves = {
        name: (cell.cell.curve, cell.random_curve)
        for name, cell in cells.items()
        if cell.cell.curve is not None and cell.random_curve is not None
    }
    return PairedCurves(curves, _find_marks(cells.values()), shares=False)


def _find_marks(cells: Iterable[StreamCell]) -> tuple[float, ...]:
    """Return where drifts begin, if that is the same for all strategies."""
    marks = {cell.marks for cell in cells if cell.n_rows}
    return tuple(map(float, next(iter(marks)))) if len(marks) == 1 else ()


def get_pictured_curves(evidence: StreamSliceEvidence) -> PairedCurves:
    """Return the mean curves over the datasets; without them those of the first dataset that has any."""
    if evidence.mean_curves:
        return PairedCurves(evidence.mean_curves, evidence.mean_marks, shares=True)
    for dataset in evidence.datasets:
        pictured = get_cell_curves(evidence, dataset)
        if pictured.curves:
            return pictured
    return PairedCurves({}, (), shares=False)


def build_answer_picture(
    evidence: StreamSliceEvidence, shown: Sequence[Style], title: str
) -> FigurePanel | None:
    """Return the first strategy and its random in bold, others thin; None where there is no curve."""
    pictured = get_pictured_curves(evidence)
    drawn = [style for style in shown if style.label in pictured.curves]
    if not drawn:
        return None
    data = _draw_answer(pictured, drawn, bands=True)
    over_datasets = bool(evidence.mean_curves)
    n = len(evidence.datasets)
    # Without a mean over several datasets the picture is of one of them.
    dataset = next((name for name in evidence.datasets if get_cell_curves(evidence, name).curves), "")
    where = f"mean over {n} streams" if over_datasets else f"on {dataset}"
    names = ", ".join(style.label for style in drawn)
    alt = f"{title}, {where}: {names}, and random at the spending of {drawn[0].label}."
    height = _OVER_SMALL if n > 1 else _ALONE
    layout = _build_layout(pictured)
    return FigurePanel("answer-curves", f"{title}, {where}", alt, check_figure(data, layout), height)


def build_small_pictures(evidence: StreamSliceEvidence, shown: Sequence[Style]) -> tuple[FigurePanel, ...]:
    """Return a small picture of each of the first datasets, if there are several; notes have the gain."""
    if len(evidence.datasets) == 1 or not shown:
        return ()
    panels = []
    for place, dataset in enumerate(evidence.datasets[:MOST_SMALL]):
        pictured = get_cell_curves(evidence, dataset)
        cell = evidence.find_cell(dataset, shown[0].label).cell
        data = _draw_answer(
            pictured, [style for style in shown[:1] if style.label in pictured.curves], bands=False
        )
        layout = SMALL_LAYOUT | {"shapes": [_draw_mark(mark) for mark in pictured.marks]}
        gain = format_signed(cell.difference, "no pair")
        alt = f"{dataset}: {shown[0].label} {gain} against random."
        panels.append(
            FigurePanel(f"answer-{place}", dataset, alt, check_figure(data, layout), SMALL, note=gain)
        )
    return tuple(panels)


def _draw_answer(pictured: PairedCurves, styles: Sequence[Style], *, bands: bool) -> list[Trace]:
    """Return the lines, the first one's thick and with its random; the page's legend leaves them alone."""
    if not styles:
        return []
    first, *others = styles
    own, random = (thin_curve(curve) for curve in pictured.curves[first.label])
    drawn = [(thin_curve(pictured.curves[style.label][0]), style, _OTHER) for style in others if bands]
    drawn += [(random, RANDOM, _RANDOM), (own, first, _FIRST)]
    decimals = count_decimals([curve for curve, _, _ in drawn])
    behind = [band for curve, style, _ in drawn[-2:] if bands for band in build_bands(curve, style, decimals)]
    lines = []
    for curve, style, width in drawn:
        line = build_line(curve, style, decimals)
        line["line"] |= {"width": width if bands else 0.75 * width}
        lines.append(line)
    return drop_links(behind + lines)


def build_stream_figures(
    evidence: StreamSliceEvidence, styles: Mapping[str, Style], curve_name: str
) -> StreamFigures:
    """Return the panels of each dataset: levels beside those of random, and labels bought."""
    by_dataset, holdout = {}, []
    for place, dataset in enumerate(evidence.datasets):
        pictured = get_cell_curves(evidence, dataset)
        if pictured.curves:
            level = _build_level_panel(f"level-{place}", dataset, pictured, styles, curve_name)
            by_dataset[dataset] = (level, _build_spending_panel(place, dataset, evidence, styles))
        apart = {
            name: curves
            for name in evidence.strategies
            if (curves := evidence.find_cell(dataset, name).holdout) is not None
        }
        if apart:
            kept = PairedCurves(apart, pictured.marks, shares=False)
            holdout.append(_build_level_panel(f"holdout-{place}", dataset, kept, styles, HOLDOUT))
    without = tuple(dataset for dataset in evidence.datasets if dataset not in by_dataset)
    return StreamFigures(by_dataset, without, tuple(holdout))


def _build_level_panel(
    panel_id: str, dataset: str, pictured: PairedCurves, styles: Mapping[str, Style], curve_name: str
) -> FigurePanel:
    pairs = {name: (thin_curve(own), thin_curve(random)) for name, (own, random) in pictured.curves.items()}
    decimals = count_decimals([curve for pair in pairs.values() for curve in pair])
    data: list[Trace] = []
    for name, (own, _) in pairs.items():
        data += build_bands(own, styles[name], decimals)
    for name, (own, random) in pairs.items():
        dotted = build_line(random, replace(styles[name], label=f"random for {name}"), decimals)
        dotted["line"] |= {"dash": _DOTS, "width": 1.4}
        solid = build_line(own, styles[name], decimals)
        solid["line"] |= {"dash": "solid"}
        data += [dotted, solid]
    names = ", ".join(pairs) or "no strategy"
    alt = f"{dataset}: {curve_name} along the stream, for {names}, each beside random at the same spending."
    return FigurePanel(panel_id, dataset, alt, check_figure(data, _build_layout(pictured)), _HEIGHT)


def _build_spending_panel(
    place: int, dataset: str, evidence: StreamSliceEvidence, styles: Mapping[str, Style]
) -> FigurePanel:
    cells = {name: evidence.find_cell(dataset, name) for name in evidence.strategies}
    curves = {
        name: thin_curve(_divide_by_rows(cell.spending.curve))
        for name, cell in cells.items()
        if cell.spending is not None and cell.spending.curve is not None
    }
    budget = evidence.slice.budget
    data: list[Trace] = []
    for name, curve in curves.items():
        line = build_line(curve, styles[name])
        data.append(line | {"hovertemplate": "%{y:.2~%}"})
    layout = _build_layout(PairedCurves({}, _find_marks(cells.values()), shares=False))
    layout["yaxis"] |= {"tickformat": ".3~%", "rangemode": "tozero"}
    if curves:
        ends = [float(x) for curve in curves.values() for x in (curve.n_labels[0], curve.n_labels[-1])]
        data.insert(0, build_level_line(ends, budget))
        layout["annotations"] = [build_line_label(budget, f"budget {format_share(budget)}")]
    names = ", ".join(curves) or "no strategy"
    alt = f"{dataset}: labels bought so far as a share of the rows so far, for {names}."
    return FigurePanel(f"spending-{place}", dataset, alt, check_figure(data, layout), _HEIGHT)


def _divide_by_rows(curve: Curve) -> Curve:
    shares = (values / curve.n_labels for values in (curve.mean, curve.low, curve.high))
    mean, low, high = shares
    return replace(curve, mean=mean, low=low, high=high)


def _build_layout(pictured: PairedCurves) -> Layout:
    x_axis: Layout = {
        "title": {"text": SHARE if pictured.shares else ROWS},
        "nticks": 6,
        "rangemode": "tozero",
    }
    if pictured.shares:
        x_axis |= {"ticksuffix": " %"}
    layout: Layout = {"hovermode": "x unified", "xaxis": x_axis, "yaxis": {"tickformat": ".4~g"}}
    if pictured.marks:
        layout["shapes"] = [_draw_mark(mark) for mark in pictured.marks]
        layout["annotations"] = [build_foot_label(pictured.marks[0], "drift")]
    return layout


def _draw_mark(x: float) -> Layout:
    return build_vertical_line(x, {"width": 1.2, "dash": "dot"})
