"""Why a trial that was never run is not there yet: what tells it from the nearest one that is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from albench.rng import digest

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
        self._by_rest: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for canonical in canonicals:
            for fields in _FIELDS:
                self._by_rest[_rest(canonical, fields)].append(canonical)

    def reason(self, canonical: dict[str, Any]) -> str:
        """Say in words what is new about an identity."""
        for fields in _FIELDS:
            near = self._by_rest.get(_rest(canonical, fields))
            if near:
                return min(
                    (_difference(fields[0], other[fields[0]], canonical[fields[0]]) for other in near),
                    key=_rank,
                )
        return "not run yet"


def _rest(canonical: dict[str, Any], fields: tuple[str, ...]) -> str:
    return digest([list(fields), {name: value for name, value in canonical.items() if name not in fields}])


def _rank(reason: str) -> int:
    """Prefer the neighbour that is the same component: its version or parameter has changed."""
    return next(
        (i for i, start in enumerate(("version of", "changed parameter")) if reason.startswith(start)), 2
    )


def _difference(field: str, old: Any, new: Any) -> str:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return _WORDS[field]
    who = new.get("name") or new.get("estimator", "")
    if who != (old.get("name") or old.get("estimator", "")):
        return _WORDS[field]
    if old.get("version") != new.get("version"):
        return f"version of {who} raised from {old.get('version')} to {new.get('version')}"
    return f"changed parameter of {who}"
