"""One trial: fit, score, query a batch, label it, until it has the labels of the request."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.contracts import Need, Oracle, Signal, Strategy
from albench.contracts.returned import check_picks
from albench.errors import StrategyError
from albench.models.fitting import WARM_START, ModelFitter
from albench.prepared.matrices import freeze
from albench.registry.lookup import restore_component
from albench.trial.history import QueriedBatch
from albench.trial.money import MoneyBudget, show_prices
from albench.trial.pool_view import RoundView
from albench.trial.random_streams import TrialStreams
from albench.trial.repeated_queries import RepeatedQueries, measure_round
from albench.trial.replay import replay_batch, replay_repeated
from albench.trial.round_model import RoundModel
from albench.trial.rule_tracker import RuleTracker
from albench.trial.scoring import SignalTracker
from albench.trial.seed_set import AT_RANDOM, began_at_random, choose_seed_set
from albench.trial.set_up import (
    build_answers,
    build_hidden_labels,
    build_history,
    build_scorers,
    build_shared_arrays,
    refuse_changed_code,
    show_features,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from albench.contracts import Model, Rows
    from albench.models.fitted import FittedModel
    from albench.prepared.split_arrays import SplitArrays
    from albench.trial.history import History
    from albench.trial.records import TrialTask

_SINGLE_MODEL = frozenset({Need.PROBA, Need.DECISION, Need.MODEL, Need.EMBEDDING})


class Trial:
    """The state of one trial between rounds.

    Parameters
    ----------
    shared : Path, optional
        Folder of what strategies share; what is not there is computed at its first use.
    """

    def __init__(self, task: TrialTask, arrays: SplitArrays, shared: Path | None = None) -> None:
        self.task = task
        self.features = freeze(arrays.pool_features)
        self.shared = build_shared_arrays(task, arrays, shared)
        self.strategy: Strategy = restore_component(task.strategy)
        self.visible_features = show_features(self.strategy, self.features)
        oracle: Oracle = restore_component(task.oracle)
        self.streams = TrialStreams.from_identity(task.identity, self.strategy, oracle)
        self.answers = build_answers(task, arrays, oracle, self.streams, shared)
        self.history = build_history(arrays, self.answers)
        self.money = None
        if task.identity.money is not None and task.picks is None:
            self.money = MoneyBudget(task, arrays, self.answers)
        sees_prices = Need.PRICES in self.strategy.required()
        self.visible_prices = show_prices(task, arrays) if sees_prices else None
        self.scorers = build_scorers(task, arrays, self.history)
        signals: list[Signal] = [restore_component(recipe) for recipe in task.signals]
        self.signal_tracker = SignalTracker(signals, self.features, self.streams.open_stop_set_rng())
        self.rules = RuleTracker(
            task,
            self.features,
            self.streams.open_stop_set_rng,
            can_wait=Need.MODEL not in self.strategy.required(),
        )
        self.is_queried = np.zeros(arrays.pool_labels.size, np.bool_)
        share = task.identity.repeated_share
        self.repeated = RepeatedQueries(share, self.is_queried.size, self.streams) if share else None
        self.has_several_answers = bool(share or self.strategy.asks_again or oracle.has_several_annotators())
        self.strategy_state: Any = None
        self.seed_note = ""
        is_audited = task.coverage.audit == "probabilities"
        self.needs_query_model = is_audited or bool(self.strategy.required() & _SINGLE_MODEL)
        self.task_model = self._build_round_model(task.task_model, task.identity.task_model)
        self.query_model = self._build_round_model(task.query_model, task.identity.query_model)
        # One fit a round serves both then.
        self.shares_model = task.query_model == task.task_model
        sees_truth = Need.TRUTH in self.strategy.required()
        self.hidden_labels = build_hidden_labels(arrays, self.history) if sees_truth else None
        refuse_changed_code(task, self.strategy, oracle)

    def run(self) -> History:
        """Run to the last whole round of the request."""
        batch, self.seed_note = choose_seed_set(
            self.task, self.history, self.features, self.shared, self.streams
        )
        self._add_batch(self.money.pay_seed_set(batch) if self.money else batch)
        while True:
            # In pool order, whatever the order of the queries: equal sets of rows give equal models.
            rows = np.flatnonzero(self.is_labelled)
            fitted, fit_s = self._fit(self.task_model, rows)
            # Without a seed set the curve begins at the first batch, for all strategies alike.
            if self.history.n_labels:
                self.history.add_scores(fit_s, self._score_model(fitted))
            next_batch = None if self._is_finished() else self._choose_batch(rows, fitted)
            self.rules.observe(fitted, self.history, self.is_queried, labelled=rows, batch=next_batch)
            if next_batch is None or self.rules.is_over:
                return self.history
            self._add_batch(next_batch)

    def _choose_batch(self, rows: Rows, fitted: FittedModel) -> QueriedBatch | None:
        """Return the rows that are queried next and can be paid; None if not one of them can."""
        if self.task.picks:
            by_label = self.answers.has_one_annotator
            batch = replay_batch(self.task.picks, self.history, self.is_queried, by_label=by_label)
            if self.task.repeated:
                batch = replay_repeated(self.task.repeated, batch, self.history, self.answers.n_asked)
        else:
            batch = self._query_batch(rows, fitted)
        if self.money:
            batch = self.money.pay(batch, self.history.round + 1)
        return batch if batch.n_labels else None

    def _is_finished(self) -> bool:
        if self.money:
            return not self.money.can_buy(self.is_queried)
        if self.task.picks and self.task.identity.money is not None:
            return self.history.round >= int(self.task.picks["round"].max())
        return self.history.n_labels >= self.task.coverage.labels

    @property
    def is_labelled(self) -> NDArray[np.bool_]:
        """Rows that were queried and got a label; a row that the oracle refused is never fitted on."""
        mask: NDArray[np.bool_] = self.is_queried & self.answers.is_answered
        return mask

    def _add_batch(self, batch: QueriedBatch) -> None:
        if self.is_queried[batch.positions].any():
            raise StrategyError("a row was picked that was queried before")
        self.is_queried[batch.positions] = True
        price = self.answers.buy(batch.positions, self.history.round + 1)
        if batch.repeated.size:
            price += self.answers.buy_again(batch.repeated, self.history.round + 1)
        self.history.add_batch(batch, price)

    def _build_round_model(self, model: Model, fragment: dict[str, Any]) -> RoundModel:
        fitter = ModelFitter.from_model(model, self.streams.derive_model_seed(fragment))
        return RoundModel(fitter, self.task.n_classes)

    def _fit(self, model: RoundModel, rows: Rows) -> tuple[FittedModel, float]:
        started = time.process_time()
        by_agreement = model.model.sample_weight is not None
        training = self.answers.list_training_rows(rows, by_agreement=by_agreement)
        fitted = model.fit(self.history.round, self.features, self.is_labelled, *training)
        return fitted, time.process_time() - started

    def _score_model(self, fitted: FittedModel) -> dict[str, float]:
        started = time.process_time()
        scores = {name: value for scorer in self.scorers for name, value in scorer.score(fitted).items()}
        scores |= self.signal_tracker.measure(fitted)
        if self.has_several_answers:
            scores |= measure_round(self.answers, self.streams, self.history.round)
        return {**scores, "score_s": time.process_time() - started}

    def _query_batch(self, rows: Rows, fitted: FittedModel) -> QueriedBatch:
        started = time.process_time()
        query_model = self._fit_query_model(rows, fitted)
        view = self._build_view(rows, query_model)
        # A copy: what a strategy makes of its array must not change which rows are queried.
        candidates = view.candidates.copy()
        if self.history.round == 0:
            self.strategy_state = self.strategy.start(view)
        # Never more labels than rows, of which some may be asked again.
        n_labels = min(view.batch_size, self.is_queried.size - self.history.n_labels)
        repeated = self._choose_repeated(n_labels)
        n = n_labels - repeated.size
        # Before the strategy can write into it.
        proba = view.proba.copy() if self.task.coverage.audit == "probabilities" else None
        picks = check_picks(self.strategy.select(view, self.strategy_state, n), n, candidates.size)
        if not self.history.n_labels and self._can_begin_at_random:
            is_random = began_at_random(picks, candidates.size, self.visible_features, self.shared)
            self.seed_note = AT_RANDOM if is_random else ""
        # Rules look at unlabelled rows alone.
        if query_model is fitted and not self.strategy.asks_again:
            self.rules.share_proba(view)
        batch = QueriedBatch(
            candidates[picks.candidates],
            picks.utilities,
            picks.tied,
            picks.n_tied,
            time.process_time() - started,
            None if proba is None else proba[picks.candidates],
            repeated,
        )
        return batch.part_repeated(self.is_queried) if self.strategy.asks_again else batch

    def _list_candidates(self) -> Rows:
        return (
            np.arange(self.is_queried.size) if self.strategy.asks_again else np.flatnonzero(~self.is_queried)
        )

    def _choose_repeated(self, n_labels: int) -> Rows:
        """Return the labelled rows that the next batch asks again, beside what the strategy chooses."""
        if self.repeated is None:
            return np.zeros(0, np.intp)
        n_bought = self.history.n_labels - self.task.identity.seed_size
        n_asked = self.answers.n_asked
        return self.repeated.choose(n_bought, n_labels, self.is_queried, n_asked)

    @property
    def _next_batch_size(self) -> int:
        return self.task.identity.batches.count_labels(self.history.round)

    @property
    def _can_begin_at_random(self) -> bool:
        """Whether it is worth a note: of random orders it goes without saying, controls see true labels."""
        return not self.strategy.arms and self.hidden_labels is None

    @property
    def _is_query_model_reused(self) -> bool:
        """Whether the query model speaks again after the query: in a later round, or in the audit."""
        model = self.task.query_model
        is_kept = model.refit_every > 1 or bool(model.params.get(WARM_START))
        return is_kept or self.task.coverage.audit == "probabilities"

    def _fit_query_model(self, rows: Rows, fitted: FittedModel) -> FittedModel | None:
        if not self.needs_query_model:
            return None
        # The same model of the same rows with the same seed: a second fit would give it again.
        if self.shares_model:
            return fitted
        return self._fit(self.query_model, rows)[0]

    def _build_view(self, rows: Rows, fitted: FittedModel | None) -> RoundView:
        return RoundView(
            features=self.features,
            visible_features=self.visible_features,
            labelled=rows,
            labels=self.history.given_labels[rows],
            candidates=self._list_candidates(),
            n_classes=self.task.n_classes,
            round_index=self.history.round,
            batch_size=self._next_batch_size,
            fitted=fitted,
            is_reused=self._is_query_model_reused,
            query_model=(self.task_model if self.shares_model else self.query_model).model,
            streams=self.streams,
            shared=self.shared,
            truth=self.hidden_labels,
            prices=self.visible_prices,
            bought=self.answers.list_bought() if self.strategy.asks_again else None,
            classes=self.task.classes,
        )

    def collect_notes(self) -> list[str]:
        """Say which numbers of this trial are undefined and why, and what contradicts itself."""
        reasons = dict(self.signal_tracker.reasons)
        for scorer in self.scorers:
            reasons |= scorer.reasons
        models = {self.task_model.note, self.query_model.note}
        notes = [note for note in (self.seed_note, *sorted(models)) if note]
        notes += [f"{name} undefined: {why}" for name, why in sorted(reasons.items())]
        notes += self.money.notes if self.money else []
        return notes + [note for scorer in self.scorers if (note := scorer.describe_contradictions())]
