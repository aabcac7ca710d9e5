"""Numbers of imbalanced-learn and scikit-learn for metrics of rare classes: run where both are installed.

``python tests/metrics/golden/make_imbalance.py`` writes ``imbalance.json`` beside this file.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import imblearn
import numpy as np
import sklearn
from imblearn.metrics import geometric_mean_score, sensitivity_score
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    matthews_corrcoef,
    precision_score,
    zero_one_loss,
)

CASES = 20
COSTS = [1.0, 4.0, 20.0]


def make_case(seed: int) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 60))
    proba = rng.dirichlet(rng.uniform(0.3, 2, size=3), size=n)
    labels = rng.choice(3, size=n, p=[0.8, 0.15, 0.05])
    right = rng.random(n) < 0.6
    proba[right] = 0.3 * proba[right] + 0.7 * np.eye(3)[labels[right]]
    proba = proba.round(6)
    predicted = proba.argmax(axis=1)
    known = {"zero_division": np.nan, "average": None, "labels": [0, 1, 2]}
    of_class = (labels == 2).astype(int)
    return {
        "labels": labels.tolist(),
        "predicted": predicted.tolist(),
        "proba": proba.tolist(),
        "g_mean": float(geometric_mean_score(labels, predicted, labels=np.unique(labels))),
        "recall": [
            None
            if not (labels == code).any()
            else float(sensitivity_score(labels == code, predicted == code, average="binary", pos_label=True))
            for code in range(3)
        ],
        "precision": precision_score(labels, predicted, **known).tolist(),
        "f1": f1_score(labels, predicted, **known).tolist(),
        "mcc": float(matthews_corrcoef(labels, predicted)),
        "pr_auc": float(average_precision_score(of_class, proba[:, 2])) if of_class.any() else None,
        "weighted_error": float(
            zero_one_loss(labels, predicted, normalize=False, sample_weight=np.array(COSTS)[labels]) / n
        ),
    }


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = [make_case(seed) for seed in range(CASES)]
    versions = {"imbalanced-learn": imblearn.__version__, "scikit-learn": sklearn.__version__}
    text = json.dumps({"made_with": versions, "costs": COSTS, "cases": cases})
    Path(__file__).with_name("imbalance.json").write_text(
        text.replace("NaN", "null") + "\n", encoding="utf-8"
    )
