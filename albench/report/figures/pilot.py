"""The picture of a pilot: curves of the labelled part, and what is expected of labels more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.report.figures.answer import get_pictured_curves
from albench.report.figures.common import (
    MARK_FONT,
    FigurePanel,
    build_area,
    build_arrow,
    build_bands,
    build_bar,
    build_foot_label,
    build_line,
    build_vertical_line,
    check_figure,
    drop_links,
    escape_markup,
)
from albench.report.figures.curves import thin_curve
from albench.report.html.numbers import format_signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.evidence.labelling import LabellingForecast, PilotAnswer, Prediction
    from albench.report.figures.common import Layout, Trace
    from albench.report.html.palette import Style

_HEIGHT = 500
_DECIMALS = 5
_FIRST, _BASELINE = 3.0, 2.2  # widths of lines
_WIDEST = 2.5  # of the labels more: an arrow from farther away would leave nothing of the curves to see
_SMALL_FONT = {"size": 12}


@dataclass(frozen=True)
class _Line:
    """What is expected of a strategy, from the labels of now on."""

    style: Style
    n_labels: tuple[float, ...]
    levels: tuple[Prediction, ...]


def build_pilot_panel(
    evidence: SliceEvidence, pilot: PilotAnswer, shown: Sequence[Style], baseline: Style
) -> FigurePanel | None:
    """Return the curves of random and of the first strategy, and what is expected of them to the budget.

    Returns
    -------
    FigurePanel or None
        None where the strategy is none of the page, and where there is no forecast, or it is withheld.
    """
    forecast, path = pilot.forecast, pilot.path
    if forecast is None or forecast.verdict == "withheld":
        return None
    name = forecast.strategies[0].strategy if forecast.strategies else ""
    style = next((each for each in shown if each.label == name), None)
    if style is None:
        return None
    lines = (
        _build_expected(baseline, path, [each.random for each in path]),
        _build_expected(style, path, [each.find(name).level for each in path]),
    )
    curves = get_pictured_curves(evidence).curves
    data = [_draw_band(line) for line in lines]
    for each, width in ((baseline, _BASELINE), (style, _FIRST)):
        if each.label in curves:
            curve = thin_curve(curves[each.label])
            line = build_line(curve, each, _DECIMALS)
            line["line"] |= {"width": width, "dash": "solid"}
            data += [*build_bands(curve, each, _DECIMALS), line]
    data += [_draw_expected(line, width) for line, width in zip(lines, (_BASELINE, _FIRST), strict=True)]
    mark = _mark_saving(forecast, style)
    now = build_vertical_line(forecast.n_labelled, {"color": "#888", "width": 1.2, "dash": "dot"})
    words_now = build_foot_label(forecast.n_labelled, f"now: {forecast.n_labelled:,} labels", xshift=4)
    layout = {
        "hovermode": "closest",
        "xaxis": {"title": {"text": "labels in all"}, "nticks": 7},
        "yaxis": {"tickformat": ".4~g"},
        "shapes": [now, *mark.get("shapes", [])],
        "annotations": [words_now | {"font": _SMALL_FONT}, *mark["annotations"]],
    }
    title = f"{forecast.metric}: tried on the labelled rows, and expected (dashed, 90 % bands)"
    words = f"with {forecast.n_more:,} labels more {name} {forecast.find(name).level.expected:.3f}"
    alt = f"{title}; {words}, random {forecast.random.expected:.3f}."
    return FigurePanel("answer-curves", title, alt, check_figure(drop_links(data), layout), _HEIGHT)


def _build_expected(style: Style, path: Sequence[LabellingForecast], levels: Sequence[Prediction]) -> _Line:
    """Return the line from what all labelled rows give."""
    start = path[0]
    n_labels = (float(start.n_labelled), *(float(each.n_labelled + each.n_more) for each in path))
    return _Line(style, n_labels, (start.now, *levels))


def _draw_band(line: _Line) -> Trace:
    low, high = (
        [round(getattr(level.interval, end), _DECIMALS) for level in line.levels] for end in ("low", "high")
    )
    return build_area(list(line.n_labels), low, high, line.style)


def _draw_expected(line: _Line, width: float) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(line.n_labels),
        "y": [round(level.expected, _DECIMALS) for level in line.levels],
        "name": f"{escape_markup(line.style.label)}, expected",
        "line": {"color": line.style.colour, "width": width, "dash": "6px,4px"},
        "hovertemplate": "%{x:,} labels: %{y:.4~g}",
    }


def _mark_saving(forecast: LabellingForecast, style: Style) -> Layout:
    """Return an arrow from the labels that random needs to those of the strategy; else a bar of the gain."""
    first = forecast.find(style.label)
    end, level = float(forecast.n_labelled + forecast.n_more), first.level.expected
    needed = first.random_labels.expected
    if forecast.verdict != "pays_off":
        needed = None
    if needed is None or not forecast.n_more < needed <= _WIDEST * forecast.n_more:
        gain = format_signed(first.gain.expected)
        return build_bar(end, forecast.random.expected, level, style.colour, gain)
    start = forecast.n_labelled + needed
    arrow = build_arrow((start, level), (end, level), style.colour, 2.2)
    label = {
        "x": start,
        "y": level,
        "xanchor": "right",
        "yanchor": "bottom",
        "yshift": 4,
        "text": f"{forecast.n_more:,} labels more instead of {needed:,.0f}",
        "font": MARK_FONT,
    }
    return {"annotations": [arrow, label]}
