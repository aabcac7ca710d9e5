"""Streams of River's generators, whose concept may change from one stretch of the rows to the next."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator
from scipy.special import expit

from albench.datasets.array_tables import DECIMALS, make_numeric_table
from albench.datasets.generators.base import Generator
from albench.datasets.where import Where
from albench.errors import DatasetError
from albench.rng import stream

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Rows, Table

_STEEPNESS = 4
"""Of the logistic curve over one width, as in MOA."""


class RiverGenerator(Generator):
    """What the generators of River have in common: concepts that follow one another.

    Each concept lasts for the same number of rows. Rows of a single concept are those that River draws with
    the dataset's seed; those of later concepts are drawn with seeds of their own.
    """

    generator: ClassVar[str] = ""
    """Its class in River."""
    source = "drawn by River 0.26 or newer: pip install 'albench[river]'"

    n_rows: int = Field(default=10_000, ge=10)
    """Number of rows."""
    width: float = Field(default=0.0, ge=0, lt=1)
    """How wide each change of the concept is, as a share of the stream: rows of the old and of the new one
    are mixed, as in the drift ``gradual``; 0 for changes from one row to the next."""

    @model_validator(mode="after")
    def _check_width(self) -> Self:
        n_concepts = len(self.list_concepts())
        if self.width > 1 / n_concepts:
            raise ValueError(f"width ({self.width}) is above 1/{n_concepts}, for which each concept lasts")
        return self

    @classmethod
    def content(cls) -> dict[str, Any]:
        """Describe nothing: River may not be installed where the catalogue is written."""
        return {}

    def list_concepts(self) -> tuple[dict[str, Any], ...]:
        """Return the parameters of River's class for each concept, without its seeds."""
        raise NotImplementedError

    def make_generator(self, synth: Any, seed: int, params: dict[str, Any]) -> Any:
        """Return the generator of a concept, of River's module ``synth``."""
        return getattr(synth, self.generator)(seed=seed, **params)

    def load(self, base: Path) -> Table:
        """Draw the data, in the order in which they arrive, with the first row of each change."""
        concepts = self._choose_concepts()
        rows = self._draw_rows(concepts)
        names = [f"x{name + 1}" if isinstance(name, int) else name for name in rows[0][0]]
        features = np.array([[*row.values()] for row, _ in rows], dtype=np.float64)
        labels = np.array([int(label) for _, label in rows]).astype(str)
        table = make_numeric_table(np.round(features, DECIMALS), labels, names, Where(type(self).name))
        return replace(table, marks=self._find_marks())

    def _draw_rows(self, concepts: Rows) -> list[tuple[dict[Any, Any], Any]]:
        try:
            from river.datasets import synth
        except ImportError as error:
            text = f"{type(self).name}: its rows are drawn by River: pip install 'albench[river]'"
            raise DatasetError(text) from error
        streams = []
        for position, params in enumerate(self.list_concepts()):
            n_needed = int((concepts == position).sum())
            generator = self.make_generator(synth, self._get_seed(position), params)
            streams.append(islice(iter(generator), n_needed))
        return [next(streams[concept]) for concept in concepts.tolist()]

    def _get_seed(self, concept: int) -> int:
        if not concept:
            return self.seed
        return int(stream("dataset", self.seed, type(self).name, concept).generate_state(1)[0])

    def _list_boundaries(self) -> list[int]:
        n_concepts = len(self.list_concepts())
        return [round(position * self.n_rows / n_concepts) for position in range(1, n_concepts)]

    def _choose_concepts(self) -> Rows:
        """Return the concept of each row."""
        places, rng = np.arange(self.n_rows), self.rng()
        concepts = np.zeros(self.n_rows, np.intp)
        for boundary in self._list_boundaries():
            is_later = places >= boundary
            if self.width:
                distance = (places - boundary) / (self.width * self.n_rows)
                is_later = rng.random(self.n_rows) < expit(_STEEPNESS * distance)
            concepts += is_later
        return concepts

    def _find_marks(self) -> tuple[int, ...]:
        """Return the first row of each change: half a width before its middle."""
        half = self.width * self.n_rows / 2
        return tuple(max(0, round(boundary - half)) for boundary in self._list_boundaries())


class Sea(RiverGenerator):
    """Uniform points in a cube of side 10: the class says whether the first two features sum to more than b.

    The third feature says nothing. b is 8, 9, 7 or 9.5 in the concepts 0 to 3.
    """

    name = "sea"
    generator = "SEA"
    reference = "Street, Kim, 2001, A streaming ensemble algorithm (SEA)"

    concepts: tuple[Annotated[int, Field(ge=0, le=3)], ...] = Field(default=(0,), min_length=1)
    """Thresholds in the order in which they come, by their number."""
    noise: float = Field(default=0.0, ge=0, le=1)
    """Share of the rows that have the other class."""

    def list_concepts(self) -> tuple[dict[str, Any], ...]:
        """Return the variants."""
        return tuple({"variant": concept, "noise": self.noise} for concept in self.concepts)


