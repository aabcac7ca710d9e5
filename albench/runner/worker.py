"""What a worker does: prepare a split, run a trial, fit a reference. Plain data in, plain data out."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from albench.contracts.preprocessing import Preprocessing
from albench.datasets.recorded_answers import select_answers
from albench.errors import TrialError
from albench.prepared.difficulty import compute_difficulty, save_difficulty
from albench.prepared.embedding import load_embeddings, write_embeddings
from albench.prepared.preprocess import prepare_split
from albench.prepared.shared_arrays import SharedArrays
from albench.prepared.split_arrays import SplitArrays
from albench.registry.lookup import restore_component
from albench.runner.process_state import isolate_state
from albench.trial.execute import record_lost_trial, run_reference, run_trial
from albench.trial.limits import NO_LIMITS, Limits
from albench.trial.records import ReferenceRecord, ReferenceTask, TrialTask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.contracts import SeedSet, Strategy, Table
    from albench.runner.executors.watchdog import Death
    from albench.stream.execute import StreamTask
    from albench.trial.records import TrialRecord

SHARED_FOLDER = "shared"


@dataclass(frozen=True)
class PrepareJob:
    """Divide a dataset, fit the preprocessing on the pool, write the arrays to ``target``.

    ``sharing`` holds the recipes of strategies and seed set methods whose trials on this split will run: the
    arrays that they share are computed now, once; and, if an oracle needs it, how hard the rows are.
    ``embeddings_folder`` is the one that an :class:`EmbedJob` wrote.
    ``row_prices`` are those of the dataset's rows, if they have any, ``answer_columns`` hold the recorded
    answers that oracles give.
    """

    table: Table
    dataset: str
    split: dict[str, Any]
    split_index: int
    validation: float
    random_state: int
    target: str
    sharing: tuple[dict[str, Any], ...] = ()
    needs_difficulty: bool = False
    row_prices: tuple[float, ...] = ()
    answer_columns: tuple[str, ...] = ()
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    embeddings_folder: str = ""


@dataclass(frozen=True)
class EmbedJob:
    """Turn the texts of a dataset into numbers, once for all splits, where no pool need be known for that."""

    table: Table
    preprocessing: Preprocessing
    target: str


@dataclass(frozen=True)
class FitJob:
    """A trial or a reference, and where the arrays of its split lie, or of its dataset on a stream."""

    task: TrialTask | ReferenceTask | StreamTask
    arrays: str
    limits: Limits = NO_LIMITS


def embed_texts(job: EmbedJob) -> str:
    """Write the embedded texts of a dataset, if there is anything to write; return their folder."""
    write_embeddings(job.table, job.preprocessing, Path(job.target))
    return job.target


@isolate_state()
def write_split(job: PrepareJob) -> str:
    """Write the arrays of a split; return their folder."""
    arrays = prepare_split(
        job.table,
        restore_component(job.split),
        job.preprocessing,
        dataset=job.dataset,
        split=job.split_index,
        validation=job.validation,
        random_state=job.random_state,
        embeddings=load_embeddings(job.table, Path(job.embeddings_folder)) if job.embeddings_folder else None,
    ).arrays
    if job.row_prices:
        arrays = replace(arrays, pool_prices=np.array(job.row_prices)[arrays.pool_rows])
    if job.answer_columns:
        answers = select_answers(job.table, job.answer_columns)[arrays.pool_rows]
        arrays = replace(arrays, pool_answers=answers, answer_names=np.array(job.answer_columns))
    with explain_scratch_trouble(Path(job.target)):
        arrays.save(Path(job.target))
    _save_shared(job, arrays)
    return job.target


def _save_shared(job: PrepareJob, arrays: SplitArrays) -> None:
    shared_arrays = SharedArrays(
        arrays.pool_features,
        n_classes=len(job.table.classes),
        random_state=job.random_state,
        dataset=job.dataset,
        split=job.split_index,
        unlabelled=arrays.unlabelled_features,
    )
    components: list[Strategy | SeedSet] = [restore_component(recipe) for recipe in job.sharing]
    for need in dict.fromkeys(need for component in components for need in component.shares()):
        # A need that fails here fails again, with its reason, in the trials that have it; the others go on.
        with suppress(Exception, SystemExit):
            shared_arrays.save(need, Path(job.target) / SHARED_FOLDER)
    if job.needs_difficulty:
        split: dict[str, Any] = {
            "random_state": job.random_state,
            "dataset": job.dataset,
            "split": job.split_index,
        }
        with suppress(Exception, SystemExit):
            difficulty = compute_difficulty(arrays, len(job.table.classes), **split)
            save_difficulty(difficulty, Path(job.target) / SHARED_FOLDER)


def execute_job(job: FitJob) -> TrialRecord | ReferenceRecord:
    """Run a trial or a reference on its mapped arrays."""
    if not isinstance(job.task, TrialTask | ReferenceTask):
        # Here: a worker on pools starts without it.
        from albench.stream.execute import run_stream_task

        with isolate_state():
            return run_stream_task(job.task, Path(job.arrays), job.limits)
    with explain_scratch_trouble(Path(job.arrays)):
        arrays = SplitArrays.load(Path(job.arrays))
    with isolate_state():
        if isinstance(job.task, TrialTask):
            return run_trial(job.task, arrays, Path(job.arrays) / SHARED_FOLDER, job.limits)
        return run_reference(job.task, arrays, Path(job.arrays) / SHARED_FOLDER)


class Preparation(Protocol):
    """A job that makes arrays."""

    @property
    def target(self) -> str:
        """Their folder."""
        ...


@contextmanager
def explain_scratch_trouble(folder: Path) -> Iterator[None]:
    """Separate trouble with the arrays of a split from a failure of the trial, which would be recorded."""
    try:
        yield
    except OSError as error:
        raise TrialError(
            f"the arrays of a split in '{folder}' cannot be written or read: {error}. They need room and "
            "must stay until the run ends; the variable TMPDIR names another folder for them"
        ) from error


def record_loss(job: FitJob, death: Death) -> TrialRecord | ReferenceRecord:
    """Return the record of a job whose process died."""
    if not isinstance(job.task, ReferenceTask):
        return record_lost_trial(job.task.identity.key, death.status, death.reason)
    return ReferenceRecord(job.task.key, "failed", death.reason, is_transient=True)


def refuse_loss(job: Preparation, death: Death) -> str:
    """Refuse to go on without the arrays of a split."""
    raise TrialError(f"the arrays in '{job.target}' could not be prepared: {death.reason}")
