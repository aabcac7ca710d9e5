"""Labels that strategies must not see, for upper bounds and controls (``Need.TRUTH``) alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from albench.errors import StrategyError
from albench.registry.lookup import get_builtin
from albench.trial.scoring import ModelOutputs

if TYPE_CHECKING:
    from albench.contracts import Answers, Floats, Metric, Rows
    from albench.models.fitted import FittedModel


class HiddenLabels:
    """Labels of pool and test part: the ``Truth`` of a pool view.

    Attributes
    ----------
    labels, given : ndarray of shape (n_pool,), int
        True class codes, and those that the oracle would give.
    """

    def __init__(self, labels: Rows, given_labels: Rows, test_features: Floats, test_labels: Rows) -> None:
        self.labels = labels
        self.given = given_labels
        self._test_features = test_features
        self._test_labels = test_labels

    def score(self, model: Answers, metric: str) -> float:
        """Return a built-in metric of a model on the test part, negated where lower is better."""
        measure = cast("type[Metric]", get_builtin("metric", metric))()
        outputs = ModelOutputs(cast("FittedModel", model), self._test_features, self._test_labels)
        score = measure.score(outputs)
        if score is None:
            raise StrategyError(f"{metric} is undefined on this test part")
        return score if measure.greater_is_better else -score
