"""Whom to pay: which oracle is the cheapest for the same level, as far as that is shown."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from albench.analysis.label_saving import FEWEST_REPEATS
from albench.narrative.money import write_money_question
from albench.narrative.wording import describe_undefined, format_difference
from albench.text import format_count, format_fixed, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.analysis.evidence.conclusions import Evidence
    from albench.analysis.evidence.oracles import OracleContrast
    from albench.narrative.primary_slice import PrimarySlice

_NAMED = 3
_TENTH = 0.1


def write_oracle_question(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield which oracle is the cheapest; with budgets of money, which strategy makes most of it, too."""
    sentences = tuple(write_cheapest_oracle(evidence, primary))
    if sentences:
        yield from sentences
        yield from islice(write_money_question(evidence, primary), 1)


def write_cheapest_oracle(evidence: Evidence, primary: PrimarySlice) -> Iterator[str]:
    """Yield which oracle is shown to be cheaper than every other one, or that none is.

    Against each of the others it takes an interval of its own: nothing is corrected for their number.
    """
    contrasts = evidence.oracle_contrasts
    if not contrasts or primary.evidence.control.fired:
        return
    oracles = dict.fromkeys(name for contrast in contrasts for name in (contrast.oracle, contrast.other))
    for name in oracles:
        ahead = [contrast for contrast in contrasts if contrast.oracle == name and contrast.is_shown]
        if len(ahead) == len(oracles) - 1:
            yield _name_cheapest(ahead, primary)
            yield from _write_ends(ahead, primary.metric)
            return
    yield from _write_undecided(contrasts, primary)


def _name_cheapest(ahead: Sequence[OracleContrast], primary: PrimarySlice) -> str:
    closest_first = sorted(ahead, key=lambda contrast: contrast.saving or 0.0)
    parts = [_describe_share(contrast) for contrast in closest_first]
    n_more = len(parts) - _NAMED
    more = f"; {format_count(n_more, 'more is', 'more are')} dearer" if n_more > 0 else ""
    costs = "; ".join(parts[:_NAMED]) + more + _describe_median(ahead)
    return (
        f"The cheapest oracle {_describe_place(primary)} is {ahead[0].oracle}: "
        f"{_describe_level(ahead, primary)} it costs {costs}."
    )


def _describe_place(primary: PrimarySlice) -> str:
    datasets = primary.evidence.datasets
    return f"on {datasets[0]}" if len(datasets) == 1 else f"on {format_count(len(datasets), 'dataset')}"


def _describe_level(contrasts: Sequence[OracleContrast], primary: PrimarySlice) -> str:
    """Return ``for accuracy 0.877`` if all contrasts have that level, else ``for the same accuracy``."""
    levels = {format_fixed(cell.saving.level or 0.0) for contrast in contrasts for cell in contrast.cells}
    return f"for {primary.metric} {levels.pop()}" if len(levels) == 1 else f"for the same {primary.metric}"


def _describe_share(contrast: OracleContrast) -> str:
    """Return ``between 2 and 2.3 % of the money of expert``; of several datasets the median share."""
    share = f"{format_cost_share(contrast.saving or 0.0)} %"
    ends = contrast.interval
    if ends is not None:
        low, high = format_cost_share(ends.high), format_cost_share(ends.low)
        share = f"between {low} and {high} %" if len(contrast.cells) == 1 else f"{share} [{low}, {high}]"
    return f"{share} of the money of {contrast.other}"


def _describe_median(contrasts: Sequence[OracleContrast]) -> str:
    n_datasets = max(len(contrast.cells) for contrast in contrasts)
    return f" (medians over {n_datasets} datasets)" if n_datasets > 1 else ""


def format_cost_share(saving: float) -> str:
    """Return what is left of costs after a saving, in percent: whole ones, below ten two digits."""
    share = 1 - saving
    return f"{100 * share:.2g}" if share < _TENTH else f"{100 * share:.0f}"


def _write_ends(ahead: Sequence[OracleContrast], metric: str) -> Iterator[str]:
    """Yield which dearer oracle ends highest above the cheapest, where that is shown."""
    higher = [of for of in ahead if of.end_interval is not None and of.end_interval.low > 0]
    if higher:
        best = max(higher, key=lambda contrast: contrast.end_difference)
        above = format_difference(best.end_difference, best.end_interval)
        yield f"For all of its money {best.other} gets further: {above} in {metric}."


def _write_undecided(contrasts: Sequence[OracleContrast], primary: PrimarySlice) -> Iterator[str]:
    """Yield that no oracle is shown to be the cheapest, what the estimates say, and which are dearer."""
    by_estimate = [contrast.oracle for contrast in contrasts]
    leader = max(by_estimate, key=by_estimate.count)
    # Levels differ from two oracles to two others: each may be shown to be dearer than another one.
    unclear = [contrast for contrast in contrasts if not contrast.is_shown] or contrasts
    name = leader if leader in [contrast.oracle for contrast in unclear] else unclear[0].oracle
    own = [contrast for contrast in unclear if contrast.oracle == name]
    parts = [*_describe_estimates(own, primary), *map(_describe_undefined, own)]
    few = f"; an interval takes {FEWEST_REPEATS} repeats" if primary.n_repeats < FEWEST_REPEATS else ""
    yield (
        f"This experiment cannot tell which oracle is the cheapest {_describe_place(primary)}: "
        f"{'; '.join(part for part in parts if part)}{few}."
    )
    dearer = dict.fromkeys(contrast.other for contrast in contrasts if contrast.is_shown)
    if dearer and leader not in dearer:
        yield f"Shown to be dearer than another one: {list_words(list(dearer))}."


def _describe_estimates(contrasts: Sequence[OracleContrast], primary: PrimarySlice) -> Iterator[str]:
    known = sorted((of for of in contrasts if of.saving is not None), key=lambda of: of.saving or 0.0)
    if known:
        shares = "; ".join(_describe_share(contrast) for contrast in known[:_NAMED])
        name = known[0].oracle
        level = _describe_level(known, primary)
        yield f"{level} {name} is estimated to cost {shares}{_describe_median(known)}"


def _describe_undefined(contrast: OracleContrast) -> str:
    """Return why two oracles have no ratio; empty where they have."""
    if contrast.saving is not None:
        return ""
    reason = describe_undefined(contrast.cells[0].saving.undefined)
    return f"{contrast.oracle} and {contrast.other} have no ratio ({reason})"
