"""ActiveLab: a new row, or one more answer to a labelled one, whichever label is least sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from albench.contracts import Need, Strategy
from albench.metrics.agreement import tabulate_ratings
from albench.strategies.numerics.active_lab_scores import score_rows

if TYPE_CHECKING:
    from albench.contracts import Floats, PoolView, Rows


class ActiveLab(Strategy):
    """Least sure label, of new and of labelled rows alike: 1 - (w q + v / C) / (w + v).

    q is the probability of a row's best label: of new rows max p; of labelled ones the mean of the model and
    of the answers, weighted by how far each agrees with the others. w is the weight of what is known of the
    row, v that of one answer more. A labelled row that is picked is asked again. Who is asked again is
    another rater; rows that the oracle refused are asked last.
    """

    name = "active_lab"
    family = "hybrid"
    needs = frozenset({Need.PROBA, Need.LABELS})
    asks_again = True
    accepts_sparse = True
    complexity = "O(n C + L C), and a fit a fold"
    reference = "Goh, Mueller, 2023, ActiveLab: active learning with re-labeling by multiple annotators"

    folds: int = Field(default=5, ge=2)
    """Models that have not seen the label of a row say how probable it is: as many as folds."""

    def utilities(self, pool: PoolView, state: Any) -> Floats:
        """Return one minus the score of each row of the pool."""
        bought, proba = pool.bought, np.array(pool.proba)
        is_label = bought.labels >= 0
        labelled = np.unique(bought.positions[is_label])
        raters = bought.annotators * (bought.attempts.max(initial=0) + 1) + bought.attempts
        ratings = tabulate_ratings(bought.positions[is_label], raters[is_label], bought.labels[is_label])
        refused = np.setdiff1d(bought.positions, labelled)
        new = np.setdiff1d(np.arange(len(proba)), bought.positions)
        of_labelled, of_new = score_rows(ratings, self._predict_unseen(pool, labelled, proba), proba[new])
        utilities = np.zeros(len(proba))
        utilities[labelled], utilities[new], utilities[refused] = 1 - of_labelled, 1 - of_new, 0.0
        return utilities

    def _predict_unseen(self, pool: PoolView, labelled: Rows, proba: Floats) -> Floats:
        """Return the probabilities of labelled rows by models that have not seen their labels."""
        unseen = proba[labelled]
        places = np.searchsorted(pool.labelled, labelled)
        labels = pool.labels[places]
        order = np.lexsort((pool.rng.random(labelled.size), labels))
        folds = np.empty(labelled.size, np.intp)
        # Every class is spread evenly over the folds.
        folds[order] = np.arange(labelled.size) % self.folds
        for fold in range(min(self.folds, labelled.size)):
            held_out = folds == fold
            if not held_out.all():
                model = pool.refit(labelled[~held_out], labels[~held_out])
                unseen[held_out] = model.proba(pool.features[labelled[held_out]])
        return unseen
