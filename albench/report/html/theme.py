"""The colours of a page and the Plotly template that all its figures share: light, dark and paper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", sans-serif'
CONFIG: dict[str, Any] = {
    # plotly.js 4 would by default offer to upload the figure to a server.
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
    "toImageButtonOptions": {"format": "svg"},
}


@dataclass(frozen=True)
class Theme:
    """The colours of one scheme, by what they are for."""

    paper: str
    panel: str
    ink: str
    muted: str
    rule: str
    grid: str
    accent: str
    gain: str
    loss: str
    warn: str

    def format_css(self) -> str:
        """Return the colours as CSS custom properties."""
        return " ".join(f"--{name}: {colour};" for name, colour in vars(self).items())

    def build_template(self) -> dict[str, Any]:
        """Return the Plotly template."""
        axis = {
            "gridcolor": self.grid,
            "linecolor": self.rule,
            "zerolinecolor": self.muted,
            "zerolinewidth": 1,
            "zeroline": False,
            "automargin": True,
            "title": {"font": {"size": 12, "color": self.muted}, "standoff": 6},
            "tickfont": {"size": 11, "color": self.muted},
        }
        layout = {
            "font": {"family": FONT, "size": 12, "color": self.ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 18, "t": 8, "b": 8},
            "showlegend": False,
            "xaxis": {
                **axis,
                "showgrid": False,
                "showline": True,
                "ticks": "outside",
                "tickcolor": self.rule,
            },
            "yaxis": {**axis, "nticks": 6},
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": self.panel,
                "bordercolor": self.rule,
                "font": {"family": FONT, "size": 12, "color": self.ink},
                "namelength": -1,
            },
            "modebar": {
                "bgcolor": "rgba(0,0,0,0)",
                "color": self.muted,
                "activecolor": self.ink,
                "orientation": "h",
            },
            "annotationdefaults": {
                "font": {"size": 11, "color": self.muted},
                "bgcolor": self.paper + "c0",
                "borderpad": 1,
                "showarrow": False,
            },
            "shapedefaults": {"line": {"color": self.muted, "width": 1}},
        }
        own = {"line": {"color": self.ink}, "marker": {"color": self.ink}, "textfont": {"color": self.muted}}
        return {"layout": layout, "data": {"scatter": [own]}}


LIGHT = Theme(
    paper="#fdfcfa",
    panel="#ffffff",
    ink="#1b1f24",
    muted="#5a626c",
    rule="#dcd8d0",
    grid="#ece9e3",
    accent="#0b5a86",
    gain="#0072B2",
    loss="#D55E00",
    warn="#8a5a00",
)
PAPER = replace(
    LIGHT,
    paper="#ffffff",
    ink="#000000",
    muted="#444444",
    rule="#bbbbbb",
    grid="#eeeeee",
    accent="#000000",
)
DARK = Theme(
    paper="#14171b",
    panel="#1b1f25",
    ink="#e9e7e2",
    muted="#a3abb5",
    rule="#363d46",
    grid="#262b32",
    accent="#7cc0ee",
    gain="#3d9fdc",
    loss="#ee7a2e",
    warn="#e5b35c",
)
THEMES = {"light": LIGHT, "dark": DARK, "paper": PAPER}
