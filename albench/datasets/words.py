"""Settings that take one word or several."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator


def wrap_word(words: object) -> object:
    """Return one word as a tuple of one; whole numbers (-999, a column that is called 0) are words."""
    several = words if isinstance(words, list | tuple) else [words] if _is_word(words) else None
    return words if several is None else tuple(str(word) if _is_word(word) else word for word in several)


def _is_word(word: object) -> bool:
    return isinstance(word, str | int) and not isinstance(word, bool)


Words = Annotated[
    tuple[str, ...],
    BeforeValidator(wrap_word, json_schema_input_type=str | int | tuple[str | int, ...]),
]
