"""The part of a page on the labels that people have given: the real curve beside the simulated ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from albench.analysis.evidence.cells import CurveSet
from albench.datasets.files.base import FileSource
from albench.errors import AlbenchError
from albench.report.figures.common import check_figure, escape_markup
from albench.report.figures.curves import build_level_panel, get_level_curves
from albench.report.html.palette import build_styles
from albench.text import list_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from albench.analysis.evidence.cells import Curve
    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.labelling.curve import ProjectCurve
    from albench.report.figures.common import FigurePanel, Trace
    from albench.report.html.palette import Style
    from albench.spec.experiment import Experiment

_HEIGHT = 380


@dataclass(frozen=True)
class LabellingPart:
    """The labels of one file.

    Attributes
    ----------
    panels : tuple of FigurePanel
        Nothing where there is no curve: then the sentence says why.
    """

    dataset: str
    sentences: tuple[str, ...]
    panels: tuple[FigurePanel, ...] = ()


def build_labelling_parts(experiment: Experiment, primary: SliceEvidence) -> tuple[LabellingPart, ...]:
    """Return a part for each dataset with a labelling log beside its file; nothing where there is none."""
    files = list(enumerate(_list_labelled_files(experiment)))
    if not files:
        return ()
    styles = build_styles(primary.strategies, primary.baseline)
    return tuple(_build_part(experiment, primary, place, name, styles) for place, name in files)


def _list_labelled_files(experiment: Experiment) -> Iterator[str]:
    """Yield the labels of datasets with a labelling log."""
    from albench.labelling.project_log import find_log

    for entry in experiment.leave_out_pilot_pools().datasets:
        if isinstance(entry.component, FileSource) and entry.component.unlabelled:
            file: Path | None = entry.component.find_file(experiment.folder)
            if file is not None and find_log(file).is_file():
                yield entry.label


def _build_part(
    experiment: Experiment, primary: SliceEvidence, place: int, dataset: str, styles: Mapping[str, Style]
) -> LabellingPart:
    from albench.narrative.labelling import write_labelling

    try:
        curve = _measure(experiment, primary, dataset)
    # The page is about the simulation: it is written, and says what is wrong with the labels.
    except AlbenchError as error:
        return LabellingPart(dataset, (f"The real curve cannot be drawn: {error}",))
    simulated = get_level_curves(primary, dataset)
    drawn = {name: own for name, own in simulated.items() if name in (*curve.strategies, primary.baseline)}
    proposing = {name: own for name, own in drawn.items() if name in curve.strategies}
    panel = _build_panel(place, dataset, curve, drawn, styles)
    return LabellingPart(dataset, tuple(write_labelling(curve, proposing)), (panel,))


def _measure(experiment: Experiment, primary: SliceEvidence, dataset: str) -> ProjectCurve:
    from albench.labelling.curve import measure_curve
    from albench.labelling.project import open_project

    wanted = (primary.slice.model, primary.slice.query_model)
    models = [entry.label for entry in experiment.models if (entry.task.label, entry.query.label) == wanted]
    project = open_project(experiment, dataset=dataset, model=models[0])
    metrics = {entry.component.column: entry.component for entry in experiment.metrics}
    return measure_curve(project, metrics[primary.slice.metric])


def _build_panel(
    place: int, dataset: str, curve: ProjectCurve, simulated: Mapping[str, Curve], styles: Mapping[str, Style]
) -> FigurePanel:
    panel = build_level_panel(
        f"labelling-{place}",
        dataset,
        CurveSet(dict(simulated)),
        styles,
        metric=curve.metric,
        reference=None,
        height=_HEIGHT,
    )
    names = list_words([f"simulated {name}" for name in simulated]) or "nothing simulated"
    data = [*panel.figure["data"], _build_points(curve)]
    return replace(
        panel,
        figure=check_figure(data, panel.figure["layout"]),
        alt=f"{dataset}: {curve.metric} of the labels in {curve.file} along the labels, beside {names}.",
        note=f"Points with intervals: the labels of {curve.file}. Lines with bands: {names}.",
    )


def _build_points(curve: ProjectCurve) -> Trace:
    """Return the real curve; its colour is the theme's ink."""
    points = curve.points
    arms = [(point.level - point.low, point.high - point.level) for point in points]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [point.n_trained for point in points],
        "y": [point.level for point in points],
        "name": escape_markup(curve.file),
        "line": {"width": 1.5},
        "marker": {"size": 8},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "arrayminus": [below for below, _ in arms],
            "array": [above for _, above in arms],
            "thickness": 1.2,
            "width": 3,
        },
        "hovertemplate": "%{y:.4~g}",
    }
