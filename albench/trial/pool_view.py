"""What a strategy is shown in one round: features, given labels, and what the query model says."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from albench.canonical import canonical
from albench.models.fitted import Maker
from albench.prepared.matrices import Shown, read_only
from albench.trial.committee import (
    CandidateCommittee,
    bagging,
    different_models,
    mc_dropout,
    random_subspace,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from albench.contracts import Answers, CommitteeMethod, Floats, Model, Rows, Shared, Truth
    from albench.models.fitted import Fitted
    from albench.trial.random_streams import Streams

_BLOCK = 1 << 16


class RoundView:
    """The PoolView of one round.

    It holds no hidden label, nor anything that leads to one, unless it is given the ``truth``: without it
    there is no such attribute.
    """

    truth: Truth

    def __init__(
        self,
        *,
        features: Floats,
        shown: Shown | None = None,
        labelled: Rows,
        labels: Rows,
        candidates: Rows,
        n_classes: int,
        round_index: int,
        batch_size: int,
        fitted: Fitted | None,
        query_model: Model,
        streams: Streams,
        shared: Mapping[Shared, Mapping[str, np.ndarray]] = MappingProxyType({}),
        truth: Truth | None = None,
    ) -> None:
        self._features = features
        self._shown = shown or Shown(features, "strategy", accepts_sparse=False)
        self.labelled = read_only(labelled)
        self.labels = read_only(labels)
        self.candidates = read_only(candidates)
        self.n_classes = n_classes
        self.round = round_index
        self.batch_size = batch_size
        self.shared = shared
        self._fitted = fitted
        self._query_model = query_model
        self._streams = streams
        self._members: dict[str, tuple[Answers, ...]] = {}
        self._committees: dict[str, CandidateCommittee] = {}
        if truth is not None:
            self.truth = truth

    @property
    def features(self) -> Floats:
        """The pool's features, dense unless the strategy takes sparse ones."""
        return self._shown.features

    @property
    def model(self) -> Any:
        """The fitted estimator; None while fewer than two classes are labelled."""
        return self._fitted.estimator if self._fitted else None

    @property
    def answers(self) -> Fitted:
        """The fitted query model over all classes of the dataset."""
        return self._answering()

    @property
    def repeat(self) -> tuple[int, int]:
        """Numbers of split and start."""
        return self._streams.identity.split_index, self._streams.identity.start

    @cached_property
    def rng(self) -> np.random.Generator:
        """The strategy's generator for this round."""
        return self._streams.own(self.round)

    @cached_property
    def tie_keys(self) -> Floats:
        """One uniform key per candidate."""
        return read_only(self._streams.tie_keys(self.round, self.candidates.size))

    @cached_property
    def proba(self) -> Floats:
        """Class probabilities of the candidates."""
        return read_only(self._in_blocks(self._answering().proba, self.candidates))

    @cached_property
    def decision(self) -> Floats:
        """Decision values of the candidates."""
        return read_only(self._in_blocks(self._answering().decision, self.candidates))

    @cached_property
    def embedding(self) -> Floats:
        """The query model's representation of the pool; the features where it has none of its own."""
        fitted = self._fitted
        if fitted is None or fitted.embedding(self._features[:1]) is None:
            return self.features
        return read_only(self._in_blocks(cast("Any", fitted.embedding), np.arange(self._features.shape[0])))

    def committee(
        self, members: int = 5, *, method: CommitteeMethod = "bagging", models: tuple[Model, ...] = ()
    ) -> CandidateCommittee:
        """Return a committee, fitted once a round, whoever asks."""
        key = canonical([members, method, [model.identity() for model in models]])
        if key not in self._members:
            self._members[key] = self._fitted_members(members, method, models)
        if key not in self._committees:
            self._committees[key] = CandidateCommittee(self._members[key], self._features, self.candidates)
        return self._committees[key]

    def _fitted_members(
        self, members: int, method: CommitteeMethod, models: tuple[Model, ...]
    ) -> tuple[Answers, ...]:
        X, seeds = self._features[self.labelled], self._streams.committee(self.round)
        if models:
            return different_models(models, X, self.labels, n_classes=self.n_classes, seeds=seeds)
        if method == "mc_dropout":
            fitted = self._fitted or self.refit(self.labelled, self.labels)
            return mc_dropout(fitted, members=members, seeds=seeds)
        model, y, n_classes = self._query_model, self.labels, self.n_classes
        if method == "random_subspace":
            return random_subspace(model, X, y, n_classes=n_classes, members=members, seeds=seeds)
        return bagging(model, X, y, n_classes=n_classes, members=members, seeds=seeds)

    def proba_of(self, rows: Rows) -> Floats:
        """Return the query model's class probabilities of pool rows, labelled or not."""
        return self._in_blocks(self._answering().proba, rows)

    def refit(self, rows: Rows, labels: Rows) -> Fitted:
        """Fit the query model on pool rows as if they had these labels, with its seed of this trial."""
        return self._maker.fit(self._features[rows], labels, self.n_classes)

    def among(self, keep: Rows) -> RoundView:
        """Return the same round with fewer candidates: those at positions ``keep``, in ascending order."""
        fewer = copy(self)
        fewer.candidates = read_only(self.candidates[keep])
        kept = {"tie_keys": self.tie_keys}
        kept |= {name: vars(self)[name] for name in ("proba", "decision") if name in vars(self)}
        vars(fewer).update({name: read_only(array[keep]) for name, array in kept.items()})
        vars(fewer).update(rng=self.rng, _committees={})
        return fewer

    @cached_property
    def _maker(self) -> Maker:
        return Maker.of(self._query_model, self._streams.query_model_seed())

    def _answering(self) -> Fitted:
        if self._fitted is None:
            message = "this strategy declares no need of the query model, but asks for its answers"
            raise AttributeError(message)
        return self._fitted

    def _in_blocks(self, answer: Callable[[Floats], Floats], rows: Rows) -> Floats:
        if rows.size <= _BLOCK:
            return answer(self._features[rows])
        blocks = range(0, rows.size, _BLOCK)
        return np.concatenate([answer(self._features[rows[first : first + _BLOCK]]) for first in blocks])
