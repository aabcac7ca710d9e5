"""An estimator as a spec declares it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from albench.contracts.component import Component, _format_items, _format_value
from albench.contracts.preprocessing import format_path

RIVER = "river."
"""How the import paths of River's classes begin, which learn from streams alone."""


class Calibration(BaseModel):
    """How decision values become probabilities: by cross-validation on the labelled rows."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    method: Literal["sigmoid", "isotonic"] = "sigmoid"
    """Platt's logistic curve, or isotonic regression."""
    folds: int = Field(default=3, ge=2)
    """Folds; while a class has fewer rows, probabilities are the softmax of decisions."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        return {"method": value} if isinstance(value, str) else value


class Resampling(BaseModel):
    """How the labelled rows are balanced before each fit: every class gets as many as the largest has."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    method: Literal["oversample", "smote"]
    """Rows repeated at random, or rows made up between neighbours of their class."""
    neighbours: int = Field(default=5, ge=1)
    """Of SMOTE; a class with fewer other rows has as many as it has, and one with a single row repeats it."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        return {"method": value} if isinstance(value, str) else value


class Tuning(BaseModel):
    """A search for parameters inside the trial, by cross-validation on the labelled rows alone."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    grid: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]] = Field(min_length=1)
    """Values of parameters of the estimator; every combination is tried."""
    cv: int = Field(default=3, ge=2)
    """Folds; while a labelled class has fewer rows the parameters stay as they are."""
    every: int = Field(default=5, ge=1)
    """Rounds from one search to the next."""
    metric: Literal["accuracy", "balanced_accuracy"] = "accuracy"
    """What is largest for the parameters that are taken; the first of equal ones in the order of the grid."""


class ModelSettings(Component):
    """What a spec may say of a model beside the estimator's own parameters."""

    calibrated: Calibration | None = None
    """Whether its probabilities are calibrated, or made from its decision values."""
    refit_every: int = Field(default=1, ge=1)
    """It is fitted in every so many rounds and answers as it did in the rounds between."""
    resampling: Resampling | None = None
    """How the labelled rows are balanced before each fit."""
    tune: Tuning | None = None
    """Which parameters are searched for on the labelled rows, and how often."""
    sample_weight: Literal["agreement"] | None = None
    """What a labelled row weighs in each fit; 1 if not given."""
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Share of each row's weight that is for all labelled classes alike."""


class Model(ModelSettings):
    """An estimator and its parameters, as the spec declares them; built anew for every fit.

    ``estimator`` is an import path. The identity of a model is that path with its parameters, so that a
    short name and the path that it stands for are the same model.
    """

    kind = "model"
    name = "estimator"

    estimator: str
    """Import path of a scikit-learn compatible classifier."""
    params: dict[str, Any] = {}  # noqa: RUF012 - pydantic copies it
    """Constructor parameters; estimators nested in them are ``{import path: {parameter: value}}``."""

    def settings(self) -> dict[str, Any]:
        """Return what is declared beside the estimator's own parameters, as JSON values."""
        return _format_items(
            calibrated=_dump(self.calibrated),
            refit_every=self.refit_every if self.refit_every > 1 else None,
            resampling=_dump(self.resampling),
            tune=_dump(self.tune),
            sample_weight=self.sample_weight,
            label_smoothing=self.label_smoothing or None,
        )

    def weighs_rows(self) -> str:
        """Return the setting by which rows are weighted; nothing where there is none."""
        return "sample_weight" if self.sample_weight else "label_smoothing" if self.label_smoothing else ""

    def identity(self) -> dict[str, Any]:
        """Return import path and parameters; of a file, its name alone."""
        return {
            "estimator": format_path(self.estimator),
            **_format_items(params=_format_value(self.params)),
            **self.settings(),
        }


def _dump(setting: BaseModel | None) -> dict[str, Any] | None:
    return setting.model_dump(mode="json") if setting is not None else None
