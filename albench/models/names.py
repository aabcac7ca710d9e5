"""Short names of models: what a spec says, and which estimator it stands for."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from albench.contracts import Model


@dataclass(frozen=True)
class ModelName:
    """A short name.

    Attributes
    ----------
    estimator : str
        Import path.
    defaults : dict
        Parameters that differ from the estimator's own defaults.
    proba : bool
        True if it gives class probabilities.
    """

    estimator: str
    summary: str
    proba: bool = True
    defaults: dict[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """Return what the catalogue lists."""
        return asdict(self)

    def model(self, params: dict[str, Any]) -> Model:
        """Return the model with ``params`` over the defaults."""
        return Model(estimator=self.estimator, params={**self.defaults, **params})


MODELS: dict[str, ModelName] = {
    "logistic_regression": ModelName(
        "sklearn.linear_model.LogisticRegression",
        "Multinomial logistic regression with an L2 penalty, up to 1,000 iterations.",
        defaults={"max_iter": 1000},
    ),
    "svm_rbf": ModelName(
        "sklearn.svm.SVC",
        "Support vector machine with a Gaussian kernel; decision values, no probabilities.",
        proba=False,
    ),
    "random_forest": ModelName("sklearn.ensemble.RandomForestClassifier", "Random forest of 100 trees."),
    "gaussian_nb": ModelName("sklearn.naive_bayes.GaussianNB", "Gaussian naive Bayes."),
    "knn": ModelName("sklearn.neighbors.KNeighborsClassifier", "Five nearest neighbours."),
}
