"""Shapes in the plane that a model has to bend around."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from albench.datasets.generators.base import Generator, round_to_digits

if TYPE_CHECKING:
    from numpy.typing import NDArray


class TwoMoons(Generator):
    """Two interleaved half circles with Gaussian noise, as many rows each."""

    name = "two_moons"

    noise: float = Field(default=0.2, ge=0)
    """Standard deviation of the noise; the circles have radius 1."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points of both moons in random order and which moon each belongs to."""
        rng = self.rng()
        labels = self.draw_halves(rng)
        angles = rng.random(self.n_rows) * np.pi
        upper = np.column_stack([np.cos(angles), np.sin(angles)])
        lower = np.array([1.0, 0.5]) - upper
        points = np.where(labels[:, None] == 0, upper, lower)
        return points + self.noise * rng.standard_normal((self.n_rows, 2)), labels


class Banana(Generator):
    """Two crescents of radius 5 with Gaussian noise, each around the other's end, as many rows each."""

    name = "banana"
    reference = "Duin et al. (2007), PRTools, gendatb; Rätsch, Onoda and Müller (2001)"

    noise: float = Field(default=1.0, ge=0)
    """Standard deviation of the noise; the crescents have radius 5."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points of both crescents in random order and which of them each belongs to."""
        rng = self.rng()
        labels = self.draw_halves(rng)
        sweep = 1.25 * np.pi * rng.random(self.n_rows)
        angles = np.where(labels == 0, 0.125 * np.pi + sweep, 0.375 * np.pi - sweep)
        points = 5.0 * np.column_stack([np.sin(angles), np.cos(angles)])
        points[labels == 1] -= 3.75
        return points + self.noise * rng.standard_normal((self.n_rows, 2)), labels


class TwoSpirals(Generator):
    """Two intertwined spirals with Gaussian noise, as many rows each, evenly along the curve."""

    name = "two_spirals"
    reference = "Lang and Witbrock (1988), Learning to tell two spirals apart"

    turns: float = Field(default=1.5, gt=0, le=10)
    """Turns of each spiral around the origin."""
    noise: float = Field(default=0.1, ge=0)
    """Standard deviation of the noise; one turn takes a spiral 1 outwards."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points of both spirals in random order and which of them each belongs to."""
        rng = self.rng()
        labels = self.draw_halves(rng)
        # The length of the curve grows with the square of the radius.
        radius = self.turns * np.sqrt(rng.random(self.n_rows))
        angles = 2 * np.pi * radius + np.pi * labels
        points = radius[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
        return points + self.noise * rng.standard_normal((self.n_rows, 2)), labels


class DivergentSin(Generator):
    """Two sine curves that start as one and diverge: rows near the start cannot be told apart by any model.

    Uncertainty sampling spends its budget where the curves overlap.
    """

    name = "divergent_sin"
    reference = "after Werner et al. (2024), A cross-domain benchmark for active learning (DivergingSin)"

    noise: float = Field(default=0.3, ge=0)
    """Standard deviation of the noise around the curves; the sine has amplitude 1."""
    spread: float = Field(default=3.0, gt=0)
    """Distance between the curves where they end, at 10."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points around both curves in random order and which of them each belongs to."""
        rng = self.rng()
        labels = self.draw_halves(rng)
        place = 10 * rng.random(self.n_rows)
        apart = np.where(labels == 0, -0.5, 0.5) * self.spread * place / 10
        height = np.sin(place) + apart + self.noise * rng.standard_normal(self.n_rows)
        return np.column_stack([place, height]), labels


class Ex8Like(Generator):
    """Uniform points on the unit square; one class is a wavy band through the other, without overlap.

    The shape of the sets ``ex8a`` and ``ex8b`` (Ng's exercise on support vector machines) that comparisons
    of query strategies use.
    """

    name = "ex8_like"
    reference = (
        "after Zhan et al. (2021), A comparative survey: benchmarking for pool-based active learning (EX8)"
    )

    waves: int = Field(default=2, ge=1)
    """Waves of the band."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points and whether they are within 0.22 of the band's middle."""
        points = round_to_digits(self.rng().random((self.n_rows, 2)))
        middle = 0.5 + 0.25 * np.cos(2 * np.pi * self.waves * points[:, 0])
        return points, (np.abs(points[:, 1] - middle) < 0.22).astype(np.intp)  # noqa: PLR2004 - as documented


class Checkerboard(Generator):
    """Uniform points on a board of alternating squares: uncertainty alone misses squares."""

    name = "checkerboard"

    squares: int = Field(default=4, ge=2)
    """Squares along each side."""

    def draw(self) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return points in [0, squares) x [0, squares) and the colour of their squares."""
        points = round_to_digits(self.rng().random((self.n_rows, 2)) * self.squares)
        return points, np.floor(points).astype(np.intp).sum(axis=1) % 2
