"""The log of a labelling project: JSON lines beside its file, from which the project can be made again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from albench.errors import DatasetError

if TYPE_CHECKING:
    from pathlib import Path


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    time: str
    """When, in UTC."""
    by: str
    """Who."""
    albench: str
    """Version."""
    target: str
    """Column of the labels."""


class LabelledRow(BaseModel):
    """A row that had a label when rows were proposed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: str
    digest: str
    """Of its features, by which a row that has moved is noticed."""


class ProposedRow(LabelledRow):
    """A row that was proposed."""

    utility: float | None
    predicted: str | None
    """The class that the model gave it before its answer was known."""


class ProposalEvent(_Event):
    """Rows that were proposed, and what was labelled by then."""

    event: Literal["proposal"] = "proposal"
    project: str
    """What the random streams are keyed by: that of the first proposal of a project."""
    round: int
    """Rounds of labels before it: 0 where only the rows were labelled that the project began with."""
    strategy: str
    """Its label."""
    components: dict[str, Any]
    """Strategy, model, seed set and preprocessing, with their parameters and versions."""
    random_state: int
    n: int
    """Rows that were asked for."""
    labelled: tuple[LabelledRow, ...]
    """Rows that were labelled since the proposal before, whoever labelled them."""
    rows: tuple[ProposedRow, ...]


class AnsweredRow(BaseModel):
    """A row and the label that it got."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: str
    label: str
    by: str | None = None
    """Who answered, where the file of answers tells."""


class AnswersEvent(_Event):
    """Answers that were written into the file."""

    event: Literal["answers"] = "answers"
    file: str
    """Name of the file of answers."""
    rows: tuple[AnsweredRow, ...]
    n_empty: int
    """Rows without an answer."""


Event = ProposalEvent | AnswersEvent
_EVENTS: TypeAdapter[Event] = TypeAdapter(Event)


def find_log(data_file: Path) -> Path:
    """Return where the log of a file's labels lies: beside it."""
    return data_file.with_name(f"{data_file.name}.labelling.jsonl")


def read_log(file: Path) -> tuple[Event, ...]:
    """Return the events of a log, the first one first; none if there is no log."""
    if not file.is_file():
        return ()
    # Bytes: a crash may cut a character in two.
    lines = file.read_bytes().rstrip(b"\n").split(b"\n")
    return tuple(
        _read_event(file, number, line, is_last=number == len(lines))
        for number, line in enumerate(lines, 1)
        if line.strip()
    )


def _read_event(file: Path, number: int, line: bytes, *, is_last: bool) -> Event:
    try:
        return _EVENTS.validate_json(line)
    except ValidationError as error:
        cut = "delete it if a crash has cut it off, " if is_last else ""
        raise DatasetError(
            f"{file.name}: line {number} is no event of a labelling log: {cut}take it from a backup, or move "
            "the file away to begin a new project with the labels that there are"
        ) from error


def append_event(file: Path, event: Event) -> None:
    """Write an event at the end of a log, and see that it reaches the disk."""
    with file.open("a", encoding="utf-8", newline="\n") as handle:
        handle.write(event.model_dump_json() + "\n")
        handle.flush()
        os.fsync(handle.fileno())
