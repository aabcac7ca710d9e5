"""Where small-text 1.4.1 stops on sequences of predictions: `python make_small_text.py` with it installed.

Written with numpy 2.4.6 and scikit-learn 1.9.1 on 2026-11-30.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from small_text.stopping_criteria import ClassificationChange, KappaAverage, OverallUncertainty

ROWS, ROUNDS = 40, 30


def make_sequence(seed: int, n_classes: int) -> np.ndarray:
    """Probabilities that grow certain, with less and less change from round to round."""
    rng = np.random.default_rng(seed)
    logits = rng.standard_normal((ROWS, n_classes))
    rounds = []
    for number in range(ROUNDS):
        logits = logits * 1.25 + rng.standard_normal(logits.shape) / (number + 1)
        proba = np.exp(logits - logits.max(axis=1, keepdims=True))
        rounds.append(proba / proba.sum(axis=1, keepdims=True))
    return np.round(rounds, 6)


def find_stops(criterion, sequence, **names):
    rows = np.arange(ROWS)
    answers = [
        criterion.stop(predictions=proba.argmax(axis=1), proba=proba, indices_stopping=rows, **names)
        for proba in sequence
    ]
    return [bool(answer) for answer in answers]


def main() -> None:
    cases = []
    for seed, n_classes in ((0, 2), (1, 3), (2, 5)):
        sequence = make_sequence(seed, n_classes)
        cases.append(
            {
                "seed": seed,
                "n_classes": n_classes,
                "stabilizing_predictions": {
                    f"{cutoff}-{window}": find_stops(
                        KappaAverage(n_classes, window_size=window, kappa=cutoff), sequence
                    )
                    for cutoff, window in ((0.99, 3), (0.9, 2), (0.8, 5))
                },
                "classification_change": {
                    str(threshold): find_stops(ClassificationChange(n_classes, threshold=threshold), sequence)
                    for threshold in (0.0, 0.05, 0.1)
                },
                "overall_uncertainty": {
                    str(threshold): find_stops(OverallUncertainty(n_classes, threshold=threshold), sequence)
                    for threshold in (0.3, 0.1, 0.05)
                },
            }
        )
    Path(__file__).with_name("small_text.json").write_text(json.dumps(cases) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
