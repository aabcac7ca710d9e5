"""What a proposal and answers leave behind: the log, and labels in the file; one process at a time."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench import __version__
from albench.errors import DatasetError
from albench.files import acquire_lock
from albench.labelling.answer_files import list_answers, read_answers
from albench.labelling.answers import check_answers
from albench.labelling.data_file import find_data_file
from albench.labelling.project import choose_dataset, choose_entry, open_project
from albench.labelling.project_log import AnsweredRow, AnswersEvent, ProposalEvent, append_event
from albench.labelling.proposal import propose_rows
from albench.labelling.target_cells import write_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.contracts import Strategy
    from albench.labelling.answers import CheckedAnswers
    from albench.labelling.project import LabellingProject
    from albench.labelling.proposal import Proposal
    from albench.spec.experiment import Experiment

_PATIENCE_S = 60.0


def propose_and_record(
    experiment: Experiment,
    strategy: Strategy | str,
    n: int,
    *,
    dataset: str | None = None,
    model: str | None = None,
    by: str = "",
) -> Proposal:
    """Propose rows, and write the proposal into the log unless the same one was the last.

    Parameters and errors are those of :func:`albench.propose`.
    """
    label, component = _choose_strategy(experiment, strategy)
    with _lock_labels(experiment, dataset):
        proposal = propose_rows(open_project(experiment, dataset=dataset, model=model), component, label, n)
        event = proposal.build_event(by=by, time=_now())
        last = proposal.project.events[-1] if proposal.project.events else None
        is_again = isinstance(last, ProposalEvent) and not event.labelled and _is_same(last, event)
        if not is_again:
            append_event(proposal.project.log, event)
    return proposal


def _choose_strategy(experiment: Experiment, strategy: Strategy | str) -> tuple[str, Strategy]:
    if isinstance(strategy, str):
        return strategy, choose_entry(experiment.strategies, strategy, "strategy", "").component
    labels = [entry.label for entry in experiment.strategies if entry.component == strategy]
    return (labels or [type(strategy).name or type(strategy).__qualname__])[0], strategy


@contextmanager
def _lock_labels(experiment: Experiment, dataset: str | None) -> Iterator[None]:
    """Let no other process write labels of the file meanwhile."""
    from filelock import Timeout

    file = find_data_file(choose_dataset(experiment, dataset).component, experiment.folder)
    try:
        lock = acquire_lock(file.with_name(f".{file.name}.lock"), timeout=_PATIENCE_S)
    except Timeout as error:
        raise DatasetError(f"{file.name}: another albench works on its labels: try again later") from error
    with lock:
        yield


def _is_same(last: ProposalEvent, event: ProposalEvent) -> bool:
    keep = {"strategy", "components", "round", "rows", "albench", "by"}
    return last.model_dump(include=keep) == event.model_dump(include=keep)


def read_and_record(
    experiment: Experiment,
    given: Any,
    *,
    dataset: str | None = None,
    allow_new_classes: bool = False,
    by: str = "",
) -> CheckedAnswers:
    """Write answers into the file of the project and into its log; all of them or none.

    Parameters and errors are those of :func:`albench.record_answers`.
    """
    with _lock_labels(experiment, dataset):
        # Answers have nothing to do with the model.
        model = experiment.models[0].label
        project = open_project(experiment, dataset=dataset, model=model)
        return _record_answers(project, given, by=by, allow_new_classes=allow_new_classes)


def _record_answers(
    project: LabellingProject, given: Any, *, by: str, allow_new_classes: bool
) -> CheckedAnswers:
    is_file = isinstance(given, Path)
    file = given.name if is_file else "answers"
    read = read_answers(given, project.data) if is_file else list_answers(given, project.data)
    answers = check_answers(read, project, file=file, allow_new_classes=allow_new_classes)
    if not answers.labels:
        return answers
    # The file first: a label that the log lacks is found again, a line without its label would be wrong.
    write_labels(project.data, answers.labels)
    rows = tuple(
        AnsweredRow(row=key, label=name, by=answers.annotators.get(key))
        for key, name in answers.labels.items()
    )
    event = AnswersEvent(
        time=_now(),
        by=by,
        albench=__version__,
        target=project.data.source.target_name,
        file=file,
        rows=rows,
        n_empty=answers.n_empty,
    )
    append_event(project.log, event)
    return answers


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
