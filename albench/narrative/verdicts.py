"""What the answer says after its headline: verdicts one by one, tests, the second baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.stats.significance import ALPHA, compute_smallest_p, find_fewest_datasets
from albench.narrative.checks.shape import find_skewed_cells
from albench.narrative.primary_slice import find_hits
from albench.narrative.wording import explain_no_interval, format_difference, format_gain
from albench.text import (
    format_count,
    format_fixed,
    format_p_value,
    format_probability,
    list_first,
    list_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from albench.analysis.evidence.cells import Cell
    from albench.analysis.evidence.rows import Row, Versus
    from albench.narrative.primary_slice import PrimarySlice

_LISTED = 6


def write_verdicts(primary: PrimarySlice) -> Iterator[str]:
    """Yield how many verdicts on single datasets chance would give, and what their intervals speak of."""
    cells = [cell for row in primary.rivals for cell in primary.list_cells(row)]
    decided = sum(cell.verdict != "undecided" for cell in cells)
    if not decided:
        yield f"No dataset decides for or against a strategy: {_explain_undecided(primary)}."
        return
    if looks := tuple(write_looks(cells)):
        yield from looks
    elif decided == 1:
        yield "That is one 95 % interval: chance alone puts it above 0 one time in 40, and below 0 as often."
    else:
        yield (
            f"These are 95 % intervals of {decided} comparisons, each read by itself: if no strategy "
            f"differed from random, chance alone would call about {0.025 * decided:.2g} of them better and "
            "as many worse."
        )
    yield from _write_claims(cells, find_skewed_cells(primary.evidence))


def write_looks(cells: Iterable[Cell], what: str = "dataset") -> Iterator[str]:
    """Yield what verdicts and intervals hold for, where repeats went on until cells were decided."""
    if any(cell.n_looks for cell in cells):
        yield (
            "Repeats ended by what they showed; these 95 % intervals hold wherever that is, and on one "
            f"{what} chance alone calls any strategy better or worse in at most 5 % of experiments."
        )


def _explain_undecided(primary: PrimarySlice) -> str:
    most = max((cell.n_paired for row in primary.rivals for cell in primary.list_cells(row)), default=0)
    if primary.n_repeats == 1 or most < 3:  # noqa: PLR2004 - the fewest units of an interval
        shared = format_count(most, "repeat")
        return f"no strategy shares more than {shared} with random, and an interval takes 3"
    cells = [cell for row in primary.rivals for cell in primary.list_covered_cells(row)]
    if cells:
        return explain_no_interval(cells)
    return "no strategy has an interval on at least 80 % of its repeats"


def _write_claims(cells: Sequence[Cell], skewed: Sequence[Cell]) -> Iterator[str]:
    """Yield what intervals on single datasets speak of, and where they hold less than they promise."""
    splits = (
        "starts of its one split" if {cell.n_splits for cell in cells} <= {0, 1} else "splits of its rows"
    )
    yield (
        f"An interval on one dataset speaks of the mean over other {splits}; new data of its kind "
        f"may differ by more."
    )
    if skewed:
        names = list_first([f"{cell.strategy} on {cell.dataset}" for cell in skewed], _LISTED)
        yield (
            f"Differences of single repeats are skewed or hold outliers (ALB016 on the page): {names}. There "
            "an interval of the mean holds less than its 95 %; that of the median holds them."
        )


def write_choice(family: Sequence[Row]) -> Iterator[str]:
    """Yield how far the gain of the best may be overstated because it is the largest of several."""
    n, best = len(family), family[0] if family else None
    if n > 2 and best and best.interval_chosen:  # noqa: PLR2004 - of two, the interval by itself holds
        low, high = format_fixed(best.interval_chosen.low), format_fixed(best.interval_chosen.high)
        yield (
            f"{best.strategy} is named because its gain is the largest of {n}, which chance favours: with "
            f"that allowed for, the interval is [{low}, {high}]."
        )


def write_tests(family: Sequence[Row], what: str = "dataset") -> Iterator[str]:
    """Yield what can be said of other datasets or streams from the rows that are compared, the best first."""
    if not family:
        return
    able = [row for row in family if row.testable]
    if not able:
        yield _explain_untestable(family, what)
        return
    among = format_count(len(family), "strategy", "strategies")
    test, corrected = f"Wilcoxon signed-rank test over the {what}s", f"Holm's correction for {among}"
    hits = find_hits(family)
    n = max(row.n_datasets for row in able)
    if hits:
        names = list_words([_describe_hit(row) for row in hits])
        yield f"Across {n} {what}s, {names}, by a {test} with {corrected}."
    else:
        least = min(row.p_holm for row in able if row.p_holm is not None)
        yield (
            f"Across {n} {what}s, no strategy differs significantly from random ({test}, {corrected}, "
            f"smallest {format_p_value(least)}); that is no evidence that there is no difference."
        )
    few = [row for row in family if not row.testable]
    if few:
        names = list_words([f"{row.strategy} ({format_count(row.n_datasets, what)})" for row in few])
        yield f"On too few {what}s to be tested: {names}."
    yield from _write_probabilities(family[0], what)


def _describe_hit(row: Row) -> str:
    direction = "better" if row.p_side > 0 else "worse"
    p, mean = format_p_value(row.p_holm or 0.0), row.difference or 0.0
    against = f"; its mean gain is {format_difference(mean, None)}" if row.p_side * mean < 0 else ""
    return f"{row.strategy} is {direction} than random ({p}{against})"


def _explain_untestable(family: Sequence[Row], what: str) -> str:
    n, n_tests = max(row.n_datasets for row in family), len(family)
    enough = find_fewest_datasets(n_tests)
    among = "one strategy is" if n_tests == 1 else f"{n_tests} strategies are"
    intervals = any(row.interval_saving or row.interval_like_these for row in family)
    claim = "areas differ" if intervals else "any of this holds"
    alone = f"; intervals on {what}s like these stand each by itself, uncorrected" if intervals else ""
    return (
        f"Whether {claim} on other {what}s cannot be tested with {format_count(n, what)}: "
        f"the smallest p that the signed-rank test can reach is {compute_smallest_p(n):.2g}, and where "
        f"{among} compared it takes at least {enough} {what}s to get below {ALPHA}{alone}."
    )


def _write_probabilities(best: Row, what: str) -> Iterator[str]:
    if (chances := best.bayes) is None or chances.predicted is None:
        return
    predicted = list_words([format_probability(chance) for chance in chances.predicted])
    prevailing = list_words([format_probability(c) for c in (chances.better, chances.equal, chances.worse)])
    yield (
        f"The probabilities that {best.strategy} is better than random, practically equal (within "
        f"{chances.rope:.2g}) or worse on another {what} like these are {predicted}; that this is what most "
        f"{what}s like these show, {prevailing}."
    )


def write_second_baseline(primary: PrimarySlice) -> Iterator[str]:
    """Yield what is clearly better or worse than the second baseline on average over the datasets."""
    versus = primary.evidence.second
    if versus is None:
        return
    able = [row for row in versus.rows[1:] if row.interval_these and not row.label_looking]
    better, worse = (
        [f"{row.strategy} ({format_gain(row)})" for row in able if row.side == side] for side in (1, -1)
    )
    parts = [
        f"{list_words(names)} {'is' if len(names) == 1 else 'are'} {word}"
        for names, word in ((better, "better"), (worse, "worse"))
        if names
    ]
    rest = (
        _explain_nothing_told(versus, able)
        if not parts
        else "on average over these datasets nothing else is told apart from it"
    )
    yield f"Against {versus.baseline}, the second baseline: {'; '.join([*parts, rest])}."


def _explain_nothing_told(versus: Versus, able: Sequence[Row]) -> str:
    if able:
        return "on average over these datasets nothing is told apart from it"
    cells = [cell for cell in versus.cells if cell.n_paired]
    return explain_no_interval(cells) if cells else "nothing is paired with it"
