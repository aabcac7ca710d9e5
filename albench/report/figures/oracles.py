"""The picture of whom to pay: what each oracle gives for its money, and what one level costs under each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.narrative.wording import name_oracle
from albench.report.figures.answer import SMALL
from albench.report.figures.common import (
    MARK_FONT,
    SMALL_LAYOUT,
    FigurePanel,
    build_arrow,
    build_bands,
    build_level_line,
    build_line,
    build_line_label,
    build_log_axis,
    build_points,
    check_figure,
    count_decimals,
    drop_links,
    escape_markup,
)
from albench.report.figures.curves import COSTS_AXIS, thin_curve
from albench.report.html.numbers import format_level
from albench.text import format_amount, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.analysis.evidence.cells import Curve
    from albench.analysis.evidence.oracles import LevelCosts
    from albench.report.figures.common import Layout, Trace
    from albench.report.html.palette import Style

_TENFOLD = 10  # beyond it a line that ends early would be squeezed at the left of a linear axis
_FIRST, _OTHER = 3.0, 2.0  # widths of lines
_ROOM = 0.12  # of the axis: closer to other words there are none
_NEAR_END = 0.8
_DECIMALS = 5
_DOT = 9
_HEIGHT = 400


@dataclass(frozen=True)
class OraclePicture:
    """What a picture of oracles shows.

    Attributes
    ----------
    curves : mapping
        Oracle -> curve along its money.
    needed : LevelCosts or None
        None where no level can be compared.
    first : str
        The oracle that is estimated to be the cheapest.
    is_shown : bool
        Whether it is shown to be; then an arrow points to it.
    """

    metric: str
    greater_is_better: bool
    curves: Mapping[str, Curve]
    needed: LevelCosts | None
    first: str
    is_shown: bool

    @property
    def is_log(self) -> bool:
        """Whether one curve ends after ten times the money of another one."""
        ends = [float(curve.n_labels[-1]) for curve in self.curves.values()]
        return max(ends) > _TENFOLD * min(ends)

    @property
    def words(self) -> str:
        """What the level costs under each oracle, the first one first."""
        if self.needed is None:
            return "no level can be compared"
        parts = [f"{format_amount(cost)} with {name_oracle(name)}" for name, cost in self.list_costs()]
        return f"{self.metric} {format_level(self.needed.level)} costs {list_words(parts)}"

    @property
    def note(self) -> str:
        """The same in few signs: what it costs under the first one, and under the others."""
        if self.needed is None:
            return ""
        first, *others = (cost for _, cost in self.list_costs())
        low, high = format_amount(min(others)), format_amount(max(others))
        return f"{format_amount(first)} instead of {low if low == high else f'{low} to {high}'}"

    def list_costs(self) -> list[tuple[str, float]]:
        """Return oracles and what the level costs under them, the first one first, then by their costs."""
        costs = self.needed.costs if self.needed else {}
        return sorted(costs.items(), key=lambda item: (item[0] != self.first, item[1]))


def build_oracle_panel(where: str, picture: OraclePicture, styles: Mapping[str, Style]) -> FigurePanel:
    """Return the curves of oracles along the money, with the money that one level costs under each.

    Parameters
    ----------
    where : str
        The dataset, or over which ones it is the mean, in words.
    """
    layout = {
        "hovermode": "closest",
        "xaxis": _build_axis(picture),
        "yaxis": {"tickformat": ".4~g"},
        "annotations": [*_build_words(picture), *_build_arrow(picture, styles, 2.2)],
    }
    lower = "" if picture.greater_is_better else " (lower is better)"
    title = f"{picture.metric} for the money, {where}{lower}"
    data = _draw(picture, styles, bands=True)
    alt = f"{title}: {picture.words}."
    return FigurePanel("answer-oracles", title, alt, check_figure(data, layout), _HEIGHT)


def build_small_oracle_panel(
    panel_id: str, dataset: str, picture: OraclePicture, styles: Mapping[str, Style]
) -> FigurePanel:
    """Return the same on a dataset, small: without axes, bands and words."""
    axis = SMALL_LAYOUT["xaxis"] | ({"type": "log"} if picture.is_log else {})
    layout = SMALL_LAYOUT | {"xaxis": axis, "annotations": list(_build_arrow(picture, styles, 1.6))}
    data = _draw(picture, styles, bands=False)
    alt = f"{dataset}: {picture.words}."
    return FigurePanel(panel_id, dataset, alt, check_figure(data, layout), SMALL, note=picture.note)


def _draw(picture: OraclePicture, styles: Mapping[str, Style], *, bands: bool) -> list[Trace]:
    """Return the level, bands and lines, that of the first oracle over the others, and a dot a cost."""
    names = sorted(picture.curves, key=lambda name: name == picture.first)
    drawn = {name: thin_curve(picture.curves[name]) for name in names}
    decimals = count_decimals(list(drawn.values()))
    behind = [trace for name in names for trace in build_bands(drawn[name], styles[name], decimals)]
    lines = [build_line(drawn[name], styles[name], decimals) for name in names]
    for name, line in zip(names, lines, strict=True):
        width = _FIRST if name == picture.first else _OTHER
        line["line"] |= {"width": width if bands else 0.75 * width}
        line["hovertemplate"] = "%{x:.4~g} of money: %{y:.4~g}"
    return drop_links([*(behind if bands else []), *lines, *_draw_level(picture, styles)])


def _draw_level(picture: OraclePicture, styles: Mapping[str, Style]) -> Iterator[Trace]:
    """Yield the level as a line over the whole width, and a dot where each oracle has it."""
    if picture.needed is None:
        return
    level = round(picture.needed.level, _DECIMALS)
    yield build_level_line(_list_ends(picture), level)
    for name, cost in picture.list_costs():
        dot = build_points([cost], [level], [f"{name}: {format_amount(cost)} of money"])
        yield dot | {"marker": {"color": styles[name].colour, "size": _DOT}}


def _build_axis(picture: OraclePicture) -> Layout:
    if not picture.is_log:
        return {"title": {"text": COSTS_AXIS[0]}, "nticks": 6}
    return build_log_axis(_list_ends(picture), f"{COSTS_AXIS[0]}, log scale", format_amount, right=0.03)


def _list_ends(picture: OraclePicture) -> list[float]:
    return [float(curve.n_labels[end]) for curve in picture.curves.values() for end in (0, -1)]


def _build_words(picture: OraclePicture) -> Iterator[Layout]:
    """Yield what the level is, and its money beside each dot that has room, the two ends first."""
    if picture.needed is None:
        return
    level = picture.needed.level
    words = build_line_label(level, f"{escape_markup(picture.metric)} {format_level(level)} costs")
    # At the left curves are still to come to the level.
    yield words if picture.greater_is_better else words | {"yanchor": "top"}
    first, *others = picture.list_costs()
    taken: list[float] = []
    for _, cost in (first, *reversed(others)):
        share = _find_share(picture, cost)
        if all(abs(share - other) > _ROOM for other in taken):
            taken.append(share)
            yield _label_dot(picture, cost, is_near_end=share > _NEAR_END)


def _label_dot(picture: OraclePicture, cost: float, *, is_near_end: bool) -> Layout:
    """Return an amount in one of the two corners at a crossing that the curve itself leaves free."""
    is_below = is_near_end != picture.greater_is_better
    return {
        "x": _find_place(picture, cost),
        "y": picture.needed.level if picture.needed else 0.0,
        "xanchor": "right" if is_near_end else "left",
        "yanchor": "top" if is_below else "bottom",
        "yshift": -6 if is_below else 6,
        "text": format_amount(cost),
        "font": MARK_FONT,
    }


def _build_arrow(picture: OraclePicture, styles: Mapping[str, Style], width: float) -> Iterator[Layout]:
    """Yield an arrow from the dearest oracle to the one that is shown to be the cheapest.

    There is none where another one has this level for less, as where curves cross.
    """
    if picture.needed is None or not picture.is_shown:
        return
    level, costs = picture.needed.level, dict(picture.list_costs())
    own, dearest = costs[picture.first], max(costs.values())
    if own == min(costs.values()) < dearest:
        start, end = (_find_place(picture, dearest), level), (_find_place(picture, own), level)
        arrow = build_arrow(start, end, styles[picture.first].colour, width)
        yield arrow | {"standoff": _DOT / 2, "startstandoff": _DOT / 2}


def _find_place(picture: OraclePicture, cost: float) -> float:
    """Return where an amount stands on the axis, as annotations and ranges want it."""
    return math.log10(cost) if picture.is_log else cost


def _find_share(picture: OraclePicture, cost: float) -> float:
    """Return which share of the axis lies before an amount."""
    ends = [_find_place(picture, end) for end in _list_ends(picture)]
    return (_find_place(picture, cost) - min(ends)) / (max(ends) - min(ends))
