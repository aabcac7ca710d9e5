"""The critical-difference diagram of the page as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.report.figures.common import escape_markup
from albench.report.figures.critical_difference import DiagramSize, build_diagram
from albench.report.paper.compose import PaperFigure
from albench.report.paper.style import (
    AXES_OF_PIXELS,
    COLUMN_WIDTHS,
    INK,
    SMALL,
    build_canvas,
    build_path,
    build_text,
    estimate_width,
    fit_text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.details import Pairwise
    from albench.report.figures.common import Layout
    from albench.report.figures.critical_difference import Arm, Diagram
    from albench.report.html.palette import Style

_WIDEST_SIDE = 0.4  # of the figure: the axis keeps a fifth of it
_GAP = 12  # between axis and names


def build_rank_figure(
    name: str, pairwise: Pairwise, styles: Mapping[str, Style], n_columns: int
) -> PaperFigure:
    """Return mean ranks on a line, with a bar over strategies that are not told apart.

    It is over both columns where the names are too long for one.
    """
    texts = [
        _describe_arm(name, rank) for name, rank in zip(pairwise.strategies, pairwise.ranks, strict=True)
    ]
    longest = max(estimate_width(text, SMALL) for text in texts) + _GAP
    width = COLUMN_WIDTHS[n_columns if longest < _WIDEST_SIDE * COLUMN_WIDTHS[n_columns] else 2]
    side = min(longest, _WIDEST_SIDE * width)
    diagram = build_diagram(pairwise, styles, DiagramSize(width, side, top=20, step=13, clique_step=6))
    layout = build_canvas(width, round(diagram.height)) | {
        "shapes": _list_lines(diagram),
        "annotations": [
            *(
                build_text(str(tick.rank), tick.x, diagram.axis - 4, SMALL, "center bottom")
                for tick in diagram.ticks
            ),
            *(_label_arm(arm, side) for arm in diagram.arms),
        ],
    }
    # Without a trace on them, Plotly draws no axes for the lines to lie on.
    return PaperFigure(
        name, {"data": [{"type": "scatter", "x": [], "y": []} | AXES_OF_PIXELS], "layout": layout}
    )


def _list_lines(diagram: Diagram) -> list[Layout]:
    axis, ticks = diagram.axis, diagram.ticks
    return [
        build_path([(ticks[0].x, axis), (ticks[-1].x, axis)], INK, 0.9),
        *(build_path([(tick.x, axis - 4), (tick.x, axis)], INK, 0.9) for tick in ticks),
        *(build_path([(bar.x, bar.y), (bar.end, bar.y)], INK, 2.6) for bar in diagram.bars),
        *(
            build_path([(arm.x, axis), (arm.x, arm.y), (arm.end, arm.y)], arm.style.colour, 1.1)
            for arm in diagram.arms
        ),
    ]


def _describe_arm(name: str, rank: float) -> str:
    return f"{name} {rank:.2f}"


def _label_arm(arm: Arm, side: float) -> Layout:
    rank = _describe_arm("", arm.rank)
    name = fit_text(arm.style.label, SMALL, side - _GAP - estimate_width(rank, SMALL))
    x, anchors = (arm.end - 3, "right middle") if arm.left else (arm.end + 3, "left middle")
    return build_text(escape_markup(name) + rank, x, arm.y, SMALL, anchors)
