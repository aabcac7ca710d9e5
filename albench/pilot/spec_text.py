"""The spec that ``albench pilot`` writes: what was chosen for a file, and why, in comments."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from albench.pilot.choices import choose_metric, choose_strategies
from albench.pilot.design import design_pilot
from albench.spec.template import SCHEMA_FILE
from albench.spec.yaml_writer import format_yaml
from albench.splits.apportion import compute_share
from albench.text import format_count, format_duration, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Table
    from albench.pilot.choices import Choice
    from albench.pilot.columns import DeclaredColumn

_COMMENT_COLUMN = 40
_LONGEST = 110
_ROWS_PER_CLASS = 5
_MOST_ROUNDS = 40
_REPEATS = re.compile(r"^repeats: \d+.*$", re.MULTILINE)


@dataclass(frozen=True)
class LabelledFile:
    """A file of which some rows are labelled, and how it is read.

    Attributes
    ----------
    kind : str
        Dataset source that reads it: ``csv``.
    path : str
        As the spec names it.
    options : mapping
        What the user declares of it.
    columns : tuple of DeclaredColumn
        What was guessed of it.
    """

    kind: str
    path: str
    target: str
    options: Mapping[str, Any]
    columns: tuple[DeclaredColumn, ...] = ()

    def to_entry(self) -> dict[str, Any]:
        """Return the entry of a spec."""
        return {self.kind: {"path": self.path, "target": self.target, "unlabelled": "keep"} | self._declare()}

    def _declare(self) -> dict[str, Any]:
        """Return the options of the user, with what was guessed beside what is declared of the same kind."""
        declared = dict(self.options)
        for column in self.columns:
            others = declared.get(column.setting, [])
            declared[column.setting] = [*([others] if isinstance(others, str) else others), column.name]
        return declared


@dataclass(frozen=True)
class PilotSpec:
    """What stands in the spec of a pilot.

    Attributes
    ----------
    name : str
        Of the file that it is written to, without its ending.
    table : Table
        What was read of it.
    budget : int
        Labels in all.
    time_s : float
        What all repeats may take together.
    """

    name: str
    file: LabelledFile
    table: Table
    budget: int
    model: Choice
    repeats: int
    time_s: float

    def describe(self) -> str:
        """Say what is run, in a line."""
        n_strategies = 1 + len(choose_strategies(self.table, self.model.name))
        rest = self.table.unlabelled
        return (
            f"{format_count(self.table.n_rows, 'row')} with a label, {0 if rest is None else rest.n_rows:,} "
            f"without; {self.model.name}, {n_strategies} strategies, {self.budget:,} labels in all"
        )


def write_repeats(text: str, repeats: int, time_s: float) -> str:
    """Return the text of a pilot's spec with another number of repeats."""
    return _REPEATS.sub(lambda _: _format_repeats(repeats, time_s), text)


def is_same_but_repeats(text: str, other: str) -> bool:
    """Say whether two specs differ in nothing but the line of their repeats."""
    return _REPEATS.sub("", text) == _REPEATS.sub("", other)


