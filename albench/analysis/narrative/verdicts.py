"""What the answer says after its headline: verdicts one by one, tests, the way to the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.analysis.narrative.primary_slice import saving_at
from albench.analysis.narrative.wording import count, difference, listed, on, p_value, percent, probability
from albench.analysis.stats.significance import ALPHA, can_be_tested, smallest_p

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence import Cell, Row, SliceEvidence, Verdict
    from albench.analysis.narrative.primary_slice import Setting


def verdicts(setting: Setting) -> Iterator[str]:
    """Yield every win and every loss by name, and how many of them chance would give."""
    cells = [cell for row in setting.rivals for cell in setting.of(row)]
    decided = sum(cell.verdict != "undecided" for cell in cells)
    if not decided:
        yield f"No dataset decides for or against a strategy: {_why_undecided(setting)}."
        return
    wins = _named(setting.found, cells, "win")
    yield f"Better than random {wins}." if wins else "On no dataset is a strategy better than random."
    losses = _named(setting.found, cells, "loss")
    if losses:
        yield f"Worse than random {losses}."
    if decided == 1:
        yield "That is one 95 % interval: chance alone puts it above 0 one time in 40, and below 0 as often."
        return
    yield (
        f"These are 95 % intervals of {decided} comparisons, each read by itself: if no strategy differed "
        f"from random, chance alone would call about {0.025 * decided:.2g} of them better and as many worse."
    )


def _why_undecided(setting: Setting) -> str:
    most = max((cell.n_paired for row in setting.rivals for cell in setting.of(row)), default=0)
    if setting.asked == 1 or most < 3:  # noqa: PLR2004 - the fewest units of an interval
        return f"no strategy shares more than {count(most, 'repeat')} with random, and an interval takes 3"
    return "no strategy has an interval on at least 80 % of its repeats"


def _named(found: SliceEvidence, cells: Sequence[Cell], verdict: Verdict) -> str:
    """Return ``on digits: margin (+0.013 [0.008, 0.019]) and qbc (...); on wine: ...``."""
    parts = []
    for dataset in found.datasets:
        here = [cell for cell in cells if (cell.dataset, cell.verdict) == (dataset, verdict)]
        ordered = sorted(here, key=lambda cell: -abs(cell.difference or 0.0))
        if ordered:
            parts.append(f"on {dataset}: {listed([_cell(cell) for cell in ordered])}")
    return "; ".join(parts)


def _cell(cell: Cell) -> str:
    return f"{cell.strategy} ({difference(cell.difference or 0.0, cell.interval)})"


def tests(setting: Setting) -> Iterator[str]:
    """Yield what can be said of other datasets."""
    family = setting.compared
    if not family:
        return
    able = [row for row in family if row.testable]
    if not able:
        yield _untestable(max(row.n_datasets for row in family), len(family))
        return
    among = count(len(family), "strategy", "strategies")
    test, corrected = "Wilcoxon signed-rank test over the datasets", f"Holm's correction for {among}"
    hits = [row for row in able if row.p_holm is not None and row.p_holm <= ALPHA]
    n = max(row.n_datasets for row in able)
    if hits:
        yield f"Across {n} datasets, {listed([_hit(row) for row in hits])}, by a {test} with {corrected}."
    else:
        least = min(row.p_holm for row in able if row.p_holm is not None)
        yield (
            f"Across {n} datasets, no strategy differs significantly from random ({test}, {corrected}, "
            f"smallest {p_value(least)}); that is no evidence that there is no difference."
        )
    few = [row for row in family if not row.testable]
    if few:
        names = listed([f"{row.strategy} ({count(row.n_datasets, 'dataset')})" for row in few])
        yield f"On too few datasets to be tested: {names}."
    yield from _bayes(setting)


def _hit(row: Row) -> str:
    direction = "better" if (row.difference or 0.0) > 0 else "worse"
    return f"{row.strategy} is {direction} than random ({p_value(row.p_holm or 0.0)})"


def _untestable(n: int, n_tests: int) -> str:
    enough = next(size for size in range(1, 64) if can_be_tested(size, n_tests))
    among = "one strategy is" if n_tests == 1 else f"{n_tests} strategies are"
    return (
        f"Whether any of this holds on other datasets cannot be tested with {count(n, 'dataset')}: the "
        f"smallest p that the signed-rank test can reach is {smallest_p(n):.2g}, and where {among} compared "
        f"it takes at least {enough} datasets to get below {ALPHA}."
    )


def _bayes(setting: Setting) -> Iterator[str]:
    best = setting.best
    if (chances := best.bayes) is not None:
        yield (
            f"The probabilities that {best.strategy} is better than random, practically equal (within "
            f"{chances.rope:.2g}) or worse on another dataset like these are {probability(chances.better)}, "
            f"{probability(chances.equal)} and {probability(chances.worse)}."
        )


def towards_reference(setting: Setting) -> Iterator[str]:
    """Yield how the best strategy gets 95 % of the way from the seed set to the reference."""
    row = setting.best
    cells = [(cell, found) for cell in setting.covered(row) if (found := saving_at(cell, "95"))]
    if not cells:
        return
    way = "95 % of the way from the seed set to the model trained on the whole pool"
    shares = [found.saving for _, found in cells if found.saving is not None]
    parts = []
    if shares:
        middle = float(np.median(shares))
        more = "fewer" if middle >= 0 else "more"
        over = f" (median over {len(shares)} datasets)" if len(shares) > 1 else ""
        where = "" if len(shares) > 1 else f" on {next(c.dataset for c, s in cells if s.saving is not None)}"
        parts.append(f"{row.strategy} needs {percent(abs(middle))} % {more} labels than random{where}{over}")
    for censored, there, not_there in (
        ("random", row.strategy, "random"),
        ("strategy", "random", row.strategy),
    ):
        names = [cell.dataset for cell, found in cells if found.censored == censored]
        if names:
            parts.append(
                f"{on(names, len(cells))} {there} gets there within the budget and {not_there} does not"
            )
    for reason in dict.fromkeys(found.undefined for _, found in cells if found.undefined):
        names = [cell.dataset for cell, found in cells if found.undefined == reason]
        parts.append(f"{on(names, len(cells))} {reason}")
    yield f"For {way}: {'; '.join(parts)}."


def second(setting: Setting) -> Iterator[str]:
    """Yield what is clearly better or worse than the second baseline on average over the datasets."""
    versus = setting.found.second
    if versus is None:
        return
    able = [row for row in versus.rows[1:] if row.interval_these and not row.label_looking]
    better = [_versus(row) for row in able if row.side > 0]
    worse = [_versus(row) for row in able if row.side < 0]
    says = [
        f"{listed(names)} {'is' if len(names) == 1 else 'are'} {word}"
        for names, word in ((better, "better"), (worse, "worse"))
        if names
    ]
    rest = _none(able) if not says else "on average over these datasets nothing else is told apart from it"
    yield f"Against {versus.baseline}, the second baseline: {'; '.join([*says, rest])}."


def _versus(row: Row) -> str:
    return f"{row.strategy} ({difference(row.difference or 0.0, row.interval_these)})"


def _none(able: Sequence[Row]) -> str:
    if able:
        return "on average over these datasets nothing is told apart from it"
    return "too few repeats for an interval"
