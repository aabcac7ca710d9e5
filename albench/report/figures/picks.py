"""The picks of one trial on a map of its pool: the page draws a round at a time, this panel all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import REFUSED
from albench.errors import ResultsError
from albench.report.figures.common import FigurePanel, check_figure, escape_markup

if TYPE_CHECKING:
    from albench.report.figures.common import Trace
    from albench.trace.pool_projection import PreparedPool
    from albench.trace.trace import Pick, Round, Story

DRAWN = 2000
"""Rows of a pool that are drawn beside those that were queried."""
SYMBOLS = (
    *("circle", "square", "diamond", "triangle-up", "cross", "x", "pentagon", "star", "triangle-down"),
    "hexagon",
)
"""Of classes, in their order, as on the page."""
_POOL = "#868e96"
_SCALE = "Viridis"
_HEIGHT = 460


def build_picks_panel(story: Story) -> FigurePanel:
    """Return the pool of a trial in two dimensions, what was queried coloured by its round.

    Raises
    ------
    ResultsError
        If the trial has no picks, or its data are not at hand.
    """
    if story.pool is None or not story.rounds:
        why = story.no_pool or "it has no rounds"
        raise ResultsError(f"the picks of trial {story.trial['key'][:12]} cannot be drawn: {why}")
    title = f"{story.trial['strategy']} on {story.trial['dataset']}, trial {story.trial['key'][:12]}"
    n_rounds = story.rounds[-1].number
    data = [*_draw_pool(story, story.pool), _draw_picks(story, story.pool, n_rounds)]
    first, second = (
        {"title": {"text": escape_markup(name)}, "showgrid": False} for name in story.pool.projection.axes
    )
    layout = {"xaxis": first, "yaxis": second, "hovermode": "closest"}
    alt = f"{title}: the rows that it labelled in {n_rounds} rounds, among its pool."
    return FigurePanel(f"picks-{story.trial['key'][:12]}", title, alt, check_figure(data, layout), _HEIGHT)


def _draw_pool(story: Story, pool: PreparedPool) -> list[Trace]:
    """Return a trace a class of rows that were not labelled."""
    labelled = {pick.row for batch in story.rounds for pick in batch.picks}
    n = pool.rows.size
    sample = np.unique(np.linspace(0, n - 1, min(n, DRAWN)).round().astype(np.intp))
    places = np.array([at for at in sample if int(pool.rows[at]) not in labelled], dtype=np.intp)
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": escape_markup(f"class {name}"),
            "x": pool.projection.points[own, 0].tolist(),
            "y": pool.projection.points[own, 1].tolist(),
            "marker": {"symbol": _choose_symbol(code), "size": 5, "color": _POOL, "opacity": 0.4},
            "hoverinfo": "name",
        }
        for code, name in enumerate(pool.classes)
        if (own := places[pool.labels[places] == code]).size
    ]


def _draw_picks(story: Story, pool: PreparedPool, n_rounds: int) -> Trace:
    picks = [(batch, pick) for batch in story.rounds for pick in batch.picks if pick.row in pool.positions]
    points = pool.projection.points[[pool.positions[pick.row] for _, pick in picks]]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": points[:, 0].tolist(),
        "y": points[:, 1].tolist(),
        "marker": {
            "symbol": [_choose_symbol(pick.label_given) for _, pick in picks],
            "size": 10,
            "color": [batch.number for batch, _ in picks],
            "colorscale": _SCALE,
            "cmin": 0,
            "cmax": max(n_rounds, 1),
            "colorbar": {"title": {"text": "round (0: seed set)"}, "thickness": 12},
            "line": {"width": 1},
        },
        "text": [escape_markup(_describe_pick(story, batch, pick)) for batch, pick in picks],
        "hoverinfo": "text",
    }


def _choose_symbol(code: int) -> str:
    return SYMBOLS[code % len(SYMBOLS)]


def _describe_pick(story: Story, batch: Round, pick: Pick) -> str:
    name = "refused" if pick.label_given == REFUSED else f"class {story.classes[pick.label_given]}"
    return f"round {batch.number}, pick {pick.rank + 1}: row {pick.row}, {name}"
