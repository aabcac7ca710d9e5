"""Numbers as the page prints them; what is not a number is said in words, never as 0 or blank."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from albench.analysis.narrative.wording import TWICE_THE_LABELS, fixed

if TYPE_CHECKING:
    from albench.analysis.evidence import Interval

MINUS = "\u2212"
_SIGNIFICANT = 5


def significant(value: float | None) -> float | int | None:
    """Round to 5 significant digits, below 1 to 4, whole numbers to int; None for what is not finite.

    Most of a page is levels between 0 and 1: a ten-thousandth is less than a pixel of their figures.
    """
    if value is None or not math.isfinite(value):
        return None
    rounded = float(f"{value:.{_SIGNIFICANT - (abs(value) < 1)}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 10**15 else rounded


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def level(value: float | None, missing: str = "undefined") -> str:
    """Return a metric's level, as ``0.934``."""
    if value is None or not math.isfinite(value):
        return missing
    return f"{value:.3f}".replace("-", MINUS)


def signed(value: float | None, missing: str = "undefined") -> str:
    """Return a difference with its sign, as ``+0.034``; a small one as ``+0.0002``, as the sentences do."""
    if value is None or not math.isfinite(value):
        return missing
    text = fixed(value)
    return f"+{text}" if value > 0 and float(text) else text


def percent(share: float | None, missing: str = "undefined") -> str:
    """Return a share in whole percent, as ``38 %``."""
    if share is None or not math.isfinite(share):
        return missing
    text = f"{100 * share:.0f}"
    return ("0" if text == "-0" else text.replace("-", MINUS)) + "\u202f%"


def span(interval: Interval | None, missing: str = "no interval") -> str:
    """Return an interval of differences, as ``[+0.012, +0.040]``."""
    if interval is None or not (_finite(interval.low) and _finite(interval.high)):
        return missing
    return f"[{signed(interval.low)}, {signed(interval.high)}]"


def saving_span(share: float, interval: Interval | None, missing: str = "no interval") -> str:
    """Return the interval of a label saving, as ``[29 %, 45 %]``; a far lower end as ``< \u2212100 %``."""
    if interval is None or not (_finite(interval.low) and _finite(interval.high)):
        return missing
    far = interval.low < TWICE_THE_LABELS <= share
    low = f"< {percent(TWICE_THE_LABELS)}" if far else percent(interval.low)
    return f"[{low}, {percent(interval.high)}]"


def rank_span(interval: Interval) -> str:
    """Return the interval of a mean rank, as ``[1.20, 2.90]``."""
    return f"[{interval.low:.2f}, {interval.high:.2f}]"


def p_value(p: float | None, missing: str = "cannot be tested") -> str:
    """Return a p value in three digits, as ``0.012`` or ``< 0.001``."""
    if p is None or not math.isfinite(p):
        return missing
    return "< 0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR2004


def times(value: float | None, missing: str = "unknown") -> str:
    """Return a ratio, as ``1.7``."""
    return f"{value:.1f}" if value is not None and math.isfinite(value) else missing


def seconds(value: float | None, missing: str = "not measured") -> str:
    """Return a duration in three digits with its unit: µs, ms, s, min or h."""
    if value is None or not math.isfinite(value):
        return missing
    if value == 0:
        return "0\u202fs"
    for limit, factor, unit in (
        (1e-3, 1e6, "µs"),
        (1.0, 1e3, "ms"),
        (120.0, 1.0, "s"),
        (7200.0, 1 / 60, "min"),
    ):
        if value < limit:
            return f"{_three(value * factor)}\u202f{unit}"
    return f"{_three(value / 3600)}\u202fh"


def _three(value: float) -> str:
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def tied(text: str) -> str:
    """Return text in which no line breaks between a number and its percent sign."""
    return text.replace(" %", "\u202f%")


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 dataset``, ``2 datasets``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}".replace(",", "\u202f")
