"""The parts of a page: what is shown of one slice, and of each dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.report.contexts import DatasetPart, SliceContext
from albench.report.figures.by_section import NO_FIGURES, build_figures
from albench.report.figures.repeats import build_repeats_panel
from albench.report.html.embed import build_csv_download
from albench.report.html.palette import build_styles
from albench.report.tables.export import format_cells_csv, format_leaderboard_csv
from albench.report.tables.grids import (
    build_difference_grid,
    build_level_table,
    build_saving_table,
    list_targets,
)
from albench.report.tables.leaderboard import build_leaderboard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.report.figures.common import FigurePanel
    from albench.report.html.embed import CsvDownload
    from albench.report.html.palette import Style
    from albench.report.page import DatasetSizes, Page
    from albench.report.tables.leaderboard import Leaderboard


def build_slice_context(
    evidence: SliceEvidence,
    page: Page,
    imbalance: Mapping[str, float | None],
    *,
    words: str = "",
    drawn: bool = True,
) -> SliceContext:
    """Return what the templates of a slice are filled with.

    Parameters
    ----------
    imbalance : mapping
        Dataset -> imbalance of its pool, which is the same in every slice.
    """
    styles = build_styles(evidence.strategies, evidence.baseline)
    board = build_leaderboard(evidence, styles)
    verdicts = not evidence.control.fired
    return SliceContext(
        primary=evidence,
        styles=styles,
        board=board,
        contenders=evidence.contenders,
        verdicts=verdicts,
        drawn=drawn,
        figures=build_figures(evidence, styles) if drawn else NO_FIGURES,
        grid=build_difference_grid(evidence),
        imbalance=imbalance,
        traits={sizes.label: sizes for sizes in page.datasets},
        levels=build_level_table(evidence, styles),
        targets=list_targets(evidence),
        savings=build_saving_table(evidence, styles),
        words=words,
        highlighted=page.highlighted,
        csv=_build_downloads(evidence, board, verdicts=verdicts) if evidence.primary else {},
    )


def get_imbalances(primary: SliceEvidence) -> dict[str, float | None]:
    """Return dataset -> imbalance of its pool, which only the details of the primary slice hold."""
    return {traits.dataset: traits.imbalance for traits in primary.details.traits} if primary.details else {}


def _build_downloads(
    evidence: SliceEvidence, board: Leaderboard, *, verdicts: bool
) -> dict[str, CsvDownload]:
    return {
        "leaderboard": build_csv_download(format_leaderboard_csv(board, verdicts=verdicts)),
        "datasets": build_csv_download(format_cells_csv(evidence, verdicts=verdicts)),
    }


def build_dataset_parts(primary: SliceEvidence, page: Page, styles: Mapping[str, Style]) -> list[DatasetPart]:
    """Return a part for each dataset."""
    sizes = {facts.label: facts for facts in page.datasets}
    return [
        _build_dataset_part(primary, styles, dataset, place, sizes.get(dataset))
        for place, dataset in enumerate(primary.datasets)
    ]


def _build_dataset_part(
    primary: SliceEvidence, styles: Mapping[str, Style], dataset: str, place: int, sizes: DatasetSizes | None
) -> DatasetPart:
    cells = sorted(
        (cell for cell in primary.cells if cell.dataset == dataset),
        key=lambda cell: -(cell.area or 0.0) if primary.greater_is_better else cell.area or 0.0,
    )
    repeats = primary.repeat_curves.get(dataset)
    panels: tuple[FigurePanel, ...] = ()
    if repeats is not None and repeats.levels:
        panels = (build_repeats_panel(f"repeats-{place}", repeats, styles, primary.slice.metric, dataset),)
    details = primary.details
    phases = [phases for phases in details.on_datasets if phases.dataset == dataset] if details else []
    balances = [balance for balance in details.balance if balance.dataset == dataset] if details else []
    similarities = [rows for rows in details.similarity if rows.dataset == dataset] if details else []
    return DatasetPart(
        f"dataset-{place}",
        dataset,
        sizes,
        tuple(cells),
        panels,
        {phase.strategy: phase for phase in phases},
        tuple(balances),
        next(iter(similarities), None),
    )
