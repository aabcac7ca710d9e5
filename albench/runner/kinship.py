"""Identities found again when all but some fields of them are known: a hundred thousand in seconds."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.rng import canonical as text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Canonical = Mapping[str, Any]


class Kinship:
    """Canonical identities, each the exclusive or of one random number a field and value.

    Without a field an identity is that number without the field's: nothing need be written out and hashed for
    every field that may differ.

    Parameters
    ----------
    canonicals : sequence of mapping
        Canonical identities.
    """

    def __init__(self, canonicals: Sequence[Canonical]) -> None:
        self._canonicals = canonicals
        self._columns: dict[str, NDArray[np.uint64]] = {}
        self._sorted: dict[tuple[str, ...], tuple[NDArray[np.uint64], NDArray[np.intp]]] = {}

    def knows(self, field: str, canonical: Canonical) -> bool:
        """Say whether any identity has this value of a field."""
        return _text(canonical, field) in self._numbers.get(field, {})

    def alike(self, fields: tuple[str, ...], canonical: Canonical) -> list[Canonical]:
        """Return the identities that differ from another one in these fields at most."""
        total = np.uint64(0)
        for field in {*self._names, *canonical} - set(fields):
            number = self._numbers.get(field, {}).get(_text(canonical, field))
            if number is None:
                return []
            total ^= number
        totals, places = self._without(fields)
        low, high = np.searchsorted(totals, total, "left"), np.searchsorted(totals, total, "right")
        return [self._canonicals[i] for i in np.sort(places[low:high])]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for canonical in self._canonicals for name in canonical))

    @cached_property
    def _numbers(self) -> dict[str, dict[str, np.uint64]]:
        """The random number of every value of every field; also fills the columns of them."""
        rng = np.random.default_rng(0)
        found: dict[str, dict[str, np.uint64]] = {}
        for name in self._names:
            texts = [_text(it, name) for it in self._canonicals]
            distinct = dict.fromkeys(texts)
            numbers = rng.integers(2**64, size=len(distinct), dtype=np.uint64)
            found[name] = dict(zip(distinct, numbers, strict=True))
            self._columns[name] = np.array([found[name][text] for text in texts], dtype=np.uint64)
        return found

    @cached_property
    def _totals(self) -> NDArray[np.uint64]:
        total = np.zeros(len(self._canonicals), dtype=np.uint64)
        for column in self._columns.values():
            total ^= column
        return total

    def _without(self, fields: tuple[str, ...]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
        """Return the sorted numbers without some fields, and whose they are."""
        if fields not in self._sorted:
            totals = self._totals.copy()
            for field in fields:
                if field in self._columns:
                    totals ^= self._columns[field]
            places = np.argsort(totals, kind="stable")
            self._sorted[fields] = totals[places], places
        return self._sorted[fields]


def _text(canonical: Canonical, field: str) -> str:
    """Return a value as a key; an identity of another key version may lack the field."""
    if field not in canonical:
        return ""
    value = canonical[field]
    return value if type(value) is str else str(value) if type(value) is int else text_of(value)
