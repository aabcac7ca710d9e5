"""The answer at a glance: the few numbers that decide, and sentences that can be skimmed."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.analysis.narrative.primary_slice import Setting
from albench.report.html.numbers import count, p_value, percent, saving_span, signed, span, tied

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.analysis.evidence import Row, SliceEvidence
    from albench.report.html.palette import Style


@dataclass(frozen=True)
class Fact:
    """A number with what it is, what stands below it, and where on the page it comes from."""

    name: str
    value: str
    below: str
    place: str
    style: Style | None = None


def facts(primary: SliceEvidence, styles: Mapping[str, Style], asked: int) -> list[Fact]:
    """Return the numbers of the best strategy; none while verdicts are withheld or nothing is compared."""
    setting = Setting(primary, asked)
    if primary.control.fired or not setting.compared:
        return []
    return list(_facts(setting, setting.best, styles))


def _facts(setting: Setting, row: Row, styles: Mapping[str, Style]) -> Iterator[Fact]:
    style = styles[row.strategy]
    own = f"row-{style.id}"
    clear = "clearly better than random" if row in setting.clear else "not shown to be better than random"
    yield Fact("Largest gain", row.strategy, clear, own, style)
    yield Fact("Labels saved", percent(row.median_saving), _saved(setting, row), "saving")
    yield Fact(f"Gain in {setting.metric}", signed(row.difference), span(row.interval_these), own)
    decided = row.wins + row.ties + row.losses
    if decided:
        won = f"{row.wins} of {count(decided, 'dataset')}"
        yield Fact("Better than random on", won, f"worse on {row.losses}, tie on {row.ties}", "where")
    yield _elsewhere(row)


def _saved(setting: Setting, row: Row) -> str:
    known = [
        s
        for cell in setting.covered(row)
        for s in cell.savings
        if s.target == "final" and s.saving is not None
    ]
    if len(known) == 1:
        return saving_span(known[0].saving or 0.0, known[0].interval)
    if not known:
        return "no level in common"
    ends = (
        ""
        if row.interval_saving is None
        else f"{saving_span(row.median_saving or 0.0, row.interval_saving)}, "
    )
    return f"{ends}median of {count(len(known), 'dataset')}, final level"


def _elsewhere(row: Row) -> Fact:
    if not row.testable:
        return Fact(
            "On other datasets", "cannot be tested", f"with {count(row.n_datasets, 'dataset')}", "def-p"
        )
    return Fact("On other datasets", _p(row), "Wilcoxon, Holm", "def-p")


def _p(row: Row) -> str:
    text = p_value(row.p_holm)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def clauses(sentence: str) -> list[str]:
    """Return a sentence cut after each semicolon that stands outside parentheses."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(sentence):
        depth += (sign in "([") - (sign in ")]")
        if sign == ";" and depth == 0:
            parts.append(sentence[start : place + 1])
            start = place + 2
    return [*parts, sentence[start:]]


def marked(text: str, names: Sequence[str]) -> str:
    """Return text as HTML with the names of strategies in bold."""
    safe = html.escape(tied(text))
    if not names:
        return safe
    longest = sorted((html.escape(name) for name in names), key=len, reverse=True)
    found = "|".join(map(re.escape, longest))
    return re.sub(rf"(?<![\w&;])(?:{found})(?!\w)", lambda match: f"<b>{match[0]}</b>", safe)
