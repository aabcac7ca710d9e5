"""Tables of experiments on streams as a run writes them, from numbers that a test chooses or draws."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl

from albench.analysis.streams.evidence.design import StreamDesign
from albench.tables import STREAM_METRICS, WINDOW_METRICS, build_schema, pair_with_random

N_ROWS, WINDOW, EVERY = 2000, 200, 400
MARK = 1000
DESIGN = StreamDesign(
    datasets=("sea", "led", "wind"),
    models=("sgd",),
    pairs=(("variable_uncertainty", "fixed"), ("split", "fixed"), ("uncertainty", "balanced_quantile")),
    budgets=(0.1,),
    oracles=("perfect",),
    drifts=("sudden",),
    metrics=STREAM_METRICS,
    n_repeats=10,
    window=WINDOW,
)


def make_design(**changes):
    return replace(DESIGN, **changes)


class World:
    """Trials of a design: each with a level of random, a gain over it and a noise of both.

    ``gains`` is strategy -> mean gain; ``edit(row)`` may change the row of a trial before it is written.
    """

    def __init__(self, design=DESIGN, gains=None, noise=0.01, edit=lambda row: row, seed=0):
        self.design = design
        self.rng = np.random.default_rng(seed)
        rows, curves = [], []
        axes = (design.datasets, design.models, design.pairs, design.budgets, design.oracles, design.drifts)
        grid = list(product(*axes, range(design.n_repeats)))
        self.n_asked = len(grid)
        for place, (*axis, repeat) in enumerate(grid):
            row = self.draw_row(f"{place:064x}", *axis, repeat, gains or {}, noise)
            row = edit(row)
            if row is None:
                continue
            rows.append(row)
            if row["status"] == "done":
                curves += self.draw_curve(row)
        self.trials = pl.DataFrame(
            rows, schema=build_schema("stream_trials", pair_with_random(STREAM_METRICS)), orient="row"
        )
        metrics = pair_with_random((*STREAM_METRICS, *WINDOW_METRICS))
        self.curves = pl.DataFrame(curves, schema=build_schema("stream_curves", metrics), orient="row")

    def draw_row(self, key, dataset, model, pair, budget, oracle, drift, repeat, gains, noise):
        random = 0.8 + self.rng.normal(0, noise)
        own = random + gains.get(pair[0], 0.0) + self.rng.normal(0, noise)
        n_bought = int(self.rng.integers(budget * N_ROWS - 20, budget * N_ROWS))
        recovery, random_recovery = self.rng.integers(WINDOW, 900, 2)
        has_drift = bool(drift)
        return {
            "key": key, "dataset": dataset, "model": model, "strategy": pair[0], "manager": pair[1],
            "budget": budget, "oracle": oracle, "drift": drift, "repeat": repeat,
            "status": "done", "reason": None, "n_rows": N_ROWS, "n_start": 10, "n_features": 3,
            "n_classes": 2, "n_bought": n_bought, "n_allowed": int(np.ceil(budget * N_ROWS)), "excess": 0,
            "marks": [MARK] if has_drift else [],
            "recovery": float(recovery) if has_drift else None,
            "random_recovery": float(random_recovery) if has_drift else None,
            "n_recovered": int(has_drift), "random_n_recovered": int(has_drift),
            "cpu_s": 1.0, "random_cpu_s": 1.0, "wall_s": 2.0, "peak_mib": 100.0, "finished_at": None,
            "environment": "e",
            "accuracy": own, "random_accuracy": random,
            "kappa": 2 * own - 1, "random_kappa": 2 * random - 1,
            "kappa_temporal": 2 * own - 1, "random_kappa_temporal": 2 * random - 1,
        }  # fmt: skip

    def draw_curve(self, row):
        for n_rows in range(EVERY, N_ROWS + 1, EVERY):
            share = n_rows / N_ROWS
            levels = {}
            for name in STREAM_METRICS:
                for prefix in ("", "random_"):
                    end = row[f"{prefix}{name}"]
                    level = None if end is None else end - 0.2 * (1 - share)
                    is_low = MARK < n_rows < MARK + 400
                    levels[prefix + name] = level
                    levels[f"{prefix}window_{name}"] = None if level is None else level - 0.3 * is_low
            bought = int(row["n_bought"] * share)
            counts = {"n_rows": n_rows, "n_bought": bought, "random_n_bought": bought}
            yield {"key": row["key"], **counts, **levels}

    def conclude(self):
        from albench.analysis.streams.conclude import conclude_streams

        n_missing = self.n_asked - self.trials.height
        return conclude_streams(self.design, self.trials, self.curves, n_missing=n_missing)


def fail(row, reason="ValueError: no"):
    """The row of the same trial if it had failed."""
    kept = (
        "key",
        "dataset",
        "model",
        "strategy",
        "manager",
        "budget",
        "oracle",
        "drift",
        "repeat",
        "environment",
    )
    return {name: row[name] if name in kept else None for name in row} | {
        "status": "failed",
        "reason": reason,
    }
