"""How a model of a spec is trained: resampling and a search for parameters that go together with it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from albench.spec.signature import read_parameters
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from albench.contracts import Model
    from albench.spec.context import Context
    from albench.spec.entries import RawEntry


def check_training(model: Model, entry: RawEntry, context: Context) -> bool:
    """Say whether a model can be trained as its entry says; note a problem for each reason why not."""
    before = context.problems.n_errors
    if model.resampling is not None and model.calibrated is not None:
        text = f"{quote(entry.name)}: rows that are resampled would be in several folds of a calibration"
        context.problems.add_error("wrong-value", text, entry.where, "leave out 'calibrated' or 'resampling'")
    if setting := model.weighs_rows():
        _check_weights(model, setting, entry, context)
    if model.resampling is not None and model.resampling.method == "smote" and not find_spec("imblearn"):
        text = f"{quote(entry.name)}: SMOTE is in a package that is not installed"
        context.problems.add_error("import", text, entry.where, "pip install 'albench[imbalance]'")
    if model.tune is not None:
        names = read_parameters(model.estimator) or ()
        for name in model.tune.grid:
            if names and name not in names:
                text = f"{quote(entry.name)} has no parameter {quote(name)} to search for"
                hint = suggest_word(name, names)
                context.problems.add_error("unknown-parameter", text, entry.where, hint)
    return context.problems.n_errors == before


def _check_weights(model: Model, setting: str, entry: RawEntry, context: Context) -> None:
    """Note what does not go together with weights of rows; whether fit() takes them a plan says."""
    problems = {
        "calibrated": model.calibrated is not None and "calibrated probabilities are fitted without weights",
        "resampling": model.sample_weight is not None
        and model.resampling is not None
        and "rows that are resampled have no weights",
        "class_weight": bool(model.label_smoothing)
        and model.params.get("class_weight") == "balanced"
        and "balanced classes are counted by rows, and every row stands for all classes",
    }
    for other, why in problems.items():
        if why:
            text = f"{quote(entry.name)}: {quote(setting)} and {quote(other)}: {why}"
            context.problems.add_error("wrong-value", text, entry.where, "leave out one of them")
