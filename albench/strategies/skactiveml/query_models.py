"""Models that the query strategies of scikit-activeml consult, as its classifiers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from albench.models.fitted import FittedModel

if TYPE_CHECKING:
    from albench.contracts import Answers, Floats, PoolView


def make_classifier(pool: PoolView, fitted: Answers | None = None) -> Any:
    """Return a classifier that answers as ``fitted`` does, or one like the query model to be fitted."""
    template = pool.model
    if template is None:
        # Two rows with any labels: what counts is the estimator's parameters.
        template = cast("Any", pool.refit(np.arange(2), np.arange(2))).estimator
    classifier = _make_classifier_class()(template, classes=list(range(pool.n_classes)), random_state=0)
    return classifier if fitted is None else classifier.set_fitted(fitted)


def make_parzen_window(pool: PoolView) -> Any:
    """Return an unfitted Parzen window classifier."""
    from skactiveml.classifier import ParzenWindowClassifier

    return ParzenWindowClassifier(classes=list(range(pool.n_classes)), random_state=0)


def make_mixture(pool: PoolView) -> Any:
    """Return an unfitted mixture model classifier, with as many components as there are classes."""
    from skactiveml.classifier import MixtureModelClassifier
    from sklearn.mixture import BayesianGaussianMixture

    seed = int(pool.rng.integers(2**31))
    components = BayesianGaussianMixture(n_components=min(pool.n_classes, pool.n_rows), random_state=seed)
    return MixtureModelClassifier(components, classes=list(range(pool.n_classes)), random_state=0)


@cache
def _make_classifier_class() -> Any:
    """Make the class when it is first needed: its base is an optional dependency."""
    from skactiveml.base import SkactivemlClassifier
    from skactiveml.utils import MISSING_LABEL, ExtLabelEncoder, is_labeled
    from sklearn.base import clone

    class QueryModel(SkactivemlClassifier):  # type: ignore[misc, unused-ignore]
        """An estimator in a closed world, whose failures are not swallowed."""

        def __init__(
            self,
            template: Any = None,
            classes: Any = None,
            missing_label: Any = MISSING_LABEL,
            cost_matrix: Any = None,
            random_state: Any = None,
        ) -> None:
            super().__init__(classes, missing_label, cost_matrix, random_state)
            self.template = template

        def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
            """Fit on the rows that are labelled; fewer than two classes need no fit."""
            is_known = is_labeled(np.asarray(y), missing_label=self.missing_label)
            labels = np.asarray(y)[is_known].astype(np.intp)
            classes, codes = np.unique(labels, return_inverse=True)
            n = len(self.classes)
            if classes.size < 2:  # noqa: PLR2004
                return self.set_fitted(FittedModel(None, classes, n))
            estimator = clone(self.template).fit(np.asarray(X)[is_known], codes)
            return self.set_fitted(FittedModel(estimator, classes, n, consecutive=True))

        def set_fitted(self, fitted: Answers) -> Any:
            """Take over a fitted model."""
            self.fitted_ = fitted
            self.classes_ = np.asarray(self.classes)
            self._le = ExtLabelEncoder(self.classes, self.missing_label).fit(self.classes)
            return self

        def predict_proba(self, X: Any, **kwargs: Any) -> Floats:
            """Return a copy of the class probabilities."""
            return np.array(self.fitted_.proba(np.asarray(X)))

        def predict(self, X: Any, **kwargs: Any) -> Any:
            """Return predicted classes."""
            return self.classes_[self.fitted_.predict(np.asarray(X))]

    return QueryModel
