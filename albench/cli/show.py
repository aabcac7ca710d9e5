"""`albench show`."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from albench.cli import options
from albench.cli.output import print_json, print_notes, print_text
from albench.registry.catalogue import describe_large_pool_advice
from albench.text import find_closest, quote, shorten

if TYPE_CHECKING:
    from collections.abc import Collection

    from albench.contracts import Kind


TRIAL, DATASET = "trial", "dataset"
KINDS = (
    *("strategy", "model", DATASET, "metric", "signal", "seed_set", "oracle", "split", "stopping_rule"),
    *("stream_strategy", "budget_manager", "drift"),
)


class KindChoice(click.Choice[str]):
    """A kind of component; where a component stands in its place, the message says what kind it is."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the kind."""
        from albench.registry.catalogue import load_catalogue

        kinds = [kind for kind, entries in load_catalogue().items() if value in entries]
        if value not in self.choices and kinds:
            commands = " or ".join(f"`albench show {kind} {value}`" for kind in kinds)
            raise click.UsageError(f"say what kind of component {quote(value)} is: {commands}", ctx)
        return super().convert(value, param, ctx)


@click.command(
    "show",
    epilog="Examples: albench show strategy qbc; albench show dataset plants my.yaml; "
    "albench show trial 3f9c experiments/quickstart.yaml",
)
@click.argument("kind", type=KindChoice((*KINDS, TRIAL)))
@click.argument("name")
@click.argument("spec", type=click.Path(path_type=Path, dir_okay=False), required=False)
@options.add_results
@options.add_cache
@options.add_json
def command(kind: str, name: str, spec: Path | None, results: Path, *, as_json: bool) -> None:
    """Show a component: what it does, its parameters, what it needs, where it comes from.

    NAME is built in, or an import path (skactiveml.pool.Badge, ./my.py:Mine).

    `albench show dataset LABEL SPEC` shows the data that an experiment calls so: rows, types, classes, hash.

    `albench show trial KEY SPEC` tells one trial pick by pick; the first signs of its KEY are enough.
    """
    if kind == TRIAL:
        if spec is None:
            raise click.UsageError("whose trial? `albench show trial KEY SPEC` takes the experiment file too")
        _show_trial(name, spec, results, as_json=as_json)
        return
    if spec is not None and kind != DATASET:
        raise click.UsageError(
            f"'{spec}': only `albench show trial KEY SPEC` and `albench show dataset LABEL SPEC` take an "
            "experiment file"
        )

    if spec is None:
        name = _find_name(kind, name)
    facts = collect_facts(kind, name) if spec is None else collect_dataset_facts(name, spec)
    if as_json:
        print_json(facts)
    else:
        from albench.registry.aliases import list_aliases

        aliases = list_aliases(cast("Kind", kind), name) if spec is None else ()
        print_text(format_facts(name, facts, aliases))


def _find_name(kind: Any, name: str) -> str:
    """Return albench's name for what another library calls so, and say so; the name itself if it is none."""
    from albench.registry.aliases import find_entry, get_entry_name
    from albench.registry.catalogue import load_catalogue

    entry = None if name in load_catalogue()[kind] else find_entry(kind, name)
    if entry is None:
        return name
    print_notes([f"albench calls {quote(name)} {quote(entry)}"])
    return get_entry_name(entry)


def _show_trial(key: str, spec: Path, results: Path, *, as_json: bool) -> None:
    from dataclasses import asdict

    import albench
    from albench.cli.display import show_phase

    with show_phase("reading data"):
        from albench.trace import describe_story

        story = albench.open_results(spec, results=results).story(key)
    if as_json:
        rounds = [asdict(story_round) for story_round in story.rounds]
        data = {"trial": dict(story.trial), "classes": story.classes, "rounds": rounds}
        print_json(data, default=str)
    else:
        print_text("\n".join(describe_story(story)))


SEED = "random_state"


def collect_facts(kind: Any, name: str) -> dict[str, Any]:
    """Return the facts about a component that is built in or given by its import path.

    Raises
    ------
    click.UsageError
        If nothing of this kind has that name.
    """
    from albench.registry.catalogue import is_import_path, load_catalogue

    entries = load_catalogue()[kind]
    if name not in entries and is_import_path(name) and kind != "model":
        return _collect_imported_facts(kind, name)
    _check_known(name, entries, kind.replace("_", " "))
    return entries[name] if kind != "model" else {**entries[name], **_collect_estimator_facts(entries[name])}


