"""Where stopping rules stop, in the picture of the first screen of a page that asks when to stop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from albench.report.figures.common import check_figure, escape_markup
from albench.report.figures.marks import build_foot_label, build_vertical_line
from albench.text import list_words

if TYPE_CHECKING:
    from albench.analysis.evidence import StoppingEvidence
    from albench.report.figures.common import FigurePanel

_FONT = {"size": 12}
_LINE_HEIGHT = 17
HINDSIGHT = "hindsight"


def mark_stops(panel: FigurePanel, stopping: StoppingEvidence, hue: str) -> FigurePanel:
    """Return learning curves with the mean stop of the rules that the answer names, and of hindsight.

    They stand in the place of what is saved. The same where none is named.

    Parameters
    ----------
    panel : FigurePanel
        Over numbers of labels.
    hue : str
        Colour of the strategy that is stopped.
    """
    stops = _find_stops(stopping)
    if not stops:
        return panel
    lines = [_draw_line(x, hue if name != HINDSIGHT else "#888") for name, x in stops]
    labels = [_write_label(name, x, place) for place, (name, x) in enumerate(stops)]
    layout = panel.figure["layout"] | {"shapes": lines, "annotations": labels}
    words = list_words([f"{name} stops at {x:.0f}" for name, x in stops])
    return replace(
        panel,
        alt=f"{panel.title}; of {stopping.strategy} {words} labels.",
        figure=check_figure(panel.figure["data"], layout),
    )


def _find_stops(stopping: StoppingEvidence) -> list[tuple[str, float]]:
    """Return what stops and after how many labels on average, in the order of labels."""
    rules = [each.rule for each in stopping.list_widest() if each.rule]
    costs = [cost for rule in dict.fromkeys(rules) if (cost := stopping.find_cost(rule)) is not None]
    stops = [(cost.rule, cost.n_labels) for cost in costs]
    if stops and stopping.hindsight_labels is not None:
        stops.append((HINDSIGHT, stopping.hindsight_labels))
    return sorted(stops, key=lambda stop: stop[1])


def _draw_line(x: float, colour: str) -> dict[str, Any]:
    return build_vertical_line(x, {"color": colour, "width": 1.4, "dash": "dot"})


def _write_label(name: str, x: float, place: int) -> dict[str, Any]:
    # Each a line lower than the one before it: names of neighbours would lie on each other.
    words = build_foot_label(x, f"{escape_markup(name)} {x:.0f}")
    return words | {"yshift": 4 + _LINE_HEIGHT * place, "font": _FONT}
