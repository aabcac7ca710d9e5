"""How far a labelling project is: which rows were labelled in which round, from its log and its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from albench.errors import DatasetError
from albench.labelling.project_log import ProposalEvent
from albench.labelling.whole_table import identify_project
from albench.text import list_first, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from albench.labelling.data_file import DataFile
    from albench.labelling.project_log import Event, LabelledRow

_SHOWN = 5
_LOG_ADVICE = "or move the log away to begin a new project with the labels that there are"


@dataclass(frozen=True)
class Progress:
    """The state that the next proposal depends on.

    Attributes
    ----------
    project : str
        What the random streams are keyed by.
    batches : tuple of tuple of str
        Keys of the rows that were labelled at the start, then in each round.
    sizes : tuple of int
        How many rows were asked for in each round that was answered.
    new : tuple of str
        The last of the batches where no proposal has seen it yet; else nothing.
    proposed : tuple of str
        Keys of all rows that were ever proposed.
    """

    project: str
    batches: tuple[tuple[str, ...], ...]
    sizes: tuple[int, ...]
    new: tuple[str, ...]
    proposed: tuple[str, ...]

    @property
    def round(self) -> int:
        """Rounds of labels after those that the project began with."""
        return len(self.batches) - 1


def read_progress(data: DataFile, events: Sequence[Event]) -> Progress:
    """Return how far a project is.

    Parameters
    ----------
    events : sequence of Event
        Its log.

    Raises
    ------
    DatasetError
        If the file does not have the rows of the log any more, or lacks a label that it had.
    """
    proposals = [event for event in events if isinstance(event, ProposalEvent)]
    _check_target(data, events)
    _check_rows(data, [row for event in proposals for row in (*event.labelled, *event.rows)])
    batches = _group_batches(data, proposals)
    _check_labels(data, [key for batch in batches for key in batch])
    proposed = tuple(dict.fromkeys(row.row for event in proposals for row in event.rows))
    new = _list_new(data, batches, proposed)
    sizes = {event.round: event.n for event in proposals}
    batches = (*batches, new) if new else batches
    return Progress(
        project=proposals[0].project if proposals else identify_project(data.whole),
        batches=batches,
        sizes=tuple(sizes[index] for index in range(len(batches) - 1)),
        new=new,
        proposed=proposed,
    )


def _group_batches(data: DataFile, proposals: Iterable[ProposalEvent]) -> tuple[tuple[str, ...], ...]:
    """Return what was labelled by round; a proposal that came again in the same round saw nothing new."""
    batches = list[tuple[str, ...]]()
    for event in proposals:
        if event.labelled:
            batches.append(tuple(row.row for row in event.labelled))
        if event.round != len(batches) - 1:
            raise DatasetError(
                f"{data.path.name}: its log lacks a line before the proposal of {event.time}: take it from a "
                f"backup, {_LOG_ADVICE}"
            )
    return tuple(batches)


def _list_new(data: DataFile, batches: Sequence[Sequence[str]], proposed: Sequence[str]) -> tuple[str, ...]:
    """Return labelled rows that no proposal has seen: proposed ones in their order, then the others."""
    known = {key for batch in batches for key in batch}
    is_labelled = data.whole.labels[data.pool] >= 0
    new = {data.keys[row] for row in data.pool[is_labelled].tolist()} - known
    rest = sorted(new.difference(proposed), key=data.rows.__getitem__)
    return (*(key for key in proposed if key in new), *rest)


def _check_target(data: DataFile, events: Sequence[Event]) -> None:
    for event in events:
        if event.target != data.source.target_name:
            raise DatasetError(
                f"{data.path.name}: its log is of labels in column {quote(event.target)}, the spec says "
                f"{quote(data.source.target_name)}: use that column, {_LOG_ADVICE}"
            )


def _check_rows(data: DataFile, logged: Sequence[LabelledRow]) -> None:
    """See that every row of the log is where it was, with the features that it had."""
    digests = {row.row: row.digest for row in logged}
    pool = {data.keys[row] for row in data.pool.tolist()}
    if gone := [key for key in digests if key not in pool]:
        _refuse_change(data, f"{_list_rows(gone)} {_agree(gone, 'is', 'are')} not there any more")
    keys = list(digests)
    moved = [key for key, digest in zip(keys, data.digest_rows(keys), strict=True) if digest != digests[key]]
    if moved:
        why = ", as if rows were inserted or a column added" if 1 < len(moved) == len(keys) else ""
        _refuse_change(data, f"{_list_rows(moved)} {_agree(moved, 'has', 'have')} other features{why}")


def _refuse_change(data: DataFile, change: str) -> NoReturn:
    hint = "" if data.source.id else "; with a column that names them, declared as id, rows may move"
    raise DatasetError(
        f"{data.path.name}: the file was changed since rows were proposed: {change}: restore it, "
        f"{_LOG_ADVICE}{hint}"
    )


def _check_labels(data: DataFile, keys: Sequence[str]) -> None:
    lost = [key for key in keys if data.whole.labels[data.rows[key]] < 0]
    if lost:
        raise DatasetError(
            f"{data.path.name}: {_list_rows(lost)} had a label when rows were proposed, and "
            f"{_agree(lost, 'has', 'have')} none now: write it again, {_LOG_ADVICE}"
        )


def _agree(rows: Sequence[str], singular: str, plural: str) -> str:
    return singular if len(rows) == 1 else plural


def _list_rows(keys: Sequence[str]) -> str:
    return f"{'row' if len(keys) == 1 else 'rows'} {list_first(list(keys), _SHOWN)}"


def locate_batches(data: DataFile, progress: Progress) -> list[np.ndarray]:
    """Return the batches as positions of the pool."""
    position = {row: place for place, row in enumerate(data.pool.tolist())}
    return [
        np.array([position[data.rows[key]] for key in batch], dtype=np.intp) for batch in progress.batches
    ]
