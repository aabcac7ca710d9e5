"""Why a trial that was never run is not there yet: what tells it from the nearest one that is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.canonical import canonical as text_of
from albench.canonical import digest
from albench.identity import KEY_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Canonical = Mapping[str, Any]

_WORDS = {
    "dataset": "new or changed dataset",
    "preprocessing": "preprocessing changed",
    "split": "split changed",
    "split_index": "new repeat",
    "start": "new repeat",
    "validation": "validation share changed",
    "seed_size": "new seed size",
    "seed_set": "new seed set method",
    "batch_size": "new batch size",
    "task_model": "new model",
    "query_model": "new query model",
    "strategy": "new strategy",
    "arm": "new arm of random",
    "oracle": "new oracle",
    "random_state": "random_state changed",
    "rules": "stopping rules changed",
    "budget": "new budget of a strategy that looks at it",
    "ties": "ties ordered otherwise",
    "key_version": "another key version",
}
# A change of the first is told before a change of the last, where either explains a trial.
_FIRST = ("strategy", "split_index", "start", "arm", "query_model", "task_model")
_FIELDS = (
    *((field,) for field in dict.fromkeys((*_FIRST, *_WORDS))),
    ("task_model", "query_model"),
)


class Neighbours:
    """The identities on disk, found again when all but one field of them is known.

    Parameters
    ----------
    canonicals : iterable of dict
        Canonical identities of stored trials.
    """

    def __init__(self, canonicals: Iterable[dict[str, Any]]) -> None:
        self._canonicals = list(canonicals)
        self._kinship = Kinship(self._canonicals)
        self._older = [it for it in self._canonicals if it.get("key_version") != KEY_VERSION]
        self._by_shared: dict[frozenset[str], dict[str, dict[str, Any]]] = {}

    def reason(self, canonical: dict[str, Any]) -> str:
        """Say in words what is new about an identity."""
        for fields in _FIELDS:
            # What other stored trials have, too, is not what is new about this one: it was not run yet.
            if self._kinship.knows(fields[0], canonical):
                continue
            near = self._kinship.alike(fields, canonical)
            if near:
                return min(
                    (
                        _difference(fields[0], other.get(fields[0]), canonical.get(fields[0]))
                        for other in near
                    ),
                    key=_rank,
                )
        return self._of_older_key(canonical) or "not run yet"

    def _of_older_key(self, canonical: dict[str, Any]) -> str | None:
        """Find the same trial under a key version that knew other fields: equal in all that both know."""
        for names in {frozenset(other) & frozenset(canonical) - {"key_version"} for other in self._older}:
            if names not in self._by_shared:
                self._by_shared[names] = {
                    _of(other, names): other for other in self._older if names <= set(other)
                }
            other = self._by_shared[names].get(_of(canonical, names))
            if other is not None:
                return _difference("key_version", other.get("key_version"), canonical["key_version"])
        return None


def _of(canonical: dict[str, Any], names: frozenset[str]) -> str:
    return digest({name: canonical[name] for name in names})


def _rank(reason: str) -> int:
    """Prefer the neighbour that is the same component: its version or parameter has changed."""
    return next(
        (i for i, start in enumerate(("version of", "changed parameter")) if reason.startswith(start)), 2
    )


def _difference(field: str, old: Any, new: Any) -> str:
    if field == "key_version":
        return f"{_WORDS[field]}: {old} there, {new} now"
    if not isinstance(old, dict) or not isinstance(new, dict):
        return _WORDS[field]
    who = new.get("name") or new.get("estimator", "")
    if who != (old.get("name") or old.get("estimator", "")):
        return _WORDS[field]
    if old.get("version") != new.get("version"):
        return f"version of {who} raised from {old.get('version')} to {new.get('version')}"
    return f"changed parameter of {who}"


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
