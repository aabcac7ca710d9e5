"""Figures as PDF, SVG and PNG, drawn by a Chrome through kaleido."""

from __future__ import annotations

import struct
import zlib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from albench.errors import ResultsError
from albench.report.paper.figures import draw_results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from albench.analysis.source import ReportSource
    from albench.report.paper.compose import PaperFigure

FigureFormat = Literal["pdf", "svg", "png"]
_DOTS_PER_INCH = 600
_INCHES_IN_METRE = 39.3701
_PNG_START = 33  # bytes of the signature and of the chunk with the size in pixels


def export_figures(
    results: ReportSource,
    folder: Path,
    form: FigureFormat,
    axes: Mapping[str, str | int] | None = None,
    *,
    n_columns: int = 1,
) -> tuple[Path, ...]:
    """Write the figures of a slice in the sizes of a two-column paper; return their files.

    Parameters
    ----------
    results : ReportSource
    folder : Path
    form : {"pdf", "svg", "png"}
        PNG has 600 dots an inch.
    axes : mapping, optional
        Another slice than the primary one, as for :meth:`Results.leaderboard`.
    n_columns : {1, 2}
        Columns that a figure is over: 85 or 178 mm.

    Raises
    ------
    ResultsError
        If kaleido (``pip install 'albench[export]'``) or a Chrome that it could use is not there.
    """
    return write_figures(draw_results(results, axes or {}, n_columns).figures, folder, form)


def write_figures(figures: Sequence[PaperFigure], folder: Path, form: FigureFormat) -> tuple[Path, ...]:
    """Write figures as files of a format into a folder, which is made if it is missing; return them."""
    if find_spec("kaleido") is None:
        raise ResultsError("figures as files need kaleido: pip install 'albench[export]'")
    import kaleido
    from kaleido.errors import BrowserFailedError, ChromeNotFoundError

    # MathJax would be fetched from the network, and would read names with dollar signs as formulas.
    page = kaleido.PageGenerator(mathjax=False)
    # A PDF would have margins of 0.1 inch, in which the right and the lower edge of the figure are lost.
    page.header = page.header.replace("<head>", "<head><style>@page { margin: 0 }</style>")
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(folder / f"{figure.name}.{form}" for figure in figures)
    specs = [_build_spec(figure, file, form) for figure, file in zip(figures, files, strict=True)]
    try:
        kaleido.write_fig_from_object_sync(specs, kopts={"page_generator": page}, cancel_on_error=True)
    except ChromeNotFoundError as error:
        message = (
            "figures as files need a Chrome or Chromium: install one (apt-get install chromium, or Google's "
            "installer), or name its program in the environment variable BROWSER_PATH"
        )
        raise ResultsError(message) from error
    except BrowserFailedError as error:
        reason = " ".join(map(str, error.args))
        raise ResultsError(f"the Chrome that draws figures cannot be started: {reason}") from error
    if form == "png":
        for file in files:
            file.write_bytes(_add_resolution(file.read_bytes()))
    return files


def _build_spec(figure: PaperFigure, file: Path, form: FigureFormat) -> dict[str, Any]:
    from plotly.graph_objects import Figure

    width, height = figure.size
    scale = _DOTS_PER_INCH / 96 if form == "png" else 1
    options = {"format": form, "width": width, "height": height, "scale": scale}
    return {"fig": Figure(figure.figure).to_dict(), "path": file, "opts": options}


def _add_resolution(png: bytes) -> bytes:
    """Return a PNG that says how many dots a metre has, so that it is placed in the size of print."""
    dots = round(_DOTS_PER_INCH * _INCHES_IN_METRE)
    chunk = b"pHYs" + struct.pack(">IIB", dots, dots, 1)
    framed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:_PNG_START] + framed + png[_PNG_START:]
