"""Why a trial that was never run is not there yet: what differs from the most similar one that is."""

from __future__ import annotations

from collections import defaultdict
from sys import intern
from typing import TYPE_CHECKING, Any

from albench.canonical import encode_canonical
from albench.identity import SharedFragment, collect_code, strip_code
from albench.planning.decisions import NEW_REASON
from albench.text import list_quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Identity = Mapping[str, Any]

_WORDS = {
    "dataset": "new or changed dataset",
    "preprocessing": "new or changed preprocessing",
    "split": "split changed",
    "split_index": "new repeat",
    "start": "new repeat",
    "validation": "validation share changed",
    "seed_size": "new seed size",
    "seed_set": "new seed set method",
    "batch_size": "new batch size",
    "growth": "new batch size",
    "task_model": "new model",
    "query_model": "new query model",
    "strategy": "new strategy",
    "arm": "new arm of random",
    "oracle": "new oracle",
    "random_state": "random_state changed",
    "rules": "stopping rules changed",
    "budget": "new budget of a strategy that looks at it",
    "ties": "ties ordered otherwise",
    "money": "new budget of money",
    "prices": "prices changed",
    "repeat": "new repeat",
    "manager": "new budget manager",
    "share": "new budget",
    "drift": "new drift",
    "order": "order changed",
    "delay": "delay changed",
    "n_start": "start changed",
    "scale": "scale changed",
    "learning": "refit changed",
    "window": "window changed",
    "score_every": "score_every changed",
    "key_version": "another key version",
}
# Where several fields explain a trial, these come before the others.
_FIRST = ("strategy", "split_index", "repeat", "start", "arm", "query_model", "task_model")
_CHANGES = (
    *((field,) for field in dict.fromkeys((*_FIRST, *_WORDS))),
    ("task_model", "query_model"),
    ("money", "prices"),
    ("growth", "batch_size"),
    # On a stream a strategy may come with the manager that it was published with.
    ("strategy", "manager"),
)
_SAME_COMPONENT = ("changed code", "version of", "changed parameter")


class IdentityIndex:
    """The identities on disk, looked up by the values of some of their fields."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        self._identities = list(identities)
        self._field_sets = {frozenset(identity) for identity in self._identities}
        # Interned: a hundred thousand trials have few different values.
        self._columns = {
            field: [intern(_encode(identity, field)) for identity in self._identities]
            for field in sorted(frozenset().union(*self._field_sets))
        }
        self._values = {field: frozenset(column) for field, column in self._columns.items()}
        self._groups: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = {}

    def explain(self, identity: Identity) -> str:
        """Say in words what is new about an identity that is not stored."""
        texts = {field: _encode(identity, field) for field in {*self._columns, *identity}}
        # A value that other stored trials have, too, is not what is new about this one.
        new = {field for field, text in texts.items() if text not in self._values.get(field, ())}
        for field, *others in _CHANGES:
            if field in new <= {field, *others}:
                similar = self._find(texts, texts.keys() - {field, *others})
                if similar:
                    changes = [
                        _describe_change(field, old.get(field), identity.get(field)) for old in similar
                    ]
                    return min(changes, key=_rank)
        for field_set in self._field_sets:
            # The same trial under a key version with other fields: equal in all that both have.
            for old in self._find(texts, field_set & identity.keys() - {"key_version"}):
                if old.get("key_version") != identity["key_version"]:
                    return _describe_change("key_version", old.get("key_version"), identity["key_version"])
        return NEW_REASON

    def _find(self, texts: Mapping[str, str], fields: Iterable[str]) -> Sequence[Identity]:
        """Return the identities with these values of some fields, in the order in which they are stored."""
        names = tuple(sorted(fields))
        if names not in self._groups:
            self._groups[names] = defaultdict(list)
            for i, values in enumerate(zip(*(self._columns[name] for name in names), strict=True)):
                self._groups[names][values].append(i)
        places = self._groups[names].get(tuple(texts[name] for name in names), [])
        return [self._identities[i] for i in places]


def _encode(identity: Identity, field: str) -> str:
    """Return a value as text; an identity of another key version may lack the field."""
    value = identity.get(field, "")
    if isinstance(value, SharedFragment):
        return value.text
    return value if type(value) is str else str(value) if type(value) is int else encode_canonical(value)


def _rank(reason: str) -> int:
    """Prefer a trial with the same component, of which the version or a parameter has changed."""
    return next(
        (i for i, start in enumerate(_SAME_COMPONENT) if reason.startswith(start)), len(_SAME_COMPONENT)
    )


def _describe_change(field: str, old: Any, new: Any) -> str:
    if field == "key_version":
        return f"{_WORDS[field]}: {old} there, {new} now"
    if not isinstance(old, dict) or not isinstance(new, dict):
        return _WORDS[field]
    name = new.get("name") or new.get("estimator", "")
    if name != (old.get("name") or old.get("estimator", "")):
        return _WORDS[field]
    if old.get("version") != new.get("version"):
        return f"version of {name} raised from {old.get('version')} to {new.get('version')}"
    if strip_code(old) == strip_code(new):
        return _describe_code_change(collect_code(old), collect_code(new))
    return f"changed parameter of {name}"


def _describe_code_change(old: dict[str, str], new: dict[str, str]) -> str:
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    classes = list_quoted(changed, "and")
    if not any(name in old for name in changed):
        return f"code of {classes} was not recorded with the earlier results"
    return f"changed code of {classes}"
