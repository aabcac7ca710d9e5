"""What the templates of a page of streams are filled with, and nothing that is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.report.contexts import SlicesContext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.streams import StreamSliceEvidence
    from albench.report.figures.common import FigurePanel
    from albench.report.html.embed import CsvDownload
    from albench.report.html.palette import Style
    from albench.report.streams.figures import StreamFigures
    from albench.report.streams.leaderboard import StreamLine


@dataclass(frozen=True)
class StreamSliceContext:
    """What the templates of a slice are filled with.

    Attributes
    ----------
    curve_name : str
        What the curves show.
    words : str
        What tells an exploratory slice apart.
    tests : tuple of str
        What is said of other streams; of the primary slice alone.
    csv : CsvDownload or None
        The leaderboard; of the primary slice alone.
    """

    primary: StreamSliceEvidence
    styles: Mapping[str, Style]
    lines: tuple[StreamLine, ...]
    figures: StreamFigures
    curve_name: str
    window: int
    n_repeats: int
    highlighted: tuple[str, ...] = ()
    words: str = ""
    tests: tuple[str, ...] = ()
    csv: CsvDownload | None = None


@dataclass(frozen=True)
class StreamSizes:
    """Sizes of a stream."""

    label: str
    n_rows: int
    n_features: int
    n_classes: int


@dataclass(frozen=True)
class StreamPageContext(SlicesContext):
    """What only the primary slice's part of the page is filled with.

    Attributes
    ----------
    first : tuple of StreamLine
        Those of the first screen.
    """

    first: tuple[StreamLine, ...]
    picture: FigurePanel | None
    small: tuple[FigurePanel, ...]
    sizes: tuple[StreamSizes, ...]
