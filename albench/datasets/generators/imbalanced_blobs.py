"""Imbalanced blobs: rare classes that random sampling meets late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from albench.datasets.generators.base import Generator

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ImbalancedBlobs(Generator):
    """Gaussian clouds of standard deviation 1 on a circle, one class each, of declared sizes."""

    name: ClassVar[str] = "imbalanced_blobs"

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
