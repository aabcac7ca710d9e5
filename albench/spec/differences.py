"""In which settings two experiments differ, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.spec.resolved import resolve_experiment
from albench.spec.yaml_writer import format_yaml
from albench.text import list_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.spec.experiment import Experiment

# What no number depends on.
_INDIFFERENT = frozenset({"name", "title", "execution", "expected", "highlight"})
# What has a label each.
_AXES = ("datasets", "strategies", "seed_sets", "oracles", "signals", "stopping")
_LONGEST_VALUE = 80
_MOST_NAMES = 6


def list_differences(old: Experiment, new: Experiment) -> tuple[str, ...]:
    """Return the axes and settings in which a spec differs from an older one, each with what has changed."""
    old_values, new_values = resolve_experiment(old), resolve_experiment(new)
    components: list[str] = []
    for axis in _AXES:
        before, after = (
            dict(
                zip((entry.label for entry in getattr(experiment, axis)), values.pop(axis, ()), strict=False)
            )
            for experiment, values in ((old, old_values), (new, new_values))
        )
        if before != after:
            components.append(f"{axis}: {_describe_entries(before, after)}")
    return (*components, *compare_values(old_values, new_values))


def compare_values(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs between two mappings of settings; of lists of names, those that came or went."""
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if name in _INDIFFERENT or before == after:
            continue
        if name in _AXES and isinstance(before, list) and isinstance(after, list):
            yield f"{name}: {_describe_entries(dict.fromkeys(before), dict.fromkeys(after))}"
        else:
            yield f"{name}: {_format_value(before)}, now {_format_value(after)}"


def _describe_entries(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Say which entries of an axis are gone, are new, or are otherwise under the same label."""
    labels = {
        "without": [label for label in old if label not in new],
        "with": [label for label in new if label not in old],
        "other parameters of": [label for label in old if label in new and old[label] != new[label]],
    }
    parts = [f"{word} {list_first(names, _MOST_NAMES)}" for word, names in labels.items() if names]
    return ", ".join(parts) or "in another order"


def _format_value(value: Any) -> str:
    text = format_yaml(value) if isinstance(value, dict) else str(value)
    line = "; ".join(part.strip() for part in text.split("\n") if part.strip())
    return line if len(line) <= _LONGEST_VALUE else f"{line[: _LONGEST_VALUE - 3]}..."
