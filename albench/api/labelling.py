"""The rows to label next, and the answers to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.api.experiment import load_experiment
from albench.spec.experiment import refuse_streams

if TYPE_CHECKING:
    from albench.api.experiment import Spec
    from albench.contracts import Strategy
    from albench.labelling.answers import CheckedAnswers
    from albench.labelling.proposal import Proposal

_OF_A_POOL = "give an experiment without 'scenario: stream'"


def propose(
    spec: Spec,
    strategy: Strategy | str,
    n: int,
    *,
    dataset: str | None = None,
    model: str | None = None,
    by: str = "",
) -> Proposal:
    """Propose the next rows of a partly labelled file to label, and note them in its log.

    They are those that the simulated trial of the strategy would query in this state: the same for the same
    labels.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`; its dataset says ``unlabelled: keep``.
    strategy : Strategy or str
        Or the label of one of the experiment's.
    n : int
    dataset, model : str, optional
        Labels, needed where the experiment has several.
    by : str
        Who asks, for the log.

    Raises
    ------
    DatasetError
        If the file cannot be used, or does not go with its log.
    SpecError
        If the strategy cannot propose rows here, or is not known.
    """
    from albench.labelling.record import propose_and_record

    experiment = load_experiment(spec)
    refuse_streams(experiment, "rows to label next are", _OF_A_POOL)
    return propose_and_record(experiment, strategy, n, dataset=dataset, model=model, by=by)


def record_answers(
    spec: Spec, answers: Any, *, dataset: str | None = None, allow_new_classes: bool = False, by: str = ""
) -> CheckedAnswers:
    """Write answers to proposed rows into the file, all of them or none; the file before is kept beside it.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`propose`.
    answers : path, or DataFrame or mapping of str to array
        CSV, TSV, JSON lines, or JSON that Label Studio or Argilla exported; a table in memory has the column
        ``albench_row``, or those of ``id``, and the target, as :meth:`Proposal.to_frame` has them.
    dataset : str, optional
        Label, needed where the experiment has several.
    allow_new_classes : bool
        Whether a class may come that no row has yet.
    by : str
        Who answered, for the log.

    Raises
    ------
    DatasetError
        With everything that is wrong with the answers; nothing was written.
    """
    from albench.labelling.record import read_and_record

    experiment = load_experiment(spec)
    refuse_streams(experiment, "answers of people are", _OF_A_POOL)
    return read_and_record(
        experiment,
        Path(answers) if isinstance(answers, str) else answers,
        dataset=dataset,
        allow_new_classes=allow_new_classes,
        by=by,
    )
