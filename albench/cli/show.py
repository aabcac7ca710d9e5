"""`albench show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from albench.cli import options
from albench.cli.output import print_json, print_notes, print_text
from albench.cli.show_facts import collect_dataset_facts, collect_facts
from albench.cli.show_text import format_facts
from albench.text import quote

if TYPE_CHECKING:
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
@click.argument("spec", type=click.Path(path_type=Path), required=False)
@options.RESULTS
@options.CACHE
@options.JSON
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
        from albench.trace.trace_text import describe_story

        story = albench.open_results(spec, results=results).story(key)
    if as_json:
        rounds = [asdict(story_round) for story_round in story.rounds]
        data = {"trial": dict(story.trial), "classes": story.classes, "rounds": rounds}
        print_json(data, default=str)
    else:
        print_text("\n".join(describe_story(story)))
