"""Write ``checks.md`` from the checks and ``checks.yaml``: ``python docs/make_checks.py``."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from albench.analysis.label_saving import FEWEST_REPEATS, FEWEST_SPLITS
from albench.analysis.stats.intervals import FEWEST_UNITS
from albench.analysis.stats.significance import find_fewest_datasets
from albench.narrative import checks
from albench.narrative.checks import data, design, streams

TARGET = Path(__file__).with_name("checks.md")
HEAD = """\
# The checks, by code

Written from `albench/narrative/checks` and `docs/checks.yaml` by `python docs/make_checks.py`; a test holds
it current.

A code never changes its meaning. Every check ends in one of four ways: an **issue** limits what the page may
say, a **tip** shows what would make it say more, **passed** and **not applicable** need no action. In Python
they are `results.checks`. What is looked at is the [primary slice](statistics.md#what-is-what), and all
trials.
"""
LIMITS = {
    "fewest_repeats": str(FEWEST_REPEATS),
    "fewest_splits": str(FEWEST_SPLITS),
    "fewest_units": str(FEWEST_UNITS),
    "fewest_datasets": str(find_fewest_datasets(1)),
    "still_rising": f"{100 * design.STILL_RISING:g} %",
    "as_fast": f"{100 * design.AS_FAST:g} %",
    "most_failed": f"{100 * data.MOST_FAILED:g} %",
    "most_tied": f"{100 * data.MOST_TIED:g} %",
    "imbalanced": f"{data.IMBALANCED:g}",
    "contended": f"{data.CONTENDED:g}",
    "enough_stream_repeats": str(streams.ENOUGH_REPEATS),
    "least_spent": f"{100 * (1 - streams.MOST_UNSPENT):g} %",
}
"""Numbers that the words name, so that they are those of the code."""


class CheckFunction(NamedTuple):
    """What the source of a check says of it."""

    code: str
    title: str
    question: str
    statuses: tuple[str, ...]


def read_checks() -> list[CheckFunction]:
    """Return all checks in the order of their codes, as their source has them."""
    files = Path(checks.__file__).parent.glob("*.py")
    nodes = [node for path in files for node in ast.parse(path.read_text(encoding="utf-8")).body]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    described = [_read_check(node) for node in functions if re.match(r"ALB\d", ast.get_docstring(node) or "")]
    return sorted(described, key=lambda check: check.code)


def _read_check(function: ast.FunctionDef) -> CheckFunction:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    code, title = next(
        (ast.literal_eval(call.args[0]), ast.literal_eval(call.args[1]))
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "CheckSpec"
    )
    used = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    question = (ast.get_docstring(function) or "").partition(": ")[2].splitlines()[0].rstrip(".")
    return CheckFunction(code, title, question, tuple(word for word in ("issue", "tip") if word in used))


def format_page() -> str:
    """Return the whole page."""
    words: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("checks.yaml").read_text(encoding="utf-8")
    )
    checks = read_checks()
    if without := {check.code for check in checks} ^ set(words):
        raise ValueError(f"no words, or no such check: {sorted(without)}")
    rows = [f"| [{of.code}](#{of.code.lower()}) | {of.title} | {' or '.join(of.statuses)} |" for of in checks]
    contents = "\n".join(["| code | what should hold | otherwise |", "|---|---|---|", *rows, ""])
    return "\n".join([HEAD, contents, *(_format_check(check, words[check.code]) for check in checks)])


def _format_check(check: CheckFunction, words: dict[str, str]) -> str:
    texts = {name: " ".join(text.split()).format_map(LIMITS) for name, text in words.items()}
    return "\n".join(
        [
            f"## {check.code}",
            "",
            f"**{check.title[:1].upper()}{check.title[1:]}**: {check.question}?",
            "",
            f"- *It fires* ({' or '.join(check.statuses)}) {texts['fires']}",
            f"- *What it means*: {texts['means']}",
            f"- *What to do*: {texts['do']}",
            "",
        ]
    )


if __name__ == "__main__":
    TARGET.write_text(format_page(), encoding="utf-8")
