"""Curves of ten repeats that rise from 0.5: random by even steps, margin fast."""

import numpy as np

SPREAD = np.linspace(-0.01, 0.01, 10)[:, np.newaxis]
RANDOM = np.array([[0.5, 0.6, 0.7, 0.8, 0.9]]) + SPREAD
MARGIN = np.array([[0.5, 0.7, 0.9, 0.95, 0.96]]) + SPREAD


def wiggle(curves, seed=0, size=0.01):
    """Move each repeat by chance from the second round on."""
    return curves + size * np.random.default_rng(seed).standard_normal((curves.shape[0], 1)) * [0, 1, 1, 1, 1]
