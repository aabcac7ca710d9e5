"""A trial whose labels come from people: its batches so far are given, and one more is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.contracts import Need, Strategy
from albench.models.fitting import WARM_START
from albench.trial.history import QueriedBatch
from albench.trial.loop import Trial

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from albench.contracts import Model, Rows
    from albench.models.fitted import FittedModel
    from albench.prepared.split_arrays import SplitArrays
    from albench.trial.pool_view import RoundView
    from albench.trial.records import TrialTask


class ContinuedTrial(Trial):
    """The trial of a labelling project: the same rounds as in a simulation, one of them at a time.

    What a strategy or a model remembers from earlier rounds is made again from the batches, as a trial
    would have made it: so the next batch depends on nothing but the task, the arrays, the batches and the
    numbers of labels that were asked for.

    Parameters
    ----------
    arrays : SplitArrays
        ``pool_labels`` are -1 in rows without a label.
    sizes : sequence of int
        How many labels each round asked for; the last one is asked for now.
    shared : Path, optional
        As for :class:`albench.trial.loop.Trial`.

    Attributes
    ----------
    view : RoundView
        What the strategy saw in the last round.
    fitted : FittedModel
        The task model of the last round.
    """

    view: RoundView
    fitted: FittedModel

    def __init__(
        self, task: TrialTask, arrays: SplitArrays, sizes: Sequence[int], shared: Path | None = None
    ) -> None:
        super().__init__(task, arrays, shared)
        self._sizes = sizes

    def query_next(self, batches: Sequence[Rows]) -> QueriedBatch:
        """Return the batch that follows on some.

        Parameters
        ----------
        batches : sequence of ndarray of int
            Labelled pool positions: the seed set, then what was labelled in each round.
        """
        *earlier, last = map(QueriedBatch.from_seed_set, batches)
        for batch in earlier:
            self._add_batch(batch)
            if self._remembers:
                self._query_round()
        self._add_batch(last)
        return self._query_round()

    def fit_rounds(self, batches: Sequence[Rows], rounds: Collection[int]) -> Iterator[FittedModel]:
        """Yield the task model of some rounds, in their order.

        Parameters
        ----------
        batches : sequence of ndarray of int
            As for :meth:`query_next`.
        rounds : collection of int
            0 is the seed set alone.
        """
        for index, batch in enumerate(map(QueriedBatch.from_seed_set, batches)):
            self._add_batch(batch)
            if index in rounds or _carries_over(self.task.task_model):
                fitted, _ = self._fit(self.task_model, np.flatnonzero(self.is_labelled))
                if index in rounds:
                    yield fitted

    def _query_round(self) -> QueriedBatch:
        rows = np.flatnonzero(self.is_labelled)
        self.fitted, _ = self._fit(self.task_model, rows)
        return self._query_batch(rows, self.fitted)

    @property
    def _remembers(self) -> bool:
        """Whether a round depends on how earlier ones went, not only on what is labelled."""
        has_memory = type(self.strategy).start is not Strategy.start
        return has_memory or any(map(_carries_over, (self.task.task_model, self.task.query_model)))

    @property
    def _next_batch_size(self) -> int:
        return self._sizes[self.history.round]

    def _build_view(self, rows: Rows, fitted: FittedModel | None) -> RoundView:
        self.view = super()._build_view(rows, fitted)
        return self.view


def _carries_over(model: Model) -> bool:
    """Say whether a fit depends on an earlier one, or on when there was one."""
    return model.refit_every > 1 or model.tune is not None or bool(model.params.get(WARM_START))


def find_unfit_need(strategy: Strategy) -> str:
    """Say why a strategy cannot be asked where labels come from people; empty if it can."""
    needs = strategy.required()
    if Need.TRUTH in needs:
        return "it looks at hidden labels, which nobody has here: it is a control of simulations"
    if Need.PRICES in needs:
        return "it looks at prices, which a labelling project does not hold"
    if strategy.asks_again:
        return "it asks labelled rows again, of which a column of labels can keep no second answer"
    return ""
