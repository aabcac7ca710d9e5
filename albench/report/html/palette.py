"""One colour and one dash per strategy or oracle, the same in every figure and table of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Okabe & Ito (2008) without yellow and black, which vanish on a white and on a dark page.
HUES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
# Five against six: the first thirty strategies differ in colour or dash, neighbours in both.
DASHES = ("", "9,2.5", "2.5,2", "10,2.5,2.5,2.5", "5,2")
# Of oracles from the third hue on, so that few of them differ from few strategies on the same screen.
_ORACLE_HUES = (*HUES[2:], *HUES[:2])
BASELINE_HUE = "#868e96"
BASELINE_DASH = "6,4"


@dataclass(frozen=True)
class Style:
    """How a strategy, or an oracle, is drawn.

    Attributes
    ----------
    id : str
        A name that is safe in HTML ids and scripts: ``s0``, ``s1``, ..., of oracles ``o0``, ...
    label : str
        Its label, as the spec has it: not safe anywhere.
    colour : str
        As ``#rrggbb``.
    dash : str
        SVG dash lengths; empty for a solid line.
    """

    id: str
    label: str
    colour: str
    dash: str
    baseline: bool = False

    @property
    def plotly_dash(self) -> str:
        """The dash as Plotly spells it."""
        return ",".join(f"{length}px" for length in self.dash.split(",")) if self.dash else "solid"

    def format_tint(self, opacity: float) -> str:
        """Return the colour as ``rgba(...)``."""
        red, green, blue = (int(self.colour[at : at + 2], 16) for at in (1, 3, 5))
        return f"rgba({red},{green},{blue},{opacity:g})"


def build_styles(strategies: Iterable[str], baseline: str) -> Mapping[str, Style]:
    """Return the style of each strategy, in the order given; the baseline is grey and dashed."""
    styles: dict[str, Style] = {}
    n_contenders = 0
    for index, label in enumerate(strategies):
        if label == baseline:
            styles[label] = Style(f"s{index}", label, BASELINE_HUE, BASELINE_DASH, baseline=True)
            continue
        styles[label] = Style(
            f"s{index}", label, HUES[n_contenders % len(HUES)], DASHES[n_contenders % len(DASHES)]
        )
        n_contenders += 1
    return styles


def build_oracle_styles(oracles: Iterable[str]) -> Mapping[str, Style]:
    """Return the style of each oracle, in the order given."""
    return {
        label: Style(f"o{index}", label, _ORACLE_HUES[index % len(_ORACLE_HUES)], DASHES[index % len(DASHES)])
        for index, label in enumerate(oracles)
    }
