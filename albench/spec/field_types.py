"""Types of settings that pydantic does not know: a line of text, a share, a time, a memory, a percentage.

A validator raises the code of a mistake, what the value must be, and a hint; the message is made of these, of
the name of the field and of what stands there (:mod:`albench.spec.mistakes`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from albench.spec.messages import is_line
from albench.text import list_words, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME: dict[str, float] = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MEMORY: dict[str, float] = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}
PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%")
PERCENT_SCHEMA = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?%$"}
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*([A-Za-z]+)")


@dataclass(frozen=True)
class WhenMissing:
    """What a message says where a field without a default is missing."""

    text: str
    hint: str = ""


def check_line(value: Any) -> Any:
    """Refuse what is no line of text."""
    if isinstance(value, str) and is_line(value):
        return value
    hint = "write it in quotes" if isinstance(value, int | float) else ""
    raise PydanticCustomError("wrong-type", "one line of text", {"hint": hint})


def limit_to(high: int) -> AfterValidator:
    """Return a bound that only guards against slips: an editor need not know it."""

    def check(value: int) -> int:
        if value > high:
            raise PydanticKnownError("less_than_equal", {"le": high})
        return value

    return AfterValidator(check)


def check_integer(value: Any) -> Any:
    """Refuse what is no whole number, a key without a value among it."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise PydanticKnownError("int_type")
    return value


def refuse_in_spec(value: Any) -> Any:
    """Refuse a field that only Python code may set, as if a spec could not name it."""
    del value
    raise PydanticKnownError("extra_forbidden")


def check_n_jobs(value: int) -> int:
    """Refuse zero workers."""
    if value == 0:
        raise PydanticCustomError("out-of-range", "at least 1, or -1 for one per core", {})
    return value


def check_share(value: Any, high: float) -> Any:
    """Refuse what is no number within [0, ``high``]."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticKnownError("float_type")
    if not 0 <= value <= high:
        raise PydanticCustomError("out-of-range", f"at least 0 and at most {high:g}", {})
    return value


def check_standard_errors(value: Any) -> Any:
    """Refuse what is no positive number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return value
    raise PydanticCustomError("wrong-value", "a positive number of standard errors", {})


def check_price(value: Any) -> Any:
    """Refuse what is no price."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
        return value
    raise PydanticCustomError("wrong-value", "a price, a number from 0", {})


def parse_quantity(value: Any, units: Mapping[str, float], example: str) -> float:
    """Return a number with a unit in the smallest unit; a bare number is one of those."""
    number, parts = value, _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if parts and parts[2] in units:
        number = float(parts[1]) * units[parts[2]]
    if isinstance(number, int | float) and not isinstance(number, bool) and 0 < number < math.inf:
        return float(number)
    wanted = f"a positive number with a unit of {list_words([quote(unit) for unit in units], 'or')}"
    close = [unit for unit in units if parts and unit.lower() == parts[2].lower()]
    hint = f"write {parts[1]}{close[0]}" if parts and close and parts[2] not in units else f"as in {example}"
    raise PydanticCustomError("wrong-value", wanted, {"hint": hint})


def parse_memory(value: Any) -> int:
    """Return the bytes that a text such as ``4GiB`` names."""
    return int(parse_quantity(value, MEMORY, "4GiB"))


def parse_percent(value: Any, info: ValidationInfo) -> Any:
    """Return the share that a text such as ``90%`` names."""
    # A spec is read as JSON; Python code gives the share itself.
    if info.mode == "python":
        return value
    match = PERCENT.fullmatch(value) if isinstance(value, str) else None
    if match and 0 < float(match[1]) <= 100:  # noqa: PLR2004 - a percentage
        return float(match[1]) / 100
    is_share = isinstance(value, float) and 0 < value <= 1
    hint = f'write "{100 * value:g}%"' if is_share else 'as in "90%"'
    raise PydanticCustomError("wrong-value", "above 0% and at most 100%", {"hint": hint})


def format_percentage(percent: Decimal) -> str:
    """Return a number of percent as a spec writes it: all its digits and no more."""
    return f"{percent.normalize():f}%"


def _describe_quantity(units: Mapping[str, float]) -> WithJsonSchema:
    text = {"type": "string", "pattern": rf"^[0-9]*\.?[0-9]+\s*({'|'.join(units)})$"}
    return WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, text]})


Line = Annotated[str, BeforeValidator(check_line)]
"""One line of text, with something to read in it."""
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(partial(check_share, high=1))]
"""A number from 0 to 1."""
Seconds = Annotated[
    float, BeforeValidator(partial(parse_quantity, units=TIME, example="10m")), _describe_quantity(TIME)
]
"""A time with its unit, in seconds."""
MemorySize = Annotated[int, BeforeValidator(parse_memory), _describe_quantity(MEMORY)]
"""A memory with its unit, in bytes."""
PercentShare = Annotated[
    float,
    BeforeValidator(parse_percent),
    PlainSerializer(lambda share: format_percentage(100 * Decimal(repr(share)))),
    WithJsonSchema(PERCENT_SCHEMA),
]
"""A share that a spec writes in percent, so that nobody can take 0.9 for 90 %."""
