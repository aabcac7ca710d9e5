"""The figures of a page, by section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.report.figures.control import control_panel
from albench.report.figures.cost import gain_panel, time_panel
from albench.report.figures.curves import (
    CurveSet,
    banded,
    common_range,
    curves_of,
    difference_panel,
    differences_of,
    level_panel,
    over_datasets,
)
from albench.report.figures.profile import profile_panels
from albench.report.figures.saving import saving_panels
from albench.report.tables.grids import targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.evidence import Curve, SliceEvidence
    from albench.report.figures.common import Panel
    from albench.report.html.palette import Style

LARGE = 380


@dataclass(frozen=True)
class Figures:
    """The panels of each section; ``savings`` by target."""

    mean: tuple[Panel, ...]
    levels: tuple[Panel, ...]
    differences: tuple[Panel, ...]
    savings: dict[str, list[Panel]]
    cost: tuple[Panel, ...]
    control: tuple[Panel, ...]
    profile: tuple[Panel, ...] = ()


NO_FIGURES = Figures((), (), (), {}, (), ())


def figures(
    evidence: SliceEvidence, styles: Mapping[str, Style], baseline: str, contenders: Sequence[str]
) -> Figures:
    """Return all figures of a slice; ``contenders`` are its strategies but the baseline, in order of rank."""
    metric = evidence.slice.metric
    levels = {dataset: curves_of(evidence, dataset, baseline) for dataset in evidence.datasets}
    differences = {dataset: differences_of(evidence, dataset, baseline) for dataset in evidence.datasets}
    by_name = {row.strategy: row for row in evidence.rows}
    rows = [by_name[name] for name in (baseline, *contenders) if name in by_name]
    control = evidence.control
    return Figures(
        mean=_mean_panels(evidence, levels, differences, styles),
        levels=tuple(
            level_panel(
                f"level-{place}",
                dataset,
                CurveSet(found),
                styles,
                metric=metric,
                reference=evidence.references.get(dataset),
            )
            for place, (dataset, found) in enumerate(levels.items())
        ),
        differences=_difference_panels(
            {dataset: banded(evidence, dataset, found) for dataset, found in differences.items()},
            styles,
            metric,
        ),
        savings={target: saving_panels(evidence, contenders, styles, target) for target in targets(evidence)},
        cost=(time_panel(rows, styles), gain_panel(rows, styles, metric)),
        control=(control_panel(control, styles[baseline], metric),) if control.differences else (),
        profile=profile_panels(evidence.details, styles),
    )


def _mean_panels(
    evidence: SliceEvidence,
    levels: dict[str, dict[str, Curve]],
    differences: dict[str, dict[str, Curve]],
    styles: Mapping[str, Style],
) -> tuple[Panel, ...]:
    metric, spans = evidence.slice.metric, evidence.random_curves
    if len(spans) <= 1:
        return ()
    known = [evidence.references.get(dataset, np.nan) for dataset in spans]
    level = level_panel(
        "mean-level",
        f"Mean {metric} over the datasets",
        over_datasets(levels, spans),
        styles,
        metric=metric,
        reference=float(np.mean(known)),
        height=LARGE,
    )
    difference = difference_panel(
        "mean-difference",
        "Mean difference to random",
        over_datasets(differences, spans),
        styles,
        metric=metric,
        height=LARGE,
    )
    return level, difference


def _difference_panels(
    differences: dict[str, dict[str, Curve]], styles: Mapping[str, Style], metric: str
) -> tuple[Panel, ...]:
    shared = common_range([curve for found in differences.values() for curve in found.values()])
    return tuple(
        difference_panel(
            f"difference-{place}", dataset, CurveSet(found), styles, metric=metric, y_range=shared
        )
        for place, (dataset, found) in enumerate(differences.items())
    )