def collect_dataset_facts(label: str, spec: Path) -> dict[str, Any]:
    """Return the facts about a dataset of an experiment, which is loaded.

    Raises
    ------
    click.UsageError
        If the experiment calls no dataset so.
    DatasetError
        If it cannot be used, or is not in the cache.
    """
    from dataclasses import replace

    from albench.cli.display import show_phase

    with show_phase("reading data"):
        from albench.datasets.facts import describe_table
        from albench.datasets.of_experiment import load_tables
        from albench.datasets.representativeness import compare_with_unlabelled, describe_unlabelled

        experiment = options.read_experiment(spec)
        entries = {entry.label: entry for entry in experiment.datasets}
        _check_known(label, entries, f"dataset in {spec} called")
        table = load_tables(replace(experiment, datasets=(entries[label],)))[label]
        unlabelled = describe_unlabelled(table, compare_with_unlabelled(table))
    component = entries[label].component
    source, licence = component.provenance(experiment.folder)
    summary = (inspect.getdoc(type(component)) or "").partition("\n\n")[0].replace("\n", " ")
    return {
        "summary": summary,
        "source": source,
        "licence": licence,
        "content": describe_table(table),
        "warnings": [*table.warnings, *unlabelled],
    }


def _check_known(name: str, names: Collection[str], what: str) -> None:
    if name not in names:
        near = find_closest(name, names)
        hint = f" Did you mean '{near}'?" if near else f" There are: {', '.join(names)}."
        raise click.UsageError(f"no {what} '{name}'.{hint}")


def _collect_imported_facts(kind: Any, path: str) -> dict[str, Any]:
    from albench.registry.build import collect_component_facts
    from albench.registry.lookup import ADAPTERS, import_user_class
    from albench.spec.components import get_base

    facts: dict[str, Any] = collect_component_facts(import_user_class(get_base(kind), path, Path.cwd()))
    if path.rpartition(".")[0] not in ADAPTERS:
        return facts
    from albench.estimators.building import import_class
    from albench.strategies.skactiveml.adapter import OWN_PARAMS, SET_FROM_DATASET

    adapted_class = import_class(path)
    adapted = {
        name: schema
        for name, schema in describe_constructor(adapted_class).items()
        if name not in SET_FROM_DATASET
    }
    own = {name: schema for name, schema in facts["parameters"].items() if name not in OWN_PARAMS[:2]}
    doc = (inspect.getdoc(adapted_class) or "").partition("\n\n")[0]
    required = [*facts["required"], *_list_required(adapted)]
    full_doc = f"{doc}\n\n{facts['doc']}"
    return {
        **facts,
        "doc": full_doc,
        "parameters": {**adapted, **own},
        "required": required,
    }


def _list_required(parameters: dict[str, dict[str, Any]]) -> list[str]:
    return [name for name, schema in parameters.items() if "default" not in schema]


def _collect_estimator_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a model's estimator; a line that says why not where it cannot be imported."""
    from albench.errors import ModelError
    from albench.estimators.building import import_class

    try:
        parameters = describe_constructor(import_class(facts["estimator"]))
    except ModelError as error:
        return {"unknown": f"Its parameters cannot be listed: {error}"}
    defaults = {
        name: {**parameters.get(name, {}), "default": value} for name, value in facts["defaults"].items()
    }
    required = [*facts["required"], *_list_required(parameters)]
    return {
        "parameters": {**parameters, **defaults},
        "required": list(dict.fromkeys(required)),
        "main": None,
        "definitions": {},
    }


