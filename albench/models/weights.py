"""Whether a model can be fitted on rows that have weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.models.fitting import SEMI_SUPERVISED, import_estimator_class

if TYPE_CHECKING:
    from albench.contracts import Model


def find_weights_misfit(model: Model) -> str:
    """Return why a model takes no weights of rows; nothing if it does."""
    from sklearn.utils.validation import has_fit_parameter

    if model.calibrated is not None:
        return "calibrated probabilities are fitted without weights of rows"
    if model.estimator in SEMI_SUPERVISED:
        return "a semi-supervised model is fitted without weights of rows"
    if not has_fit_parameter(import_estimator_class(model.estimator), "sample_weight"):
        return f"fit() of {model.estimator.rpartition('.')[2]} takes no sample_weight"
    return ""
