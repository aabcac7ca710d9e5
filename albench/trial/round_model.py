"""The task model or the query model over the rounds of a trial: when it is fitted, when it is tuned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.models.fitting import ModelFitter
from albench.models.tuning import tune_model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts import Floats, Model, Rows
    from albench.models.fitted import FittedModel


class RoundModel:
    """The task model or the query model of one trial."""

    def __init__(self, fitter: ModelFitter, n_classes: int) -> None:
        self._fitter = fitter
        self._n_classes = n_classes
        self._last: FittedModel | None = None
        self._declared = fitter.model
        self._next_search = 0
        self._is_put_off = False

    @property
    def model(self) -> Model:
        """The model with the parameters that it has by now."""
        return self._fitter.model

    @property
    def note(self) -> str:
        """What a reader should know of the search for parameters; empty if there is nothing."""
        tuning = self._declared.tune
        if tuning is None or not self._is_put_off or self._fitter.model is not self._declared:
            return ""
        return f"never tuned: in no round has each labelled class had a row for each of {tuning.cv} folds"

    def fit(
        self,
        round_index: int,
        features: Floats,
        labelled: NDArray[np.bool_],
        rows: Rows,
        labels: Rows,
        weights: Floats | None = None,
    ) -> FittedModel:
        """Return the model of a round: that of an earlier one if it is not to be fitted again yet.

        A model that has seen fewer than two classes is always fitted again. Where it is tuned, the search is
        part of the fit.
        """
        last = self._last
        if last is not None and last.estimator is not None and round_index % self._fitter.model.refit_every:
            return last
        if self._declared.tune is not None and round_index >= self._next_search:
            self._search(round_index, features[rows], labels, self._declared.tune.every)
        unlabelled = features[~labelled] if self._fitter.is_semi_supervised else None
        self._last = self._fitter.fit(
            features[rows], labels, self._n_classes, unlabelled=unlabelled, before=last, weights=weights
        )
        return self._last

    def _search(self, round_index: int, X: Floats, labels: Rows, every: int) -> None:
        """Take the parameters that do best on the labelled rows; with too few rows try in the next round."""
        tuned = tune_model(self._declared, X, labels, self._n_classes, self._fitter.seed)
        self._is_put_off |= tuned is None
        if tuned is not None:
            self._fitter = ModelFitter.from_model(tuned, self._fitter.seed)
            # A warm start would keep the parameters of the last fit.
            self._last = None
            self._next_search = round_index + every
