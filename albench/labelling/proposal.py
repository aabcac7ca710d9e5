"""The next rows to label: those that the simulated trial would query in this state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from albench import __version__
from albench.errors import DatasetError, SpecError
from albench.labelling.progress import locate_batches
from albench.labelling.project_log import LabelledRow, ProposalEvent, ProposedRow
from albench.labelling.reasons import explain_picks
from albench.text import format_count, quote
from albench.trial.continued_trial import ContinuedTrial, find_unfit_need
from albench.trial.warning_records import record_warnings

if TYPE_CHECKING:
    import polars as pl

    from albench.contracts import Strategy
    from albench.labelling.project import LabellingProject
    from albench.labelling.proposal_files import ProposalFormat
    from albench.trial.history import QueriedBatch


@dataclass(frozen=True)
class Proposed:
    """A row to label.

    Attributes
    ----------
    key : str
        What the row is called.
    row : int
        Its place in the file, counted from 0.
    order : int
        Its place in the batch, counted from 1: the first is the one that the strategy wants most.
    utility : float or None
        None where the strategy gives none.
    predicted : str
        The class that the task model gives it now.
    probability : float or None
        Of that class; None for a model without probabilities.
    """

    key: str
    row: int
    order: int
    utility: float | None
    reason: str
    predicted: str
    probability: float | None

    @property
    def shown_utility(self) -> float | None:
        """The utility in six digits, for people."""
        return None if self.utility is None else float(f"{self.utility:.6g}")


@dataclass(frozen=True, eq=False)
class Proposal:
    """The rows to label next.

    Attributes
    ----------
    label : str
        Of the strategy.
    rows : tuple of Proposed
        In the order of the batch.
    notes : tuple of str
        What the fit warned of.
    """

    project: LabellingProject
    strategy: Strategy
    label: str
    rows: tuple[Proposed, ...]
    notes: tuple[str, ...] = ()

    def format(self, form: ProposalFormat = "csv", *, with_predictions: bool = False) -> str:
        """Return it as a file for people.

        Parameters
        ----------
        with_predictions : bool
            Whether it says which class the model gives each row: who sees one tends to agree.
        """
        from albench.labelling.proposal_files import format_proposal

        return format_proposal(self, form, with_predictions=with_predictions)

    def to_frame(self) -> pl.DataFrame:
        """Return the rows as a Polars frame, as CSV has them; filled in, it is a table of answers."""
        from albench.labelling.proposal_files import build_proposal_frame

        return build_proposal_frame(self)

    def build_event(self, *, by: str, time: str) -> ProposalEvent:
        """Return what the log keeps of it."""
        project, progress = self.project, self.project.progress
        task = project.build_task(self.strategy, len(self.rows))
        parts = ("strategy", "task_model", "query_model", "seed_set", "preprocessing")
        components: dict[str, Any] = {name: getattr(task.identity, name) for name in parts}
        is_first = not any(isinstance(event, ProposalEvent) for event in project.events)
        seen = progress.batches[0] if is_first else progress.new
        digests = project.data.digest_rows([*seen, *(row.key for row in self.rows)])
        labelled = [LabelledRow(row=key, digest=text) for key, text in zip(seen, digests, strict=False)]
        return ProposalEvent(
            time=time,
            by=by,
            albench=__version__,
            target=project.data.source.target_name,
            project=progress.project,
            round=progress.round,
            strategy=self.label,
            components=components,
            random_state=project.experiment.random_state,
            n=len(self.rows),
            labelled=tuple(labelled),
            rows=tuple(
                ProposedRow(row=row.key, digest=text, utility=row.utility, predicted=row.predicted)
                for row, text in zip(self.rows, digests[len(seen) :], strict=True)
            ),
        )


def propose_rows(project: LabellingProject, strategy: Strategy, label: str, n: int) -> Proposal:
    """Return the next rows to label; the same ones for the same labels.

    Parameters
    ----------
    label : str
        What it is called in the log.

    Raises
    ------
    DatasetError
        If nothing can be learnt from the labels yet, or too few rows are without one.
    SpecError
        If the strategy is for simulations alone, or does not suit the classes.
    StrategyError
        If it breaks its contract.
    """
    _check_labels(project, n)
    if problem := find_unfit_need(strategy) or strategy.find_misfit(project.data.whole.classes):
        raise SpecError(f"strategy {quote(label)} cannot propose rows here: {problem}")
    sizes = [*project.progress.sizes, n]
    task = project.build_task(strategy, sizes[0])
    with record_warnings() as warnings:
        trial = ContinuedTrial(task, project.prepare_arrays(), sizes)
        batch = trial.query_next(locate_batches(project.data, project.progress))
        rows = _describe_rows(project, strategy, trial, batch)
    notes = dict.fromkeys(f"{w.category.__name__}: {str(w.message).partition(chr(10))[0]}" for w in warnings)
    return Proposal(project, strategy, label, rows, tuple(notes))


def _check_labels(project: LabellingProject, n: int) -> None:
    data = project.data
    labels = data.whole.labels[data.pool]
    n_left = int((labels < 0).sum())
    present = sorted({data.whole.classes[code] for code in np.unique(labels[labels >= 0])})
    name = data.path.name
    if not present:
        raise DatasetError(
            f"{name}: no row that can be proposed has a label yet: label some of each class first"
        )
    if len(present) == 1:
        raise DatasetError(
            f"{name}: all labelled rows are of class {quote(present[0])}, from which no model learns: "
            "label a row of another class first"
        )
    if not n_left:
        raise DatasetError(f"{name}: every row has a label: there is none left to propose")
    if n > n_left:
        raise DatasetError(
            f"{name}: {n} rows are asked for, and {format_count(n_left, 'row')} without a label "
            f"{'is' if n_left == 1 else 'are'} left: -n {n_left}"
        )


def _describe_rows(
    project: LabellingProject, strategy: Strategy, trial: ContinuedTrial, batch: QueriedBatch
) -> tuple[Proposed, ...]:
    data, positions = project.data, batch.positions
    features, classes = trial.features[positions], data.whole.classes
    predicted = trial.fitted.predict(features)
    proba = trial.fitted.proba(features) if trial.fitted.has_proba else None
    reasons = explain_picks(strategy, trial.view, positions, batch.utilities)
    rows = []
    for place, (position, reason) in enumerate(zip(positions.tolist(), reasons, strict=True)):
        row, utility, code = int(data.pool[position]), float(batch.utilities[place]), int(predicted[place])
        rows.append(
            Proposed(
                key=data.keys[row],
                row=row,
                order=place + 1,
                utility=utility if np.isfinite(utility) else None,
                reason=reason,
                predicted=classes[code],
                probability=None if proba is None else float(proba[place, code]),
            )
        )
    return tuple(rows)
