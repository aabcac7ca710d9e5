"""Everything beyond verdicts, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.analysis.details.headroom import THRESHOLDS, headrooms, normalised
from albench.analysis.details.pairwise import pairwise
from albench.analysis.details.phases import measure_late_rises, on_datasets
from albench.analysis.details.pick_similarity import balance, similarity
from albench.analysis.details.stability import stability
from albench.analysis.details.traits import traits, trends
from albench.analysis.details.variance import variance_components
from albench.analysis.details.virtual_best import rank_at, trades, virtual_best
from albench.analysis.evidence import Details
from albench.analysis.ranks import blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.details.pick_similarity import Picks
    from albench.analysis.details.traits import Facts
    from albench.analysis.evidence import Balance, Cell, Row, Similarity
    from albench.analysis.ranks import Ranks
    from albench.analysis.scores import Scores


@dataclass(frozen=True)
class Grounds:
    """What the details are made from beside the scores.

    Attributes
    ----------
    strategies : tuple of str
        All but those that see hidden labels.
    random : str
        Label of random.
    asked : int
        Repeats that the experiment asks for.
    withheld : bool
        True if the control forbids verdicts.
    facts : mapping
        Dataset -> what its trials say of it.
    picks : Picks or None
        None without the table of queries.
    """

    strategies: tuple[str, ...]
    random: str
    asked: int
    withheld: bool
    facts: Mapping[str, Facts]
    picks: Picks | None


def details(
    found: Sequence[Scores], cells: Sequence[Cell], rows: Sequence[Row], ranking: Ranks, grounds: Grounds
) -> Details:
    """Return what the primary slice says beyond verdicts.

    Parameters
    ----------
    found : sequence of Scores
        One per dataset.
    cells : sequence of Cell
    rows : sequence of Row
        The baseline's first.
    ranking : Ranks
    grounds : Grounds
    """
    names, random = grounds.strategies, grounds.random
    complete, ranked = blocks(found, ranking), tuple(ranking.mean)
    shares, little = normalised(found, names, random, asked=grounds.asked)
    balances = _balances(found, grounds)
    compared = [cell for cell in cells if cell.strategy in names]
    about = traits(compared, grounds.facts, headrooms(found, random), balances)
    return Details(
        rank_at=rank_at(complete, ranked),
        thresholds=THRESHOLDS,
        normalised=shares,
        little_headroom=little,
        on_datasets=on_datasets(found, names, random),
        virtual_best=virtual_best(complete, ranked, found[0].sign) if found else None,
        pairwise=pairwise(found, complete, ranking.mean, withheld=grounds.withheld),
        components=variance_components(found, names, random),
        stability=stability(complete),
        similarity=_similarities(found, grounds),
        balance=balances,
        traits=about,
        trends=trends(about),
        trades=trades(rows),
        late_rises=measure_late_rises(compared, random, sign=found[0].sign) if found else {},
    )


def _balances(found: Sequence[Scores], grounds: Grounds) -> tuple[Balance, ...]:
    if grounds.picks is None:
        return ()
    return tuple(
        one
        for scores in found
        if (facts := grounds.facts.get(scores.panel.dataset)) is not None
        for one in balance(scores.panel, grounds.picks, grounds.strategies, grounds.random, facts.n_classes)
    )


def _similarities(found: Sequence[Scores], grounds: Grounds) -> tuple[Similarity, ...]:
    if grounds.picks is None:
        return ()
    made = (similarity(s.panel, grounds.picks, grounds.strategies, grounds.random) for s in found)
    return tuple(one for one in made if one is not None)
