"""The parts of a page: what is shown of one slice, and of each dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from albench.report.figures.by_section import NO_FIGURES, figures
from albench.report.figures.repeats import repeats_panel
from albench.report.html import embed
from albench.report.html.palette import styles
from albench.report.tables.export import cells_csv, leaderboard_csv
from albench.report.tables.grids import QUARTERS, difference_grid, level_table, saving_table, targets
from albench.report.tables.leaderboard import leaderboard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence import Balance, Cell, OnDataset, Similarity, SliceEvidence
    from albench.report.figures.common import Panel
    from albench.report.html.palette import Style
    from albench.report.page import DatasetFacts, Page
    from albench.report.tables.leaderboard import Leaderboard


def of_slice(
    found: SliceEvidence, page: Page, imbalance: Mapping[str, float | None], *, drawn: bool = True
) -> dict[str, Any]:
    """Return what the templates of a slice are filled with.

    Parameters
    ----------
    found : SliceEvidence
    page : Page
    imbalance : mapping
        Dataset -> imbalance of its pool, which is the same in every slice.
    drawn : bool
        Whether the slice has figures.
    """
    looks = styles(found.strategies, page.baseline)
    board = leaderboard(found, looks)
    contenders = [line.row.strategy for line in (*board.ranked, *board.label_looking)]
    verdicts = not found.control.fired
    return {
        "primary": found,
        "styles": looks,
        "board": board,
        "contenders": contenders,
        "verdicts": verdicts,
        "drawn": drawn,
        "figures": figures(found, looks, page.baseline, contenders) if drawn else NO_FIGURES,
        "grid": difference_grid(found, contenders),
        "imbalance": imbalance,
        "traits": {facts.label: facts for facts in page.datasets},
        "quarters": QUARTERS,
        "levels": level_table(found, looks, page.baseline),
        "targets": targets(found),
        "savings": saving_table(found, contenders, looks),
        "csv": _links(found, board, verdicts=verdicts) if found.primary else {},
    }


def imbalances(primary: SliceEvidence) -> dict[str, float | None]:
    """Return dataset -> imbalance of its pool, which only the primary slice was asked for."""
    return {one.dataset: one.imbalance for one in primary.details.traits} if primary.details else {}


def _links(found: SliceEvidence, board: Leaderboard, *, verdicts: bool) -> dict[str, embed.CsvFile]:
    return {
        "leaderboard": embed.csv_file(leaderboard_csv(board, verdicts=verdicts)),
        "datasets": embed.csv_file(cells_csv(found, verdicts=verdicts)),
    }


@dataclass(frozen=True)
class DatasetPart:
    """Everything about one dataset in the primary slice, best strategy first."""

    id: str
    dataset: str
    facts: DatasetFacts | None
    cells: tuple[Cell, ...]
    panels: tuple[Panel, ...]
    phases: Mapping[str, OnDataset]
    balance: tuple[Balance, ...]
    similarity: Similarity | None


def per_dataset(primary: SliceEvidence, page: Page, looks: Mapping[str, Style]) -> list[DatasetPart]:
    """Return a part for each dataset."""
    known = {facts.label: facts for facts in page.datasets}
    return [
        _of_dataset(primary, page, looks, dataset, place, known.get(dataset))
        for place, dataset in enumerate(primary.datasets)
    ]


def _of_dataset(
    primary: SliceEvidence,
    page: Page,
    looks: Mapping[str, Style],
    dataset: str,
    place: int,
    known: DatasetFacts | None,
) -> DatasetPart:
    cells = sorted(
        (cell for cell in primary.cells if cell.dataset == dataset),
        key=lambda cell: -(cell.area or 0.0) if primary.greater_is_better else cell.area or 0.0,
    )
    repeats = page.repeats_of.get(dataset)
    panels: tuple[Panel, ...] = ()
    if repeats is not None and repeats.levels:
        panels = (repeats_panel(f"repeats-{place}", repeats, looks, primary.slice.metric, dataset),)
    details = primary.details
    return DatasetPart(
        f"dataset-{place}",
        dataset,
        known,
        tuple(cells),
        panels,
        {one.strategy: one for one in details.on_datasets if one.dataset == dataset} if details else {},
        tuple(one for one in details.balance if one.dataset == dataset) if details else (),
        next((one for one in details.similarity if one.dataset == dataset), None) if details else None,
    )
