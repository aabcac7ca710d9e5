"""What a warm start changes: digits, logistic regression from the last coefficients against from nothing.

Random's picks are the same for both, so every difference is the estimator's: its tolerance stops it earlier
when it starts near the end. Prints the areas under the accuracy curve and the CPU seconds of all fits.
"""

from __future__ import annotations

import tempfile

import polars as pl

from albench.api import run
from albench.spec.read import load_experiment_text

SPEC = {
    "datasets": "digits",
    "models": [
        {"logistic_regression": {}, "label": "cold"},
        {"logistic_regression": {"warm_start": True}, "label": "warm"},
        {"logistic_regression": {"warm_start": True, "tol": 1e-6}, "label": "warm, tol 1e-6"},
    ],
    "strategies": "margin",
    "seed_sizes": 20,
    "batch_sizes": 10,
    "budgets": 300,
    "repeats": 5,
}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        results = run(load_experiment_text(SPEC), results=folder)
        trials = results.trials.select("key", "model", "strategy", "fit_s")
        curves = results.curves.select("key", "accuracy").group_by("key").agg(pl.col("accuracy").mean())
        table = (
            trials.join(curves, on="key")
            .group_by("strategy", "model")
            .agg(pl.col("accuracy", "fit_s").mean())
        )
    for strategy, model, area, fit_s in table.sort("strategy", "model").iter_rows():
        print(f"{strategy:<8} {model:<16} mean accuracy {area:.4f}  fits {fit_s:.2f} s")


if __name__ == "__main__":
    main()