def render_spec(spec: PilotSpec) -> str:
    """Return the spec as YAML, with a comment for each choice."""
    table, file = spec.table, spec.file
    n_labelled, n_classes = table.n_rows, len(table.classes)
    design, metric = design_pilot(n_labelled, n_classes), choose_metric(table)
    pools = ", ".join(f"{share:.0%}" for share in design.pools)
    lines = [
        f"# yaml-language-server: $schema={SCHEMA_FILE}",
        "#",
        f"# What the labels of {shorten(file.path)} tell about labels to come.",
        "# Written by `albench pilot`, and yours to edit: nothing overwrites it.",
        f"# Run it, or what is still missing of it:  albench run {shlex.quote(f'{spec.name}.yaml')}",
        "",
        _format("title", f"{spec.name}: what more labels would give"),
        "",
        "datasets:",
        f"  - {file.kind}:",
        *_describe_file(file, table),
        "",
        "pilot:",
        _annotate(f"  budget: {spec.budget}", f"labels in all; {n_labelled:,} are there"),
        _annotate(f"  pools: [{pools}]", "smaller pools, too: a gain depends on the size of the pool"),
        "",
        "models:",
        _annotate(f"  - {spec.model.name}", spec.model.reason),
        "",
        "strategies:",
        _annotate("  - random", "what they are compared with"),
        *(_annotate(f"  - {each.name}", each.reason) for each in choose_strategies(table, spec.model.name)),
        "",
        _annotate(
            f"split: {{holdout: {{test: {design.test_share:g}}}}}",
            "of the labelled rows, anew in each repeat",
        ),
        _annotate(
            f"seed_sizes: {design.seed_size}",
            f"labels to start from, for {format_count(n_classes, 'class', 'classes')}",
        ),
        _annotate(f"batch_sizes: {_choose_batch_size(n_labelled, n_classes)}", "labels a round"),
        _annotate(f"budgets: {design.budget}", "of each pool: with all of its rows strategies cannot differ"),
        _format_repeats(spec.repeats, spec.time_s),
        "",
        _annotate(f"primary_metric: {metric.name}", metric.reason),
        _annotate("random_state: 0", "seed of all random numbers"),
        _annotate("execution: {n_jobs: -1}", "one worker a core"),
    ]
    return "\n".join(lines) + "\n"


def count_fewest_labels(n_classes: int) -> int:
    """Return how many labelled rows a pilot of so many classes needs: for a batch in the smallest pool."""
    n_labelled = _ROWS_PER_CLASS * n_classes
    while not _has_batch(n_labelled, n_classes):
        n_labelled += 1
    return n_labelled


def _has_batch(n_labelled: int, n_classes: int) -> bool:
    design = design_pilot(n_labelled, n_classes)
    n_pool = n_labelled - compute_share(design.test_share, n_labelled)
    budget = float(design.budget.rstrip("%")) / 100
    n_labels = compute_share(budget, compute_share(min(design.pools), n_pool))
    return n_labels >= design.seed_size + design.batch_size


def _choose_batch_size(n_labelled: int, n_classes: int) -> int:
    """Return the labels of a round: those of the design, more where there would be too many rounds."""
    design = design_pilot(n_labelled, n_classes)
    n_pool = n_labelled - compute_share(design.test_share, n_labelled)
    tens = -(-n_pool // (10 * _MOST_ROUNDS))
    return max(design.batch_size, 10 * (tens - 1))


def _describe_file(file: LabelledFile, table: Table) -> list[str]:
    n_unlabelled = 0 if table.unlabelled is None else table.unlabelled.n_rows
    comments = {
        "target": f"{format_count(table.n_rows, 'row')} have a value",
        "unlabelled": f"{format_count(n_unlabelled, 'row')} have none: they are counted, not scored",
    }
    for setting in ("text", "id", "drop"):
        reasons = dict.fromkeys(column.reason for column in file.columns if column.setting == setting)
        comments[setting] = "; ".join(reasons)
    (options,) = file.to_entry().values()
    return [
        _annotate(f"      {_format(name, value)}", comments.get(name, "")) for name, value in options.items()
    ]


def _format_repeats(repeats: int, time_s: float) -> str:
    return _annotate(
        f"repeats: {repeats}", f"splits; chosen so that all take about {format_duration(time_s)}"
    )


def _format(name: str, value: Any) -> str:
    return f"{_format_value(name)}: {_format_value(value)}"


def _format_value(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(_format(name, each) for name, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_format_value, value))}]"
    # In a list of its own, so that it may stand in any list; one in quotes stands behind a dash.
    text = format_yaml([value]).strip()
    return text.removeprefix("- ") if text.startswith("- ") else text[1:-1]


def _annotate(line: str, comment: str) -> str:
    """Return a line with its comment behind it, or above it where there is no room."""
    if not comment:
        return line
    whole = f"{line:<{_COMMENT_COLUMN}}# {comment}" if len(line) < _COMMENT_COLUMN else f"{line}  # {comment}"
    if len(whole) <= _LONGEST:
        return whole
    indent = " " * (len(line) - len(line.lstrip()))
    return f"{indent}# {comment}\n{line}"
