"""What a strategy sees in one round: features, given labels, and the query model's predictions."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from albench.canonical import encode_canonical
from albench.errors import ModelError, StrategyError
from albench.models.fitting import ModelFitter
from albench.prepared.matrices import VisibleFeatures, freeze
from albench.trial.committees import (
    CandidateCommittee,
    fit_bagging,
    fit_models,
    fit_random_subspace,
    sample_mc_dropout,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from albench.contracts import Answers, BoughtAnswers, CommitteeMethod, Floats, Model, Rows, Shared, Truth
    from albench.models.fitted import FittedModel
    from albench.trial.random_streams import TrialStreams

# Rows of one call: what a model computes on the way stays small, however large the pool.
_BLOCK = 1 << 16


class RoundView:
    """The PoolView of one round.

    It holds no hidden label, nor an object that holds one, unless it has the ``truth``: without it
    there is no such attribute.
    """

    truth: Truth
    bought: BoughtAnswers
    prices: Floats
    labelled: Rows
    labels: Rows
    candidates: Rows
    n_classes: int
    classes: tuple[str, ...]
    round: int
    batch_size: int
    shared: Mapping[Shared, Mapping[str, np.ndarray]]
    _features: Floats
    _visible_features: VisibleFeatures
    _fitted: FittedModel | None
    _is_reused: bool
    _query_model: Model
    _streams: TrialStreams
    _members: dict[str, tuple[Answers, ...]]
    _committees: dict[str, CandidateCommittee]

    def __init__(
        self,
        *,
        features: Floats,
        visible_features: VisibleFeatures | None = None,
        labelled: Rows,
        labels: Rows,
        candidates: Rows,
        n_classes: int,
        round_index: int,
        batch_size: int,
        fitted: FittedModel | None,
        is_reused: bool = False,
        query_model: Model,
        streams: TrialStreams,
        shared: Mapping[Shared, Mapping[str, np.ndarray]] = MappingProxyType({}),
        truth: Truth | None = None,
        prices: Floats | None = None,
        bought: BoughtAnswers | None = None,
        classes: tuple[str, ...] = (),
    ) -> None:
        visible = visible_features or VisibleFeatures(features, "strategy", accepts_sparse=False)
        vars(self).update(
            _features=features,
            _visible_features=visible,
            labelled=freeze(labelled),
            labels=freeze(labels),
            candidates=freeze(candidates),
            n_classes=n_classes,
            classes=classes or tuple(map(str, range(n_classes))),
            round=round_index,
            batch_size=batch_size,
            shared=shared,
            _fitted=fitted,
            _is_reused=is_reused,
            _query_model=query_model,
            _streams=streams,
            _members={},
            _committees={},
        )
        # No attribute at all for the others: to ask for it must fail, not give None.
        if truth is not None:
            vars(self).update(truth=truth)
        if bought is not None:
            vars(self).update(bought=bought)
        if prices is not None:
            vars(self).update(prices=freeze(prices[candidates]))

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse: what a strategy is shown is not its own."""
        raise StrategyError(f"pool.{name} cannot be set: the memory of a trial is what start() returns")

    @property
    def features(self) -> Floats:
        """The pool's features, dense unless the strategy takes sparse ones."""
        return self._visible_features.features

    @property
    def seen_features(self) -> Floats | None:
        """The features where they are there to be seen; None where asking for them would make them dense."""
        return self._visible_features.made_features

    @property
    def n_rows(self) -> int:
        """Number of rows of the whole pool."""
        return int(self._features.shape[0])

    @property
    def n_features(self) -> int:
        """Number of preprocessed features."""
        return int(self._features.shape[1])

    @property
    def model(self) -> Any:
        """The fitted estimator; None while fewer than two classes are labelled."""
        return self.answers.estimator if self._fitted else None

    @cached_property
    def answers(self) -> FittedModel:
        """The fitted query model over all classes of the dataset."""
        fitted = self._get_query_model()
        # A copy where it is asked again after this query: a strategy may fit or change what it is given.
        return fitted.copy() if self._is_reused else fitted

    def has_changed_model(self) -> bool:
        """Say whether the copy of the model that the strategy was given answers otherwise than the model."""
        if "answers" not in vars(self) or self._fitted is None or self._fitted.estimator is None:
            return False
        rows = self._features[:_BLOCK]
        try:
            ask = "proba" if self._fitted.has_proba else "predict"
            return not np.array_equal(getattr(self.answers, ask)(rows), getattr(self._fitted, ask)(rows))
        except (ModelError, ValueError, AttributeError):
            # It was changed so that it cannot answer any more.
            return True

    @property
    def repeat(self) -> tuple[int, int]:
        """Numbers of split and start."""
        return self._streams.identity.split_index, self._streams.identity.start

    @cached_property
    def rng(self) -> np.random.Generator:
        """The strategy's generator for this round."""
        return self._streams.open_strategy_rng(self.round)

    @cached_property
    def tie_keys(self) -> Floats:
        """One uniform key per candidate."""
        return freeze(self._streams.draw_tie_keys(self.round, self.candidates.size))

    @cached_property
    def proba(self) -> Floats:
        """Class probabilities of the candidates."""
        return freeze(self._apply_in_blocks(self._get_query_model().proba, self.candidates))

    @cached_property
    def decision(self) -> Floats:
        """Decision values of the candidates."""
        return freeze(self._apply_in_blocks(self._get_query_model().decision, self.candidates))

    @cached_property
    def embedding(self) -> Floats:
        """The query model's representation of the pool; the features where it has none of its own."""
        fitted = self._fitted
        if fitted is None or fitted.embedding(self._features[:1]) is None:
            return self.features
        return freeze(
            self._apply_in_blocks(cast("Any", fitted.embedding), np.arange(self._features.shape[0]))
        )

    def committee(
        self, members: int = 5, *, method: CommitteeMethod = "bagging", models: tuple[Model, ...] = ()
    ) -> CandidateCommittee:
        """Return a committee, fitted once a round, whoever asks."""
        key = encode_canonical([members, method, [model.identity() for model in models]])
        if key not in self._members:
            self._members[key] = self._fit_members(members, method, models)
        if key not in self._committees:
            self._committees[key] = CandidateCommittee(self._members[key], self._features, self.candidates)
        return self._committees[key]

    def _fit_members(
        self, members: int, method: CommitteeMethod, models: tuple[Model, ...]
    ) -> tuple[Answers, ...]:
        X, seeds = self._features[self.labelled], self._streams.derive_committee_seeds(self.round)
        if models:
            return fit_models(models, X, self.labels, n_classes=self.n_classes, seeds=seeds)
        if method == "mc_dropout":
            fitted = self._fitted or self.refit(self.labelled, self.labels)
            return sample_mc_dropout(fitted, members=members, seeds=seeds)
        model, y, n_classes = self._query_model, self.labels, self.n_classes
        if method == "random_subspace":
            return fit_random_subspace(model, X, y, n_classes=n_classes, members=members, seeds=seeds)
        return fit_bagging(model, X, y, n_classes=n_classes, members=members, seeds=seeds)

    def proba_of(self, rows: Rows) -> Floats:
        """Return the query model's class probabilities of pool rows, labelled or not."""
        return self._apply_in_blocks(self._get_query_model().proba, rows)

    def refit(self, rows: Rows, labels: Rows) -> FittedModel:
        """Fit the query model on pool rows as if they had these labels, with its seed of this trial."""
        return self._fitter.fit(self._features[rows], labels, self.n_classes)

    def among(self, keep: Rows) -> RoundView:
        """Return the same round with fewer candidates: those at positions ``keep``, in ascending order."""
        fewer = copy(self)
        # Keys are those of the whole round, so that a subset breaks ties in the same order. Probabilities are
        # taken along only where they are there already: of fewer candidates they cost less.
        arrays = {"tie_keys": self.tie_keys}
        arrays |= {name: vars(self)[name] for name in ("proba", "decision", "prices") if name in vars(self)}
        vars(fewer).update({name: freeze(array[keep]) for name, array in arrays.items()})
        vars(fewer).update(candidates=freeze(self.candidates[keep]), rng=self.rng, _committees={})
        return fewer

    @cached_property
    def _fitter(self) -> ModelFitter:
        return ModelFitter.from_model(self._query_model, self._streams.derive_query_model_seed())

    def _get_query_model(self) -> FittedModel:
        if self._fitted is None:
            message = "this strategy declares no need of the query model, but asks for its answers"
            raise AttributeError(message)
        return self._fitted

    def _apply_in_blocks(self, answer: Callable[[Floats], Floats], rows: Rows) -> Floats:
        if rows.size <= _BLOCK:
            return answer(self._features[rows])
        blocks = range(0, rows.size, _BLOCK)
        return np.concatenate([answer(self._features[rows[first : first + _BLOCK]]) for first in blocks])
