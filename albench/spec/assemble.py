"""From the tree of a spec to an experiment: every axis read, every setting filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, cast

from albench import contracts
from albench.spec.axes import AxisKey, BatchKey, EntryKey, ModelKey, PreprocessingKey, SizeKey
from albench.spec.components import get_name, make_component, make_default
from albench.spec.context import Axis, PlacedValue
from albench.spec.dataset_files import check_source
from albench.spec.document import Node
from albench.spec.entries import read_entry
from albench.spec.entry_labels import label_models
from albench.spec.experiment import Entry, Experiment
from albench.spec.metrics import ScoreKey, list_recorded_metrics
from albench.spec.mistakes import find_target
from albench.spec.preprocessing_steps import read_preprocessing
from albench.spec.scenarios import SCENARIO
from albench.spec.settings import SETTINGS, Settings
from albench.spec.validation import validate_settings
from albench.text import find_closest, quote, suggest_word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from albench.batches import BatchSize
    from albench.contracts import (
        DatasetSource,
        Metric,
        Oracle,
        SeedSet,
        Signal,
        Split,
        StoppingRule,
        Strategy,
    )
    from albench.contracts.preprocessing import Preprocessing
    from albench.spec.context import Context
    from albench.spec.document import Pair, Where
    from albench.spec.experiment import ModelEntry, Size
    from albench.spec.models import DeclaredModels
    from albench.spec.settings import Expected

RANDOM = "random"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_MAX_NAME = 120
AXES: dict[str, AxisKey] = {
    "datasets": EntryKey("What is labelled.", kind="dataset", check=check_source),
    "models": ModelKey("Classifiers."),
    "preprocessings": PreprocessingKey(
        "What is done to columns, where several are compared on the same rows (else: preprocessing).", ()
    ),
    "strategies": EntryKey("Query strategies; random is always among them.", kind="strategy"),
    "seed_sizes": SizeKey("Labels to start from (default: 10).", 10, low=0),
    "seed_sets": EntryKey(
        "How the rows are chosen that a trial starts from (default: stratified).",
        "stratified",
        kind="seed_set",
    ),
    "batch_sizes": BatchKey("Labels bought per round (default: 10).", 10),
    "budgets": SizeKey("Labels to end with, or money to spend, the seed set included.", is_budget=True),
    "oracles": EntryKey("What answers a query (default: perfect).", "perfect", kind="oracle"),
    "metrics": ScoreKey("Metrics besides those that are always recorded.", (), kind="metric"),
    "signals": ScoreKey("Numbers that stopping rules watch.", (), kind="signal"),
    "stopping": EntryKey(
        "When to stop labelling: rules that are watched, or enforced.", (), kind="stopping_rule"
    ),
}
REQUIRED = tuple(name for name, axis in AXES.items() if axis.default is None)
KEYS = (SCENARIO, *SETTINGS, *AXES, "split", "preprocessing", "expected")


@dataclass(frozen=True)
class SpecDraft:
    """What could be read of a spec of any scenario."""

    name: str
    pairs: Mapping[str, Pair]
    settings: Settings

    @property
    def skips(self) -> bool:
        """Whether trials of what does not go together are left out, rather than an error."""
        return self.settings.inapplicable == "skip"

    def find_place(self, *keys: str | int) -> Where:
        """Return where a setting stands, or a key of it if the spec gives that one."""
        return find_target(keys, self.pairs).where


@dataclass(frozen=True)
class Draft(SpecDraft):
    """What could be read of a spec, with the places of all of it."""

    datasets: Axis[Entry[DatasetSource]]
    models: Axis[ModelEntry]
    preprocessings: Axis[Entry[Preprocessing]]
    strategies: Axis[Entry[Strategy]]
    seed_sizes: Axis[Size]
    seed_sets: Axis[Entry[SeedSet]]
    batch_sizes: Axis[BatchSize]
    budgets: Axis[Size]
    oracles: Axis[Entry[Oracle]]
    split: Split | None
    metrics: Axis[Entry[Metric]]
    signals: Axis[Entry[Signal]]
    stopping: Axis[Entry[StoppingRule]]
    preprocessing: Preprocessing
    expected: tuple[PlacedValue[Expected], ...]
    declared: Axis[DeclaredModels]
    recorded: tuple[Entry[Metric], ...]


def read_draft(root: Node, context: Context, *, name: str) -> Draft | None:
    """Read everything that a spec says; None, and a problem, if it is no mapping.

    Parameters
    ----------
    name : str
        The name of the experiment unless the spec gives one.
    """
    if not isinstance(root.value, dict):
        note_no_mapping(root, context)
        return None
    note_keys(root.value, KEYS, AXES, context)
    pairs = root.value
    settings = _read_settings(pairs, context)
    axes = {name: read_axis(name, pairs, AXES, context) for name in AXES}
    axes["strategies"] = _add_random(axes["strategies"], context)
    draft = Draft(
        **{**axes, "models": label_models(axes["models"], context)},
        name=settings.name or name,
        settings=settings,
        split=_read_split(_get_node("split", pairs, "holdout"), context),
        preprocessing=read_preprocessing(_get_node("preprocessing", pairs, "standard"), context),
        expected=_read_expected(pairs, context),
        declared=axes["models"],
        recorded=list_recorded_metrics(axes["metrics"].values, axes["models"].values, context),
        pairs=pairs,
    )
    check_name(draft, context)
    return draft


def note_no_mapping(root: Node, context: Context) -> None:
    """Note that a spec is empty, or something else than a mapping."""
    if root.value is None:
        hint = "`albench init NEW.yaml` writes an experiment to start from"
        context.problems.add_error("empty", "the file is empty", root.where, hint)
    else:
        context.problems.add_error("wrong-type", f"a spec is a mapping of keys, not {root}", root.where)


def _get_node(key: str, pairs: Mapping[str, Pair], default: Any) -> Node:
    """Return the value of a key; without a value it points at the key itself."""
    if key not in pairs:
        return Node(default, None)
    return Node(pairs[key].value.value, pairs[key].where, pairs[key].value.size)


def read_axis(
    name: str, pairs: Mapping[str, Pair], axes: Mapping[str, AxisKey], context: Context
) -> Axis[Any]:
    """Read one of the axes of a spec; of one that it must give and does not, there is no value."""
    key = axes[name]
    if key.default is None and name not in pairs:
        return Axis((), complete=False)
    return key.read(_get_node(name, pairs, key.default), name, context)


def _read_settings(pairs: Mapping[str, Pair], context: Context) -> Settings:
    values = {name: pair for name, pair in pairs.items() if name in SETTINGS}
    return validate_settings(Settings, values, context)


def check_name(draft: SpecDraft, context: Context) -> None:
    """Note a name that a folder cannot have on every system."""
    name = draft.name
    fits = 0 < len(name) <= _MAX_NAME and name.isprintable() and not _FORBIDDEN.search(name)
    if not fits or name != name.strip(" .") or name.startswith("-"):
        text = f"no folder can be called {quote(name)} on every system"
        hint = "give 'name' letters, digits, '_' and '-'"
        context.problems.add_error("wrong-value", text, draft.find_place("name"), hint)


def note_keys(
    pairs: dict[str, Pair], keys: Collection[str], axes: Mapping[str, AxisKey], context: Context
) -> None:
    """Note keys that a scenario does not have, and axes that a spec must give."""
    unknown = {key: pair for key, pair in pairs.items() if key not in keys}
    for key, pair in unknown.items():
        _note_unknown_key(key, pair.key.where, keys, context)
    # A misspelt key is one mistake: that the right one is missing goes without saying.
    present = {*pairs, *(find_closest(key, keys) for key in unknown)}
    for key in (name for name, axis in axes.items() if axis.default is None):
        if key not in present:
            context.problems.add_error("missing-key", f"the spec needs {quote(key)}", None)


def _note_unknown_key(key: str, where: Where, keys: Collection[str], context: Context) -> None:
    # Here: most specs have no such key.
    from albench.spec.stream_settings import STREAM_WORDS

    if key in STREAM_WORDS:
        text, hint = f"{quote(key)} is a word of streams", f"write '{SCENARIO}: stream', or leave it out"
        context.problems.add_error("other-scenario", text, where, hint)
    else:
        text = f"no axis or setting {quote(key)}"
        context.problems.add_error("unknown-key", text, where, suggest_word(key, keys))


def _add_random(strategies: Axis[Entry[Strategy]], context: Context) -> Axis[Entry[Strategy]]:
    """Put random sampling first, unless it is there."""
    if any(get_name(entry.component) == RANDOM for entry in strategies.values):
        return strategies
    for item in strategies.items:
        if item.value.label == RANDOM:
            text = f"only random sampling may be called {quote(RANDOM)}; it is always in the grid"
            context.problems.add_error("duplicate-label", text, item.where, "choose another 'label'")
    random: Any = make_default("strategy", RANDOM, context)
    return Axis((PlacedValue(Entry(RANDOM, random), None), *strategies.items), strategies.complete)


def _read_split(node: Node, context: Context) -> Split | None:
    entry = read_entry(node, "split", context)
    split: Any = make_component("split", entry, context) if entry else None
    if entry and entry.label is not None:
        context.problems.add_error("unknown-key", "a split has no label", entry.where)
    return cast("Split | None", split)


def _read_expected(pairs: Mapping[str, Pair], context: Context) -> tuple[PlacedValue[Expected], ...]:
    if "expected" not in pairs:
        return ()
    # Only replays have it.
    from albench.spec.expected import read_expected

    return read_expected(_get_node("expected", pairs, ()), context)


def build_experiment(draft: Draft, *, path: Path | None, text: str) -> Experiment:
    """Return the experiment of a draft without mistakes."""
    from albench.spec.model_needs import list_misfits

    axes = {name: getattr(draft, name).values for name in AXES}
    settings = vars(draft.settings) | {"name": draft.name, "title": draft.settings.title or draft.name}
    pools = tuple(_iterate_pilot_pools(draft))
    only = [entry.component for entry in axes["preprocessings"]] if len(axes["preprocessings"]) == 1 else []
    return Experiment(
        **{
            **settings,
            **axes,
            "datasets": (*axes["datasets"], *pools),
            "metrics": draft.recorded,
            "preprocessings": () if only else axes["preprocessings"],
            "stopping": tuple(_fill_in_metric(entry, draft) for entry in axes["stopping"]),
        },
        path=path,
        text=text,
        split=cast("Split", draft.split),
        preprocessing=only[0] if only else draft.preprocessing,
        expected=tuple(item.value for item in draft.expected),
        pilot_pools=tuple(entry.label for entry in pools),
        misfits=list_misfits(draft) if draft.skips else {},
    )


def _iterate_pilot_pools(draft: Draft) -> Iterator[Entry[DatasetSource]]:
    """Yield the datasets of a pilot once more for each of its smaller pools."""
    from albench.contracts.conditions import PoolConditions

    for entry, share in product(draft.datasets.values, draft.settings.pilot.pools):
        label = f"{entry.label} ({100 * share:g} % of the pool)"
        # What cannot be imported any more has no conditions either: it is read for its results alone.
        conditions = getattr(entry.component, "pool", None) or PoolConditions()
        pool = {"pool": conditions.model_copy(update={"share": share})}
        yield Entry(label, entry.component.model_copy(update=pool))


def _fill_in_metric(entry: Entry[StoppingRule], draft: Draft) -> Entry[StoppingRule]:
    """Return a rule that names its metric: the primary one unless the spec says so."""
    if not isinstance(entry.component, contracts.StoppingRule):
        return entry
    return Entry(entry.label, entry.component.with_metric(draft.settings.primary_metric))
