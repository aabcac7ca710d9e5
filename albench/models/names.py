"""Short names of models in a spec, and the estimators that they stand for."""

from __future__ import annotations

from albench.models.classifiers import CLASSIFIERS
from albench.models.model_name import ModelName
from albench.models.regressors import REGRESSORS

_FIRST: dict[str, ModelName] = {
    "logistic_regression": ModelName(
        "sklearn.linear_model.LogisticRegression",
        "Multinomial logistic regression with an L2 penalty, up to 1,000 iterations.",
        decision=True,
        defaults={"max_iter": 1000},
    ),
    "svm_rbf": ModelName(
        "sklearn.svm.SVC",
        "Support vector machine with a Gaussian kernel; decision values, no probabilities.",
        proba=False,
        decision=True,
    ),
    "random_forest": ModelName("sklearn.ensemble.RandomForestClassifier", "Random forest of 100 trees."),
    "gaussian_nb": ModelName("sklearn.naive_bayes.GaussianNB", "Gaussian naive Bayes."),
    "knn": ModelName("sklearn.neighbors.KNeighborsClassifier", "Five nearest neighbours."),
}
_EXTRAS: dict[str, ModelName] = {
    "lightgbm": ModelName(
        "lightgbm.LGBMClassifier",
        "Gradient boosting by LightGBM, one thread.",
        defaults={"n_jobs": 1, "verbosity": -1},
        extra="lightgbm",
    ),
    "xgboost": ModelName(
        "xgboost.XGBClassifier",
        "Gradient boosting by XGBoost, one thread.",
        defaults={"n_jobs": 1},
        extra="xgboost",
    ),
    "catboost": ModelName(
        "catboost.CatBoostClassifier",
        "Gradient boosting by CatBoost, one thread, nothing written.",
        defaults={"thread_count": 1, "verbose": False, "allow_writing_files": False},
        extra="catboost",
    ),
    "tabpfn": ModelName(
        "tabpfn.TabPFNClassifier",
        "A transformer that was trained on synthetic tables, on the processor.",
        defaults={"device": "cpu"},
        extra="tabpfn",
    ),
    "torch_mlp": ModelName(
        "albench.models.torch_mlp.TorchMLP",
        "Neural network in PyTorch, with dropout to sample from and its last hidden layer as embedding.",
        dropout=True,
        extra="torch",
    ),
}
MODELS: dict[str, ModelName] = {**_FIRST, **CLASSIFIERS, **_EXTRAS, **REGRESSORS}
