"""The canonical text of a value, and its hash: keys and seeds are such hashes."""

from __future__ import annotations

import json
from typing import Any

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


Fragment = str | int | float | bool | None | list[Any] | dict[str, Any]


def encode_canonical(value: Fragment) -> str:
    """One text for one value: JSON with sorted keys and no spaces.

    Raises
    ------
    ValueError
        For infinite numbers and not-a-number, which have no JSON form.
    """
    return _ENCODER.encode(value)


def digest(value: Fragment) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal digits."""
    import hashlib

    return hashlib.sha256(encode_canonical(value).encode()).hexdigest()
