"""An experiment as YAML again, with every default written out."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from albench.contracts import class_path
from albench.contracts.preprocessing import Preprocessing
from albench.registry.catalogue import catalogue
from albench.spec.components import base_label
from albench.spec.field_types import format_percentage
from albench.spec.settings import OPTIONS, Settings
from albench.spec.unresolved import Unresolved, class_name
from albench.spec.yaml_writer import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.contracts import Component, Metric, Model
    from albench.registry.catalogue import Catalogue
    from albench.spec.experiment import Entry, Experiment, ModelEntry, Size
    from albench.spec.settings import Expected

    Value = str | dict[str, Any]


_FIRST = (
    *(
        "name",
        "title",
        "datasets",
        "models",
        "strategies",
        "seed_sizes",
        "seed_sets",
        "batch_sizes",
        "budgets",
    ),
    *("oracles", "split", "repeats", "metrics", "signals", "primary_metric", "baseline", "validation"),
    *("preprocessing", "random_state"),
)
"""Keys in the order of a resolved spec, which is not that of the fields; others follow."""


def resolved_yaml(experiment: Experiment) -> str:
    """Write a spec that says in full what an experiment is.

    Returns
    -------
    str
        YAML that reads back, from the same folder, to an equal experiment (``text`` and ``path`` apart).
    """
    implied = [entry.label for entry in experiment.metrics if _implied(entry.component)]
    comment = (
        f"# Recorded, too, where a model gives probabilities: {', '.join(implied)}.\n" if implied else ""
    )
    return yaml_text(resolved(experiment)) + comment


def resolved(experiment: Experiment) -> dict[str, Any]:
    """Return the same as plain values."""
    known, folder = catalogue(), experiment.folder

    def entries(found: Iterable[Entry[Any]]) -> list[Value]:
        return [_entry(entry, known, folder) for entry in found]

    values = {
        **TypeAdapter(Settings).dump_python(experiment, mode="json", exclude_none=True),
        "datasets": entries(experiment.datasets),
        "models": _models(experiment.models, known, folder),
        "strategies": entries(experiment.strategies),
        "seed_sizes": [_size(size) for size in experiment.seed_sizes],
        "seed_sets": entries(experiment.seed_sets),
        "batch_sizes": list(experiment.batch_sizes),
        "budgets": [_size(size) for size in experiment.budgets],
        "oracles": entries(experiment.oracles),
        "split": _component(experiment.split, known, folder),
        "metrics": entries(entry for entry in experiment.metrics if not _implied(entry.component)),
        "signals": entries(experiment.signals),
        "preprocessing": _preprocessing(experiment.preprocessing),
        "expected": [_expected(entry) for entry in experiment.expected],
    }
    return {key: values[key] for key in dict.fromkeys((*_FIRST, *values))}


def _expected(entry: Expected) -> dict[str, Any]:
    options = entry.model_dump(mode="json", exclude_none=True)
    # What is nearly always the default stands last.
    names = sorted(OPTIONS[entry.kind], key=("matched", "area").__contains__)
    return {entry.kind: {name: options[name] for name in names if name in options}}


def _preprocessing(declared: Preprocessing) -> Any:
    return "standard" if declared == Preprocessing() else declared.model_dump(mode="json")


def _implied(metric: Metric) -> bool:
    """Say whether a metric is recorded where it can be, but an error if declared where it cannot."""
    return bool(getattr(metric, "cheap", False) and getattr(metric, "needs_proba", False))


def _size(size: Size) -> Any:
    if size.kind == "all":
        return "all"
    if size.kind == "percent":
        return format_percentage(Decimal(repr(size.value)))
    return {"per_class": int(size.value)} if size.kind == "per_class" else int(size.value)


def _entry(entry: Entry[Component], known: Catalogue, folder: Path) -> Value:
    written = _component(entry.component, known, folder)
    return written if entry.label == base_label(entry.component) else _with_label(written, entry.label)


def _with_label(written: Value, label: str) -> dict[str, Any]:
    return {**({written: {}} if isinstance(written, str) else written), "label": label}


def _component(component: Component, known: Catalogue, folder: Path) -> Value:
    if isinstance(component, Unresolved):
        value = component.params or component.main_value
        return component.path if value is None or value == {} else {component.path: value}
    params = _written(component)
    name = _name(type(component), known, folder)
    return {name: params} if params else name


def _written(component: Component) -> dict[str, Any]:
    """Return every parameter but those that are nothing by default and in this component."""
    params = component.model_dump(mode="json")
    fields = type(component).model_fields
    return {
        name: value for name, value in params.items() if value is not None or fields[name].default is not None
    }


def _name(cls: type[Component], known: Catalogue, folder: Path) -> str:
    path = f"{cls.__module__}:{cls.__qualname__}"
    if any(facts.get("class") == path for facts in known[cls.kind].values()):
        return cls.name
    file = getattr(sys.modules[cls.__module__], "ALBENCH_FILE", None)
    return class_path(cls) if file is None else _beside(f"{file}:{cls.__qualname__}", folder)


def _beside(path: str, folder: Path) -> str:
    """Return the path of a class in a file as the spec in ``folder`` writes it."""
    file, _, name = path.rpartition(":")
    base = folder.resolve()
    beside = Path(file).is_relative_to(base)
    return f"{f'./{Path(file).relative_to(base).as_posix()}' if beside else file}:{name}"


def _models(models: Iterable[ModelEntry], known: Catalogue, folder: Path) -> list[Value]:
    models = list(models)
    parts = [part for entry in models for part in (entry.task, entry.query)]
    labelled = any(part.label != _model_name(part.component, known)[1] for part in parts)
    return [_model_entry(entry, known, folder, labelled=labelled) for entry in models]


def _model_entry(entry: ModelEntry, known: Catalogue, folder: Path, *, labelled: bool) -> Value:
    task, query = (
        _with_label(written, part.label) if labelled else written
        for part in (entry.task, entry.query)
        for written in [_model(part.component, known, folder)]
    )
    if entry.task == entry.query and entry.label == entry.task.label:
        return task
    return {"task": task, "query": query, "label": entry.label}


def _model(model: Model, known: Catalogue, folder: Path) -> Value:
    name, _ = _model_name(model, known)
    name = _beside(name, folder) if ".py:" in name else name
    params = {**model.params, **model.settings()}
    return {name: params} if params else name


def _model_name(model: Model, known: Catalogue) -> tuple[str, str]:
    """Return what a spec can call a model, and the label that it gets if called so."""
    for name, facts in known["model"].items():
        if facts["estimator"] == model.estimator and facts["defaults"].items() <= model.params.items():
            return name, name
    return model.estimator, class_name(model.estimator)
