"""A trial pick by pick, as HTML for a notebook: the sentences of the text, rounds folded."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from albench.trace.trace_text import describe_story

if TYPE_CHECKING:
    from collections.abc import Iterable

    from albench.trace.trace import Story


def format_story_html(story: Story) -> str:
    """Return what :func:`describe_story` says, a fold for each round."""
    blocks = [list(lines) for is_text, lines in groupby(describe_story(story), bool) if is_text]
    head, *rounds = blocks
    return f"<div>{_format_paragraphs(head)}{''.join(map(_format_round, rounds))}</div>"


def _format_paragraphs(lines: Iterable[str]) -> str:
    return "".join(f"<div>{escape(line)}</div>" for line in lines)


def _format_round(lines: list[str]) -> str:
    summary, *picks = lines
    body = f"<div style='padding-left: 1.5em'>{_format_paragraphs(picks)}</div>"
    return f"<details><summary>{escape(summary)}</summary>{body}</details>"
