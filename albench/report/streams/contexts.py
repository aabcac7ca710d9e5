"""What the templates of a page of streams are filled with, and nothing that is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.streams import StreamSliceEvidence
    from albench.report.figures.common import FigurePanel
    from albench.report.html.embed import CsvDownload
    from albench.report.html.palette import Style
    from albench.report.slices import Choice, SliceAxis
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
class OtherStreamSlice:
    """A slice beside the primary one, with its lines."""

    words: str
    key: str
    slice: StreamSliceEvidence
    lines: tuple[StreamLine, ...]


@dataclass(frozen=True)
class StreamPageContext:
    """What only the primary slice's part of the page is filled with.

    Attributes
    ----------
    names : tuple of str
        Strategies, the best first.
    hidden : list of str
        Styles of the strategies that the figures first leave out.
    first : tuple of StreamLine
        Those of the first screen.
    bodies : list of (str, str)
        Key and packed part of each slice beside the primary one.
    """

    names: tuple[str, ...]
    hidden: Sequence[str]
    legend: Sequence[Style]
    notes: Sequence[str]
    first: tuple[StreamLine, ...]
    picture: FigurePanel | None
    small: tuple[FigurePanel, ...]
    sizes: tuple[StreamSizes, ...]
    choices: Sequence[Choice]
    axes: tuple[SliceAxis, ...]
    others: Sequence[OtherStreamSlice]
    bodies: Sequence[tuple[str, str]]
