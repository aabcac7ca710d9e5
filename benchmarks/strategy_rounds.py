"""Rounds of a trial in which the models' answers are given, to a strategy here and to its peer alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from albench.checking.pools import AwkwardPool
from albench.models.fitted import FittedModel
from albench.models.names import MODELS
from albench.prepared.shared_arrays import SharedArrays
from albench.strategies.random import Random
from albench.trial.pool_view import RoundView
from albench.trial.random_streams import TrialStreams

MEMBERS = 5


@dataclass(frozen=True)
class Data:
    """A pool with its labels, standardised."""

    X: np.ndarray
    y: np.ndarray
    n_classes: int

    @classmethod
    def draw(cls, n: int, d: int = 50, n_classes: int = 5, seed: int = 0) -> Data:
        X, y = make_classification(
            n, d, n_informative=20, n_redundant=10, n_classes=n_classes, random_state=seed
        )
        X = StandardScaler().fit_transform(X)
        X.flags.writeable = False
        return cls(X, y, n_classes)


@dataclass(frozen=True)
class Answers:
    """What models fitted on the labelled rows say about the pool; computed before any clock runs."""

    model: LogisticRegression
    proba: np.ndarray
    members: list[np.ndarray]

    @classmethod
    def of(cls, data: Data, labelled: np.ndarray, *, committee: bool) -> Answers:
        X, y = data.X[labelled], data.y[labelled]
        model = LogisticRegression(max_iter=200).fit(X, y)
        rng = np.random.default_rng(labelled.size)
        rows = [_bootstrap(y, rng) for _ in range(MEMBERS if committee else 0)]
        members = [LogisticRegression(max_iter=200).fit(X[row], y[row]).predict_proba(data.X) for row in rows]
        return cls(model, model.predict_proba(data.X), members)


def _bootstrap(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    # One row of each class stays, so that all members have answers for all classes.
    first = np.unique(y, return_index=True)[1]
    return np.concatenate([first, rng.integers(y.size, size=y.size - first.size)])


class GivenRound(RoundView):
    """A round whose answers are at hand."""

    def __init__(self, answers: Answers, **known: Any) -> None:
        super().__init__(
            fitted=FittedModel(answers.model, np.arange(known["n_classes"]), known["n_classes"]), **known
        )
        self.given = answers
        vars(self)["proba"] = answers.proba[self.candidates]
        self._stacked = np.stack(answers.members)[:, self.candidates] if answers.members else None

    def proba_of(self, rows: np.ndarray) -> np.ndarray:
        return self.given.proba[rows]

    def committee(self, *_: Any, **__: Any) -> Any:
        return Committee(self._stacked)


class Committee:
    """What members say."""

    def __init__(self, proba: np.ndarray) -> None:
        self.proba = proba

    @cached_property
    def votes(self) -> np.ndarray:
        return self.proba.argmax(axis=2)


class Known(NamedTuple):
    """The hidden labels, for controls."""

    labels: np.ndarray
    given: np.ndarray


class Trial:
    """Labelled rows, and rounds made of them."""

    def __init__(self, data: Data, seed: int, *, n_labelled: int = 20, batch: int = 10) -> None:
        rng = np.random.default_rng(seed)
        order = rng.permutation(data.y.size)
        # One row of each class, so that all answers are about all classes.
        first = order[np.unique(data.y[order], return_index=True)[1]]
        self.data, self.batch = data, batch
        self.labelled = np.sort(
            np.concatenate([first, np.setdiff1d(order, first)[: n_labelled - first.size]])
        )
        situation = AwkwardPool("b", data.X, data.y, data.n_classes, batch_size=batch)
        self._streams = TrialStreams(situation.build_task(Random()).identity, np.random.SeedSequence(seed))
        self._shared = SharedArrays(data.X, n_classes=data.n_classes, random_state=seed, dataset="b", split=0)
        self._index = 0

    def round(self, *, committee: bool = False) -> GivenRound:
        return GivenRound(
            Answers.of(self.data, self.labelled, committee=committee),
            features=self.data.X,
            labelled=self.labelled.copy(),
            labels=self.data.y[self.labelled],
            candidates=np.setdiff1d(np.arange(self.data.y.size), self.labelled),
            n_classes=self.data.n_classes,
            round_index=self._index,
            batch_size=self.batch,
            query_model=MODELS["logistic_regression"].make_model({}),
            streams=self._streams,
            shared=self._shared,
            truth=Known(self.data.y, self.data.y),
        )

    def label(self, rows: np.ndarray) -> None:
        self.labelled = np.sort(np.concatenate([self.labelled, rows]))
        self._index += 1
