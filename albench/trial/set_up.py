"""What a trial is made of before its first round, from its task and the arrays of its split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.errors import TrialError
from albench.prepared.matrices import VisibleFeatures, freeze
from albench.prepared.shared_arrays import SharedArrays
from albench.registry.lookup import restore_component
from albench.trial.hidden_labels import HiddenLabels
from albench.trial.history import History
from albench.trial.oracle_answers import OracleAnswers
from albench.trial.random_streams import identify_split
from albench.trial.scoring import Scorer

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Floats, Metric, Oracle, Strategy
    from albench.prepared.split_arrays import SplitArrays
    from albench.trial.random_streams import TrialStreams
    from albench.trial.records import TrialTask


def build_answers(
    task: TrialTask, arrays: SplitArrays, oracle: Oracle, streams: TrialStreams, folder: Path | None
) -> OracleAnswers:
    """Return the answers of the oracle to the rows of the pool, of which nothing is bought yet."""
    return OracleAnswers(
        oracle,
        arrays,
        task.classes,
        open_rng=streams.open_oracle_rng,
        split=identify_split(task.identity),
        folder=folder,
    )


def build_history(arrays: SplitArrays, answers: OracleAnswers) -> History:
    """Return the history of a trial that has not begun."""
    return History(
        rows=arrays.pool_rows,
        true_labels=freeze(arrays.pool_labels),
        given_labels=answers.given_labels,
        annotators=answers.annotators,
        costs=answers.costs,
    )


def build_hidden_labels(arrays: SplitArrays, history: History) -> HiddenLabels:
    """Return the labels that controls alone may see."""
    return HiddenLabels(history.true_labels, history.given_labels, arrays.test_features, arrays.test_labels)


def show_features(strategy: Strategy, features: Floats) -> VisibleFeatures:
    """Return the features of the pool as a strategy sees them."""
    cls = type(strategy)
    return VisibleFeatures(features, cls.name or cls.__qualname__, accepts_sparse=cls.accepts_sparse)


def build_shared_arrays(task: TrialTask, arrays: SplitArrays, folder: Path | None) -> SharedArrays:
    """Return what strategies share, in the folder where it was prepared, if it was."""
    return SharedArrays(
        arrays.pool_features,
        n_classes=task.n_classes,
        **identify_split(task.identity),
        folder=folder,
        unlabelled=arrays.unlabelled_features,
    )


def build_scorers(task: TrialTask, arrays: SplitArrays, history: History) -> list[Scorer]:
    """Return the scorer of the test part, and that of the validation part where there is one."""
    metrics: list[Metric] = [restore_component(recipe) for recipe in task.metrics]
    validation = ["validation"] if arrays.validation_labels.size else []
    return [
        Scorer(
            metrics,
            getattr(arrays, f"{part}_features"),
            getattr(arrays, f"{part}_labels"),
            classes=task.classes,
            queries=history,
            distribution=getattr(arrays, f"{part}_distribution"),
            prefix=prefix,
        )
        for part, prefix in [("test", ""), *((part, "validation_") for part in validation)]
    ]


def refuse_changed_code(task: TrialTask, strategy: Strategy, oracle: Oracle) -> None:
    """Refuse a trial whose code is not that of its key, since a file was edited while the run went on."""
    identity = task.identity
    pairs = (
        (identity.strategy, strategy),
        (identity.oracle, oracle),
        (identity.task_model, task.task_model),
        (identity.query_model, task.query_model),
    )
    for fragment, component in pairs:
        if "code" in fragment and fragment["code"] != component.describe_code():
            files = ", ".join(sorted(fragment["code"]))
            raise TrialError(f"{files} was edited while the run went on: run again to use the new code")
