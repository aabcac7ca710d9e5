"""Tasks and records of trials and references: plain data, so that any process can run them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts import Model
    from albench.coverage import Coverage
    from albench.identity import TrialIdentity


@dataclass(frozen=True)
class TrialTask:
    """One trial to run, or to score again on stored picks.

    Attributes
    ----------
    coverage : Coverage
        What to record; ``labels`` is the last whole round.
    strategy, seed_set, oracle : dict
        Recipes (:func:`albench.registry.lookup.make_recipe`).
    metrics, signals : tuple of dict
        Recipes.
    classes : tuple of str
        Of the dataset.
    rules : tuple of dict
        Recipes of stopping rules whose observations are recorded.
    enforced : tuple of dict
        Recipes of stopping rules that end the trial.
    picks : dict of str to ndarray or None
        The ``queries`` of an earlier run: label the same rows in the same rounds, without querying.
    repeated : dict of str to ndarray or None
        Of such a run, what was asked again: ``round, row, k``, and ``n_tied`` and ``query_s`` of the batch.
    """

    identity: TrialIdentity
    coverage: Coverage
    strategy: dict[str, Any]
    seed_set: dict[str, Any]
    oracle: dict[str, Any]
    task_model: Model
    query_model: Model
    metrics: tuple[dict[str, Any], ...]
    signals: tuple[dict[str, Any], ...]
    classes: tuple[str, ...]
    rules: tuple[dict[str, Any], ...] = ()
    enforced: tuple[dict[str, Any], ...] = ()
    picks: dict[str, NDArray[Any]] | None = None
    repeated: dict[str, NDArray[Any]] | None = None

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)


@dataclass(frozen=True)
class ReferenceTask:
    """The task model on the whole pool; ``oracle`` is None for true labels."""

    key: str
    dataset: str
    split: int
    random_state: int
    task_model: Model
    oracle: dict[str, Any] | None
    oracle_identity: dict[str, Any] | None
    metrics: tuple[dict[str, Any], ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TrialRecord:
    """Results of a trial: one array a column.

    Attributes
    ----------
    curve : dict of str to ndarray of shape (n_rounds,)
        ``round, n_labels, cost, n_tied, fit_s, query_s``, the metrics and the signals; not-a-number where
        undefined.
    queries : dict of str to ndarray of shape (n_queried,)
        ``round, rank, row, utility, tied, label_true, label_given, annotator, cost``.
    proba : ndarray of shape (n_queried, n_classes) or None
        The query model's probabilities of each pick at that moment; not-a-number for seed rows.
    answers : dict of str to ndarray of shape (n_answers,) or None
        ``round, row, annotator, k, label, cost``; None where one annotator answered each query once.
    annotators : tuple of str
        Their names.
    repeated : dict of str to ndarray of shape (n_repeated,) or None
        ``round, row, k`` of the rows that were asked again; None where none was.
    notes : str or None
        Which numbers are undefined and why; what the model warned of.
    stream_columns : dict of str to ndarray or None
        Of a trial on a stream, the list columns of its part by name (``albench.store.stream_parts``).
    is_ended : bool
        Whether an enforced stopping rule ended it before its budget.
    is_transient : bool
        Whether it failed for a reason that may be gone when it is tried again.
    """

    key: str
    status: str
    notes: str | None
    facts: dict[str, int | float]
    traceback: str | None = None
    curve: dict[str, NDArray[Any]] = field(default_factory=dict)
    queries: dict[str, NDArray[Any]] = field(default_factory=dict)
    proba: NDArray[np.float64] | None = None
    is_ended: bool = False
    is_transient: bool = False
    answers: dict[str, NDArray[Any]] | None = None
    annotators: tuple[str, ...] = ()
    repeated: dict[str, NDArray[Any]] | None = None
    stream_columns: dict[str, NDArray[Any]] | None = None


@dataclass(frozen=True)
class ReferenceRecord:
    """Results of a reference."""

    key: str
    status: str
    notes: str | None
    n_train: int = 0
    fit_s: float = 0.0
    scores: dict[str, float | None] = field(default_factory=dict)
    traceback: str | None = None
    is_transient: bool = False
