"""From the tree of a spec of streams to an experiment: its axes read, its settings filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from albench.spec.assemble import (
    SpecDraft,
    check_name,
    note_keys,
    note_no_mapping,
    read_axis,
)
from albench.spec.axes import AxisKey, EntryKey, ModelKey
from albench.spec.components import make_default
from albench.spec.dataset_files import check_source
from albench.spec.entry_labels import label_models
from albench.spec.experiment import Size
from albench.spec.field_types import PERCENT, PERCENT_SCHEMA
from albench.spec.scenarios import POOL_WORDS, SCENARIO, note_words_of_pools
from albench.spec.stream_experiment import StreamExperiment
from albench.spec.stream_settings import STREAM_SETTINGS, StreamSpecSettings
from albench.spec.validation import validate_settings
from albench.text import quote

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import BudgetManager, DatasetSource, Drift, Oracle, StreamStrategy
    from albench.spec.context import Axis, Context
    from albench.spec.document import Node
    from albench.spec.experiment import Entry, ModelEntry
    from albench.spec.models import DeclaredModels


class BudgetShareKey(AxisKey):
    """The axis of budgets of streams: shares of the rows."""

    def _read_item(self, node: Node, name: str, context: Context) -> Size | None:
        percent = PERCENT.fullmatch(node.value) if isinstance(node.value, str) else None
        share = float(percent[1]) if percent else 0.0
        if 0 < share <= 100:  # noqa: PLR2004 - a percentage
            return Size("percent", share)
        value = node.value if isinstance(node.value, float) else 0.0
        hint = f'write "{100 * value:g}%"' if 0 < value < 1 else 'as in "10%"'
        text = f"{quote(name)} of streams are shares of the rows, above 0% and at most 100%, not {node}"
        context.problems.add_error("wrong-value", text, node.where, hint)
        return None

    def _list_schemas(self) -> list[dict[str, Any]]:
        return [{**PERCENT_SCHEMA, "description": "Of the rows of the stream."}]


STREAM_AXES: dict[str, AxisKey] = {
    "datasets": EntryKey("What is labelled.", kind="dataset", check=check_source),
    "models": ModelKey("Classifiers."),
    "strategies": EntryKey(
        "Stream strategies; each is compared with random sampling of as many labels.", kind="stream_strategy"
    ),
    "budgets": BudgetShareKey("Shares of the rows whose labels may be bought."),
    "managers": EntryKey(
        "Budget managers (default: for each strategy the one that it was published with).",
        (),
        kind="budget_manager",
    ),
    "drifts": EntryKey("Changes that are simulated (default: none).", "none", kind="drift"),
    "oracles": EntryKey("What answers a query (default: perfect).", "perfect", kind="oracle"),
}
STREAM_KEYS = (SCENARIO, *STREAM_SETTINGS, *STREAM_AXES)


@dataclass(frozen=True)
class StreamDraft(SpecDraft):
    """What could be read of a spec of streams, with the places of all of it."""

    settings: StreamSpecSettings
    datasets: Axis[Entry[DatasetSource]]
    models: Axis[ModelEntry]
    strategies: Axis[Entry[StreamStrategy]]
    budgets: Axis[Size]
    managers: Axis[Entry[BudgetManager]]
    drifts: Axis[Entry[Drift]]
    oracles: Axis[Entry[Oracle]]
    declared: Axis[DeclaredModels]


def read_stream_draft(root: Node, context: Context, *, name: str) -> StreamDraft | None:
    """Read everything that a spec of streams says; None, and a problem, if it is no mapping.

    Parameters
    ----------
    name : str
        The name of the experiment unless the spec gives one.
    """
    pairs = root.value
    if not isinstance(pairs, dict):
        note_no_mapping(root, context)
        return None
    note_words_of_pools(pairs, context)
    own = {key: pair for key, pair in pairs.items() if key not in POOL_WORDS}
    note_keys(own, STREAM_KEYS, STREAM_AXES, context)
    values = {key: pair for key, pair in pairs.items() if key in STREAM_SETTINGS}
    settings = validate_settings(StreamSpecSettings, values, context)
    axes = {name: read_axis(name, pairs, STREAM_AXES, context) for name in STREAM_AXES}
    draft = StreamDraft(
        **{**axes, "models": label_models(axes["models"], context)},
        name=settings.name or name,
        settings=settings,
        declared=axes["models"],
        pairs=pairs,
    )
    check_name(draft, context)
    return draft


def build_stream_experiment(
    draft: StreamDraft, context: Context, *, path: Path | None, text: str
) -> StreamExperiment:
    """Make the experiment of a spec without mistakes."""
    axes: dict[str, Any] = {name: getattr(draft, name).values for name in STREAM_AXES}
    settings = vars(draft.settings) | {"name": draft.name, "title": draft.settings.title or draft.name}
    from albench.spec.stream_checks import list_stream_misfits

    split: Any = make_default("split", "holdout", context)
    misfits = list_stream_misfits(draft) if draft.skips else {}
    return StreamExperiment(**{**settings, **axes}, split=split, path=path, text=text, misfits=misfits)
