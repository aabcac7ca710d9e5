"""A trial pick by pick in words: as lines of text, and as HTML for a notebook with rounds folded."""

from __future__ import annotations

from collections import Counter
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from albench.batches import BatchSize
from albench.contracts import REFUSED
from albench.tables import GROWTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from albench.trace.trace import Pick, Round, Story


_TOP = 3  # classes whose probabilities are listed


def describe_story(story: Story) -> list[str]:
    """Return what happened in a trial, line by line."""
    row = story.trial
    columns = f", columns as {row['preprocessing']}" if row.get("preprocessing") else ""
    model = row["model"] if row["model"] == row["query_model"] else f"{row['model']} by {row['query_model']}"
    arm = f", arm {row['arm']}" if row["arm"] else ""
    where = f"{row['dataset']}, split {row['split']}, start {row['start']}"
    batches = BatchSize(row["batch_size"], row.get(GROWTH.name, 1.0))
    start = f"{row['seed_set']} seed set of {row['seed_size']}, batches of {batches}"
    who = f"{row['strategy']}{arm} on {where}, with {model}, {start}, {row['oracle']} oracle{columns}"
    lines = [f"trial {row['key']}", who]
    if row["status"] != "done":
        return [*lines, f"{row['status']}: {row['reason'] or 'no reason recorded'}"]
    lines.append(f"done: {row['n_labels']} labels, {row['rounds']} rounds scored{_describe_rise(story)}")
    lines += [f"note: {row['reason']}"] if row["reason"] else []
    lines += [f"neighbours are not told: {story.no_pool}"] if story.no_pool else []
    if story.rounds and not any(pick.proba for batch in story.rounds for pick in batch.picks):
        lines.append("probabilities were not recorded: 'execution: {audit: probabilities}' records them")
    return [*lines, *(line for batch in story.rounds for line in ("", *_describe_round(story, batch)))]


def _describe_rise(story: Story) -> str:
    levels = [batch.score for batch in story.rounds if batch.score is not None]
    return f"; {story.metric} from {levels[0]:.3f} to {levels[-1]:.3f}" if levels else ""


def _describe_round(story: Story, batch: Round) -> Iterator[str]:
    score = f", then {story.metric} {batch.score:.3f}" if batch.score is not None else ""
    if batch.number == 0:
        counts = Counter(_name_class(story, pick.label_given) for pick in batch.picks)
        classes = ", ".join(f"{n} of class {name}" for name, n in sorted(counts.items()))
        yield f"seed set: {batch.n_labels} labels ({classes or 'none'}){score}"
    else:
        tied = f"; {batch.n_tied} candidates tied at the cut" if batch.n_tied else ""
        yield f"round {batch.number}: {batch.n_labels} labels{score}{tied}"
    for pick in batch.picks:
        yield f"  {pick.rank + 1}. {_describe_pick(story, pick)}"


def _describe_pick(story: Story, pick: Pick) -> str:
    parts = [f"row {pick.row}, class {_name_class(story, pick.label_given)}"]
    if pick.label_given != pick.label_true:
        parts[0] += f" (truly {_name_class(story, pick.label_true)})"
    if pick.utility is not None:
        parts.append(f"utility {pick.utility:.6g}{', drawn among equals' if pick.tied else ''}")
    if pick.proba is not None:
        parts.append(f"the model said {describe_probabilities(story, pick.proba)}")
    if pick.neighbour is not None and pick.distance is not None:
        near = get_label(story, pick.neighbour)
        parts.append(f"nearest labelled: row {pick.neighbour}, class {near}, at {pick.distance:.3g}")
    return "; ".join(parts)


def describe_probabilities(story: Story, proba: tuple[float, ...]) -> str:
    """Return the most probable classes with their probabilities."""
    order = sorted(range(len(proba)), key=lambda code: -proba[code])[:_TOP]
    return ", ".join(f"{_name_class(story, code)}: {proba[code]:.2f}" for code in order)


def get_label(story: Story, row: int) -> str:
    """Return the class that the oracle gave a queried row."""
    code = next(pick.label_given for batch in story.rounds for pick in batch.picks if pick.row == row)
    return _name_class(story, code)


def _name_class(story: Story, code: int) -> str:
    if code == REFUSED:
        return "refused by the oracle"
    return story.classes[code] if code < len(story.classes) else str(code)


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
