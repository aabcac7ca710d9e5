"""A model over the rounds of a trial: fitted again when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows
    from albench.models.fitted import Fitted, Maker


class RoundModel:
    """The task model or the query model of one trial.

    Parameters
    ----------
    maker : Maker
    n_classes : int
        Classes of the dataset.
    """

    def __init__(self, maker: Maker, n_classes: int) -> None:
        self._maker = maker
        self._n_classes = n_classes
        self._last: Fitted | None = None

    def fitted(
        self, round_index: int, features: Floats, labelled: NDArray[np.bool_], rows: Rows, labels: Rows
    ) -> Fitted:
        """Return the model of a round: that of an earlier one if it is not to be fitted again yet.

        A model that has seen fewer than two classes is always fitted again.
        """
        last = self._last
        if last is not None and last.estimator is not None and round_index % self._maker.model.refit_every:
            return last
        unlabelled = features[~labelled] if self._maker.is_semi_supervised else None
        self._last = self._maker.fit(
            features[rows], labels, self._n_classes, unlabelled=unlabelled, before=last
        )
        return self._last