class Agrawal(RiverGenerator):
    """Applicants for a loan in nine features, and ten rules by which one is granted.

    Salary, commission, age, level of education, car, postal code, value of the house and years in it, loan;
    names are numbers.
    """

    name = "agrawal"
    generator = "Agrawal"
    reference = "Agrawal, Imielinski, Swami, 1993, Database mining: a performance perspective"

    concepts: tuple[Annotated[int, Field(ge=0, le=9)], ...] = Field(default=(0,), min_length=1)
    """Rules in the order in which they come, by their number."""
    perturbation: float = Field(default=0.0, ge=0, le=1)
    """How far features are moved after the rule was applied, as a share of their range."""

    def list_concepts(self) -> tuple[dict[str, Any], ...]:
        """Return the classification functions."""
        common = {"perturbation": self.perturbation}
        return tuple({"classification_function": concept, **common} for concept in self.concepts)


class Led(RiverGenerator):
    """Digits on a display of seven segments, beside 17 features that say nothing.

    In a concept k, k of the seven segments have changed places with features that say nothing.
    """

    name = "led"
    generator = "LEDDrift"
    reference = "Breiman, Friedman, Olshen, Stone, 1984, Classification and regression trees"

    concepts: tuple[Annotated[int, Field(ge=0, le=7)], ...] = Field(default=(0,), min_length=1)
    """How many segments have changed places, concept by concept."""
    noise: float = Field(default=0.1, ge=0, lt=1)
    """Share of the segments that are shown wrongly."""

    def list_concepts(self) -> tuple[dict[str, Any], ...]:
        """Return the numbers of features that drift."""
        common = {"noise_percentage": self.noise, "irrelevant_features": True}
        return tuple({"n_drift_features": concept, **common} for concept in self.concepts)


class Hyperplane(RiverGenerator):
    """Uniform points in a cube on either side of a plane, which may turn with each row.

    A plane that turns has no first row of a change: nothing is marked but what ``n_concepts`` says.
    """

    name = "hyperplane"
    generator = "Hyperplane"
    reference = "Hulten, Spencer, Domingos, 2001, Mining time-changing data streams"

    n_concepts: int = Field(default=1, ge=1)
    """Planes that follow one another, each drawn anew."""
    n_features: int = Field(default=10, ge=2)
    """Number of features."""
    n_drift_features: int = Field(default=2, ge=0)
    """Features whose weights change with each row."""
    change: float = Field(default=0.0, ge=0)
    """By how much each of these weights changes with a row."""
    turn: float = Field(default=0.1, ge=0, le=1)
    """Probability that the direction of a change is turned round with a row."""
    noise: float = Field(default=0.05, ge=0, lt=1)
    """Share of the rows that have the other class."""

    @model_validator(mode="after")
    def _check_features(self) -> Self:
        if self.n_drift_features > self.n_features:
            raise ValueError(
                f"n_drift_features ({self.n_drift_features}) is above n_features ({self.n_features})"
            )
        return self

    def list_concepts(self) -> tuple[dict[str, Any], ...]:
        """Return the parameters, which are those of every plane."""
        params = {
            "n_features": self.n_features,
            "n_drift_features": self.n_drift_features,
            "mag_change": self.change,
            "sigma": self.turn,
            "noise_percentage": self.noise,
        }
        return (params,) * self.n_concepts


class RandomRbf(RiverGenerator):
    """Gaussian clouds around random centres, each of one class; the centres may move with each row.

    Centres that move have no first row of a change: nothing is marked but what ``n_concepts`` says.
    """

    name = "random_rbf"
    reference = "Bifet, Holmes, Kirkby, Pfahringer, 2010, MOA: Massive online analysis"

    n_concepts: int = Field(default=1, ge=1)
    """Sets of centres that follow one another, each drawn anew."""
    n_classes: int = Field(default=2, ge=2)
    """Number of classes."""
    n_features: int = Field(default=10, ge=1)
    """Number of features."""
    n_centres: int = Field(default=50, ge=2)
    """Number of centres."""
    n_moving: int = Field(default=50, ge=0)
    """Centres that move, at most all of them."""
    speed: float = Field(default=0.0, ge=0)
    """How far each of these moves with a row."""

    def list_concepts(self) -> tuple[dict[str, Any], ...]:
        """Return the parameters, which are those of every set of centres."""
        params: dict[str, Any] = {
            "n_classes": self.n_classes,
            "n_features": self.n_features,
            "n_centroids": self.n_centres,
        }
        if self.speed:
            n_moving = min(self.n_moving, self.n_centres)
            params |= {"change_speed": self.speed, "n_drift_centroids": n_moving}
        return (params,) * self.n_concepts

    def make_generator(self, synth: Any, seed: int, params: dict[str, Any]) -> Any:
        """Return River's RandomRBF, or the one whose centres move."""
        cls = synth.RandomRBFDrift if self.speed else synth.RandomRBF
        return cls(seed_model=seed, seed_sample=seed, **params)
