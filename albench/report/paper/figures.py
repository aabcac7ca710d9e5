"""Which figures of a slice a paper gets, named by what is in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from albench.analysis.streams.evidence.conclusions import StreamEvidence, StreamSliceEvidence
from albench.narrative.wording import describe_untested
from albench.report.figures.by_section import build_figures
from albench.report.figures.common import build_row_axis
from albench.report.first_screen import build_first_screen
from albench.report.html.palette import build_oracle_styles, build_styles
from albench.report.oracle_screen import build_large_oracle_panel
from albench.report.paper.arrangement import arrange_alone
from albench.report.paper.compose import compose_panels, compose_side_by_side
from albench.report.paper.critical_difference import build_rank_figure
from albench.report.tables.leaderboard import HEADLINE
from albench.spec.highlight import list_highlighted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.source import ReportSource, StreamReportSource
    from albench.report.figures.by_section import Figures
    from albench.report.figures.common import FigurePanel
    from albench.report.paper.arrangement import Arrangement
    from albench.report.paper.compose import PaperFigure

_ROW = 15  # height of a row with a name
_LONGEST_NAME = 80


@dataclass(frozen=True)
class PaperFigures:
    """The figures of a slice; ``notes`` say what is not among them, and why."""

    figures: tuple[PaperFigure, ...]
    notes: tuple[str, ...]


def build_paper_figures(
    evidence: SliceEvidence | StreamSliceEvidence, n_columns: int, highlighted: Collection[str] = ()
) -> PaperFigures:
    """Return the figures of a slice, each over one or two columns of a paper.

    Panels side by side (``curves``, ``saving``) are over both columns in any case.

    Parameters
    ----------
    highlighted : collection of str
        Strategies that the picture of the answer always has.
    """
    if isinstance(evidence, StreamSliceEvidence):
        from albench.report.streams.export import compose_stream_figures

        return PaperFigures(tuple(compose_stream_figures(evidence, n_columns, highlighted)), ())
    styles = build_styles(evidence.strategies, evidence.baseline)
    panels = build_figures(evidence, styles)
    arrangement = arrange_alone(n_columns, (evidence.baseline, *evidence.contenders), styles)
    figures = list(_compose_figures(evidence, panels, arrangement))
    first = build_first_screen(evidence, highlighted) if evidence.primary else None
    if first is not None:
        answer = replace(arrangement, y_title=evidence.slice.metric)
        picture = _move_words_aside(first.picture, evidence)
        figures.insert(0, compose_panels("answer", [picture], answer))
    notes = []
    pairwise = evidence.details.pairwise if evidence.details else None
    if pairwise is not None:
        name = "mean-ranks" if pairwise.untested else "critical-difference"
        figures.append(build_rank_figure(name, pairwise, styles, n_columns))
        if pairwise.untested:
            notes.append(f"mean-ranks shows no groups: {describe_untested(pairwise)}")
    if not evidence.primary:
        notes.append(
            "answer, critical differences and performance profile are drawn of the primary slice only"
        )
    return PaperFigures(_name_uniquely(figures), tuple(notes))


def draw_results(
    results: ReportSource | StreamReportSource, axes: Mapping[str, str | int], n_columns: int
) -> PaperFigures:
    """Return the figures of a slice of results; of the primary one that of the oracles among them.

    Parameters
    ----------
    axes : mapping
        Another slice than the primary one.
    """
    evidence = results.evidence
    own = evidence.find_slice(axes)
    drawn = build_paper_figures(own, n_columns, list_highlighted(results.experiment))
    if isinstance(evidence, StreamEvidence) or not own.primary:
        return drawn
    panel = build_large_oracle_panel(evidence)
    if panel is None:
        return drawn
    names = [of.oracle for of in evidence.oracle_curves]
    alone = replace(arrange_alone(n_columns, names, build_oracle_styles(names)), y_title=own.slice.metric)
    return replace(drawn, figures=(compose_panels("oracles", [panel], alone), *drawn.figures))


def _move_words_aside(picture: FigurePanel, evidence: SliceEvidence) -> FigurePanel:
    """Return the picture of the answer with its words in the corner that curves leave free."""
    layout = picture.figure["layout"]
    y, y_anchor = (0, "bottom") if evidence.greater_is_better else (1, "top")
    corner = {"xref": "paper", "x": 1, "xanchor": "right", "yref": "paper", "y": y, "yanchor": y_anchor}
    words = [
        {"text": item["text"], "font": item["font"]} | corner if item["text"] else item
        for item in layout.get("annotations", ())
    ]
    return replace(picture, figure={**picture.figure, "layout": layout | {"annotations": words}})


def _compose_figures(evidence: SliceEvidence, panels: Figures, alone: Arrangement) -> Iterator[PaperFigure]:
    metric = evidence.slice.metric
    levels = replace(alone, y_title=metric, reference="whole pool")
    gains = replace(alone, y_title=f"gain in {metric}")
    if len(panels.levels) > 1:
        mean = [replace(panel, title="mean") for panel in panels.mean[:1]]
        yield compose_side_by_side("curves", [*mean, *panels.levels], levels)
    for panel, dataset in _pair_with_names(panels.mean[:1], panels.levels, evidence.datasets):
        yield compose_panels(f"curves-{dataset}", [panel], levels)
    for panel, dataset in _pair_with_names(panels.mean[1:], panels.differences, evidence.datasets):
        yield compose_panels(f"gain-{dataset}", [panel], gains)
    savings = panels.savings.get(HEADLINE, [])
    rows_height = _ROW * len(evidence.datasets)
    if len(evidence.datasets) == 1 and savings:
        rows = _stack_rows(savings, evidence.datasets[0])
        yield compose_panels("saving", [rows], replace(alone, plot_height=_ROW * len(savings)))
    elif savings:
        yield compose_side_by_side("saving", savings, replace(alone, plot_height=rows_height), rows_height)
    strategy_rows = replace(alone, plot_height=_ROW * len(evidence.rows))
    for name, own, size in (
        ("performance-profile", panels.profile, alone),
        ("query-time", panels.cost[:1], strategy_rows),
        ("gain-for-query-time", panels.cost[1:], gains),
        (
            "random-against-random",
            panels.control,
            replace(alone, plot_height=rows_height, x_title=f"difference of two random orders in {metric}"),
        ),
    ):
        if own:
            yield compose_panels(name, own, size)


def _stack_rows(panels: Sequence[FigurePanel], title: str) -> FigurePanel:
    """Return panels of one row each as the rows of one panel, named by their titles."""
    layout = panels[0].figure["layout"] | {"yaxis": build_row_axis([panel.title for panel in panels])}
    layout["annotations"] = [
        words | {"y": row}
        for row, panel in enumerate(panels)
        for words in panel.figure["layout"].get("annotations", ())
    ]
    data = [
        trace | {"y": [row] * len(trace["y"])}
        for row, panel in enumerate(panels)
        for trace in panel.figure["data"]
    ]
    return replace(panels[0], title=title, figure={"data": data, "layout": layout})


def _pair_with_names(
    mean: Sequence[FigurePanel], panels: Sequence[FigurePanel], datasets: Sequence[str]
) -> Iterator[tuple[FigurePanel, str]]:
    yield from ((panel, "mean") for panel in mean)
    yield from zip(panels, datasets, strict=True)


def _name_uniquely(figures: Sequence[PaperFigure]) -> tuple[PaperFigure, ...]:
    """Return the figures with names that any file system takes and tells apart."""
    names: dict[str, str] = {}
    for figure in figures:
        name = stem = re.sub(r"[^\w.-]+", "-", figure.name).strip("-.")[:_LONGEST_NAME]
        n = 1
        while name.lower() in names:
            n += 1
            name = f"{stem}-{n}"
        names[name.lower()] = name
    return tuple(replace(figure, name=name) for figure, name in zip(figures, names.values(), strict=True))
