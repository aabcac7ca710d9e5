"""Everything beyond verdicts, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.details.headroom import THRESHOLDS, compute_headrooms, normalise_areas
from albench.analysis.details.pairwise import compare_pairs
from albench.analysis.details.phases import compare_phases, measure_late_rises
from albench.analysis.details.pick_similarity import compare_picks, measure_balance
from albench.analysis.details.stability import estimate_stability
from albench.analysis.details.traits import collect_traits, estimate_trends
from albench.analysis.details.variance import estimate_variance_components
from albench.analysis.details.virtual_best import evaluate_virtual_best, list_trades, rank_by_budget
from albench.analysis.evidence.details import Details

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.datasets import Balance, Similarity
    from albench.analysis.evidence.rows import Versus
    from albench.analysis.ranks import MeanRanks
    from albench.analysis.scores import Scores
    from albench.analysis.selection import SliceSettings


def collect_details(
    all_scores: Sequence[Scores],
    versus: Versus,
    ranking: MeanRanks,
    settings: SliceSettings,
    *,
    withheld: bool,
) -> Details:
    """Return what the primary slice says beyond verdicts."""
    names, complete, ranked = settings.rankable, ranking.blocks, tuple(ranking.mean)
    shares, little = normalise_areas(all_scores, names)
    balances = _measure_balances(all_scores, settings)
    compared = [cell for cell in versus.cells if cell.strategy in names]
    about = collect_traits(compared, settings.facts, compute_headrooms(all_scores), balances)
    return Details(
        rank_at=rank_by_budget(complete, ranked),
        thresholds=THRESHOLDS,
        normalised=shares,
        little_headroom=little,
        on_datasets=compare_phases(all_scores, names),
        virtual_best=evaluate_virtual_best(complete, ranked, settings.sign),
        pairwise=compare_pairs(all_scores, complete, ranking.mean, withheld=withheld),
        components=estimate_variance_components(all_scores, names),
        stability=estimate_stability(complete),
        similarity=_compare_picks(all_scores, settings),
        balance=balances,
        traits=about,
        trends=estimate_trends(about),
        trades=list_trades(versus.rows),
        late_rises=measure_late_rises(compared, settings),
    )


def _measure_balances(all_scores: Sequence[Scores], settings: SliceSettings) -> tuple[Balance, ...]:
    if settings.picks is None:
        return ()
    return tuple(
        balance
        for scores in all_scores
        if (facts := settings.facts.get(scores.dataset)) is not None
        for balance in measure_balance(
            scores.panel,
            settings.picks,
            settings.rankable,
            settings.random,
            _name_classes(settings.classes.get(scores.dataset, ()), facts.n_classes),
        )
    )


def _name_classes(names: Sequence[str], n_classes: int) -> Sequence[str]:
    """Return the names of the classes; where they are not known, call a code a code."""
    return names if len(names) == n_classes else [f"code {code}" for code in range(n_classes)]


def _compare_picks(all_scores: Sequence[Scores], settings: SliceSettings) -> tuple[Similarity, ...]:
    if settings.picks is None:
        return ()
    similarities = (
        compare_picks(scores.panel, settings.picks, settings.rankable, settings.random)
        for scores in all_scores
    )
    return tuple(similarity for similarity in similarities if similarity is not None)
