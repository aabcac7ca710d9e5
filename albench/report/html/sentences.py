"""Sentences as HTML: cut into clauses, with the names of strategies in bold."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from albench.report.html.numbers import bind_percent

if TYPE_CHECKING:
    from collections.abc import Sequence


def split_clauses(sentence: str) -> list[str]:
    """Return a sentence cut after each semicolon that stands outside parentheses."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(sentence):
        depth += (sign in "([") - (sign in ")]")
        if sign == ";" and depth == 0:
            parts.append(sentence[start : place + 1])
            start = place + 2
    return [*parts, sentence[start:]]


def mark_names(text: str, names: Sequence[str]) -> str:
    """Return text as HTML with the names of strategies in bold."""
    safe = html.escape(bind_percent(text))
    if not names:
        return safe
    # The first alternative that fits is taken: of `margin` and `margin_2`, the longer must come first.
    longest = sorted((html.escape(name) for name in names), key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest))
    return re.sub(rf"(?<![\w&;])(?:{pattern})(?!\w)", lambda match: f"<b>{match[0]}</b>", safe)
