"""Whom to pay: which oracle is the cheapest for the same level, as far as that is shown."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from albench.analysis.label_saving import FEWEST_REPEATS
from albench.analysis.oracle_contrasts import find_cheapest, order_oracles
from albench.narrative.money import write_money_question
from albench.narrative.wording import describe_undefined, format_difference, name_oracle
from albench.text import format_amount, format_count, format_fixed, list_words

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
    """Yield which oracle is shown to be cheaper than every other one, or that none is."""
    contrasts = evidence.oracle_contrasts
    if not contrasts or primary.evidence.control.fired:
        return
    cheapest = find_cheapest(contrasts)
    if cheapest is None:
        yield from _write_undecided(contrasts, primary)
        return
    ahead = [contrast for contrast in contrasts if contrast.oracle == cheapest]
    yield _name_cheapest(ahead, primary)
    yield from _write_ends(ahead, evidence)


def _name_cheapest(ahead: Sequence[OracleContrast], primary: PrimarySlice) -> str:
    n_more = len(ahead) - _NAMED
    more = f"; {format_count(n_more, 'more is', 'more are')} dearer" if n_more > 0 else ""
    return (
        f"The cheapest oracle {primary.place} is {name_oracle(ahead[0].oracle)}: "
        f"{_describe_level(ahead, primary)} it costs {_compare_costs(ahead)}{more}{_describe_median(ahead)}."
    )


def _describe_level(contrasts: Sequence[OracleContrast], primary: PrimarySlice) -> str:
    """Return ``for accuracy 0.877`` if all have that level, else ``for the accuracy that both reach``."""
    levels = {format_fixed(cell.saving.level or 0.0) for contrast in contrasts for cell in contrast.cells}
    metric = primary.metric
    return f"for {metric} {levels.pop()}" if len(levels) == 1 else f"for the {metric} that both reach"


def _compare_costs(contrasts: Sequence[OracleContrast]) -> str:
    """Return ``2 where expert costs 93.3 (2.1 % [2, 2.3])``; of several datasets ``65 % of what it costs``.

    At most three of the other oracles are named, those first that cost nearly as much.
    """
    closest_first = sorted(contrasts, key=lambda contrast: contrast.saving or 0.0)[:_NAMED]
    names = [name_oracle(contrast.other) for contrast in closest_first]
    shares = [_describe_share(contrast) for contrast in closest_first]
    if any(len(contrast.cells) > 1 for contrast in contrasts):
        return "; ".join(f"{share} of what {name} costs" for name, share in zip(names, shares, strict=True))
    savings = [contrast.cells[0].saving for contrast in closest_first]
    own = [format_amount(saving.labels_strategy or 0.0) for saving in savings]
    others = [format_amount(saving.labels_random or 0.0) for saving in savings]
    parts = [f"{other} ({share})" for other, share in zip(others, shares, strict=True)]
    if len(set(own)) > 1:
        whole = zip(own, names, parts, strict=True)
        return "; ".join(f"{cost} where {name} costs {part}" for cost, name, part in whole)
    rest = [f"{name} {part}" for name, part in zip(names[1:], parts[1:], strict=True)]
    return f"{own[0]} where {list_words([f'{names[0]} costs {parts[0]}', *rest])}"


def _describe_share(contrast: OracleContrast) -> str:
    """Return what the cheaper one costs of the other, as ``2.1 % [2, 2.3]``; over datasets the median."""
    share = f"{format_cost_share(contrast.saving or 0.0)} %"
    ends = contrast.interval
    return f"{share} [{format_cost_share(ends.high)}, {format_cost_share(ends.low)}]" if ends else share


def _describe_median(contrasts: Sequence[OracleContrast]) -> str:
    n_datasets = max(len(contrast.cells) for contrast in contrasts)
    return f" (medians over {n_datasets} datasets)" if n_datasets > 1 else ""


def format_cost_share(saving: float) -> str:
    """Return what is left of costs after a saving, in percent: whole ones, below ten two digits."""
    share = 1 - saving
    return f"{100 * share:.2g}" if share < _TENTH else f"{100 * share:.0f}"


def _write_ends(ahead: Sequence[OracleContrast], evidence: Evidence) -> Iterator[str]:
    """Yield which dearer oracle ends highest above the cheapest, where that is shown."""
    higher = [of for of in ahead if of.end_interval is not None and of.end_interval.low > 0]
    if not higher:
        return
    best = max(higher, key=lambda contrast: contrast.end_difference)
    metric, name = evidence.primary.slice.metric, name_oracle(best.other)
    more = format_difference(best.end_difference, best.end_interval)
    mean = next((of.mean for of in evidence.oracle_curves if of.oracle == best.other), None)
    if mean is None:
        yield f"For all of its money {name} gets further: {more} in {metric}."
        return
    level, cost = format_fixed(float(mean.mean[-1])), format_amount(float(mean.n_labels[-1]))
    yield f"For all of its money, {cost}, {name} gets further: {metric} {level} ({more})."


def _write_undecided(contrasts: Sequence[OracleContrast], primary: PrimarySlice) -> Iterator[str]:
    """Yield that no oracle is shown to be the cheapest, what the estimates say, and which are dearer."""
    leader = order_oracles(contrasts)[0]
    # Levels differ from two oracles to two others: each may be shown to be dearer than another one.
    unclear = [contrast for contrast in contrasts if not contrast.is_shown] or contrasts
    name = leader if leader in [contrast.oracle for contrast in unclear] else unclear[0].oracle
    own = [contrast for contrast in unclear if contrast.oracle == name]
    parts = [*_describe_estimates(own, primary), *map(_describe_undefined, own)]
    few = f"; an interval takes {FEWEST_REPEATS} repeats" if primary.n_repeats < FEWEST_REPEATS else ""
    yield (
        f"This experiment cannot tell which oracle is the cheapest {primary.place}: "
        f"{'; '.join(part for part in parts if part)}{few}."
    )
    dearer = dict.fromkeys(contrast.other for contrast in contrasts if contrast.is_shown)
    if dearer and leader not in dearer:
        yield f"Shown to be dearer than another one: {list_words(list(map(name_oracle, dearer)))}."


def _describe_estimates(contrasts: Sequence[OracleContrast], primary: PrimarySlice) -> Iterator[str]:
    known = sorted((of for of in contrasts if of.saving is not None), key=lambda of: of.saving or 0.0)
    if known:
        name = name_oracle(known[0].oracle)
        level = _describe_level(known, primary)
        yield f"{level} {name} is estimated to cost {_compare_costs(known)}{_describe_median(known)}"


def _describe_undefined(contrast: OracleContrast) -> str:
    """Return why two oracles are not compared; empty where they are."""
    if contrast.saving is not None:
        return ""
    reason = describe_undefined(contrast.cells[0].saving.undefined)
    names = f"{name_oracle(contrast.oracle)} and {name_oracle(contrast.other)}"
    return f"{names} have no level to compare ({reason})"
