"""What a pilot answers where nothing can be learned: no gain, though other data sets had one."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import albench
from albench.pilot.answer import _find_chance


@pytest.mark.parametrize("metric", ["accuracy", "f1_macro"])
def test_of_features_that_tell_nothing_of_the_classes_no_gain_is_said(tmp_path, metric):
    rng = np.random.default_rng(0)
    labels = [("no", "yes")[row % 2] if row < 100 else None for row in range(200)]
    frame = pl.DataFrame({"a": rng.normal(size=200), "b": rng.normal(size=200), "label": labels})
    frame.write_csv(tmp_path / "noise.csv")
    spec = {
        "datasets": {"csv": {"path": str(tmp_path / "noise.csv"), "target": "label", "unlabelled": "keep"}},
        "models": "logistic_regression",
        "strategies": ["random", "margin"],
        "pilot": {"budget": 200},
        "primary_metric": metric,
        "seed_sizes": 4,
        "batch_sizes": 5,
        "budgets": "80%",
        "repeats": 3,
        "execution": {"n_jobs": 1, "backend": "inline"},
    }
    results = albench.run(spec, results=tmp_path)
    assert results.evidence.pilot.is_at_chance
    first, *others, last = results.answer
    assert first.startswith(
        "With the labels of now the model is hardly better than one that looks at no feature"
    )
    assert not any("margin" in sentence for sentence in (first, *others))
    assert last.startswith("Next: take another model")


@pytest.mark.parametrize("counts", [[3000, 7000], [1000, 2000, 3000]])
def test_chance_is_what_scikit_learn_gives_to_answers_that_look_at_no_feature(counts):
    """Guesses by the shares of the classes have a higher macro F1 than one class always, and a lower accuracy."""
    from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

    labels = np.repeat(np.arange(len(counts)), counts)
    one_class, guesses = np.full(labels.size, np.argmax(counts)), np.random.default_rng(0).permutation(labels)
    assert _find_chance("accuracy", counts) == pytest.approx(accuracy_score(labels, one_class))
    assert _find_chance("balanced_accuracy", counts) == pytest.approx(
        balanced_accuracy_score(labels, one_class)
    )
    assert _find_chance("f1_macro", counts) == pytest.approx(
        f1_score(labels, guesses, average="macro"), abs=0.02
    )
    assert _find_chance("log_loss", counts) is None
