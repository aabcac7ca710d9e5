"""Learning curves: the mean over the datasets, and one panel per dataset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from albench.report.figures.common import (
    FigurePanel,
    build_bands,
    build_level_line,
    build_line,
    build_line_label,
    check_figure,
    count_decimals,
)
from albench.report.html.numbers import format_level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.cells import Curve, CurveSet
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.report.figures.common import Layout, Trace
    from albench.report.html.palette import Style

DRAWN = 120
LARGE, SMALL = 380, 250
"""Heights of a panel alone, and of one of several."""
LABELS = "labels bought, seed set included"
SHARE = "share of the budget after the seed set"
LABELS_AXIS = (LABELS, SHARE)
"""Titles of an axis of labels, and of their shares."""
COSTS_AXIS = ("money spent on labels and training", "share of the range of costs")


def get_level_curves(evidence: SliceEvidence, dataset: str) -> dict[str, Curve]:
    """Return the level curves of a dataset by strategy, in the order of the spec."""
    cells = [evidence.find_cell(dataset, strategy) for strategy in evidence.strategies]
    return {cell.strategy: cell.curve for cell in cells if cell is not None and cell.curve is not None}


def get_difference_curves(evidence: SliceEvidence, dataset: str) -> dict[str, Curve]:
    """Return the curves of the difference to random of a dataset by strategy."""
    cells = [evidence.find_cell(dataset, strategy) for strategy in evidence.strategies]
    return {cell.strategy: cell.difference_curve for cell in cells if cell and cell.difference_curve}


def replace_bands(
    evidence: SliceEvidence, dataset: str, differences: Mapping[str, Curve]
) -> dict[str, Curve]:
    """Return curves of differences with their simultaneous bands, where there are any."""
    bands_of = {cell.strategy: cell.difference_band for cell in evidence.cells if cell.dataset == dataset}
    return {
        name: replace(curve, low=band.low, high=band.high) if (band := bands_of.get(name)) else curve
        for name, curve in differences.items()
    }


def build_level_panel(
    panel_id: str,
    title: str,
    curve_set: CurveSet,
    styles: Mapping[str, Style],
    *,
    metric: str,
    reference: float | None,
    height: int = SMALL,
    axis: tuple[str, str] = LABELS_AXIS,
) -> FigurePanel:
    """Return the panel of one dataset's (or the mean) learning curves."""
    data = _build_traces(curve_set, styles)
    layout = _build_layout(curve_set, axis)
    if reference is not None and np.isfinite(reference) and curve_set.curves:
        ends = [x for curve in curve_set.curves.values() for x in (curve.n_labels[0], curve.n_labels[-1])]
        data.insert(0, build_level_line([float(x) for x in ends], reference))
        layout["annotations"] = [build_line_label(reference, f"whole pool {format_level(reference)}")]
    along = "labels" if axis == LABELS_AXIS else "costs"
    alt = f"{title}: {metric} along the {along}, for {', '.join(curve_set.curves) or 'no strategy'}."
    figure, note = check_figure(data, layout), _describe_left_out(curve_set)
    return FigurePanel(panel_id, title, alt, figure, height, note)


def build_mean_level_panel(
    panel_id: str,
    evidence: SliceEvidence,
    levels: CurveSet,
    styles: Mapping[str, Style],
    axis: tuple[str, str] = LABELS_AXIS,
) -> FigurePanel:
    """Return the panel of the mean curves over the datasets."""
    metric = evidence.slice.metric
    # One that is missing makes the mean undefined, and no line is drawn.
    references = [evidence.references.get(dataset, np.nan) for dataset in evidence.random_curves]
    return build_level_panel(
        panel_id,
        f"Mean {metric} over the datasets",
        levels,
        styles,
        metric=metric,
        reference=float(np.mean(references)),
        height=LARGE,
        axis=axis,
    )


def build_difference_panel(
    panel_id: str,
    title: str,
    curve_set: CurveSet,
    styles: Mapping[str, Style],
    *,
    metric: str,
    y_range: tuple[float, float] | None = None,
    height: int = SMALL,
) -> FigurePanel:
    """Return the panel of the differences to random; above zero is better than random."""
    layout = _build_layout(curve_set)
    layout["yaxis"] |= {"zeroline": True, "tickformat": ".4~g"}
    if y_range is not None:
        layout["yaxis"] |= {"range": list(y_range)}
    alt = f"{title}: difference in {metric} to random, for {', '.join(curve_set.curves) or 'no strategy'}."
    figure, note = check_figure(_build_traces(curve_set, styles), layout), _describe_left_out(curve_set)
    return FigurePanel(panel_id, title, alt, figure, height, note)


def find_common_range(curves: list[Curve]) -> tuple[float, float] | None:
    """Return a range that holds all curves, their bands and zero, with a small margin."""
    values = np.concatenate([np.concatenate([c.mean, c.low, c.high]) for c in curves] or [np.empty(0)])
    values = values[np.isfinite(values)]
    if not values.size:
        return None
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    margin = 0.05 * (high - low) or 0.01
    return low - margin, high + margin


def _build_traces(curve_set: CurveSet, styles: Mapping[str, Style]) -> list[Trace]:
    # Lines over bands, and the baseline's dashes over the lines.
    order = sorted(curve_set.curves, key=lambda name: styles[name].baseline)
    drawn = {name: thin_curve(curve_set.curves[name]) for name in order}
    decimals = count_decimals(list(drawn.values()))
    behind = [trace for name in order for trace in build_bands(drawn[name], styles[name], decimals)]
    return behind + [build_line(drawn[name], styles[name], decimals) for name in order]


def _build_layout(curve_set: CurveSet, axis: tuple[str, str] = LABELS_AXIS) -> Layout:
    x_axis: Layout = {"title": {"text": axis[curve_set.shares]}, "nticks": 6}
    if curve_set.shares:
        x_axis |= {"ticksuffix": " %"}
    return {"hovermode": "x unified", "xaxis": x_axis, "yaxis": {"tickformat": ".4~g"}}


def _describe_left_out(curve_set: CurveSet) -> str:
    sentences = []
    if curve_set.left_out:
        sentences.append(f"Not drawn, having no curve on some dataset: {', '.join(curve_set.left_out)}.")
    if curve_set.absent:
        sentences.append(f"Not over {', '.join(curve_set.absent)}: there is no curve of random.")
    return " ".join(sentences)


def thin_curve(curve: Curve) -> Curve:
    """Return at most 120 points of a curve, the ends among them."""
    n = curve.n_labels.size
    if n <= DRAWN:
        return curve
    keep = np.unique(np.linspace(0, n - 1, DRAWN).round().astype(np.intp))
    drawn = {name: getattr(curve, name)[keep] for name in ("n_labels", "mean", "low", "high")}
    return replace(curve, **drawn)
