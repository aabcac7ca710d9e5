"""Numbers as the page prints them; where there is none, words stand, never 0 or a blank."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from albench import text
from albench.narrative.wording import TWICE_THE_LABELS
from albench.text import MINUS, NARROW_SPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from albench.analysis.evidence.cells import Interval

_SIGNIFICANT = 5


def round_significant(value: float | None) -> float | int | None:
    """Round to 5 significant digits, below 1 to 4, whole numbers to int; None for what is not finite.

    Most of a page is levels between 0 and 1: a ten-thousandth is less than a pixel of their figures.
    """
    if value is None or not math.isfinite(value):
        return None
    rounded = float(f"{value:.{_SIGNIFICANT - (abs(value) < 1)}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 10**15 else rounded


def format_level(value: float | None, missing: str = "undefined") -> str:
    """Return a metric's level, as ``0.934``."""
    if value is None or not math.isfinite(value):
        return missing
    return f"{value:.3f}".replace("-", MINUS)


def format_signed(value: float | None, missing: str = "undefined") -> str:
    """Return a difference with its sign, as ``+0.034``; a small one as ``+0.0002``, as the sentences do."""
    if value is None or not math.isfinite(value):
        return missing
    digits = text.format_fixed(value)
    return f"+{digits}" if value > 0 and float(digits) else digits


def format_percent(share: float | None, missing: str = "undefined") -> str:
    """Return a share in whole percent, as ``38 %``."""
    return missing if share is None or not math.isfinite(share) else text.format_percent(share, NARROW_SPACE)


def format_span(interval: Interval | None, missing: str = "no interval") -> str:
    """Return an interval of differences, as ``[+0.012, +0.040]``; of those that are all 0, that they are."""
    if interval is None or not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return missing
    if interval.low == interval.high == 0:
        return "all equal"
    return f"[{format_signed(interval.low)}, {format_signed(interval.high)}]"


def format_saving_span(share: float, interval: Interval | None, missing: str = "no interval") -> str:
    """Return the interval of a label saving, as ``[29 %, 45 %]``; a far lower end as ``< \u2212100 %``."""
    if interval is None or not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return missing
    is_far = interval.low < TWICE_THE_LABELS <= share
    low = f"< {format_percent(TWICE_THE_LABELS)}" if is_far else format_percent(interval.low)
    return f"[{low}, {format_percent(interval.high)}]"


def format_rank(value: float | None, missing: str = "not ranked") -> str:
    """Return a mean rank, as ``1.20``."""
    return missing if value is None else f"{value:.2f}"


def format_rank_span(interval: Interval) -> str:
    """Return the interval of a mean rank, as ``[1.20, 2.90]``."""
    return f"[{format_rank(interval.low)}, {format_rank(interval.high)}]"


def format_p_value(p: float | None, missing: str = "cannot be tested") -> str:
    """Return a p value in three digits, as ``0.012`` or ``< 0.001``."""
    return missing if p is None or not math.isfinite(p) else text.format_p_value(p, name="")


def format_probability(p: float | None, missing: str = "not computed") -> str:
    """Return a probability, as ``0.87``."""
    return missing if p is None else f"{p:.2f}"


def format_ratio(value: float | None, missing: str = "unknown") -> str:
    """Return a ratio, as ``1.7``."""
    return f"{value:.1f}" if value is not None and math.isfinite(value) else missing


def format_seconds(value: float | None, missing: str = "not measured") -> str:
    """Return a duration in three digits with its unit: µs, ms, s, min or h."""
    return missing if value is None or not math.isfinite(value) else text.format_seconds(value, NARROW_SPACE)


def format_count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 dataset``, ``2 datasets``."""
    return text.format_count(number, noun, plural, thousands=NARROW_SPACE)


def bind_percent(sentence: str) -> str:
    """Return text in which no line breaks between a number and its percent sign."""
    return sentence.replace(" %", f"{NARROW_SPACE}%")


FORMS: Mapping[str, Callable[..., str]] = {
    "level": format_level,
    "signed": format_signed,
    "percent": format_percent,
    "rank": format_rank,
    "probability": format_probability,
    "p_value": format_p_value,
    "seconds": format_seconds,
}
"""How the columns of the leaderboard are printed, by the form that ``albench.tables`` names."""
