"""What the templates are filled with, and nothing that is computed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from albench.report.tables.grids import QUARTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from albench.analysis.evidence.between_slices import PreprocessingContrast, Transfer
    from albench.analysis.evidence.cells import Cell
    from albench.analysis.evidence.conclusions import Evidence, SliceEvidence
    from albench.analysis.evidence.datasets import Balance, DatasetPhases, Similarity
    from albench.analysis.streams.evidence.conclusions import StreamEvidence, StreamSliceEvidence
    from albench.narrative import Check, Remarks
    from albench.report.figures.by_section import Figures
    from albench.report.figures.common import FigurePanel
    from albench.report.first_screen import FirstScreen
    from albench.report.html.embed import CsvDownload
    from albench.report.html.palette import Style
    from albench.report.money import MoneyPart
    from albench.report.oracle_screen import OracleScreen
    from albench.report.page import DatasetSizes, Page
    from albench.report.slices import Choice, SliceAxis
    from albench.report.streams.figures import StreamFigures
    from albench.report.streams.leaderboard import StreamLine
    from albench.report.tables.grids import LevelRow, SavingCells, ShadedCell
    from albench.report.tables.leaderboard import Leaderboard
    from albench.report.tables.repeats import RepeatsRow


@dataclass(frozen=True)
class SliceContext:
    """What the templates of a slice are filled with.

    Attributes
    ----------
    contenders : tuple of str
        Strategies but the baseline, in the order of the leaderboard.
    verdicts : bool
        False where the A/A control withholds them.
    csv : mapping
        The tables that the page offers; of the primary slice alone.
    """

    primary: SliceEvidence
    styles: Mapping[str, Style]
    board: Leaderboard
    contenders: tuple[str, ...]
    verdicts: bool
    drawn: bool
    figures: Figures
    grid: Mapping[str, list[ShadedCell]]
    imbalance: Mapping[str, float | None]
    traits: Mapping[str, DatasetSizes]
    levels: list[LevelRow]
    targets: tuple[str, ...]
    savings: list[SavingCells]
    csv: Mapping[str, CsvDownload] = field(default_factory=dict)
    highlighted: tuple[str, ...] = ()
    quarters: tuple[float, ...] = QUARTERS
    words: str = ""


@dataclass(frozen=True)
class DatasetPart:
    """Everything about one dataset in the primary slice, best strategy first."""

    id: str
    dataset: str
    facts: DatasetSizes | None
    cells: tuple[Cell, ...]
    panels: tuple[FigurePanel, ...]
    phases: Mapping[str, DatasetPhases]
    balance: tuple[Balance, ...]
    similarity: Similarity | None


class Rest(NamedTuple):
    """Tables as HTML, packed or not."""

    text: str
    packed: bool


@dataclass(frozen=True)
class PageContext:
    """What the page is filled with beside its slices.

    Attributes
    ----------
    facts : tuple of str
        What its head says of the experiment.
    settings : tuple of str
        What is said of the primary slice where the page shows what ran.
    failure_columns : tuple of str
        What its table of failures says of a trial.
    """

    page: Page
    evidence: Evidence | StreamEvidence
    answer: tuple[str, ...]
    checks: tuple[Check, ...]
    facts: tuple[str, ...]
    settings: tuple[str, ...]
    failure_columns: tuple[str, ...] = ("dataset", "model", "strategy", "split", "start")


@dataclass(frozen=True)
class OtherSlice:
    """A slice beside the primary one; of pools with its leaderboard."""

    words: str
    key: str
    slice: SliceEvidence | StreamSliceEvidence
    board: Leaderboard | None = None


@dataclass(frozen=True)
class SlicesContext:
    """What the page of pools and that of streams are filled with beside the primary slice.

    Attributes
    ----------
    bodies : list of (str, str)
        Key and packed part of each of the others.
    """

    choices: Sequence[Choice]
    axes: tuple[SliceAxis, ...]
    others: list[OtherSlice]
    bodies: list[tuple[str, str]]


@dataclass(frozen=True)
class PrimaryContext:
    """What only the primary slice's part of a page is filled with.

    Attributes
    ----------
    hidden : list of str
        Styles of the strategies that the figures first leave out.
    legend : list of Style
        The first strategy, those that are highlighted, the others.
    spent : list of RepeatsRow
        How many repeats cells took and why; empty where all have as many.
    """

    hidden: list[str]
    legend: list[Style]
    notes: list[str]
    remarks: Remarks
    spent: list[RepeatsRow]


@dataclass(frozen=True)
class PoolPageContext(PrimaryContext):
    """The same of a page of pools.

    Attributes
    ----------
    on_dataset : callable
        Renders the last tables about a dataset.
    oracle_screen : OracleScreen or None
        None unless the first sentence speaks of the cheapest oracle.
    noise, noise_on_datasets : tuple of FigurePanel
        Gains over random against the error rates of oracles, over the datasets and on each.
    """

    first_screen: FirstScreen | None
    oracle_screen: OracleScreen | None
    transfers: Mapping[tuple[str, str], list[Transfer]]
    preprocessings: Mapping[tuple[str, str], list[PreprocessingContrast]]
    on_dataset: Callable[[DatasetPart], Rest]
    per_dataset: list[DatasetPart]
    money: MoneyPart | None
    noise: tuple[FigurePanel, ...]
    noise_on_datasets: tuple[FigurePanel, ...]


@dataclass(frozen=True)
class StreamSliceContext:
    """What the templates of a slice are filled with.

    Attributes
    ----------
    curve_name : str
        What the curves show.
    is_decisive : bool
        Whether repeats go on until cells are decided, by the metric of this slice.
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
    is_decisive: bool
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
class StreamPageContext(PrimaryContext):
    """The same of a page of streams.

    Attributes
    ----------
    first : tuple of StreamLine
        Those of the first screen.
    contenders : list of str
        The strategies, in the order of the leaderboard.
    """

    first: tuple[StreamLine, ...]
    picture: FigurePanel | None
    small: tuple[FigurePanel, ...]
    sizes: tuple[StreamSizes, ...]
    contenders: list[str]
