"""What stopping rules observe in each round of a trial, and whether one that is enforced ends it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from math import isfinite, isinf
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from albench.contracts.conversion import convert_number
from albench.errors import TrialError
from albench.registry.lookup import restore_component
from albench.trial.scoring import STOP_SET_ROWS, show_read_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from albench.contracts import Floats, Metric, Rows, StoppingRule
    from albench.models.fitted import FittedModel
    from albench.trial.history import History, QueriedBatch
    from albench.trial.pool_view import RoundView
    from albench.trial.records import TrialTask

_UNKNOWN = -1
_MOST_WAITING = 500_000
"""Numbers of the rounds that wait for their rules: 4 MB."""


@dataclass(frozen=True, eq=False)
class _WaitingRound:
    """A round that rules are still to be asked about, and the scores that their numbers belong to."""

    scores: dict[str, float]
    fitted: FittedModel
    rows: Rows
    proba: Floats | None
    queried: Rows | None
    labelled: Rows
    labels: Rows

    @property
    def size(self) -> int:
        coefficients = getattr(self.fitted.estimator, "coef_", self.rows)
        proba = coefficients if self.proba is None else self.proba
        return proba.size + self.rows.size + self.labelled.size + self.labels.size


class RuleTracker:
    """The rules of a trial, with what they remember; without any it does nothing.

    Rules that only watch are asked about several rounds in a row: between two fits, whose data and code push
    theirs out of the processor's caches, the same questions cost three times as much.

    Parameters
    ----------
    can_wait : bool
        Whether nobody changes a model after its round.

    Attributes
    ----------
    is_over : bool
        Whether an enforced rule has ended the trial.
    observed_scores : dict of str to float or None
        Scores of the round that rules are asked about at the moment.
    """

    def __init__(
        self,
        task: TrialTask,
        features: Floats,
        open_rng: Callable[[], np.random.Generator],
        *,
        can_wait: bool,
    ) -> None:
        self.is_over = False
        self.observed_scores: dict[str, float] | None = None
        self._waiting: list[_WaitingRound] = []
        self._n_waiting = 0
        self._is_patient = can_wait
        self._is_watched = bool(task.rules or task.enforced)
        if not self._is_watched:
            return
        rules: list[StoppingRule] = [restore_component(recipe) for recipe in task.rules]
        self._rules = {cast("str", rule.column): rule for rule in rules}
        self._memories = {column: rule.start() for column, rule in self._rules.items()}
        self._enforced: list[StoppingRule] = [restore_component(recipe) for recipe in task.enforced]
        metrics: list[Metric] = [restore_component(recipe) for recipe in task.metrics if task.enforced]
        self._lower_is_better = frozenset(m.column for m in metrics if not type(m).greater_is_better)
        self._features = features
        self._is_in_stop_set = _draw_stop_set(features.shape[0], open_rng)
        self._predicted = np.full(features.shape[0], _UNKNOWN, np.intp)
        self._shared_proba: Floats | None = None

    def share_proba(self, view: RoundView) -> None:
        """Take over what the task model says of the candidates, if the strategy has asked for it."""
        if self._is_watched:
            self._shared_proba = vars(view).get("proba")

    def observe(
        self,
        fitted: FittedModel,
        history: History,
        is_queried: NDArray[np.bool_],
        *,
        labelled: Rows,
        batch: QueriedBatch | None,
    ) -> None:
        """Add one number a rule to the scores of this round, and see whether it is the last one.

        Parameters
        ----------
        labelled : ndarray of int
            Positions of the rows that it was fitted on.
        batch : QueriedBatch or None
            What is queried next; None in the last round.
        """
        # Without labels there is no round to score.
        if not self._is_watched or not history.n_labels:
            return
        if self._rules:
            queried = None if batch is None else batch.all_positions
            self._add_waiting(fitted, history, np.flatnonzero(~is_queried), labelled, queried)
            if batch is not None and self._can_wait(fitted):
                return
        started = time.process_time()
        self._catch_up()
        if self._enforced:
            self.is_over = self._is_stopped(history)
        history.scores[-1]["score_s"] += time.process_time() - started

    def _can_wait(self, fitted: FittedModel) -> bool:
        """Say whether rules can be asked later: nothing hangs on the answer, and what is kept is small."""
        can_wait = self._is_patient and not self._enforced and fitted.is_plain_logistic
        return can_wait and self._n_waiting < _MOST_WAITING

    def _add_waiting(
        self, fitted: FittedModel, history: History, candidates: Rows, labelled: Rows, queried: Rows | None
    ) -> None:
        stop_set, scores = self._is_in_stop_set, history.scores[-1]
        rows = candidates if stop_set is None else candidates[stop_set[candidates]]
        proba = self._shared_proba if stop_set is None else None
        self._shared_proba = None
        labels = history.given_labels[labelled]
        waiting = _WaitingRound(scores, fitted, rows, proba, queried, labelled, labels)
        self._waiting.append(waiting)
        self._n_waiting += waiting.size

    def _catch_up(self) -> None:
        """Ask the rules about all rounds that wait, in their order."""
        for waiting in self._waiting:
            self.observed_scores = waiting.scores
            waiting.scores.update(self._measure(waiting))
        self.observed_scores = None
        self._waiting.clear()
        self._n_waiting = 0

    def _measure(self, waiting: _WaitingRound) -> dict[str, float]:
        from albench.stopping.observed_round import SeenRound

        rows, fitted = waiting.rows, waiting.fitted
        if not rows.size:
            # Everything is labelled: there is nothing left to decide, nor a row to predict.
            return dict.fromkeys(self._rules, np.nan)
        proba, batch_proba = np.empty((0, fitted.n_classes)), None
        if fitted.has_proba:
            # The same call on the same rows: a trial that is scored again has the same numbers.
            proba = fitted.proba(self._features[rows]) if waiting.proba is None else waiting.proba
            batch_proba = self._find_batch_proba(fitted, rows, proba, waiting.queried)
        previous = self._predicted[rows]
        seen = SeenRound(
            n_classes=fitted.n_classes,
            n_labels=int(waiting.scores["n_labels"]),
            proba=show_read_only(proba),
            previous_predicted=None if previous.min() == _UNKNOWN else show_read_only(previous),
            batch_proba=None if batch_proba is None else show_read_only(batch_proba),
            features=self._features,
            labelled=show_read_only(waiting.labelled),
            labels=show_read_only(waiting.labels),
            predict_labelled=partial(self._predict_labelled, waiting),
        )
        if fitted.has_proba:
            self._predicted[rows] = seen.predicted
        return {
            column: self._ask(rule, column, seen) if fitted.has_proba or not rule.needs_proba else np.nan
            for column, rule in self._rules.items()
        }

    def _predict_labelled(self, waiting: _WaitingRound) -> Floats:
        """Return the class probabilities of the rows of the stop set that have a label."""
        stop_set, rows = self._is_in_stop_set, waiting.labelled
        if stop_set is not None:
            rows = rows[stop_set[rows]]
        if not rows.size:
            # Estimators refuse to predict no row.
            return np.empty((0, waiting.fitted.n_classes))
        return waiting.fitted.proba(self._features[rows])

    def _find_batch_proba(
        self, fitted: FittedModel, rows: Rows, proba: Floats, queried: Rows | None
    ) -> Floats | None:
        if queried is None:
            return None
        # Of a row before the first one the place is -1, where another row stands.
        places = rows.searchsorted(queried, "right") - 1
        if (rows[places] == queried).all():
            return proba[places]
        return fitted.proba(self._features[queried])

    def _ask(self, rule: StoppingRule, column: str, seen: Any) -> float:
        value = rule.observe(seen, self._memories[column])
        # As nearly all are: every round asks every rule.
        if type(value) is float and isfinite(value):
            return value
        number = convert_number(value, f"observe() of '{column}'")
        if number is None:
            return float("nan")
        if isinf(number):
            raise TrialError(f"observe() of '{column}' returned {number:g}")
        return number

    def _is_stopped(self, history: History) -> bool:
        from albench.stopping.course import build_course, decide

        curve = {name: np.array([row[name] for row in history.scores]) for name in history.scores[0]}
        return any(decide(rule, build_course(rule, curve, self._lower_is_better)) for rule in self._enforced)


def _draw_stop_set(n_pool: int, open_rng: Callable[[], np.random.Generator]) -> NDArray[np.bool_] | None:
    """Return which rows of the pool are looked at, those of the signals' stop set; None for all of them."""
    if n_pool <= STOP_SET_ROWS:
        return None
    is_in_stop_set = np.zeros(n_pool, np.bool_)
    is_in_stop_set[open_rng().permutation(n_pool)[:STOP_SET_ROWS]] = True
    return is_in_stop_set
