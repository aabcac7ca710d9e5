"""Labels of rows that a strategy chose, by the log beside a file: such rows are no random sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from albench.errors import AlbenchError
from albench.labelling.data_file import find_data_file
from albench.labelling.project import open_project
from albench.labelling.project_log import ProposalEvent, find_log

if TYPE_CHECKING:
    from albench.spec.experiment import Experiment

_RANDOM = "random"


@dataclass(frozen=True)
class ChosenRows:
    """Rows that have a label because a strategy asked for it.

    Attributes
    ----------
    log : str
        Name of the file that says so.
    strategies : tuple of str
        Labels, in the order of the rows.
    """

    n: int
    strategies: tuple[str, ...]
    log: str


def count_chosen_rows(experiment: Experiment, n_labelled: int) -> ChosenRows | None:
    """Count the rows that strategies other than random chose among the first labels of a file.

    None where there are none, or where no log of the file as it is now says so.
    """
    entry = experiment.datasets[0]
    try:
        log = find_log(find_data_file(entry.component, experiment.folder))
        project = open_project(experiment, dataset=entry.label) if log.is_file() else None
    except AlbenchError:
        return None
    if project is None:
        return None
    # Of a row that was proposed twice the later proposal is the one that was answered.
    proposed = {
        row.row: event for event in project.events if isinstance(event, ProposalEvent) for row in event.rows
    }
    labelled = [key for batch in project.progress.batches for key in batch][:n_labelled]
    events = [proposed[key] for key in labelled if key in proposed]
    chosen = [event.strategy for event in events if event.components["strategy"].get("name") != _RANDOM]
    return ChosenRows(len(chosen), tuple(dict.fromkeys(chosen)), log.name) if chosen else None
