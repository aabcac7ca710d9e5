"""An estimator as a spec declares it."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from albench.contracts.component import Component, Kind, _format_items, _format_value
from albench.contracts.preprocessing import format_path


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


class Model(Component):
    """An estimator and its parameters, as the spec declares them; built anew for every fit.

    ``estimator`` is an import path. The identity of a model is that path with its parameters, so that a
    short name and the path that it stands for are the same model.
    """

    kind: ClassVar[Kind] = "model"
    name: ClassVar[str] = "estimator"

    estimator: str
    """Import path of a scikit-learn compatible classifier."""
    params: dict[str, Any] = {}  # noqa: RUF012 - pydantic copies it
    """Constructor parameters; estimators nested in them are ``{import path: {parameter: value}}``."""
    calibrated: Calibration | None = None
    """Whether its probabilities are calibrated, or made from its decision values."""
    refit_every: int = Field(default=1, ge=1)
    """It is fitted in every so many rounds and answers as it did in the rounds between."""

    def settings(self) -> dict[str, Any]:
        """Return what is declared beside the estimator's own parameters, as JSON values."""
        calibrated = self.calibrated.model_dump(mode="json") if self.calibrated else None
        return _format_items(
            calibrated=calibrated, refit_every=self.refit_every if self.refit_every > 1 else None
        )

    def identity(self) -> dict[str, Any]:
        """Return import path and parameters; of a file, its name alone."""
        return {
            "estimator": format_path(self.estimator),
            **_format_items(params=_format_value(self.params)),
            **self.settings(),
        }
