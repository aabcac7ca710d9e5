"""How the panels of the page lie in a figure for paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.report.paper.style import COLUMN_WIDTHS, PLOT_HEIGHTS, choose_symbols

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from albench.report.html.palette import Style


@dataclass(frozen=True)
class Arrangement:
    """How panels lie in a figure, in pixels.

    Attributes
    ----------
    plot_height : float
        Of a panel, between its title and its axis.
    order : mapping
        Strategy -> its place in the legend.
    symbols : mapping
        Strategy -> the marker on its lines.
    x_title, y_title : str
        Of all panels; if empty, what stands on the page.
    reference : str
        What a level line is, for the legend; if empty, words beside the line say it, as on the page.
    """

    n_across: int
    width: int
    plot_height: float
    order: Mapping[str, int]
    symbols: Mapping[str, str]
    x_title: str = ""
    y_title: str = ""
    reference: str = ""


def arrange_alone(n_columns: int, order: Iterable[str], styles: Mapping[str, Style]) -> Arrangement:
    """Return how a panel lies that has a figure of its own; the legend is in some order."""
    return Arrangement(
        n_across=1,
        width=COLUMN_WIDTHS[n_columns],
        plot_height=PLOT_HEIGHTS[n_columns],
        order={name: place for place, name in enumerate(order)},
        symbols=choose_symbols(styles),
    )
