"""The critical-difference diagram as a drawing that needs no script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.analysis.evidence import Pairwise
    from albench.report.html.palette import Style

WIDTH = 720.0
SIDE = 170.0  # room for names on either side
TOP = 40.0
STEP = 22.0  # from name to name
CLIQUE_STEP = 9.0


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


def build_diagram(pairwise: Pairwise, styles: Mapping[str, Style]) -> Diagram:
    """Lay the diagram out: the better half of the names at the left, the others at the right."""
    n = len(pairwise.strategies)
    ranks = dict(zip(pairwise.strategies, pairwise.ranks, strict=True))

    def place(rank: float) -> float:
        return round(SIDE + (WIDTH - 2 * SIDE) * (rank - 1) / max(n - 1, 1), 1)

    bars = tuple(
        # A little beyond its ranks, or the bar of equal ranks would not be seen.
        GroupBar(place(ranks[clique[0]]) - 4, place(ranks[clique[-1]]) + 4, TOP + 12 + CLIQUE_STEP * row)
        for row, clique in enumerate(pairwise.cliques)
    )
    first = TOP + 22 + CLIQUE_STEP * len(bars)
    half = (n + 1) // 2
    arms = tuple(
        Arm(
            styles[name],
            ranks[name],
            place(ranks[name]),
            first + STEP * (position if position < half else n - 1 - position),
            SIDE - 8 if position < half else WIDTH - SIDE + 8,
            position < half,
        )
        for position, name in enumerate(pairwise.strategies)
    )
    return Diagram(
        WIDTH,
        first + STEP * half,
        TOP,
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
