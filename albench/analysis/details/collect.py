"""Everything beyond verdicts, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.analysis.details.headroom import THRESHOLDS, compute_headrooms, normalise_areas
from albench.analysis.details.pairwise import compare_pairs
from albench.analysis.details.phases import compare_phases, measure_late_rises
from albench.analysis.details.pick_similarity import compare_picks, measure_balance
from albench.analysis.details.stability import estimate_stability
from albench.analysis.details.traits import collect_traits, estimate_trends
from albench.analysis.details.variance import estimate_variance_components
from albench.analysis.details.virtual_best import evaluate_virtual_best, list_trades, rank_by_budget
from albench.analysis.evidence import Details
from albench.analysis.ranks import build_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.analysis.details.pick_similarity import PickArrays
    from albench.analysis.details.traits import PoolFacts
    from albench.analysis.evidence import Balance, Cell, Row, Similarity
    from albench.analysis.ranks import MeanRanks
    from albench.analysis.scores import Scores


@dataclass(frozen=True)
class DetailInputs:
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
    n_repeats: int
    withheld: bool
    facts: Mapping[str, PoolFacts]
    picks: PickArrays | None


def collect_details(
    found: Sequence[Scores],
    cells: Sequence[Cell],
    rows: Sequence[Row],
    ranking: MeanRanks,
    grounds: DetailInputs,
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
    complete, ranked = build_blocks(found, ranking), tuple(ranking.mean)
    shares, little = normalise_areas(found, names, random, asked=grounds.n_repeats)
    balances = _measure_balances(found, grounds)
    compared = [cell for cell in cells if cell.strategy in names]
    about = collect_traits(compared, grounds.facts, compute_headrooms(found, random), balances)
    return Details(
        rank_at=rank_by_budget(complete, ranked),
        thresholds=THRESHOLDS,
        normalised=shares,
        little_headroom=little,
        on_datasets=compare_phases(found, names, random),
        virtual_best=evaluate_virtual_best(complete, ranked, found[0].sign) if found else None,
        pairwise=compare_pairs(found, complete, ranking.mean, withheld=grounds.withheld),
        components=estimate_variance_components(found, names, random),
        stability=estimate_stability(complete),
        similarity=_compare_picks(found, grounds),
        balance=balances,
        traits=about,
        trends=estimate_trends(about),
        trades=list_trades(rows),
        late_rises=measure_late_rises(compared, random, sign=found[0].sign) if found else {},
    )


def _measure_balances(found: Sequence[Scores], grounds: DetailInputs) -> tuple[Balance, ...]:
    if grounds.picks is None:
        return ()
    return tuple(
        one
        for scores in found
        if (facts := grounds.facts.get(scores.panel.dataset)) is not None
        for one in measure_balance(
            scores.panel, grounds.picks, grounds.strategies, grounds.random, facts.n_classes
        )
    )


def _compare_picks(found: Sequence[Scores], grounds: DetailInputs) -> tuple[Similarity, ...]:
    if grounds.picks is None:
        return ()
    made = (compare_picks(s.panel, grounds.picks, grounds.strategies, grounds.random) for s in found)
    return tuple(one for one in made if one is not None)