def describe_constructor(cls: Any) -> dict[str, dict[str, Any]]:
    """Return the parameters of an estimator and their defaults, as the catalogue has those of components."""
    arguments = inspect.signature(cls).parameters.values()
    is_open = any(each.kind is each.VAR_KEYWORD for each in arguments)
    named = [each for each in arguments if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    required: dict[str, dict[str, Any]] = {each.name: {} for each in named if each.default is each.empty}
    defaults = {each.name: each.default for each in named if each.name not in required}
    if is_open and not required and hasattr(cls, "get_params"):
        defaults |= cls().get_params(deep=False)
    optional = {name: {"default": _make_plain(value)} for name, value in defaults.items()}
    if SEED in optional:
        optional[SEED]["description"] = "Seeded by albench unless given."
    return {**required, **optional}


def _make_plain(value: Any) -> Any:
    try:
        json.dumps(value)
    except TypeError:
        return str(value)
    return value


def format_facts(name: str, facts: dict[str, Any], aliases: tuple[str, ...] = ()) -> str:
    """Return what `show` prints of a component."""
    lines = [name, "", facts.get("doc") or facts["summary"], ""]
    if "estimator" in facts:
        lines += _format_model(facts)
    for title in ("family", "needs", "cost", "complexity", "greater_is_better", "version", "reference"):
        if facts.get(title) not in (None, "", []):
            value = ", ".join(facts[title]) if isinstance(facts[title], list) else facts[title]
            lines.append(f"{title:<14} {value}")
    if "manager" in facts:
        lines.append(f"{'published with':<14} budget manager {facts['manager']}")
    if "promises" in facts:
        lines.append(f"{'keeps a budget':<14} {'yes' if facts['promises'] else 'no: it may be exceeded'}")
    if facts.get("asks_again"):
        lines.append(f"{'asks again':<14} rows that are labelled already, for another answer")
    if aliases:
        lines.append(f"{'also called':<14} {', '.join(aliases)}")
    if advice := describe_large_pool_advice(facts) if "complexity" in facts else "":
        lines.append(f"{'large pools':<14} {advice}")
    lines += _format_content(facts)
    lines += [f"note: {warning}" for warning in facts.get("warnings", ())]
    if facts.get("parameters"):
        lines += ["", "parameters"]
        lines += [_format_parameter(name, key, facts) for key in facts["parameters"]]
    return "\n".join(lines)


def _format_content(facts: dict[str, Any]) -> list[str]:
    """Return the lines about the data of a dataset that is built in."""
    origin = [f"{title:<14} {facts[title]}" for title in ("source", "licence") if facts.get(title)]
    data = facts.get("content")
    if not data:
        return origin
    types = ", ".join(f"{n} {kind}" for kind, n in data["types"].items())
    names = list(map(shorten, data["classes"]))
    width = max(map(len, names), default=0)
    counts = zip(names, data["classes"].values(), strict=True)
    classes = [f"  {name:<{width}}  {n:>6,}  {n / data['n_rows']:.1%}" for name, n in counts]
    n_unlabelled = data.get("n_unlabelled")
    unlabelled = f" labelled, {n_unlabelled:,} unlabelled" if n_unlabelled else ""
    return [
        *origin,
        f"{'rows':<14} {data['n_rows']:,}{unlabelled}",
        f"{'features':<14} {types}; {data['missing']:,} missing cells",
        *([f"{'target':<14} {soft}"] if (soft := _format_distribution(data)) else []),
        f"{'hash':<14} {data['hash']}",
        *([f"{'drift at row':<14} {', '.join(map(str, data['marks']))}"] if "marks" in data else []),
        *(["", "classes", *classes] if classes else []),
    ]


def _format_distribution(data: dict[str, Any]) -> str:
    """Say that the target is a distribution over the classes; nothing where a row has one class."""
    if "most_probable_class" not in data:
        return ""
    return (
        "a distribution over the classes, whose most probable one counts as the class of a row: its share is"
        f" {data['most_probable_class']:.1%} on average"
    )


def _format_model(facts: dict[str, Any]) -> list[str]:
    defaults = ", ".join(f"{key}={value}" for key, value in facts["defaults"].items())
    answers = {True: "yes", False: "no", None: "as what is nested in it"}
    proba = (
        "no: decision values" if facts["decision"] and facts["proba"] is False else answers[facts["proba"]]
    )
    return [
        f"{'task':<14} {facts['task']}",
        f"{'estimator':<14} {facts['estimator']}",
        f"{'defaults':<14} {defaults or 'its own'}",
        *([f"{'needs':<14} {', '.join(facts['required'])}"] if facts["required"] else []),
        *([f"{'probabilities':<14} {proba}"] if facts["task"] == "classification" else []),
        *([f"{'install':<14} pip install 'albench[{facts['extra']}]'"] if facts["extra"] else []),
        "",
        "Beside the estimator's parameters: calibrated ({method: sigmoid or isotonic, folds: 3}),",
        "refit_every (rounds), resampling (oversample or smote), tune ({grid: {parameter: [values]}, cv: 3,",
        "every: 5}), sample_weight (agreement), label_smoothing (0.1), and for linear models warm_start.",
        "A parameter that is an estimator is written as an entry of 'models' is.",
        *(["", facts["unknown"]] if "unknown" in facts else []),
    ]


def _format_parameter(component: str, name: str, facts: dict[str, Any]) -> str:
    schema = facts["parameters"][name]
    default = f"default {json.dumps(schema.get('default'))}"
    remarks = ["required" if name in facts["required"] else default]
    if "enum" in schema:
        remarks.append(f"one of {', '.join(map(str, schema['enum']))}")
    if facts["main"] == name:
        remarks.append(f"{{{component}: ...}} sets it")
    text = " ".join(schema.get("description", "").split())
    lines = [f"  {name} ({'; '.join(remarks)})", *([f"      {text}"] if text else [])]
    return "\n".join([*lines, *_format_nested(schema, facts["definitions"], 10)])


def _format_nested(schema: dict[str, Any], definitions: dict[str, Any], indent: int) -> list[str]:
    """Return a line for everything in a parameter that is a mapping itself."""
    references = [way.get("$ref") for way in (schema, *schema.get("anyOf", ())) if "$ref" in way]
    bodies = [definitions.get(str(reference).rpartition("/")[2], {}) for reference in references]
    return [
        line
        for body in bodies
        for name, inner in body.get("properties", {}).items()
        for line in (
            f"{'':<{indent}}{name}: {inner.get('description', '')}",
            *_format_nested(inner, definitions, indent + 4),
        )
    ]
