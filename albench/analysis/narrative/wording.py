"""Numbers and lists as the sentences of the answer write them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from albench.analysis.evidence import Interval

_MINUS = "\u2212"
_MOST_DECIMALS = 8
TWICE_THE_LABELS = -1.0
"""The saving of a strategy that needs twice the labels."""


def listed(items: Sequence[str]) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:  # noqa: PLR2004
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def on(datasets: Sequence[str], n_all: int) -> str:
    """Return ``on a and b``, ``on both datasets`` or ``on all 3 datasets``."""
    if 1 < len(datasets) == n_all:
        return "on both datasets" if n_all == 2 else f"on all {n_all} datasets"  # noqa: PLR2004
    return f"on {listed(datasets)}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 dataset``, ``2 datasets``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """Return a share in whole percent, without the sign of percent."""
    text = f"{100 * share:.0f}"
    return "0" if text == "-0" else text.replace("-", _MINUS)


def saving(share: float, interval: Interval | None) -> str:
    """Return ``41 % [29, 50]``, or ``41 %`` where there is no interval.

    Of a lower end that stands for more than twice the labels, only that is said: ``54 % [< \u2212100, 76]``.
    """
    if interval is None:
        return f"{percent(share)} %"
    far = interval.low < TWICE_THE_LABELS <= share
    low = f"< {percent(TWICE_THE_LABELS)}" if far else percent(interval.low)
    return f"{percent(share)} % [{low}, {percent(interval.high)}]"


def difference(value: float, interval: Interval | None) -> str:
    """Return ``+0.013 [0.008, 0.019]``: three decimals, or as many as it takes to differ from 0."""
    text = ("+" if value > 0 else "") + fixed(value)
    return f"{text} [{fixed(interval.low)}, {fixed(interval.high)}]" if interval else text


def p_value(p: float) -> str:
    """Return ``p = 0.012`` or ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"  # noqa: PLR2004


def probability(p: float) -> str:
    """Return a probability in two decimals, never rounded to certainty."""
    if p < 0.01:  # noqa: PLR2004
        return "below 0.01"
    return "above 0.99" if p > 0.99 else f"{p:.2f}"  # noqa: PLR2004


def seconds(value: float) -> str:
    """Return a duration in two significant digits with its unit."""
    for limit, factor, unit in ((1e-3, 1e6, "\u00b5s"), (1.0, 1e3, "ms")):
        if value < limit:
            return f"{_two(value * factor)} {unit}"
    return f"{_two(value)} s"


def _two(value: float) -> str:
    digits = 0 if value == 0 else max(0, 1 - math.floor(math.log10(value)))
    return f"{value:.{min(digits, 2)}f}"


def fixed(value: float) -> str:
    """Return three decimals, or as many as it takes to differ from 0: no interval ends at 0 by rounding."""
    decimals = 3 if value == 0 else min(_MOST_DECIMALS, max(3, -math.floor(math.log10(abs(value)))))
    text = f"{value:.{decimals}f}"
    return text.replace("-", _MINUS) if float(text) else "0.000"
