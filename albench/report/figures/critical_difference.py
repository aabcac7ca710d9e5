"""The critical-difference diagram as a drawing that needs no script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence.details import Pairwise
    from albench.report.html.palette import Style


@dataclass(frozen=True)
class DiagramSize:
    """Measures of a diagram in pixels; by default those of the page.

    Attributes
    ----------
    side : float
        Room for names on either side.
    top : float
        Of the axis.
    step, clique_step : float
        From name to name, and from bar to bar.
    """

    width: float = 720.0
    side: float = 170.0
    top: float = 40.0
    step: float = 22.0
    clique_step: float = 9.0


@dataclass(frozen=True)
class Arm:
    """A strategy: from its rank on the axis down, and out to its name at the side."""

    style: Style
    rank: float
    x: float
    y: float
    end: float
    left: bool


@dataclass(frozen=True)
class GroupBar:
    """Strategies that are not told apart."""

    x: float
    end: float
    y: float


@dataclass(frozen=True)
class Tick:
    """A whole rank on the axis."""

    rank: int
    x: float


@dataclass(frozen=True)
class Diagram:
    """Mean ranks on a line, 1 at the left; ``alt`` says the same in words."""

    width: float
    height: float
    axis: float
    ticks: tuple[Tick, ...]
    arms: tuple[Arm, ...]
    bars: tuple[GroupBar, ...]
    alt: str


def build_diagram(
    pairwise: Pairwise, styles: Mapping[str, Style], size: DiagramSize | None = None
) -> Diagram:
    """Lay the diagram out: the better half of the names at the left, the others at the right."""
    size = size or DiagramSize()
    n = len(pairwise.strategies)
    ranks = dict(zip(pairwise.strategies, pairwise.ranks, strict=True))

    def place(rank: float) -> float:
        return round(size.side + (size.width - 2 * size.side) * (rank - 1) / max(n - 1, 1), 1)

    bars = tuple(
        # A little beyond its ranks, or the bar of equal ranks would not be seen.
        GroupBar(
            place(ranks[clique[0]]) - 4,
            place(ranks[clique[-1]]) + 4,
            size.top + size.clique_step * (row + 4 / 3),
        )
        for row, clique in enumerate(pairwise.cliques)
    )
    first = size.top + size.step + size.clique_step * len(bars)
    half = (n + 1) // 2
    arms = tuple(
        Arm(
            styles[name],
            ranks[name],
            place(ranks[name]),
            first + size.step * (position if position < half else n - 1 - position),
            size.side - 8 if position < half else size.width - size.side + 8,
            position < half,
        )
        for position, name in enumerate(pairwise.strategies)
    )
    return Diagram(
        size.width,
        first + size.step * half,
        size.top,
        tuple(Tick(rank, place(rank)) for rank in range(1, n + 1)),
        arms,
        bars,
        _describe_groups(pairwise),
    )


def _describe_groups(pairwise: Pairwise) -> str:
    ranks = ", ".join(
        f"{name} {rank:.2f}" for name, rank in zip(pairwise.strategies, pairwise.ranks, strict=True)
    )
    groups = "; ".join(", ".join(clique) for clique in pairwise.cliques)
    return f"Mean ranks: {ranks}. Not told apart: {groups or 'no group'}."
