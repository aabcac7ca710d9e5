"""Scores of a fitted model on rows whose labels are known, and signals on rows whose labels are not."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from albench.contracts.returned import check_score, check_signal
from albench.errors import TrialError
from albench.prepared.matrices import freeze

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeVar

    from albench.contracts import Floats, Metric, Queries, Rows, Signal
    from albench.models.fitted import FittedModel

    A = TypeVar("A", bound=np.ndarray[Any, Any])

# Signals are shares and means: 2,000 rows give a share to about one in a hundred, at a fixed price a round.
STOP_SET_ROWS = 2000
_CLOSE = 1e-6


class ModelOutputs:
    """Predictions of a fitted model for labelled rows, computed at their first use."""

    labels: Rows
    distribution: Floats | None
    n_classes: int
    classes: tuple[str, ...]
    _fitted: FittedModel
    _X: Floats
    _queries: Queries | None

    def __init__(
        self,
        fitted: FittedModel,
        X: Floats,
        labels: Rows,
        classes: tuple[str, ...] = (),
        queries: Queries | None = None,
        distribution: Floats | None = None,
    ) -> None:
        shown = {"labels": show_read_only(labels), "n_classes": fitted.n_classes, "classes": classes}
        shares = None if distribution is None else show_read_only(distribution)
        vars(self).update(_fitted=fitted, _X=X, _queries=queries, distribution=shares, **shown)

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse: all metrics of a round see the same outputs."""
        raise TrialError(f"outputs.{name} cannot be set: all metrics of a round see the same outputs")

    @cached_property
    def proba(self) -> Floats:
        """Class probabilities."""
        return show_read_only(self._fitted.proba(self._X))

    @cached_property
    def predicted(self) -> Rows:
        """Predicted class codes."""
        if self._fitted.predicts_argmax:
            return show_read_only(self.proba.argmax(axis=1).astype(np.intp, copy=False))
        return show_read_only(self._fitted.predict(self._X))

    @cached_property
    def confusion(self) -> Rows:
        """Counts: true class by predicted class."""
        cells = np.bincount(self.labels * self.n_classes + self.predicted, minlength=self.n_classes**2)
        return show_read_only(cells.reshape(self.n_classes, self.n_classes))

    @property
    def pool(self) -> Rows:
        """True class codes of the pool."""
        return show_read_only(self._get_queries().true_labels)

    @cached_property
    def queried(self) -> Rows:
        """True class codes of what was queried by then."""
        return show_read_only(self._get_queries().queried_labels)

    def _get_queries(self) -> Queries:
        if self._queries is None:
            raise TrialError("what was queried is not known where a model is scored by itself")
        return self._queries

    def count_contradictions(self) -> int:
        """Count the rows whose predicted class is less probable than another one, by more than rounding."""
        if self._fitted.predicts_argmax or not {"proba", "predicted"} <= vars(self).keys():
            return 0
        if np.array_equal(self.proba.argmax(axis=1), self.predicted):
            return 0
        of_predicted = self.proba[np.arange(self.labels.size), self.predicted]
        return int((self.proba.max(axis=1) > of_predicted + _CLOSE).sum())


def show_read_only(array: A) -> A:
    """Return a view that cannot be written to: all metrics and rules of a round see the same arrays."""
    return freeze(array.view())


class Scorer:
    """Metrics of one part (test or validation), with the reasons for those that are undefined."""

    def __init__(
        self,
        metrics: Sequence[Metric],
        X: Floats,
        labels: Rows,
        *,
        classes: tuple[str, ...],
        queries: Queries,
        distribution: Floats | None = None,
        prefix: str = "",
    ) -> None:
        self._metrics = {prefix + metric.column: metric for metric in metrics}
        self._distribution = distribution
        self._queries = queries
        self._classes = classes
        self._X = X
        self._labels = labels
        self.reasons: dict[str, str] = {}
        self.n_contradictions = 0

    def score(self, fitted: FittedModel) -> dict[str, float]:
        """Return one number a metric; not-a-number where it is undefined."""
        outputs = ModelOutputs(
            fitted, self._X, self._labels, self._classes, self._queries, self._distribution
        )
        scores = {
            column: self._score_metric(metric, fitted, outputs) for column, metric in self._metrics.items()
        }
        self.n_contradictions += outputs.count_contradictions()
        return scores

    def describe_contradictions(self) -> str:
        """Say how many predictions contradict the probabilities; empty if none does."""
        if not self.n_contradictions:
            return ""
        return (
            f"{self.n_contradictions} predictions are not the most probable class: metrics of labels and of"
            " probabilities speak of different answers"
        )

    def _score_metric(self, metric: Metric, fitted: FittedModel, outputs: ModelOutputs) -> float:
        if metric.needs_proba and not fitted.has_proba:
            self.reasons[metric.column] = f"{type(fitted.estimator).__name__} gives no probabilities"
            return float("nan")
        if metric.needs_distribution and self._distribution is None:
            self.reasons[metric.column] = "the dataset has one class a row, and no distribution over classes"
            return float("nan")
        score = check_score(metric.score(outputs), metric)
        if score is None:
            self.reasons[metric.column] = metric.explain_undefined(outputs)
            return float("nan")
        if np.isnan(score):
            self.reasons[metric.column] = "it returned not-a-number"
        return score


class SignalTracker:
    """Signals on a fixed set of pool rows, from this round's and the last round's probabilities."""

    def __init__(self, signals: Sequence[Signal], features: Floats, rng: np.random.Generator) -> None:
        self._signals = signals
        n = features.shape[0]
        rows = np.sort(rng.permutation(n)[:STOP_SET_ROWS]) if signals else np.empty(0, np.intp)
        self._X = features[rows]
        self._previous: Floats | None = None
        self.reasons: dict[str, str] = {}

    def measure(self, fitted: FittedModel) -> dict[str, float]:
        """Return one number a signal; not-a-number where it is undefined."""
        if not self._signals:
            return {}
        if not fitted.has_proba:
            name = type(fitted.estimator).__name__
            self.reasons |= {signal.name: f"{name} gives no probabilities" for signal in self._signals}
            return {signal.name: float("nan") for signal in self._signals}
        proba = show_read_only(fitted.proba(self._X))
        values = {
            signal.name: check_signal(signal.measure(proba, self._previous), signal)
            for signal in self._signals
        }
        self._previous = proba
        return {name: float("nan") if value is None else value for name, value in values.items()}
