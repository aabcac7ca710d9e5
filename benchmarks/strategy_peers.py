"""What each strategy is measured against: scikit-activeml's class, or a formula as a library writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from skactiveml import pool
from skactiveml.base import SkactivemlClassifier
from skactiveml.classifier import ParzenWindowClassifier, SklearnClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import pairwise_distances

from albench.registry.lookup import get_builtin

if TYPE_CHECKING:
    from strategy_rounds import Data, GivenRound

    from albench.contracts import Strategy

Query = Callable[["GivenRound", np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Contest:
    """A strategy and its peer.

    Attributes
    ----------
    peer : callable
        From a pool to a function of a round and the labels so far (not-a-number where unknown) that returns
        the rows of a batch. It is made anew for every trial.
    bar : float
        How many times as fast the strategy must be.
    agree : bool
        True if both must pick the same rows.
    theirs_in : sequence of int or None
        Rounds in which a slow peer is asked; None for all.
    repeats : int or None
        Fewer repeats than the others, for a slow peer.
    """

    strategy: str
    peer: Callable[[Data], Query]
    peer_name: str
    params: dict[str, Any] = field(default_factory=dict)
    n: int = 10_000
    batch: int = 10
    bar: float = 1 / 1.1
    agree: bool = False
    committee: bool = False
    theirs_in: Sequence[int] | None = None
    repeats: int | None = None
    rounds: int = 20

    @property
    def name(self) -> str:
        params = " ".join(f"{key}={value}" for key, value in self.params.items() if key != "costs")
        return f"{self.strategy} {params}".strip()

    def ours(self) -> Strategy:
        return get_builtin("strategy", self.strategy)(**self.params)


class GivenProba(SkactivemlClassifier):
    """A fitted classifier whose answers are at hand: those of the labelled rows, or of the candidates."""

    def __init__(self, answers: Any = None, classes: Any = None) -> None:
        super().__init__(classes=classes)
        self.answers = answers

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> GivenProba:  # noqa: ARG002
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return self.answers[len(X)].copy()

    def predict(self, X: np.ndarray) -> np.ndarray:
        return self.answers[len(X)].argmax(axis=1)


def give_proba(view: GivenRound, proba: np.ndarray) -> GivenProba:
    both = {len(view.labelled): proba[view.labelled], len(view.candidates): proba[view.candidates]}
    clf = GivenProba(both, classes=np.arange(view.n_classes))
    clf.classes_ = np.arange(view.n_classes)
    return clf


def build_peer(
    cls: Any, arguments: Callable[[GivenRound], dict[str, Any]], **params: Any
) -> Callable[[Data], Query]:
    """Return what makes a strategy with ``params`` for a pool, and asks it with the arguments of a round."""

    def build_query(data: Data) -> Query:
        strategy = cls(random_state=0, **params)
        return lambda view, y: strategy.query(data.X, y, batch_size=view.batch_size, **arguments(view))

    return build_query


def of_features(cls: Any, **params: Any) -> Callable[[Data], Query]:
    return build_peer(cls, lambda _: {}, **params)


def of_answers(cls: Any, argument: str = "clf", **params: Any) -> Callable[[Data], Query]:
    return build_peer(
        cls, lambda view: {argument: give_proba(view, view.given.proba), f"fit_{argument}": False}, **params
    )


def of_committee(cls: Any, **params: Any) -> Callable[[Data], Query]:
    def ensemble(view: GivenRound) -> dict[str, Any]:
        return {
            "ensemble": [give_proba(view, member) for member in view.given.members],
            "fit_ensemble": False,
        }

    return build_peer(cls, ensemble, **params)


def of_fitted(cls: Any, **params: Any) -> Callable[[Data], Query]:
    def fitted(view: GivenRound) -> dict[str, Any]:
        return {"clf": SklearnClassifier(view.model, classes=np.arange(view.n_classes)), "fit_clf": False}

    return build_peer(cls, fitted, **params)


def unfitted(view: GivenRound) -> dict[str, Any]:
    return {"clf": SklearnClassifier(LogisticRegression(max_iter=200), classes=np.arange(view.n_classes))}


def of_parzen(data: Data) -> Query:
    strategy = pool.ProbabilisticAL(random_state=0)

    def query(view: GivenRound, y: np.ndarray) -> np.ndarray:
        clf = ParzenWindowClassifier(
            classes=np.arange(view.n_classes), metric_dict={"gamma": 1 / data.X.shape[1]}, random_state=0
        )
        return strategy.query(data.X, y, clf.fit(data.X, y), fit_clf=False, batch_size=view.batch_size)

    return query


def discriminator(_: GivenRound) -> dict[str, Any]:
    return {"discriminator": SklearnClassifier(LogisticRegression(), classes=[0, 1], random_state=0)}


def modal_density(data: Data) -> Query:
    """modAL.density.information_density over the candidates, times the entropy of their probabilities."""

    def query(view: GivenRound, _: np.ndarray) -> np.ndarray:
        X = data.X[view.candidates]
        density = np.mean(1 / (1 + pairwise_distances(X, X)), axis=1)
        utilities = -(view.proba * np.log(np.maximum(view.proba, 1e-300))).sum(axis=1) * density
        return view.candidates[np.argsort(-utilities)[: view.batch_size]]

    return query


def quire(data: Data) -> Query:
    params = {"classes": np.arange(data.n_classes), "metric_dict": {"gamma": 1 / data.X.shape[1]}}
    return of_features(pool.Quire, **params)(data)


def prob_cover(data: Data) -> Query:
    return of_features(pool.ProbCover, n_classes=data.n_classes)(data)


_COSTS = (2 * (1 - np.eye(5))).tolist()
_SEEDED = {"cluster_algo_dict": {"random_state": 0}}
CONTESTS = (
    Contest("random", of_features(pool.RandomSampling), "RandomSampling"),
    Contest(
        "least_confident", of_answers(pool.UncertaintySampling), "UncertaintySampling", agree=True, bar=2
    ),
    Contest(
        "margin",
        of_answers(pool.UncertaintySampling, method="margin_sampling"),
        "UncertaintySampling",
        agree=True,
        bar=2,
    ),
    Contest(
        "margin",
        of_answers(pool.UncertaintySampling, method="margin_sampling"),
        "UncertaintySampling",
        n=100_000,
        agree=True,
        bar=2,
    ),
    Contest(
        "entropy", of_answers(pool.UncertaintySampling, method="entropy"), "UncertaintySampling", agree=True
    ),
    Contest(
        "cost_sensitive",
        of_answers(pool.UncertaintySampling, cost_matrix=np.array(_COSTS)),
        "UncertaintySampling",
        {"costs": _COSTS},
        agree=True,
    ),
    Contest(
        "qbc",
        of_committee(pool.QueryByCommittee, method="vote_entropy"),
        "QueryByCommittee",
        {"disagreement": "vote_entropy"},
        committee=True,
        bar=3,
    ),
    Contest(
        "qbc",
        of_committee(pool.QueryByCommittee, method="KL_divergence"),
        "QueryByCommittee",
        {"disagreement": "kl"},
        committee=True,
        agree=True,
    ),
    Contest(
        "qbc",
        of_committee(pool.QueryByCommittee, method="variation_ratios"),
        "QueryByCommittee",
        {"disagreement": "variation_ratio"},
        committee=True,
    ),
    Contest("bald", of_committee(pool.GreedyBALD), "GreedyBALD", committee=True, agree=True),
    Contest(
        "batch_bald",
        of_committee(pool.BatchBALD, n_MC_samples=1000),
        "BatchBALD",
        batch=5,
        committee=True,
        bar=6,
        theirs_in=(0, 7, 14, 19),
        repeats=5,
    ),
    Contest("mcpal", of_parzen, "ProbabilisticAL", agree=True, bar=100, theirs_in=(0, 7, 14, 19), repeats=3),
    Contest("quire", quire, "Quire", n=1000, agree=True, bar=1000, theirs_in=(0,), repeats=1),
    Contest(
        "expected_error_reduction",
        build_peer(pool.MonteCarloEER, unfitted, method="log_loss"),
        "MonteCarloEER",
        {"loss": "log"},
        n=120,
        theirs_in=(0,),
        repeats=1,
        rounds=3,
    ),
    Contest("k_center", of_features(pool.CoreSet), "CoreSet", agree=True, bar=15),
    Contest("typiclust", of_features(pool.TypiClust), "TypiClust", bar=5),
    Contest("prob_cover", prob_cover, "ProbCover", bar=5, theirs_in=(0, 1, 10, 19), repeats=3),
    Contest(
        "max_herding",
        of_features(pool.MaxHerding),
        "MaxHerding",
        agree=True,
        bar=5,
        theirs_in=(0, 19),
        repeats=1,
    ),
    Contest("badge", of_answers(pool.Badge), "Badge", bar=6),
    Contest("falcun", of_answers(pool.Falcun), "Falcun"),
    Contest("clue", of_answers(pool.Clue, "estimator", **_SEEDED), "Clue"),
    Contest("contrastive_al", of_answers(pool.ContrastiveAL), "ContrastiveAL", {"neighbours": 5}, agree=True),
    Contest("discriminative_al", build_peer(pool.DiscriminativeAL, discriminator), "DiscriminativeAL"),
    Contest(
        "drop_query",
        of_fitted(pool.DropQuery, n_dropout_samples=3, **_SEEDED),
        "DropQuery",
    ),
    Contest(
        "information_density",
        modal_density,
        "modAL's formula",
        agree=True,
        bar=4,
        theirs_in=(0, 19),
        repeats=3,
    ),
)
