"""One trial: fit, score, query a batch, label it, until the labels of the request are bought."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from albench.contracts import REFUSED, Metric, Need, Oracle, SeedSet, Signal, Strategy
from albench.errors import StrategyError, TrialError
from albench.models.fitted import Maker
from albench.ordering import Picks
from albench.prepared.matrices import Shown, read_only
from albench.prepared.shared import SharedArrays
from albench.registry.lookup import restore
from albench.trial.hidden_labels import HiddenLabels
from albench.trial.history import Ledger, Purchase
from albench.trial.pool_view import RoundView
from albench.trial.random_streams import Streams
from albench.trial.replay import bought_again
from albench.trial.scoring import Scorer, Watcher

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from albench.contracts import Floats, Model, Rows
    from albench.models.fitted import Fitted
    from albench.prepared.split_arrays import SplitArrays
    from albench.trial.records import TrialTask

_SINGLE_MODEL = frozenset({Need.PROBA, Need.DECISION, Need.MODEL, Need.EMBEDDING})


class Trial:
    """The state of one trial between rounds.

    Parameters
    ----------
    task : TrialTask
    arrays : SplitArrays
        Of the trial's split.
    shared : Path, optional
        Folder of what strategies share; what is not there is computed when it is asked for.
    """

    def __init__(self, task: TrialTask, arrays: SplitArrays, shared: Path | None = None) -> None:
        self.task = task
        self.features = read_only(arrays.pool_features)
        self.shared = _shared(task, self.features, shared)
        self.strategy = cast("Strategy", restore(task.strategy))
        self.shown = _shown(self.strategy, self.features)
        self.streams = Streams.of(task.identity, self.strategy)
        oracle = cast("Oracle", restore(task.oracle))
        given = oracle.answers(arrays.pool_labels, task.classes, rng=self.streams.oracle())
        self.answered = given != REFUSED
        self.ledger = Ledger(rows=arrays.pool_rows, true=arrays.pool_labels, given=given)
        self.scorers = _scorers(task, arrays)
        signals = [cast("Signal", restore(recipe)) for recipe in task.signals]
        self.watcher = Watcher(signals, self.features, self.streams.stop_set())
        self.asked = np.zeros(arrays.pool_labels.size, np.bool_)
        self.memory: Any = None
        self.consults_model = self._consults_model()
        self.task_model = self._round_model(task.task_model, task.identity.task_model)
        self.query_model = self._round_model(task.query_model, task.identity.query_model)
        self.truth = self._truth(arrays)

    def run(self) -> Ledger:
        """Run to the last whole round of the request.

        Raises
        ------
        TrialError
            If the seed set is not what was asked for.
        StrategyError
            If the strategy breaks its contract.
        """
        self._buy(self._seed_set())
        while True:
            rows = np.flatnonzero(self.labelled)
            fitted, fit_s = self._fit(self.task_model, rows)
            if self.ledger.n_labels:
                self.ledger.score(fit_s, self._scores(fitted))
            if self.ledger.n_labels >= self.task.coverage.labels:
                return self.ledger
            stored = self.task.picks
            self._buy(
                bought_again(stored, self.ledger, self.asked) if stored else self._queried(rows, fitted)
            )

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """Rows that were asked for and got a label."""
        mask: NDArray[np.bool_] = self.asked & self.answered
        return mask

    def _buy(self, purchase: Purchase) -> None:
        self.asked[purchase.positions] = True
        self.ledger.buy(purchase)

    def _round_model(self, model: Model, fragment: dict[str, Any]) -> RoundModel:
        return RoundModel(Maker.of(model, self.streams.model_seed(fragment)), self.task.n_classes)

    def _fit(self, model: RoundModel, rows: Rows) -> tuple[Fitted, float]:
        started = time.process_time()
        given = self.ledger.given[rows]
        fitted = model.fitted(self.ledger.round, self.features, self.labelled, rows, given)
        return fitted, time.process_time() - started

    def _scores(self, fitted: Fitted) -> dict[str, float]:
        started = time.process_time()
        scores = {name: value for scorer in self.scorers for name, value in scorer.scores(fitted).items()}
        scores |= self.watcher.signals(fitted)
        return {**scores, "score_s": time.process_time() - started}

    def _seed_set(self) -> Purchase:
        it = self.task.identity
        method = cast("SeedSet", restore(self.task.seed_set))
        positions = np.asarray(
            method.choose(
                self.ledger.true,
                self.task.n_classes,
                it.seed_size,
                split=it.split_index,
                start=it.start,
                rng=self.streams.seed_set(),
            ),
            dtype=np.intp,
        )
        if positions.shape != (it.seed_size,) or np.unique(positions).size != it.seed_size:
            raise TrialError(f"the seed set method gave {positions.size} rows, {it.seed_size} were asked for")
        return Purchase.seed_set(positions)

    def _queried(self, rows: Rows, fitted: Fitted) -> Purchase:
        started = time.process_time()
        view = self._view(rows, self._query_model(rows, fitted))
        if self.ledger.round == 0:
            self.memory = self.strategy.start(view)
        n = min(self.task.identity.batch_size, view.candidates.size)
        picks = self.strategy.select(view, self.memory, n)
        _check(picks, n, view.candidates.size)
        proba = view.proba[picks.candidates] if self.task.coverage.audit == "probabilities" else None
        return Purchase(
            view.candidates[picks.candidates],
            picks.utilities,
            picks.tied,
            picks.n_tied,
            time.process_time() - started,
            proba,
        )

    def _consults_model(self) -> bool:
        audited = self.task.coverage.audit == "probabilities"
        return audited or bool(self.strategy.required() & _SINGLE_MODEL)

    def _truth(self, arrays: SplitArrays) -> HiddenLabels | None:
        if Need.TRUTH not in self.strategy.required():
            return None
        return HiddenLabels(self.ledger.true, self.ledger.given, arrays.test_features, arrays.test_labels)

    def _query_model(self, rows: Rows, fitted: Fitted) -> Fitted | None:
        if not self.consults_model:
            return None
        if self.task.query_model == self.task.task_model:
            return fitted
        return self._fit(self.query_model, rows)[0]

    def _view(self, rows: Rows, fitted: Fitted | None) -> RoundView:
        return RoundView(
            features=self.features,
            shown=self.shown,
            labelled=rows,
            labels=self.ledger.given[rows],
            candidates=np.flatnonzero(~self.asked),
            n_classes=self.task.n_classes,
            round_index=self.ledger.round,
            batch_size=self.task.identity.batch_size,
            fitted=fitted,
            query_model=self.task.query_model,
            streams=self.streams,
            shared=self.shared,
            truth=self.truth,
        )

    def reasons(self) -> dict[str, str]:
        """Say why numbers of this trial are undefined, by metric or signal."""
        found = dict(self.watcher.reasons)
        for scorer in self.scorers:
            found |= scorer.reasons
        return found


def _shown(strategy: Strategy, features: Floats) -> Shown:
    cls = type(strategy)
    return Shown(features, cls.name or cls.__qualname__, accepts_sparse=cls.accepts_sparse)


def _shared(task: TrialTask, features: Floats, folder: Path | None) -> SharedArrays:
    it = task.identity
    return SharedArrays(
        features,
        n_classes=task.n_classes,
        random_state=it.random_state,
        dataset=it.dataset,
        split=it.split_index,
        folder=folder,
    )


def _scorers(task: TrialTask, arrays: SplitArrays) -> list[Scorer]:
    metrics = [cast("Metric", restore(recipe)) for recipe in task.metrics]
    scorers = [Scorer(metrics, arrays.test_features, arrays.test_labels)]
    if arrays.validation_labels.size:
        features, labels = arrays.validation_features, arrays.validation_labels
        scorers.append(Scorer(metrics, features, labels, prefix="validation_"))
    return scorers


def _check(picks: Picks, n: int, n_candidates: int) -> None:
    """See that a strategy kept its contract: ``n`` different candidates."""
    if not isinstance(picks, Picks):
        raise StrategyError(f"select() returned a {type(picks).__name__}; it returns albench.Picks")
    chosen = np.asarray(picks.candidates)
    if chosen.shape != (n,):
        raise StrategyError(f"{chosen.shape} picks, {n} were asked for")
    if not np.issubdtype(chosen.dtype, np.integer):
        raise StrategyError(f"picks are positions among the candidates, not {chosen.dtype}")
    if chosen.min() < 0 or chosen.max() >= n_candidates:
        raise StrategyError(f"pick {chosen.max()} outside the {n_candidates} candidates")
    if np.unique(chosen).size != n:
        raise StrategyError(f"{n - np.unique(chosen).size} of {n} picks are repeated")


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
