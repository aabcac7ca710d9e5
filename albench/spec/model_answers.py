"""What a model can be asked for, as far as its name and its parameters tell: it is not imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from albench.registry.catalogue import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Collection

    from albench.contracts import Model

# What a model can answer may depend on these, whatever is known of its name.
_DECIDING = {"probability", "loss", "estimator", "estimators", "voting", "method"}


@dataclass(frozen=True)
class ModelAnswers:
    """What a model can be asked for; None where that is known only once it is imported."""

    proba: bool | None = None
    decision: bool | None = None
    dropout: bool | None = None


CALIBRATED = ModelAnswers(proba=True, decision=False, dropout=False)


def get_listed_answers(facts: dict[str, Any] | None, params: Collection[str]) -> ModelAnswers:
    """Say what a model can answer by what is known of its name."""
    if facts is None:
        return ModelAnswers()
    if _DECIDING & set(params):
        return ModelAnswers(dropout=facts["dropout"])
    return ModelAnswers(proba=facts["proba"], decision=facts["decision"], dropout=facts["dropout"])


def get_answers(model: Model) -> ModelAnswers:
    """Say what a model inside a strategy can answer, without importing it."""
    if model.calibrated:
        return CALIBRATED
    models = load_catalogue()["model"].values()
    facts = next((facts for facts in models if facts["estimator"] == model.estimator), None)
    return get_listed_answers(facts, model.params)
