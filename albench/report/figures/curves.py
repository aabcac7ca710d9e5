"""Learning curves: the mean over the datasets, and one panel per dataset."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from albench.report.figures.aggregate import average_curves, have_same_labels, resample_on_shares, thin_curve
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

    from albench.analysis.evidence import Curve, SliceEvidence
    from albench.report.figures.common import Layout, Trace
    from albench.report.html.palette import Style

LABELS = "labels bought, seed set included"
SHARE = "share of the budget after the seed set"


@dataclass(frozen=True)
class CurveSet:
    """The curves of one dataset, or of the mean over datasets, by strategy; the baseline among them.

    Attributes
    ----------
    left_out : tuple of str
        Strategies that lack a dataset which others have.
    absent : tuple of str
        Datasets without a curve of the baseline, which the mean is not over.
    shares : bool
        True if the horizontal axis is the share of the budget.
    """

    curves: Mapping[str, Curve]
    left_out: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    shares: bool = False

    @property
    def x_title(self) -> str:
        """What the horizontal axis counts."""
        return SHARE if self.shares else LABELS


def get_level_curves(evidence: SliceEvidence, dataset: str, baseline: str) -> dict[str, Curve]:
    """Return the level curves of a dataset by strategy, in the order of the spec."""
    found: dict[str, Curve] = {}
    for strategy in evidence.strategies:
        cell = evidence.cell(dataset, strategy)
        own = cell.curve if cell else None
        curve = evidence.random_curves.get(dataset) if strategy == baseline else own
        if curve is not None:
            found[strategy] = curve
    return found


def get_difference_curves(evidence: SliceEvidence, dataset: str, baseline: str) -> dict[str, Curve]:
    """Return the curves of the difference to random of a dataset by strategy."""
    cells = [evidence.cell(dataset, strategy) for strategy in evidence.strategies if strategy != baseline]
    return {
        cell.strategy: cell.difference_curve for cell in cells if cell is not None and cell.difference_curve
    }


def replace_bands(evidence: SliceEvidence, dataset: str, found: Mapping[str, Curve]) -> dict[str, Curve]:
    """Return curves of differences with their simultaneous bands, where there are any."""
    bands_of = {cell.strategy: cell.difference_band for cell in evidence.cells if cell.dataset == dataset}
    return {
        name: replace(curve, low=band.low, high=band.high) if (band := bands_of.get(name)) else curve
        for name, curve in found.items()
    }


def average_over_datasets(
    by_dataset: Mapping[str, Mapping[str, Curve]], spans: Mapping[str, Curve]
) -> CurveSet:
    """Return the mean over the datasets of each strategy that has a curve on all of them.

    Parameters
    ----------
    by_dataset : mapping
        dataset -> strategy -> curve.
    spans : mapping
        dataset -> the curve whose ends are the seed set and the budget; datasets without one are left out.
    """
    absent = tuple(dataset for dataset in by_dataset if dataset not in spans)
    by_dataset = {dataset: curves for dataset, curves in by_dataset.items() if dataset in spans}
    strategies = list(dict.fromkeys(name for curves in by_dataset.values() for name in curves))
    complete = [name for name in strategies if all(name in curves for curves in by_dataset.values())]
    every = [curves[name] for curves in by_dataset.values() for name in complete]
    shares = not have_same_labels(every) if every else False
    means = {}
    for name in complete:
        curves = {dataset: found[name] for dataset, found in by_dataset.items()}
        if shares:
            curves = {
                dataset: resample_on_shares(curve, spans[dataset].n_labels[0], spans[dataset].n_labels[-1])
                for dataset, curve in curves.items()
            }
        means[name] = average_curves(list(curves.values()))
    return CurveSet(means, tuple(name for name in strategies if name not in complete), absent, shares)


def build_level_panel(
    panel_id: str,
    title: str,
    found: CurveSet,
    styles: Mapping[str, Style],
    *,
    metric: str,
    reference: float | None,
    height: int = 250,
) -> FigurePanel:
    """Return the panel of one dataset's (or the mean) learning curves."""
    data = _build_traces(found, styles)
    layout = _build_layout(found)
    if reference is not None and np.isfinite(reference) and found.curves:
        ends = [x for curve in found.curves.values() for x in (curve.n_labels[0], curve.n_labels[-1])]
        data.insert(0, build_level_line([float(x) for x in ends], reference))
        layout["annotations"] = [build_line_label(reference, f"whole pool {format_level(reference)}")]
    alt = f"{title}: {metric} along the labels, for {', '.join(found.curves) or 'no strategy'}."
    return FigurePanel(
        panel_id, title, alt, check_figure(data, layout), height, note=_describe_left_out(found)
    )


def build_difference_panel(
    panel_id: str,
    title: str,
    found: CurveSet,
    styles: Mapping[str, Style],
    *,
    metric: str,
    y_range: tuple[float, float] | None = None,
    height: int = 250,
) -> FigurePanel:
    """Return the panel of the differences to random; above zero is better than random."""
    layout = _build_layout(found)
    layout["yaxis"] |= {"zeroline": True, "tickformat": ".4~g"}
    if y_range is not None:
        layout["yaxis"] |= {"range": list(y_range)}
    alt = f"{title}: difference in {metric} to random, for {', '.join(found.curves) or 'no strategy'}."
    return FigurePanel(
        panel_id,
        title,
        alt,
        check_figure(_build_traces(found, styles), layout),
        height,
        note=_describe_left_out(found),
    )


def find_common_range(curves: list[Curve]) -> tuple[float, float] | None:
    """Return a range that holds all curves, their bands and zero, with a small margin."""
    values = np.concatenate([np.concatenate([c.mean, c.low, c.high]) for c in curves] or [np.empty(0)])
    values = values[np.isfinite(values)]
    if not values.size:
        return None
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    margin = 0.05 * (high - low) or 0.01
    return low - margin, high + margin


def _build_traces(found: CurveSet, styles: Mapping[str, Style]) -> list[Trace]:
    # Lines over bands, and the baseline's dashes over the lines.
    order = sorted(found.curves, key=lambda name: styles[name].baseline)
    drawn = {name: thin_curve(found.curves[name]) for name in order}
    decimals = count_decimals(list(drawn.values()))
    behind = [trace for name in order for trace in build_bands(drawn[name], styles[name], decimals)]
    return behind + [build_line(drawn[name], styles[name], decimals) for name in order]


def _build_layout(found: CurveSet) -> Layout:
    x_axis: Layout = {"title": {"text": found.x_title}, "nticks": 6}
    if found.shares:
        x_axis |= {"ticksuffix": " %"}
    return {"hovermode": "x unified", "xaxis": x_axis, "yaxis": {"tickformat": ".4~g"}}


def _describe_left_out(found: CurveSet) -> str:
    said = []
    if found.left_out:
        said.append(f"Not drawn, having no curve on some dataset: {', '.join(found.left_out)}.")
    if found.absent:
        said.append(f"Not over {', '.join(found.absent)}: there is no curve of random.")
    return " ".join(said)
