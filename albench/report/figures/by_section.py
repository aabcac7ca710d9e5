"""The figures of a page, by section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.analysis.evidence.cells import CurveSet
from albench.analysis.evidence.rows import order_rows
from albench.report.figures.control import build_control_panel
from albench.report.figures.cost import build_gain_panel, build_time_panel
from albench.report.figures.curves import (
    LARGE,
    build_difference_panel,
    build_level_panel,
    build_mean_level_panel,
    find_common_range,
    get_difference_curves,
    get_level_curves,
    replace_bands,
)
from albench.report.figures.profile import build_profile_panels
from albench.report.figures.saving import build_saving_panels
from albench.report.tables.grids import list_targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.cells import Curve
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.report.figures.common import FigurePanel
    from albench.report.html.palette import Style


@dataclass(frozen=True)
class Figures:
    """The panels of each section; ``savings`` by target."""

    mean: tuple[FigurePanel, ...]
    levels: tuple[FigurePanel, ...]
    differences: tuple[FigurePanel, ...]
    savings: dict[str, list[FigurePanel]]
    cost: tuple[FigurePanel, ...]
    control: tuple[FigurePanel, ...]
    profile: tuple[FigurePanel, ...] = ()


NO_FIGURES = Figures((), (), (), {}, (), ())


def build_figures(evidence: SliceEvidence, styles: Mapping[str, Style]) -> Figures:
    """Return all figures of a slice."""
    metric, gain = evidence.slice.metric, _name_gain(evidence)
    levels = {dataset: get_level_curves(evidence, dataset) for dataset in evidence.datasets}
    differences = {dataset: get_difference_curves(evidence, dataset) for dataset in evidence.datasets}
    rows = [evidence.rows[0], *order_rows(evidence.rows)]
    control, random = evidence.control, styles[evidence.baseline]
    return Figures(
        mean=_build_mean_panels(evidence, styles),
        levels=tuple(
            build_level_panel(
                f"level-{place}",
                dataset,
                CurveSet(curves),
                styles,
                metric=metric,
                reference=evidence.references.get(dataset),
            )
            for place, (dataset, curves) in enumerate(levels.items())
        ),
        differences=_build_difference_panels(
            {dataset: replace_bands(evidence, dataset, curves) for dataset, curves in differences.items()},
            styles,
            gain,
        ),
        savings={target: build_saving_panels(evidence, styles, target) for target in list_targets(evidence)},
        cost=(build_time_panel(rows, styles), build_gain_panel(rows, styles, gain)),
        control=(build_control_panel(control, random, gain),) if control.differences else (),
        profile=build_profile_panels(evidence.details, styles),
    )


def _name_gain(evidence: SliceEvidence) -> str:
    """Return the metric that differences are of, with a word on their sign where lower is better."""
    metric = evidence.slice.metric
    return metric if evidence.greater_is_better else f"{metric} (a plus is lower, which is better)"


def _build_mean_panels(evidence: SliceEvidence, styles: Mapping[str, Style]) -> tuple[FigurePanel, ...]:
    levels, differences = evidence.mean_levels, evidence.mean_differences
    if levels is None or differences is None:
        return ()
    level = build_mean_level_panel("mean-level", evidence, levels, styles)
    difference = build_difference_panel(
        "mean-difference",
        "Mean difference to random",
        differences,
        styles,
        metric=_name_gain(evidence),
        height=LARGE,
    )
    return level, difference


def _build_difference_panels(
    differences: dict[str, dict[str, Curve]], styles: Mapping[str, Style], metric: str
) -> tuple[FigurePanel, ...]:
    shared = find_common_range([curve for curves in differences.values() for curve in curves.values()])
    return tuple(
        build_difference_panel(
            f"difference-{place}", dataset, CurveSet(curves), styles, metric=metric, y_range=shared
        )
        for place, (dataset, curves) in enumerate(differences.items())
    )
