"""An experiment as YAML again, with every default written out."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from albench.batches import BatchSize
from albench.contracts import class_path
from albench.contracts.entry import join_entry
from albench.contracts.preprocessing import Preprocessing
from albench.registry.catalogue import load_catalogue
from albench.spec.components import get_base_label
from albench.spec.field_types import format_percentage
from albench.spec.scenarios import SCENARIO
from albench.spec.settings import OPTIONS, Settings
from albench.spec.unresolved import UnresolvedComponent, get_class_name
from albench.spec.yaml_writer import format_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from albench.contracts import Component, Metric, Model
    from albench.spec.experiment import Entry, Experiment, ModelEntry, Size
    from albench.spec.settings import Expected

    Value = str | dict[str, Any]


def render_resolved(experiment: Experiment) -> str:
    """Write a spec that says in full what an experiment is.

    Returns
    -------
    str
        YAML that reads back, from the same folder, to an equal experiment (``text`` and ``path`` apart).
    """
    implied = [entry.label for entry in experiment.metrics if _is_implied(entry.component)]
    comment = (
        f"# Recorded, too, where a model gives probabilities: {', '.join(implied)}.\n" if implied else ""
    )
    return format_yaml(resolve_experiment(experiment)) + comment


def resolve_experiment(experiment: Experiment) -> dict[str, Any]:
    """Return the same as plain values."""
    folder = experiment.folder

    def resolve_entries(entries: Iterable[Entry[Any]]) -> list[Value]:
        return [_resolve_entry(entry, folder) for entry in entries]

    if experiment.is_stream:
        return _resolve_streams(experiment, resolve_entries)
    settings = TypeAdapter(Settings).dump_python(experiment, mode="json", exclude_none=True)
    del settings["costs"]
    if not experiment.pilot.budget:
        del settings["pilot"]
    return {
        "name": settings.pop("name"),
        "title": settings.pop("title"),
        "datasets": resolve_entries(experiment.leave_out_pilot_pools().datasets),
        "models": _resolve_models(experiment.models, folder),
        "strategies": resolve_entries(experiment.strategies),
        "seed_sizes": [_resolve_size(size) for size in experiment.seed_sizes],
        "seed_sets": resolve_entries(experiment.seed_sets),
        "batch_sizes": [_resolve_batch_size(size) for size in experiment.batch_sizes],
        "budgets": [_resolve_size(size) for size in experiment.budgets],
        "oracles": resolve_entries(experiment.oracles),
        "split": _resolve_component(experiment.split, folder),
        "repeats": settings.pop("repeats"),
        "metrics": resolve_entries(entry for entry in experiment.metrics if not _is_implied(entry.component)),
        "signals": resolve_entries(experiment.signals),
        **({"stopping": resolve_entries(experiment.stopping)} if experiment.stopping else {}),
        **{key: settings.pop(key) for key in ("primary_metric", "baseline", "validation")},
        **_resolve_preprocessings(experiment),
        # What is left of them, in the order of the fields.
        **settings,
        "costs": experiment.costs.model_dump(exclude_unset=True),
        "expected": [_resolve_expected(entry) for entry in experiment.expected],
    }


def _resolve_streams(
    experiment: Experiment, resolve_entries: Callable[[Iterable[Entry[Any]]], list[Value]]
) -> dict[str, Any]:
    """Return the same of an experiment on streams, which has words of its own."""
    from albench.spec.stream_settings import STREAM_SETTINGS, StreamSpecSettings

    every = TypeAdapter[Any](StreamSpecSettings).dump_python(experiment, mode="json", exclude_none=True)
    settings = {name: every[name] for name in STREAM_SETTINGS}
    axes = ("datasets", "strategies", "managers", "drifts", "oracles")
    return {
        SCENARIO: "stream",
        "name": settings.pop("name"),
        "title": settings.pop("title"),
        **{name: resolve_entries(getattr(experiment, name)) for name in axes},
        "models": _resolve_models(experiment.models, experiment.folder),
        "budgets": [_resolve_size(size) for size in experiment.budgets],
        **settings,
    }


def _resolve_expected(entry: Expected) -> dict[str, Any]:
    options = entry.model_dump(mode="json", exclude_none=True)
    # What is nearly always the default stands last.
    names = sorted(OPTIONS[entry.kind], key=("matched", "area").__contains__)
    return {entry.kind: {name: options[name] for name in names if name in options}}


def _resolve_preprocessings(experiment: Experiment) -> dict[str, Any]:
    if not experiment.preprocessings:
        return {"preprocessing": _resolve_preprocessing(experiment.preprocessing)}
    entries = experiment.preprocessings
    return {"preprocessings": [_add_label(_resolve_preprocessing(e.component), e.label) for e in entries]}


def _resolve_preprocessing(preprocessing: Preprocessing) -> Any:
    return "standard" if preprocessing == Preprocessing() else preprocessing.model_dump(mode="json")


def _is_implied(metric: Metric) -> bool:
    """Say whether a metric is recorded where it can be, but an error if declared where it cannot."""
    return bool(getattr(metric, "cheap", False) and getattr(metric, "needs_proba", False))


def _resolve_size(size: Size) -> Any:
    if size.kind == "all":
        return "all"
    if size.kind == "percent":
        return format_percentage(Decimal(repr(size.value)))
    if size.kind == "money":
        return {"money": size.value}
    return {"per_class": int(size.value)} if size.kind == "per_class" else int(size.value)


def _resolve_batch_size(size: BatchSize) -> Any:
    return int(size) if size.growth == 1 else {"geometric": size.growth, "first": int(size)}


def parse_batch_size(value: Any) -> BatchSize:
    """Return a batch size from its form in a resolved experiment."""
    return BatchSize(value["first"], value["geometric"]) if isinstance(value, dict) else BatchSize(value)


def _resolve_entry(entry: Entry[Component], folder: Path) -> Value:
    value = _resolve_component(entry.component, folder)
    return value if entry.label == get_base_label(entry.component) else _add_label(value, entry.label)


def _add_label(value: Value, label: str) -> dict[str, Any]:
    return {**({value: {}} if isinstance(value, str) else value), "label": label}


def _resolve_component(component: Component, folder: Path) -> Value:
    if isinstance(component, UnresolvedComponent):
        value = component.params or component.main_value
        return component.path if value is None or value == {} else {component.path: value}
    return join_entry(_get_name(type(component), folder), _list_parameters(component))


def _list_parameters(component: Component) -> dict[str, Any]:
    """Return every parameter but those that are nothing by default and in this component."""
    params = component.model_dump(mode="json")
    fields = type(component).model_fields
    return {
        name: value for name, value in params.items() if value is not None or fields[name].default is not None
    }


def _get_name(cls: type[Component], folder: Path) -> str:
    path = f"{cls.__module__}:{cls.__qualname__}"
    if any(facts.get("class") == path for facts in load_catalogue()[cls.kind].values()):
        return cls.name
    file = getattr(sys.modules[cls.__module__], "ALBENCH_FILE", None)
    return class_path(cls) if file is None else _write_path(f"{file}:{cls.__qualname__}", folder)


def _write_path(path: str, folder: Path) -> str:
    """Return the path of a class in a file as the spec in ``folder`` writes it."""
    file, _, name = path.rpartition(":")
    base = folder.resolve()
    if Path(file).is_relative_to(base):
        file = f"./{Path(file).relative_to(base).as_posix()}"
    return f"{file}:{name}"


def _resolve_models(models: Iterable[ModelEntry], folder: Path) -> list[Value]:
    models = list(models)
    parts = [part for entry in models for part in (entry.task, entry.query)]
    # Labels depend on the neighbours: all are written, or none.
    has_labels = any(part.label != _get_model_name(part.component)[1] for part in parts)
    return [_resolve_model_entry(entry, folder, has_labels=has_labels) for entry in models]


def _resolve_model_entry(entry: ModelEntry, folder: Path, *, has_labels: bool) -> Value:
    task, query = (
        _add_label(value, part.label) if has_labels else value
        for part in (entry.task, entry.query)
        for value in [_resolve_model(part.component, folder)]
    )
    if entry.task == entry.query and entry.label == entry.task.label:
        return task
    return {"task": task, "query": query, "label": entry.label}


def _resolve_model(model: Model, folder: Path) -> Value:
    name, _ = _get_model_name(model)
    name = _write_path(name, folder) if ".py:" in name else name
    return join_entry(name, {**model.params, **model.settings()})


def _get_model_name(model: Model) -> tuple[str, str]:
    """Return what a spec can call a model, and the label that it gets if called so."""
    for name, facts in load_catalogue()["model"].items():
        if facts["estimator"] == model.estimator and facts["defaults"].items() <= model.params.items():
            return name, name
    return model.estimator, get_class_name(model.estimator)
