"""Metrics that are recorded in every trial: three from one confusion matrix, three from probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Metric

if TYPE_CHECKING:
    from albench.contracts import Outputs

CLIP = 1e-6
BINS = 15


class Accuracy(Metric):
    """Share of the test rows whose predicted class is right: trace(C) / n, C being the confusion matrix."""

    name = "accuracy"
    cheap = True

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1]."""
        return float(np.trace(outputs.confusion) / outputs.labels.size)


class BalancedAccuracy(Metric):
    """Mean over the classes c of the test part of the share that is found, C_cc / n_c (macro recall)."""

    name = "balanced_accuracy"
    cheap = True
    reference = "Brodersen, Ong, Stephan, Buhmann, 2010, The balanced accuracy and its posterior distribution"

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1]."""
        actual = outputs.confusion.sum(axis=1)
        seen = actual > 0
        return float(np.mean(outputs.confusion.diagonal()[seen] / actual[seen]))


class F1Macro(Metric):
    """Mean over the classes present or predicted of F1, 2 tp / (2 tp + fp + fn); 0 where none is right."""

    name = "f1_macro"
    cheap = True
    reference = "van Rijsbergen, 1979, Information retrieval"

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1]."""
        total = outputs.confusion.sum(axis=0) + outputs.confusion.sum(axis=1)
        seen = total > 0
        return float(np.mean(2 * outputs.confusion.diagonal()[seen] / total[seen]))


class LogLoss(Metric):
    """Mean of -ln p_y over the test rows, p_y the probability of the true class, clipped to [1e-6, 1]."""

    name = "log_loss"
    cheap = True
    reference = "Good, 1952, Rational decisions"
    needs_proba = True
    greater_is_better = False
    bounds = (0.0, None)

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 13.8], in nats."""
        true = outputs.proba[np.arange(outputs.labels.size), outputs.labels]
        return float(-np.log(np.clip(true, CLIP, 1)).mean())


class Brier(Metric):
    """Mean over the test rows of sum_c (p_c - [c = y])^2, from 0 to 2 (Brier, 1950)."""

    name = "brier"
    cheap = True
    needs_proba = True
    greater_is_better = False
    bounds = (0.0, 2.0)
    reference = "Brier, 1950, Verification of forecasts expressed in terms of probability"

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 2]."""
        proba = outputs.proba
        true = proba[np.arange(outputs.labels.size), outputs.labels]
        return float((np.einsum("ij,ij->i", proba, proba) - 2 * true + 1).mean())


class Ece(Metric):
    """Calibration error of the predicted class: sum_b n_b / n |mean p - mean right|, 15 equal bins of p."""

    name = "ece"
    cheap = True
    needs_proba = True
    greater_is_better = False
    reference = (
        "Naeini, Cooper, Hauskrecht, 2015, Obtaining well calibrated probabilities using Bayesian binning"
    )

    def score(self, outputs: Outputs) -> float | None:
        """Return a number in [0, 1]."""
        top = outputs.proba.max(axis=1)
        gap = top - (outputs.predicted == outputs.labels)
        bins = np.clip(np.ceil(top * BINS).astype(np.intp) - 1, 0, BINS - 1)
        return float(np.abs(np.bincount(bins, weights=gap, minlength=BINS)).sum() / top.size)
