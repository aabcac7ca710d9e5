"""scikit-learn's make_classification: clusters on the corners of a hypercube."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from albench.datasets.generators.base import Generator

if TYPE_CHECKING:
    from numpy.typing import NDArray


class MakeClassification(Generator):
    """Two Gaussian clusters a class on the corners of a hypercube, and features of pure noise."""

    name: ClassVar[str] = "make_classification"
    reference: ClassVar[str] = (
        "Guyon (2003), Design of experiments for the NIPS 2003 variable selection benchmark"
    )

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
