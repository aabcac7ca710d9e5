"""Facts about a model by its short name, without importing it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from albench.contracts import Model, Task


@dataclass(frozen=True)
class ModelName:
    """A short name.

    Attributes
    ----------
    estimator : str
        Import path.
    proba, decision : bool or None
        Whether it gives class probabilities and decision values; None where that depends on what is nested in
        it.
    dropout : bool
        Whether it can be sampled from under dropout masks.
    defaults : dict
        Parameters that differ from the estimator's own defaults.
    required : tuple of str
        Parameters without a default.
    extra : str
        Extra of albench that installs it; empty for what comes with scikit-learn.
    """

    estimator: str
    summary: str
    proba: bool | None = True
    decision: bool | None = False
    dropout: bool = False
    defaults: dict[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    task: Task = "classification"
    extra: str = ""

    def describe(self) -> dict[str, Any]:
        """Return what the catalogue lists."""
        return {**asdict(self), "required": list(self.required)}

    def make_model(self, params: dict[str, Any]) -> Model:
        """Return the model with ``params`` over the defaults."""
        return Model(estimator=self.estimator, params={**self.defaults, **params})


def classifier(
    path: str, summary: str, *, proba: bool = True, decision: bool = False, required: str = ""
) -> ModelName:
    """Return the entry of a classifier of scikit-learn, with its own defaults.

    Parameters
    ----------
    decision : bool
        Whether it gives decision values beside probabilities; without these it does.
    required : str
        The parameter that holds other classifiers: what they answer decides what it can.
    """
    if required:
        return ModelName(f"sklearn.{path}", summary, proba=None, decision=None, required=(required,))
    return ModelName(f"sklearn.{path}", summary, proba, decision or not proba)


def regressor(path: str, summary: str, *, required: str = "") -> ModelName:
    """Return the entry of a regressor of scikit-learn, with its own defaults."""
    names = (required,) if required else ()
    return ModelName(f"sklearn.{path}", summary, proba=False, required=names, task="regression")
