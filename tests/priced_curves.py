"""Curves of twelve repeats and what their labels cost: 10 for the seed set of 10, then a price a strategy."""

import numpy as np
import polars as pl

from albench.analysis.conclude import conclude

REPEATS = 12
NOISE = np.linspace(-0.01, 0.01, REPEATS)[:, None]
RANDOM = np.array([0.5, 0.6, 0.7, 0.8, 0.9]) + NOISE
FAST = np.array([0.5, 0.7, 0.9, 0.9, 0.9]) + NOISE


def conclude_at_prices(study, prices):
    """Return the evidence of 10, 20, ... 50 labels that cost these prices, by strategy."""
    trials, rounds, references = study.tables()
    floats = {name: float(price) for name, price in prices.items()}
    price = pl.col("strategy").replace_strict(floats, return_dtype=pl.Float64)
    named = rounds.join(trials.select("key", "strategy"), on="key", maintain_order="left")
    priced = named.with_columns(cost=10 + (pl.col("n_labels") - 10) * price).select(rounds.columns)
    return conclude(study.experiment, trials, priced, references)
