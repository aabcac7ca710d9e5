"""Gaussian clouds, and the classes that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field, model_validator

from albench.datasets.generators.base import Generator

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import NDArray


class Xor(Generator):
    """Four Gaussian clouds at the corners of a square, opposite corners of one class."""

    name = "xor"

    noise: float = Field(default=0.4, ge=0)
    """Standard deviation of each cloud; the corners are at -1 and 1."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points around the corners and whether the corner's signs differ."""
        rng = self.rng()
        corners = rng.permutation(np.arange(self.n_rows) % 4)
        right, upper = corners % 2, corners // 2
        centres = 2.0 * np.column_stack([right, upper]) - 1
        return centres + self.noise * rng.standard_normal((self.n_rows, 2)), right ^ upper


class ImbalancedBlobs(Generator):
    """Gaussian clouds of standard deviation 1 on a circle, one class each, of declared sizes."""

    name = "imbalanced_blobs"

    weights: tuple[Annotated[float, Field(gt=0)], ...] = Field(default=(0.8, 0.15, 0.05), min_length=2)
    """Share of each class, up to a common factor."""
    separation: float = Field(default=3.0, ge=0)
    """Distance between the centres of neighbouring clouds."""

    @model_validator(mode="after")
    def _check_sizes(self) -> Self:
        if not self.count_class_rows().all():
            raise ValueError(f"n_rows ({self.n_rows}) is too small to give every class a row")
        return self

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points around their class's centre, in random order."""
        rng = self.rng()
        n_classes = len(self.weights)
        labels = rng.permutation(np.repeat(np.arange(n_classes), self.count_class_rows()))
        angles = 2 * np.pi * np.arange(n_classes) / n_classes
        radius = self.separation / (2 * np.sin(np.pi / n_classes))
        centres = radius * np.column_stack([np.cos(angles), np.sin(angles)])
        return centres[labels] + rng.standard_normal((self.n_rows, 2)), labels

    def count_class_rows(self) -> NDArray[np.intp]:
        """Return the rows of each class: the cumulated shares are rounded, so that they sum to ``n_rows``."""
        edges = np.cumsum(self.weights) / np.sum(self.weights) * self.n_rows
        counts: NDArray[np.intp] = np.diff(np.rint(np.round(edges, 9)).astype(np.intp), prepend=0)
        return counts


class Twonorm(Generator):
    """Two Gaussian clouds with unit covariance and means 4 apart: a plane through the origin is optimal.

    Means are at ``2 / sqrt(n_features)`` and its negative in every feature, which leaves 2.3 % of error.
    """

    name = "twonorm"
    reference = "Breiman (1996), Bias, variance and arcing classifiers"

    n_features: int = Field(default=20, ge=1)
    """Number of features."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points around their class's mean, in random order."""
        rng = self.rng()
        labels = self.draw_halves(rng)
        means = np.where(labels == 0, 1, -1) * 2 / np.sqrt(self.n_features)
        return means[:, None] + rng.standard_normal((self.n_rows, self.n_features)), labels


class Ringnorm(Generator):
    """A cloud of variance 4 around the origin, and one of variance 1 whose mean is at distance 1 from it."""

    name = "ringnorm"
    reference = "Breiman (1996), Bias, variance and arcing classifiers"

    n_features: int = Field(default=20, ge=1)
    """Number of features."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points of the wide cloud (class 0) and the narrow one (class 1), in random order."""
        rng = self.rng()
        labels = self.draw_halves(rng)
        cells = rng.standard_normal((self.n_rows, self.n_features))
        wide, narrow = 2 * cells, cells + 1 / np.sqrt(self.n_features)
        return np.where(labels[:, None] == 0, wide, narrow), labels


class MakeClassification(Generator):
    """Two Gaussian clusters a class on the corners of a hypercube, and features of pure noise."""

    name = "make_classification"
    reference = "Guyon (2003), Design of experiments for the NIPS 2003 variable selection benchmark"

    n_features: int = Field(default=20, ge=1)
    """Number of features."""
    n_informative: int = Field(default=5, ge=1)
    """Features that say something about the class; the others are noise."""
    n_classes: int = Field(default=2, ge=2)
    """Number of classes, of about equal size."""
    class_sep: float = Field(default=1.0, gt=0)
    """Half the length of the hypercube's sides: larger is easier."""
    flip_y: float = Field(default=0.01, ge=0, lt=1)
    """Share of the rows whose class is drawn at random."""

    @model_validator(mode="after")
    def _check_sizes(self) -> Self:
        if self.n_informative > self.n_features:
            raise ValueError(f"n_informative ({self.n_informative}) is above n_features ({self.n_features})")
        if 2 * self.n_classes > 2**self.n_informative:
            raise ValueError(
                f"{self.n_classes} classes with two clusters each need a larger n_informative "
                f"({self.n_informative} gives {2**self.n_informative} corners)"
            )
        return self

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return what scikit-learn draws."""
        from sklearn.datasets import make_classification

        features, labels = make_classification(
            n_samples=self.n_rows,
            n_features=self.n_features,
            n_informative=self.n_informative,
            n_redundant=0,
            n_classes=self.n_classes,
            class_sep=self.class_sep,
            flip_y=self.flip_y,
            random_state=self.seed,
        )
        return features, labels.astype(np.intp)
