"""Counts, lists, numbers and quoted words, as messages, sentences and the page write them.

Numbers stand with a true minus sign; ``space`` is what parts a number from its unit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from albench.errors import escape_unprintable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MINUS = "\u2212"
NARROW_SPACE = "\u202f"
"""Does not break: a number and its unit stay on one line of the page."""
_MOST_QUOTED = 8
_NOTES_SHOWN = 10
_LONGEST_QUOTE = 80
_MOST_DECIMALS = 8
_UNITS = ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms"), (120.0, 1.0, "s"), (7200.0, 1 / 60, "min"))


def format_count(number: int, noun: str, plural: str = "", *, thousands: str = ",") -> str:
    """Return ``1 dataset``, ``2 datasets``."""
    digits = f"{number:,}".replace(",", thousands)
    return f"{digits} {noun if number == 1 else plural or noun + 's'}"


def format_amount(value: float) -> str:
    """Return an amount of money: three digits, or the whole number where it has more."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


def list_words(words: Sequence[str], last: str = "and") -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def list_first(words: Sequence[str], most: int) -> str:
    """Return ``a, b and 3 more`` where there are more than ``most`` words; else those with commas."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def limit_notes(notes: Iterable[str]) -> list[str]:
    """Return the first notes and how many more there are: a file that cannot be used is often one of many."""
    every = list(notes)
    more = len(every) - _NOTES_SHOWN
    return [*every[:_NOTES_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]


def quote(text: str) -> str:
    """Return a user's word in quotes, short and safe to print."""
    return f"'{shorten(text)}'"


def shorten(text: str) -> str:
    """Return a user's word, short and safe to print."""
    # What does not print could move the cursor or colour the terminal.
    more = "..." if len(text) > _LONGEST_QUOTE else ""
    return escape_unprintable(text[:_LONGEST_QUOTE]) + more


def list_quoted(words: Iterable[str], last: str = "or") -> str:
    """Return words in quotes as a list in a sentence, cut where it gets long."""
    words = list(words)
    quotes = [quote(word) for word in words[:_MOST_QUOTED]]
    return ", ".join([*quotes, "..."]) if len(words) > _MOST_QUOTED else list_words(quotes, last)


def find_closest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that was probably meant."""
    if len(word) > _LONGEST_QUOTE:
        return None
    from difflib import get_close_matches

    # Names have underscores; people write hyphens and spaces.
    folded = {name.lower().replace("-", "_"): name for name in candidates}
    matches = get_close_matches(word.lower().replace("-", "_").replace(" ", "_"), folded, n=1)
    return folded[matches[0]] if matches else None


def suggest_word(word: str, candidates: Iterable[str], command: str = "") -> str:
    """Return a hint: the closest candidate; else all of them if they are few; and where to look them up."""
    candidates = list(candidates)
    closest = find_closest(word, candidates)
    if closest is not None:
        hint = f"did you mean {quote(closest)}?"
    else:
        hint = (
            f"expected {list_quoted(candidates)}"
            if 0 < len(candidates) <= _MOST_QUOTED and not command
            else ""
        )
    return "  ".join(filter(None, [hint, f"({command})" if command else ""]))


def format_percent(share: float, space: str = " ") -> str:
    """Return a share in whole percent, as ``38 %``."""
    return f"{format_hundredths(share)}{space}%"


def format_hundredths(share: float) -> str:
    """Return a share in whole percent, without the sign of percent."""
    text = f"{100 * share:.0f}"
    return "0" if text == "-0" else text.replace("-", MINUS)


def format_fixed(value: float) -> str:
    """Return three decimals, or as many as it takes to differ from 0: no interval ends at 0 by rounding."""
    decimals = 3 if value == 0 else min(_MOST_DECIMALS, max(3, -math.floor(math.log10(abs(value)))))
    text = f"{value:.{decimals}f}"
    return text.replace("-", MINUS) if float(text) else "0.000"


def format_p_value(p: float, name: str = "p") -> str:
    """Return ``p = 0.012`` or ``p < 0.001``; without a name ``0.012`` or ``< 0.001``."""
    if p < 0.001:  # noqa: PLR2004 - the last digit that is shown
        return f"{name} < 0.001".lstrip()
    return f"{name} = {p:.3f}" if name else f"{p:.3f}"


def format_probability(p: float) -> str:
    """Return a probability in two decimals, never rounded to certainty."""
    if p < 0.01:  # noqa: PLR2004
        return "below 0.01"
    return "above 0.99" if p > 0.99 else f"{p:.2f}"  # noqa: PLR2004


def format_seconds(value: float, space: str = " ") -> str:
    """Return a time in three digits with its unit: µs, ms, s, min or h."""
    if value == 0:
        return f"0{space}s"
    limits = ((factor, unit) for limit, factor, unit in _UNITS if value < limit)
    factor, unit = next(limits, (1 / 3600, "h"))
    digits = max(0, 2 - math.floor(math.log10(abs(value * factor))))
    text = f"{value * factor:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}{space}{unit}"


def format_rough_seconds(value: float) -> str:
    """Return a time in two digits with its unit: µs, ms or s."""
    factor, unit = next(((factor, unit) for limit, factor, unit in _UNITS[:2] if value < limit), (1.0, "s"))
    digits = 0 if value == 0 else max(0, 1 - math.floor(math.log10(value * factor)))
    return f"{value * factor:.{min(digits, 2)}f} {unit}"


def format_duration(seconds: float) -> str:
    """Return seconds as a clock would count them: ``12 s``, ``3 min 05 s``, ``2 h 07 min``."""
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:  # noqa: PLR2004
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"
