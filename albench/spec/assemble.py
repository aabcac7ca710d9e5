"""From the tree of a spec to an experiment: every axis read, every setting filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from albench.spec import axes
from albench.spec.components import component, name_of, plain
from albench.spec.context import Axis, Read
from albench.spec.dataset_files import check_source
from albench.spec.document import Node
from albench.spec.entries import raw_entry
from albench.spec.expected import read_expected
from albench.spec.experiment import Entry, Experiment
from albench.spec.metrics import recorded_metrics, score_axis
from albench.spec.parameters import find_target, validate_settings
from albench.spec.preprocessing import preprocessing
from albench.spec.settings import SETTINGS, Settings
from albench.text import find_closest, quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from albench.contracts import (
        Component,
        DatasetSource,
        Kind,
        Metric,
        Oracle,
        SeedSet,
        Signal,
        Split,
        Strategy,
    )
    from albench.contracts.preprocessing import Preprocessing
    from albench.spec.context import Context
    from albench.spec.document import Pair, Where
    from albench.spec.entries import RawEntry
    from albench.spec.experiment import ModelEntry, Size
    from albench.spec.listed import Listed
    from albench.spec.models import DeclaredModels
    from albench.spec.settings import Expected

    T = TypeVar("T")

RANDOM = "random"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_MAX_NAME = 120
DEFAULTS: dict[str, Any] = {
    "seed_sizes": 10,
    "seed_sets": "stratified",
    "batch_sizes": 10,
    "oracles": "perfect",
    "split": "holdout",
    "metrics": (),
    "signals": (),
    "preprocessing": "standard",
    "expected": (),
}
REQUIRED = ("datasets", "models", "strategies", "budgets")
KEYS = (*SETTINGS, *REQUIRED, *DEFAULTS)


@dataclass(frozen=True)
class Draft:
    """What could be read of a spec, with the places of all of it."""

    name: str
    settings: Settings
    datasets: Axis[Entry[DatasetSource]]
    models: Axis[ModelEntry]
    strategies: Axis[Entry[Strategy]]
    seed_sizes: Axis[Size]
    seed_sets: Axis[Entry[SeedSet]]
    batch_sizes: Axis[int]
    budgets: Axis[Size]
    oracles: Axis[Entry[Oracle]]
    split: Split | None
    metrics: Axis[Entry[Metric]]
    signals: Axis[Entry[Signal]]
    preprocessing: Preprocessing
    expected: tuple[Read[Expected], ...]
    declared: Axis[DeclaredModels]
    recorded: tuple[Entry[Metric], ...]
    pairs: Mapping[str, Pair]

    def find_place(self, *keys: str) -> Where:
        """Return where a setting stands, or a key of it if the spec gives that one."""
        return find_target(keys, self.pairs).where


class _Top:
    """The top of a spec, key by key; defaults where a key is not there."""

    def __init__(self, pairs: dict[str, Pair], context: Context) -> None:
        self._pairs = pairs
        self._context = context

    def node(self, key: str) -> Node:
        if key not in self._pairs:
            return Node(DEFAULTS[key], None)
        # A key without a value is pointed at itself.
        pair = self._pairs[key]
        return Node(pair.value.value, pair.where, pair.value.size)

    def axis(self, key: str, read: Callable[[Node], Axis[T]]) -> Axis[T]:
        if key not in self._pairs and key in REQUIRED:
            return Axis((), complete=False)
        return read(self.node(key))

    def entries(
        self,
        key: str,
        kind: Kind,
        check: Callable[[Component | Listed, RawEntry, Context], None] | None = None,
    ) -> Axis[Entry[Any]]:
        return self.axis(key, lambda node: axes.entry_axis(node, kind, key, self._context, check))

    def sizes(self, key: str, *, low: int, may_be_all: bool) -> Axis[Size]:
        return self.axis(
            key, lambda node: axes.size_axis(node, key, self._context, low=low, may_be_all=may_be_all)
        )


def read_draft(root: Node, context: Context, *, name: str) -> Draft | None:
    """Read everything that a spec says; None, and a problem, if it is no mapping.

    Parameters
    ----------
    root : Node
    context : Context
    name : str
        The name of the experiment unless the spec gives one.
    """
    if not isinstance(root.value, dict):
        text = "the file is empty" if root.value is None else f"a spec is a mapping of keys, not {root}"
        context.problems.error("empty" if root.value is None else "wrong-type", text, root.where)
        return None
    _note_keys(root.value, context)
    top = _Top(root.value, context)
    settings = _read_settings(root.value, context)
    declared = top.axis("models", lambda node: axes.declared_axis(node, context))
    metrics = score_axis(top.node("metrics"), "metric", "metrics", context)
    draft = Draft(
        name=settings.name or name,
        settings=settings,
        datasets=top.entries("datasets", "dataset", check_source),
        models=axes.model_axis(declared, context),
        strategies=_with_random(top.entries("strategies", "strategy"), context),
        seed_sizes=top.sizes("seed_sizes", low=0, may_be_all=False),
        seed_sets=top.entries("seed_sets", "seed_set"),
        batch_sizes=axes.number_axis(top.node("batch_sizes"), "batch_sizes", context),
        budgets=top.sizes("budgets", low=1, may_be_all=True),
        oracles=top.entries("oracles", "oracle"),
        split=_split(top.node("split"), context),
        metrics=metrics,
        signals=score_axis(top.node("signals"), "signal", "signals", context),
        preprocessing=preprocessing(top.node("preprocessing"), context),
        expected=read_expected(top.node("expected"), context),
        declared=declared,
        recorded=recorded_metrics(metrics.values, declared.values, context),
        pairs=root.value,
    )
    _check_name(draft, context)
    return draft


def _read_settings(pairs: Mapping[str, Pair], context: Context) -> Settings:
    values = {name: pair for name, pair in pairs.items() if name in SETTINGS}
    return validate_settings(Settings, values, context)


def _check_name(draft: Draft, context: Context) -> None:
    """Note a name that a folder cannot have on every system."""
    name = draft.name
    fits = len(name) <= _MAX_NAME and name.isprintable() and not _FORBIDDEN.search(name)
    if not fits or name != name.strip(" .") or name.startswith("-"):
        text = f"no folder can be called {quote(name)} on every system"
        hint = "give 'name' letters, digits, '_' and '-'"
        context.problems.error("wrong-value", text, draft.find_place("name"), hint)


def _note_keys(pairs: dict[str, Pair], context: Context) -> None:
    unknown = {key: pair for key, pair in pairs.items() if key not in KEYS}
    for key, pair in unknown.items():
        text = f"no axis or setting {quote(key)}"
        context.problems.error("unknown-key", text, pair.key.where, suggest_word(key, KEYS))
    # A misspelt key is one mistake: that the right one is missing goes without saying.
    present = {*pairs, *(find_closest(key, KEYS) for key in unknown)}
    for key in REQUIRED:
        if key not in present:
            context.problems.error("missing-key", f"the spec needs {quote(key)}", None)


def _with_random(strategies: Axis[Entry[Strategy]], context: Context) -> Axis[Entry[Strategy]]:
    """Put random sampling first, unless it is there."""
    if any(name_of(entry.component) == RANDOM for entry in strategies.values):
        return strategies
    for item in strategies.items:
        if item.value.label == RANDOM:
            text = f"only random sampling may be called {quote(RANDOM)}; it is always in the grid"
            context.problems.error("duplicate-label", text, item.where, "choose another 'label'")
    made: Any = plain("strategy", RANDOM, context)
    return Axis((Read(Entry(RANDOM, made), None), *strategies.items), strategies.complete)


def _split(node: Node, context: Context) -> Split | None:
    entry = raw_entry(node, "split", context)
    found: Any = component("split", entry, context) if entry else None
    if entry and entry.label is not None:
        context.problems.error("unknown-key", "a split has no label", entry.where)
    return cast("Split | None", found)


def build_experiment(draft: Draft, *, path: Path | None, text: str) -> Experiment:
    """Return the experiment of a draft without mistakes."""
    named = {"name": draft.name, "title": draft.settings.title or draft.name}
    return Experiment(
        **{**vars(draft.settings), **named},
        path=path,
        text=text,
        datasets=draft.datasets.values,
        models=draft.models.values,
        strategies=draft.strategies.values,
        seed_sizes=draft.seed_sizes.values,
        seed_sets=draft.seed_sets.values,
        batch_sizes=draft.batch_sizes.values,
        budgets=draft.budgets.values,
        oracles=draft.oracles.values,
        split=cast("Split", draft.split),
        metrics=draft.recorded,
        signals=draft.signals.values,
        preprocessing=draft.preprocessing,
        expected=tuple(item.value for item in draft.expected),
    )
