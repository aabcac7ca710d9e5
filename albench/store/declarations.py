"""What the spec declared of its analysis in each run on a folder, and how many results were there by then."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from albench.spec.differences import compare_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Declaration = dict[str, Any]
SINCE, FINISHED = "since", "n_finished"
SLICE = ("primary_metric", "model", "seed_size", "seed_set", "batch_size", "oracle", "preprocessing")
"""What says in which slice the verdicts are made; a larger budget is the same slice, further on."""


def declare(
    resolved: Mapping[str, Any],
    *,
    strategies: Iterable[str],
    datasets: Iterable[str],
    since: str | None = None,
    n_finished: int | None = None,
) -> Declaration:
    """Return what a spec declares of its analysis.

    Parameters
    ----------
    resolved : mapping
        The experiment with every default filled in.
    strategies, datasets : iterable of str
        Their labels.
    since : str or None
        When its run began; None if nobody knows.
    n_finished : int or None
        Trials that had finished on the folder by then; None if nobody knows.
    """
    first = {name: values[0] for name in SLICE[1:] if (values := resolved.get(f"{name}s"))}
    return {
        SINCE: since,
        FINISHED: n_finished,
        "primary_metric": resolved.get("primary_metric"),
        **first,
        "repeats": resolved.get("repeats"),
        "strategies": sorted(set(strategies)),
        "datasets": sorted(set(datasets)),
    }


def add_declaration(declarations: Sequence[Declaration], new: Declaration) -> list[Declaration]:
    """Return the declarations with a new one, unless the last one says the same."""
    same = bool(declarations) and _strip(declarations[-1]) == _strip(new)
    return [*declarations, *([] if same else [new])]


def merge_declarations(lists: Iterable[Sequence[Declaration]]) -> list[Declaration]:
    """Return the declarations of several folders, the oldest first."""
    merged: list[Declaration] = []
    for declaration in sorted((each for entries in lists for each in entries), key=lambda d: d[SINCE] or ""):
        merged = add_declaration(merged, declaration)
    return merged


def was_declared_before(declarations: Sequence[Declaration]) -> bool:
    """Say whether the slice of the verdicts was declared when no trial had finished, and never changed."""
    slices = [{name: declaration.get(name) for name in SLICE} for declaration in declarations]
    return bool(slices) and declarations[0][FINISHED] == 0 and all(each == slices[0] for each in slices)


def describe_changes(declarations: Sequence[Declaration]) -> tuple[str, ...]:
    """Say what was declared otherwise while results were there, a sentence each."""
    sentences = []
    for old, new in pairwise(declarations):
        changes = "; ".join(compare_values(_strip(old), _strip(_keep_sequence(old, new))))
        if new[FINISHED] != 0 and changes:
            known = "some" if new[FINISHED] is None else f"{new[FINISHED]:,}"
            when = f", {new[SINCE]}" if new[SINCE] else ""
            sentences.append(
                f"Declared otherwise when {known} trials had finished{when}: {changes}; no p-value here "
                "accounts for a choice that was made after a look at results"
            )
    return tuple(sentences)


def _keep_sequence(old: Declaration, new: Declaration) -> Declaration:
    """Return the new declaration without more repeats at most: looks go on then, and hold their error."""
    before, after = old.get("repeats") or {}, new.get("repeats") or {}
    is_same_rule = {**before, "up_to": 0} == {**after, "up_to": 0}
    is_longer = is_same_rule and before.get("up_to", 0) < after.get("up_to", 0)
    return {**new, "repeats": before} if is_longer else new


def _strip(declaration: Declaration) -> Declaration:
    return {name: value for name, value in declaration.items() if name not in (SINCE, FINISHED)}
