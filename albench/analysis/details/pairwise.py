"""Every strategy against every other one: win rates, tests, and who cannot be told apart."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from albench.analysis.evidence.details import Pairwise, StrategyPair
from albench.analysis.stats.significance import (
    ALPHA,
    can_be_tested,
    find_signed_rank_side,
    holm,
    subtract,
    wilcoxon,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from albench.analysis.ranks import CompleteBlock
    from albench.analysis.scores import Scores
    from albench.contracts import Floats

_DECIMALS = 12


def compare_pairs(
    all_scores: Sequence[Scores],
    complete: Sequence[CompleteBlock],
    ranks: Mapping[str, float],
    *,
    withheld: bool,
) -> Pairwise | None:
    """Compare all ranked strategies with each other; None below two.

    Parameters
    ----------
    ranks : mapping
        Strategy -> mean rank, in the order of the blocks' areas.
    """
    if len(ranks) < 2:  # noqa: PLR2004 - a pair
        return None
    names = sorted(ranks, key=lambda name: (ranks[name], name))
    order = [list(ranks).index(name) for name in names]
    means = np.array([block.areas.mean(axis=1)[order] for block in complete])
    untested = _explain_untested(len(means), len(names), withheld=withheld)
    pairs = () if untested else _test_pairs(means, names)
    alike = {frozenset((pair.strategy, pair.other)) for pair in pairs if pair.p_holm > ALPHA}
    return Pairwise(
        strategies=tuple(names),
        ranks=tuple(ranks[name] for name in names),
        win_rates=compute_win_rates(all_scores, names),
        pairs=pairs,
        cliques=() if untested else find_cliques(names, alike),
        n_datasets=len(means),
        untested=untested,
    )


def _explain_untested(
    n_datasets: int, n_strategies: int, *, withheld: bool
) -> Literal["withheld", "few_datasets"] | None:
    if withheld:
        return "withheld"
    return None if can_be_tested(n_datasets, n_strategies * (n_strategies - 1) // 2) else "few_datasets"


def _test_pairs(means: Floats, names: Sequence[str]) -> tuple[StrategyPair, ...]:
    columns = list(combinations(range(len(names)), 2))
    differences = [subtract(means[:, i], means[:, j]) for i, j in columns]
    ps = [wilcoxon(difference) for difference in differences]
    return tuple(
        StrategyPair(
            names[i], names[j], float(difference.mean()), p, corrected, find_signed_rank_side(difference)
        )
        for (i, j), difference, p, corrected in zip(columns, differences, ps, holm(ps), strict=True)
    )


def find_cliques(names: Sequence[str], alike: Collection[frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the largest groups of neighbours in rank of which no two are told apart.

    Parameters
    ----------
    names : sequence of str
        The best first.
    alike : collection of frozenset
        Pairs that are not told apart.
    """
    groups: list[tuple[int, int]] = []
    for start in range(len(names)):
        end = start + 1
        while end < len(names) and all(frozenset((names[i], names[end])) in alike for i in range(start, end)):
            end += 1
        if end - start > 1 and (not groups or end > groups[-1][1]):
            groups.append((start, end))
    return tuple(tuple(names[start:end]) for start, end in groups)


def compute_win_rates(all_scores: Sequence[Scores], names: Sequence[str]) -> Floats:
    """Return the share of paired repeats that one wins against the other, ties half, mean over datasets."""
    total = np.zeros((len(names), len(names)))
    n = np.zeros_like(total)
    for scores in all_scores:
        areas = scores.sign * np.stack([scores.areas[name] for name in names])
        signs = np.sign(np.round(subtract(areas[:, np.newaxis], areas[np.newaxis]), _DECIMALS))
        paired = np.isfinite(signs).sum(axis=-1)
        won = (np.nansum(signs, axis=-1) + paired) / 2
        total += np.where(paired > 0, won / np.maximum(paired, 1), 0.0)
        n += paired > 0
    rates = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    np.fill_diagonal(rates, np.nan)
    return rates
