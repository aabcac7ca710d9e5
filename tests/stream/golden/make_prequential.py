"""Write ``prequential.json``: River 0.26.1's progressive validation of a learner, with labels that are late.

Run with River installed: ``python tests/stream/golden/make_prequential.py``.
"""

import json
from pathlib import Path

import numpy as np
from river.base import Classifier
from river.evaluate import iter_progressive_val_score
from river.metrics import Accuracy, CohenKappa

N_ROWS, EVERY = 700, 100


class NearestMean(Classifier):
    """The class whose mean is nearest; its sums are taken row by row."""

    def __init__(self):
        self.sums = {}

    def learn_one(self, x, y):
        total, n = self.sums.get(y, ([0.0, 0.0], 0))
        self.sums[y] = [total[0] + x["0"], total[1] + x["1"]], n + 1

    def predict_proba_one(self, x):
        if not self.sums:
            return {}
        distances = {
            y: (x["0"] - total[0] / n) ** 2 + (x["1"] - total[1] / n) ** 2
            for y, (total, n) in self.sums.items()
        }
        return {y: 1.0 if distance == min(distances.values()) else 0.0 for y, distance in distances.items()}


def make_stream():
    rng = np.random.default_rng(5)
    labels = np.repeat(rng.integers(3, size=N_ROWS // 5), 5)
    features = (rng.normal(size=(N_ROWS, 2)) + 1.5 * np.eye(3, 2)[labels]).round(3)
    features[N_ROWS // 2 :] = features[N_ROWS // 2 :, ::-1]
    return features, labels


def evaluate(features, labels, delay):
    stream = [
        ({str(i): value for i, value in enumerate(row)}, int(y))
        for row, y in zip(features, labels, strict=True)
    ]
    steps = iter_progressive_val_score(
        stream, NearestMean(), Accuracy() + CohenKappa(), delay=delay, step=1, yield_predictions=True
    )
    predicted, scores = [], []
    for step in steps:
        # Before the first label there is no prediction, which River does not score.
        predicted.append(step["Prediction"])
        if step["Step"] % EVERY == 0:
            scores.append([step["Accuracy"].get(), step["CohenKappa"].get()])
    return {"predicted": predicted, "scores": scores}


def main():
    features, labels = make_stream()
    golden = {
        "every": EVERY,
        "features": features.tolist(),
        "labels": labels.tolist(),
        "delays": {str(delay): evaluate(features, labels, delay) for delay in (0, 100)},
    }
    text = json.dumps(golden, separators=(",", ":"))
    Path(__file__).with_name("prequential.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
