"""From the tree of a spec to an experiment: every axis read, every setting filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from albench.spec import axes, settings
from albench.spec.components import component, name_of, plain
from albench.spec.context import Axis, Read
from albench.spec.dataset_files import check_source
from albench.spec.document import Node
from albench.spec.entries import raw_entry
from albench.spec.execution import execution
from albench.spec.expected import expected
from albench.spec.experiment import Baseline, Entry, Experiment
from albench.spec.messages import closest, did_you_mean, quoted
from albench.spec.metrics import recorded_metrics, score_axis
from albench.spec.numbers import share, whole_number
from albench.spec.preprocessing import preprocessing

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
    from albench.spec.experiment import Execution, Expected, ModelEntry, Repeats, Size, Ties
    from albench.spec.listed import Listed
    from albench.spec.models import DeclaredModels

    T = TypeVar("T")

RANDOM = "random"
TIES = ("random", "first")
DEFAULTS: dict[str, Any] = {
    "seed_sizes": 10,
    "seed_sets": "stratified",
    "batch_sizes": 10,
    "oracles": "perfect",
    "split": "holdout",
    "repeats": 10,
    "metrics": (),
    "signals": (),
    "primary_metric": "accuracy",
    "baseline": {},
    "validation": 0.0,
    "preprocessing": "standard",
    "random_state": 0,
    "execution": {},
    "ties": "random",
    "expected": (),
}
REQUIRED = ("datasets", "models", "strategies", "budgets")
KEYS = ("title", "name", *REQUIRED, *DEFAULTS)
MAX_RANDOM_STATE = 2**32 - 1
MAX_VALIDATION = 0.5


@dataclass(frozen=True)
class Draft:
    """What could be read of a spec, with the places of all of it.

    Attributes
    ----------
    declared : Axis of DeclaredModels
        What is known of each entry of ``models``, in the same order.
    recorded : tuple of Entry[Metric]
        The cheap metrics and the declared ones.
    where : mapping of str to Place
        Where the value of each key stands; None for keys that are not there.
    """

    name: str
    title: str
    datasets: Axis[Entry[DatasetSource]]
    models: Axis[ModelEntry]
    strategies: Axis[Entry[Strategy]]
    seed_sizes: Axis[Size]
    seed_sets: Axis[Entry[SeedSet]]
    batch_sizes: Axis[int]
    budgets: Axis[Size]
    oracles: Axis[Entry[Oracle]]
    split: Split | None
    repeats: Repeats
    metrics: Axis[Entry[Metric]]
    signals: Axis[Entry[Signal]]
    primary_metric: str
    baseline: settings.DeclaredBaseline
    validation: float
    random_state: int
    execution: Execution
    preprocessing: Preprocessing
    ties: Ties
    expected: tuple[Read[Expected], ...]
    declared: Axis[DeclaredModels]
    recorded: tuple[Entry[Metric], ...]
    where: Mapping[str, Where]


class _Top:
    """The top of a spec, key by key; defaults where a key is not there."""

    def __init__(self, pairs: dict[str, Pair], context: Context) -> None:
        self._pairs = pairs
        self._context = context

    def node(self, key: str) -> Node:
        return settings.given(self._pairs[key]) if key in self._pairs else Node(DEFAULTS[key], None)

    def where(self, key: str) -> Where:
        return self._pairs[key].where if key in self._pairs else None

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

    def text(self, key: str, default: str) -> str:
        found = settings.text(self.node(key), key, self._context) if key in self._pairs else None
        return default if found is None else found


def draft(root: Node, context: Context, *, name: str) -> Draft | None:
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
    declared = top.axis("models", lambda node: axes.declared_axis(node, context))
    metrics = score_axis(top.node("metrics"), "metric", "metrics", context)
    name = settings.experiment_name(top.text("name", name), top.where("name"), context)
    return Draft(
        name=name,
        title=top.text("title", name),
        datasets=top.entries("datasets", "dataset", check_source),
        models=axes.model_axis(declared, context),
        strategies=_with_random(top.entries("strategies", "strategy"), context),
        seed_sizes=top.sizes("seed_sizes", low=0, may_be_all=False),
        seed_sets=top.entries("seed_sets", "seed_set"),
        batch_sizes=axes.number_axis(top.node("batch_sizes"), "batch_sizes", context),
        budgets=top.sizes("budgets", low=1, may_be_all=True),
        oracles=top.entries("oracles", "oracle"),
        split=_split(top.node("split"), context),
        repeats=settings.repeats(top.node("repeats"), context),
        metrics=metrics,
        signals=score_axis(top.node("signals"), "signal", "signals", context),
        primary_metric=top.text("primary_metric", DEFAULTS["primary_metric"]),
        baseline=settings.baseline(top.node("baseline"), context),
        validation=share(top.node("validation"), "validation", context, high=MAX_VALIDATION) or 0.0,
        random_state=_random_state(top.node("random_state"), context),
        execution=execution(top.node("execution"), context),
        preprocessing=preprocessing(top.node("preprocessing"), context),
        ties=cast("Ties", settings.choice(top.node("ties"), "ties", TIES, context)),
        expected=expected(top.node("expected"), context),
        declared=declared,
        recorded=recorded_metrics(metrics.values, declared.values, context),
        where={key: top.where(key) for key in KEYS},
    )


def _note_keys(pairs: dict[str, Pair], context: Context) -> None:
    unknown = {key: pair for key, pair in pairs.items() if key not in KEYS}
    for key, pair in unknown.items():
        text = f"no axis or setting {quoted(key)}"
        context.problems.error("unknown-key", text, pair.key.where, did_you_mean(key, KEYS))
    # A misspelt key is one mistake: that the right one is missing goes without saying.
    present = {*pairs, *(closest(key, KEYS) for key in unknown)}
    for key in REQUIRED:
        if key not in present:
            context.problems.error("missing-key", f"the spec needs {quoted(key)}", None)


def _with_random(strategies: Axis[Entry[Strategy]], context: Context) -> Axis[Entry[Strategy]]:
    """Put random sampling first, unless it is there."""
    if any(name_of(entry.component) == RANDOM for entry in strategies.values):
        return strategies
    for item in strategies.items:
        if item.value.label == RANDOM:
            text = f"only random sampling may be called {quoted(RANDOM)}; it is always in the grid"
            context.problems.error("duplicate-label", text, item.where, "choose another 'label'")
    made: Any = plain("strategy", RANDOM, context)
    return Axis((Read(Entry(RANDOM, made), None), *strategies.items), strategies.complete)


def _split(node: Node, context: Context) -> Split | None:
    entry = raw_entry(node, "split", context)
    found: Any = component("split", entry, context) if entry else None
    if entry and entry.label is not None:
        context.problems.error("unknown-key", "a split has no label", entry.where)
    return cast("Split | None", found)


def _random_state(node: Node, context: Context) -> int:
    return whole_number(node, "random_state", context, low=0, high=MAX_RANDOM_STATE) or 0


def finished(read: Draft, *, path: Path | None, text: str) -> Experiment:
    """Return the experiment of a draft without mistakes."""
    return Experiment(
        name=read.name,
        title=read.title,
        path=path,
        text=text,
        datasets=read.datasets.values,
        models=read.models.values,
        strategies=read.strategies.values,
        seed_sizes=read.seed_sizes.values,
        seed_sets=read.seed_sets.values,
        batch_sizes=read.batch_sizes.values,
        budgets=read.budgets.values,
        oracles=read.oracles.values,
        split=cast("Split", read.split),
        repeats=read.repeats,
        metrics=read.recorded,
        signals=read.signals.values,
        primary_metric=read.primary_metric,
        baseline=Baseline(read.baseline.arms, read.baseline.second),
        validation=read.validation,
        random_state=read.random_state,
        execution=read.execution,
        preprocessing=read.preprocessing,
        ties=read.ties,
        expected=tuple(item.value for item in read.expected),
    )
