"""A trial in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from albench.contracts import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.trace.trace import Pick, Round, Story

_TOP = 3  # classes whose probabilities are told


def told(story: Story) -> list[str]:
    """Return what happened in a trial, line by line."""
    row = story.trial
    model = row["model"] if row["model"] == row["query_model"] else f"{row['model']} by {row['query_model']}"
    arm = f", arm {row['arm']}" if row["arm"] else ""
    where = f"{row['dataset']}, split {row['split']}, start {row['start']}"
    start = f"{row['seed_set']} seed set of {row['seed_size']}, batches of {row['batch_size']}"
    who = f"{row['strategy']}{arm} on {where}, with {model}, {start}, {row['oracle']} oracle"
    lines = [f"trial {row['key']}", who]
    if row["status"] != "done":
        return [*lines, f"{row['status']}: {row['reason'] or 'no reason recorded'}"]
    lines.append(f"done: {row['n_labels']} labels, {row['rounds']} rounds scored{_rise(story)}")
    lines += [f"note: {row['reason']}"] if row["reason"] else []
    lines += [f"neighbours are not told: {story.no_space}"] if story.no_space else []
    if story.rounds and not any(pick.proba for one in story.rounds for pick in one.picks):
        lines.append("probabilities were not recorded: 'execution: {audit: probabilities}' records them")
    return [*lines, *(line for one in story.rounds for line in ("", *_round(story, one)))]


def _rise(story: Story) -> str:
    levels = [one.score for one in story.rounds if one.score is not None]
    return f"; {story.metric} from {levels[0]:.3f} to {levels[-1]:.3f}" if levels else ""


def _round(story: Story, one: Round) -> Iterator[str]:
    score = f", then {story.metric} {one.score:.3f}" if one.score is not None else ""
    if one.number == 0:
        counts = Counter(_name(story, pick.label_given) for pick in one.picks)
        classes = ", ".join(f"{n} of class {name}" for name, n in sorted(counts.items()))
        yield f"seed set: {one.n_labels} labels ({classes or 'none'}){score}"
    else:
        tied = f"; {one.n_tied} candidates tied at the cut" if one.n_tied else ""
        yield f"round {one.number}: {one.n_labels} labels{score}{tied}"
    for pick in one.picks:
        yield f"  {pick.rank + 1}. {_pick(story, pick)}"


def _pick(story: Story, pick: Pick) -> str:
    parts = [f"row {pick.row}, class {_name(story, pick.label_given)}"]
    if pick.label_given != pick.label_true:
        parts[0] += f" (truly {_name(story, pick.label_true)})"
    if pick.utility is not None:
        parts.append(f"utility {pick.utility:.6g}{', drawn among equals' if pick.tied else ''}")
    if pick.proba is not None:
        parts.append(f"the model said {said(story, pick.proba)}")
    if pick.neighbour is not None and pick.distance is not None:
        near = label_of(story, pick.neighbour)
        parts.append(f"nearest labelled: row {pick.neighbour}, class {near}, at {pick.distance:.3g}")
    return "; ".join(parts)


def said(story: Story, proba: tuple[float, ...]) -> str:
    """Return the most probable classes with their probabilities."""
    order = sorted(range(len(proba)), key=lambda code: -proba[code])[:_TOP]
    return ", ".join(f"{_name(story, code)}: {proba[code]:.2f}" for code in order)


def label_of(story: Story, row: int) -> str:
    """Return the class that the oracle gave a bought row."""
    given = next(pick.label_given for one in story.rounds for pick in one.picks if pick.row == row)
    return _name(story, given)


def _name(story: Story, code: int) -> str:
    if code == REFUSED:
        return "refused by the oracle"
    return story.classes[code] if code < len(story.classes) else str(code)
