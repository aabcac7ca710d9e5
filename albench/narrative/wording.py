"""Numbers, lists and reasons as the sentences of the answer write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.stats.intervals import FEWEST_UNITS
from albench.text import (
    format_count,
    format_fixed,
    format_hundredths,
    format_p_value,
    list_first,
    list_words,
    quote,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence.cells import Cell, Interval, Undefined
    from albench.analysis.evidence.details import Pairwise
    from albench.analysis.evidence.rows import Control, Row, Unavailable

_NAMED = 3
TWICE_THE_LABELS = -1.0
"""The saving of a strategy that needs twice the labels."""
_UNDEFINED: dict[Undefined, str] = {
    "no_rise": "the final level is not shown to be better than the seed set alone",
    "no_reference": "there is no reference",
    "reference_missing": "the reference is missing for some of the splits",
    "no_headroom": "the reference is not shown to be better than the seed set alone",
    "not_reached": "neither curve gets there within the budget",
}


_UNAVAILABLE: dict[Unavailable, str] = {
    "one_arm": "random has one arm only, so it cannot be compared with itself",
    "few_repeats": "the arms of random share too few repeats to be compared",
    "few_splits": f"the repeats lie on 2 splits, and to compare the arms of random takes {FEWEST_UNITS}",
    "no_area": "the metric has no number in some rounds of random's trials",
}


def format_datasets(datasets: Sequence[str], n_all: int) -> str:
    """Return ``on a and b``, ``on both datasets`` or ``on all 3 datasets``."""
    if 1 < len(datasets) == n_all:
        return "on both datasets" if n_all == 2 else f"on all {n_all} datasets"  # noqa: PLR2004
    return f"on {list_words(datasets)}"


def format_saving(share: float, interval: Interval | None) -> str:
    """Return ``41 % [29, 50]``, or ``41 %`` where there is no interval.

    Of a lower end that stands for more than twice the labels, only that is said: ``54 % [< \u2212100, 76]``.
    """
    if interval is None:
        return f"{format_hundredths(share)} %"
    far = interval.low < TWICE_THE_LABELS <= share
    low = f"< {format_hundredths(TWICE_THE_LABELS)}" if far else format_hundredths(interval.low)
    return f"{format_hundredths(share)} % [{low}, {format_hundredths(interval.high)}]"


def format_saving_ends(share: float, interval: Interval) -> str:
    """Return the ends of a saving as its words count it: percent fewer labels, or of a loss percent more."""
    if share >= 0:
        return format_saving(share, interval).split(" % ", 1)[1]
    return f"[{format_hundredths(-interval.high)}, {format_hundredths(-interval.low)}]"


def format_difference(value: float, interval: Interval | None) -> str:
    """Return ``+0.013 [0.008, 0.019]``: three decimals, or as many as it takes to differ from 0."""
    text = ("+" if value > 0 else "") + format_fixed(value)
    return f"{text} [{format_fixed(interval.low)}, {format_fixed(interval.high)}]" if interval else text


def format_gain(row: Row) -> str:
    """Return the mean difference of a strategy on these datasets, with its interval."""
    return format_difference(row.difference or 0.0, row.interval_these)


def list_names(names: Sequence[str], most: int = _NAMED) -> str:
    """Return names in words, of many the first ones."""
    return list_words(names) if len(names) <= most else list_first(names, most)


def explain_no_interval(cells: Sequence[Cell]) -> str:
    """Say why a difference on these datasets has no interval: repeats, splits or a spread lack."""
    few = min(cells, key=lambda cell: (cell.n_paired, cell.n_splits))
    if few.n_paired < FEWEST_UNITS or not few.n_splits:
        return "there are too few repeats for an interval"
    if 1 < few.n_splits < min(FEWEST_UNITS, few.n_paired):
        return f"{few.n_paired} repeats on {few.n_splits} splits, and an interval takes {FEWEST_UNITS} splits"
    return "the differences are equal in all of the few repeats, and an interval takes 6 of such"


def explain_no_rise(cells: Sequence[Cell]) -> str:
    """Say whose final level makes label savings meaningless; empty where there are no curves to compare."""
    setters = {saving.set_by for cell in cells for saving in cell.savings if saving.undefined == "no_rise"}
    if not setters:
        return ""
    whose = {"random": "random's", "strategy": "its own"}
    names = list_words([whose[setter] for setter in ("random", "strategy") if setter in setters])
    return f"no label saving, since {names} final level is not shown to be above the seed level"


def describe_undefined(reason: Undefined | None) -> str:
    """Return why a label saving has no number."""
    return _UNDEFINED[reason] if reason else "no reason given"


def name_oracle(label: str) -> str:
    """Return the label of an oracle; in quotes where a comma in it would seem to end a part of a sentence."""
    return quote(label) if "," in label else label


def describe_untested(pairwise: Pairwise) -> str:
    """Return why strategies were not tested against each other."""
    if pairwise.untested == "withheld":
        return "the control withholds verdicts"
    k = len(pairwise.strategies)
    pairs = format_count(k * (k - 1) // 2, "pair")
    return f"{format_count(pairwise.n_datasets, 'dataset')} cannot tell any of {pairs} apart"


def describe_control(control: Control) -> str:
    """Return what the A/A control shows, or why there is none."""
    if control.unavailable is not None or control.p is None:
        return _UNAVAILABLE[control.unavailable or "few_repeats"]
    differ = "differ significantly from each other" if control.fired else "do not differ significantly"
    test = f"smallest {format_p_value(control.p)}, Holm over {format_count(control.n_tests, 'test')}"
    return f"random's arms {differ} on {format_count(len(control.intervals), 'dataset')} ({test})"
