"""What a strategy is shown in one round: features, given labels, and what the query model says."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.trial.committee import CandidateCommittee, bagging

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from albench.contracts import Floats, Model, Rows
    from albench.models.fitted import Fitted
    from albench.trial.streams import Streams

_BLOCK = 1 << 16


def read_only(array: np.ndarray) -> np.ndarray:
    """Return the array with its write flag off."""
    array.flags.writeable = False
    return array


class RoundView:
    """The PoolView of one round. It holds no hidden label, nor anything that leads to one."""

    def __init__(
        self,
        *,
        features: Floats,
        labelled: Rows,
        labels: Rows,
        candidates: Rows,
        n_classes: int,
        round_index: int,
        batch_size: int,
        fitted: Fitted | None,
        query_model: Model,
        streams: Streams,
    ) -> None:
        self.features = features
        self.labelled = read_only(labelled)
        self.labels = read_only(labels)
        self.candidates = read_only(candidates)
        self.n_classes = n_classes
        self.round = round_index
        self.batch_size = batch_size
        self.shared: Mapping[str, Any] = MappingProxyType({})
        self._fitted = fitted
        self._query_model = query_model
        self._streams = streams
        self._committees: dict[int, CandidateCommittee] = {}

    @property
    def model(self) -> Any:
        """The fitted estimator; None while fewer than two classes are labelled."""
        return self._fitted.estimator if self._fitted else None

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
        return read_only(self._in_blocks(self._answering().proba))

    @cached_property
    def decision(self) -> Floats:
        """Decision values of the candidates."""
        return read_only(self._in_blocks(self._answering().decision))

    @property
    def embedding(self) -> Floats:
        """The features: scikit-learn's models have no representation of their own."""
        return self.features

    def committee(self, members: int) -> CandidateCommittee:
        """Return a bagged committee of the query model, fitted once a round."""
        if members not in self._committees:
            fitted = bagging(
                self._query_model,
                self.features[self.labelled],
                self.labels,
                n_classes=self.n_classes,
                members=members,
                seeds=self._streams.committee(self.round),
            )
            self._committees[members] = CandidateCommittee(fitted, self.features[self.candidates])
        return self._committees[members]

    def _answering(self) -> Fitted:
        if self._fitted is None:
            message = "this strategy declares no need of the query model, but asks for its answers"
            raise AttributeError(message)
        return self._fitted

    def _in_blocks(self, answer: Callable[[Floats], Floats]) -> Floats:
        rows = self.candidates
        if rows.size <= _BLOCK:
            return answer(self.features[rows])
        blocks = range(0, rows.size, _BLOCK)
        return np.concatenate([answer(self.features[rows[first : first + _BLOCK]]) for first in blocks])
