"""Why a trial that was never run is not there yet: what tells it from the nearest one that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.identity import KEY_VERSION
from albench.rng import digest
from albench.runner.kinship import Kinship

if TYPE_CHECKING:
    from collections.abc import Iterable

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
