"""What the first screen says of whom to pay: the picture of the oracles, and a row for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.analysis.oracle_contrasts import find_cheapest, order_oracles
from albench.analysis.oracle_curves import find_level_costs
from albench.report.figures.oracles import OraclePicture, build_oracle_panel, build_small_oracle_panel
from albench.report.first_screen import MOST_PANELS
from albench.report.html.numbers import format_level
from albench.report.html.palette import build_oracle_styles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.analysis.evidence.cells import Curve
    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.evidence.oracles import OracleContrast
    from albench.report.figures.common import FigurePanel
    from albench.report.html.palette import Style


@dataclass(frozen=True)
class OracleRow:
    """An oracle of the first screen.

    Attributes
    ----------
    strategies : tuple of str
        Its best ones, on a dataset each.
    cost : float or None
        Of the level of the picture; None where there is no such level.
    contrast : OracleContrast or None
        With the first oracle; None for that one, and where the two are not compared so.
    final_level, final_cost : float or None
        At the end of its curve in the picture.
    """

    style: Style
    strategies: tuple[str, ...]
    cost: float | None
    contrast: OracleContrast | None
    final_level: float | None
    final_cost: float | None


@dataclass(frozen=True)
class OracleScreen:
    """What stands below a sentence on the cheapest oracle.

    Attributes
    ----------
    rows : tuple of OracleRow
        Those first that are estimated to be cheaper.
    cheapest : str or None
        The oracle that is shown to be cheaper than every other one.
    level : float or None
        That all oracles reach in the picture.
    picture : FigurePanel or None
        None where datasets have no money in common.
    small : tuple of FigurePanel
        A dataset each, if there are several.
    """

    rows: tuple[OracleRow, ...]
    cheapest: str | None
    level: float | None
    picture: FigurePanel | None
    small: tuple[FigurePanel, ...]
    n_more_datasets: int

    @property
    def is_one_level(self) -> bool:
        """Whether oracles are compared two by two at the level of the picture, as it is written."""
        cells = [cell for row in self.rows if row.contrast for cell in row.contrast.cells]
        levels = {format_level(cell.saving.level or 0.0) for cell in cells}
        return self.level is not None and levels == {format_level(self.level)}


def build_oracle_screen(evidence: Evidence) -> OracleScreen | None:
    """Return what the first screen shows of the oracles; None unless the first sentence speaks of them."""
    if not _is_shown(evidence) or evidence.pilot is not None or evidence.stopping is not None:
        return None
    styles = _build_styles(evidence)
    datasets = [name for name in evidence.primary.datasets if len(_select_curves(evidence, name)) > 1]
    is_single = len(evidence.primary.datasets) == 1
    large = _build_picture(evidence, datasets[0] if is_single else None)
    small = [] if is_single else datasets[:MOST_PANELS]
    return OracleScreen(
        rows=tuple(_build_rows(evidence, large, styles)),
        cheapest=find_cheapest(evidence.oracle_contrasts),
        level=large.needed.level if large and large.needed else None,
        picture=build_large_oracle_panel(evidence),
        small=tuple(_build_small_panels(evidence, small, styles)),
        n_more_datasets=len(datasets) - len(small) if small else 0,
    )


def build_large_oracle_panel(evidence: Evidence, dataset: str | None = None) -> FigurePanel | None:
    """Return the picture of the oracles on a dataset, or on average over all; None where there is none."""
    names = evidence.primary.datasets
    dataset = names[0] if len(names) == 1 else dataset
    picture = _build_picture(evidence, dataset) if _is_shown(evidence) else None
    if picture is None:
        return None
    where = f"on {dataset}" if dataset else f"mean over {len(names)} datasets"
    return build_oracle_panel(where, picture, _build_styles(evidence))


def _is_shown(evidence: Evidence) -> bool:
    return bool(evidence.oracle_contrasts) and not evidence.primary.control.fired


def _build_styles(evidence: Evidence) -> Mapping[str, Style]:
    return build_oracle_styles([of.oracle for of in evidence.oracle_curves])


def _select_curves(evidence: Evidence, dataset: str | None) -> dict[str, Curve]:
    """Return the curves of the oracles on a dataset, or their means; only where all have a mean."""
    if dataset is not None:
        return {of.oracle: of.curves[dataset] for of in evidence.oracle_curves if dataset in of.curves}
    means = {of.oracle: of.mean for of in evidence.oracle_curves if of.mean is not None}
    return means if len(means) == len(evidence.oracle_curves) else {}


def _build_picture(evidence: Evidence, dataset: str | None) -> OraclePicture | None:
    """Return what a picture shows of a dataset, or of the mean; None where nothing can be drawn."""
    curves, primary = _select_curves(evidence, dataset), evidence.primary
    contrasts = evidence.oracle_contrasts
    if not curves:
        return None
    cells = [(of.oracle, of.other, cell) for of in contrasts for cell in of.cells if cell.dataset == dataset]
    return OraclePicture(
        metric=primary.slice.metric,
        greater_is_better=primary.greater_is_better,
        curves=curves,
        needed=find_level_costs(curves, cells, greater_is_better=primary.greater_is_better),
        first=next(name for name in order_oracles(contrasts) if name in curves),
        is_shown=find_cheapest(contrasts) is not None,
    )


def _build_small_panels(
    evidence: Evidence, datasets: Sequence[str], styles: Mapping[str, Style]
) -> Iterator[FigurePanel]:
    for dataset in datasets:
        picture = _build_picture(evidence, dataset)
        if picture is not None:
            # Its title leads to what the page has on that dataset.
            place = evidence.primary.datasets.index(dataset)
            yield build_small_oracle_panel(f"oracles-{place}", dataset, picture, styles)


def _build_rows(
    evidence: Evidence, picture: OraclePicture | None, styles: Mapping[str, Style]
) -> Iterator[OracleRow]:
    contrasts, curves = evidence.oracle_contrasts, {of.oracle: of for of in evidence.oracle_curves}
    first, *_ = order = order_oracles(contrasts)
    with_first = {of.other: of for of in contrasts if of.oracle == first}
    for name in order:
        own = picture.curves.get(name) if picture else None
        yield OracleRow(
            styles[name],
            tuple(dict.fromkeys(curves[name].strategies.values())),
            picture.needed.costs.get(name) if picture and picture.needed else None,
            with_first.get(name),
            float(own.mean[-1]) if own else None,
            float(own.n_labels[-1]) if own else None,
        )
