"""The learning curve of a labelling project: a metric after each round, on rows that no strategy has chosen.

Rows that a strategy asks for are harder than others, or of other classes: how well they are predicted before
their answers come says more of how the strategy chooses than of the model. So the metric is taken on the test
part that the file declares; where it declares none, on the rows that the project began with, each predicted
by a model that did not learn it, in five folds. It has a fifth of these rows less, which the curve counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from albench.contracts.returned import check_score
from albench.errors import DatasetError
from albench.labelling.progress import locate_batches
from albench.labelling.project_log import ProposalEvent
from albench.registry.lookup import get_builtin
from albench.rng import analysis_stream
from albench.splits.apportion import draw_folds
from albench.trial.continued_trial import ContinuedTrial
from albench.trial.scoring import ModelOutputs
from albench.trial.warning_records import record_warnings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from albench.contracts import Floats, Metric, Rows, Strategy
    from albench.labelling.project import LabellingProject
    from albench.models.fitted import FittedModel

FOLDS = 5
_MOST_ROUNDS = 21
_DRAWS = 200
_TAILS = (2.5, 97.5)


class CurvePoint(NamedTuple):
    """The metric after a round.

    Attributes
    ----------
    round : int
        0 is what the project began with.
    n_labels : int
        Labels of the project by then.
    n_trained : float
        Rows that the model was fitted on, the mean over the folds.
    level, low, high : float
        The metric, with its 95 % interval over the rows that are scored.
    """

    round: int
    n_labels: int
    n_trained: float
    level: float
    low: float
    high: float


@dataclass(frozen=True)
class ProjectCurve:
    """The learning curve of a labelling project.

    Attributes
    ----------
    file : str
        Name of the file.
    is_test_part : bool
        Whether the scored rows are a declared test part, and not those that the project began with.
    strategies : tuple of str
        Those that proposed, in the order of their first round.
    """

    file: str
    metric: str
    is_test_part: bool
    n_scored: int
    points: tuple[CurvePoint, ...]
    strategies: tuple[str, ...]


def measure_curve(project: LabellingProject, metric: Metric) -> ProjectCurve:
    """Fit the model of each round again, of twenty at most, and score it.

    Raises
    ------
    DatasetError
        If the metric has no number there.
    """
    data, batches = project.data, locate_batches(project.data, project.progress)
    rounds = np.unique(np.linspace(0, len(batches) - 1, _MOST_ROUNDS).round().astype(np.intp)).tolist()
    is_test_part = data.test.size > 0
    with record_warnings():
        parts = (
            _predict_test(project, batches, rounds)
            if is_test_part
            else _predict_start(project, batches, rounds)
        )
    labels = data.whole.labels[data.test] if is_test_part else data.whole.labels[data.pool[batches[0]]]
    n_lost = 0.0 if is_test_part else batches[0].size / FOLDS
    n_labels = np.cumsum([batch.size for batch in batches])
    points = []
    for index, predictions in zip(rounds, parts, strict=True):
        level, low, high = _score(metric, predictions, labels, data.whole.classes)
        points.append(
            CurvePoint(index, int(n_labels[index]), float(n_labels[index] - n_lost), level, low, high)
        )
    proposals = [event for event in project.events if isinstance(event, ProposalEvent)]
    return ProjectCurve(
        file=data.path.name,
        metric=metric.column,
        is_test_part=is_test_part,
        n_scored=labels.size,
        points=tuple(points),
        strategies=tuple(dict.fromkeys(event.strategy for event in proposals)),
    )


@dataclass(frozen=True, eq=False)
class _Predictions:
    """What models said about rows: a fitted model whose features are the places of rows."""

    classes: Rows
    probabilities: Floats | None
    n_classes: int
    predicts_argmax: bool = False

    @property
    def has_proba(self) -> bool:
        return self.probabilities is not None

    def predict(self, places: Rows) -> Rows:
        return self.classes[places]

    def proba(self, places: Rows) -> Floats:
        if self.probabilities is None:
            raise DatasetError("the model gives no probabilities")
        return self.probabilities[places]


def _predict(fitted: FittedModel, features: Floats) -> _Predictions:
    proba = fitted.proba(features) if fitted.has_proba else None
    return _Predictions(fitted.predict(features), proba, fitted.n_classes)


def _make_trial(project: LabellingProject) -> tuple[ContinuedTrial, Any]:
    # The task model does not depend on the strategy.
    strategy = cast("Strategy", get_builtin("strategy", "random")())
    arrays = project.prepare_arrays()
    return ContinuedTrial(project.build_task(strategy, 1), arrays, [1]), arrays


def _predict_test(
    project: LabellingProject, batches: Sequence[Rows], rounds: Sequence[int]
) -> Iterator[_Predictions]:
    trial, arrays = _make_trial(project)
    for fitted in trial.fit_rounds(batches, rounds):
        yield _predict(fitted, arrays.test_features)


def _predict_start(
    project: LabellingProject, batches: Sequence[Rows], rounds: Sequence[int]
) -> Iterator[_Predictions]:
    """Yield, round by round, what models say of the first rows that did not learn them."""
    start, n_classes = batches[0], len(project.data.whole.classes)
    rng = np.random.default_rng(analysis_stream("labelling folds", start.size))
    folds = draw_folds(project.data.whole.labels[project.data.pool[start]], FOLDS, rng)
    classes = np.zeros((len(rounds), start.size), np.intp)
    proba: Floats | None = np.zeros((len(rounds), start.size, n_classes))
    for fold in range(min(FOLDS, start.size)):
        trial, arrays = _make_trial(project)
        left_out = start[folds == fold]
        rest = [start[folds != fold], *batches[1:]]
        for place, fitted in enumerate(trial.fit_rounds(rest, rounds)):
            predictions = _predict(fitted, arrays.pool_features[left_out])
            classes[place, folds == fold] = predictions.classes
            if proba is not None and predictions.probabilities is not None:
                proba[place, folds == fold] = predictions.probabilities
            else:
                proba = None
    for place in range(len(rounds)):
        yield _Predictions(classes[place], None if proba is None else proba[place], n_classes)


def _score(
    metric: Metric, predictions: _Predictions, labels: Rows, classes: tuple[str, ...]
) -> tuple[float, float, float]:
    """Return the metric and its percentile interval over resampled rows."""
    rng = np.random.default_rng(analysis_stream("labelling curve", labels.size))
    draws = [np.arange(labels.size), *rng.integers(labels.size, size=(_DRAWS, labels.size))]
    level, *resampled = [_score_rows(metric, predictions, rows, labels, classes) for rows in draws]
    if np.isnan(level):
        raise DatasetError(f"{metric.column} has no number on {labels.size} rows")
    low, high = np.nanpercentile(resampled, _TAILS)
    return level, float(low), float(high)


def _score_rows(
    metric: Metric, predictions: _Predictions, rows: Rows, labels: Rows, classes: tuple[str, ...]
) -> float:
    outputs = ModelOutputs(cast("FittedModel", predictions), cast("Floats", rows), labels[rows], classes)
    score = check_score(metric.score(outputs), metric)
    return float("nan") if score is None else score
