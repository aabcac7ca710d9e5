"""Query strategies of scikit-activeml, under the names of their classes: ``skactiveml.pool.FourDs``.

The adapter repairs what would spoil a benchmark: inner clusterings get a seed, batches are flattened,
freed of duplicates and filled up, what they are handed is a copy, an n x n matrix is refused before memory
runs out, and a fit that fails is a failed trial instead of a model that guesses.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from pydantic import Field, create_model, model_validator

from albench.contracts import CostClass, Need, Strategy
from albench.errors import StrategyError
from albench.ordering import Picks, top
from albench.strategies.skactiveml.classifiers import classifier, mixture, parzen_window

if TYPE_CHECKING:
    from typing import Self

    from albench.contracts import Floats, PoolView, Rows

PREFIX = "skactiveml.pool."
_LASTING = "albench.strategies.skactiveml_adapter."
OWN = ("cls", "params", "members", "max_pool")
UNSEEDED = ("Clue", "DropQuery")
SET_HERE = ("classes", "n_classes", "missing_label")

_PROBA = frozenset({Need.PROBA, Need.LABELS})
_MODEL = frozenset({Need.PROBA, Need.MODEL, Need.LABELS})
_COMMITTEE = frozenset({Need.COMMITTEE, Need.PROBA, Need.LABELS})
_LABELS = frozenset({Need.LABELS})


class Adapted(NamedTuple):
    """How a class is run.

    Attributes
    ----------
    needs : frozenset of Need
    hands : str
        Which of its arguments is the model: ``clf``, ``estimator``, ``discriminator``, ``ensemble`` or none.
    model : {"query", "refitted", "parzen_window", "mixture", "committee", "none"}
        The query model as it is; one that the class fits itself; or a model of scikit-activeml.
    cost : str
        ``quadratic`` where it makes an n x n matrix.
    """

    needs: frozenset[Need]
    hands: str = ""
    model: str = "none"
    cost: CostClass = "linear"


CLASSES: dict[str, Adapted] = {
    "Badge": Adapted(_PROBA, "clf", "query"),
    "BatchBALD": Adapted(_COMMITTEE, "ensemble", "committee"),
    "Clue": Adapted(_PROBA, "estimator", "query"),
    "ContrastiveAL": Adapted(_PROBA, "clf", "query"),
    "CoreSet": Adapted(frozenset()),
    "CostEmbeddingAL": Adapted(_LABELS),
    "DiscriminativeAL": Adapted(_MODEL, "discriminator", "refitted"),
    "DropQuery": Adapted(_PROBA, "clf", "query"),
    "EpistemicUncertaintySampling": Adapted(_LABELS, "clf", "parzen_window"),
    "Falcun": Adapted(_PROBA, "clf", "query"),
    "FourDs": Adapted(_LABELS, "clf", "mixture"),
    "GreedyBALD": Adapted(_COMMITTEE, "ensemble", "committee"),
    "GreedySamplingX": Adapted(frozenset(), cost="quadratic"),
    "MaxHerding": Adapted(frozenset(), cost="quadratic"),
    "MonteCarloEER": Adapted(_MODEL, "clf", "refitted", "refits"),
    "ProbCover": Adapted(frozenset(), cost="quadratic"),
    "ProbabilisticAL": Adapted(_LABELS, "clf", "parzen_window"),
    "QueryByCommittee": Adapted(_COMMITTEE, "ensemble", "committee"),
    "Quire": Adapted(_LABELS, cost="quadratic"),
    "RandomSampling": Adapted(frozenset()),
    "TypiClust": Adapted(frozenset()),
    "UncertaintySampling": Adapted(_PROBA, "clf", "query"),
    "ValueOfInformationEER": Adapted(_MODEL, "clf", "refitted", "refits"),
}


class SkactivemlStrategy(Strategy):
    """A query strategy of scikit-activeml that runs on a classifier, with the parameters of its class.

    It is given the query model; ProbabilisticAL and EpistemicUncertaintySampling a Parzen window, FourDs a
    mixture model, committees ``members`` bagged copies of the query model.
    """

    identity_name: ClassVar[str] = f"{_LASTING}SkactivemlStrategy"
    family: ClassVar[str] = "scikit-activeml"
    reference: ClassVar[str] = (
        "Kottke, Herde, Pham Minh, Benz, Mergard, Roghman, Sandrock, Sick, 2021, scikit-activeml"
    )

    cls: str
    """Class in ``skactiveml.pool``."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Its constructor's parameters."""
    members: int = Field(default=5, ge=2)
    """Models in the committee, where the class asks one."""
    max_pool: int = Field(default=10_000, ge=1)
    """Rows up to which a class that makes an n x n matrix is let run."""

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, data: Any) -> Any:
        """Read ``{skactiveml.pool.Quire: {lmbda: 2}}``: parameters of the class stand beside our own."""
        if not isinstance(data, dict):
            return data
        own = {name: value for name, value in data.items() if name in cls.model_fields}
        beside = {name: value for name, value in data.items() if name not in cls.model_fields}
        return {**own, "params": {**own.get("params", {}), **beside}} if beside else own

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.cls not in CLASSES:
            raise ValueError(
                f"no strategy for classifiers '{PREFIX}{self.cls}'; there are {', '.join(CLASSES)}"
            )
        known = inspect.signature(_class(self.cls)).parameters
        for name in self.params:
            if name in SET_HERE:
                raise ValueError(f"'{name}' is set from the dataset")
            if name not in known:
                raise ValueError(f"'{self.cls}' has no parameter '{name}'; it has {', '.join(known)}")
        return self

    @property
    def how(self) -> Adapted:
        """How the class is run."""
        return CLASSES[self.cls]

    def identity(self) -> dict[str, Any]:
        """Return the path of the class and all parameters."""
        own = self.model_dump(mode="json", exclude_defaults=True, exclude={"cls", "params"})
        params = {**self.params, **own}
        return {"name": PREFIX + self.cls, **({"params": params} if params else {})}

    def required(self) -> frozenset[Need]:
        """Return what the class needs."""
        return self.how.needs

    def misfit(self, n_classes: int) -> str:
        """Say whether its matrix of costs is of other classes."""
        costs = self.params.get("cost_matrix")
        if not isinstance(costs, list) or len(costs) == n_classes:
            return ""
        return f"cost_matrix of {len(costs)} classes for a dataset of {n_classes}"

    def start(self, pool: PoolView) -> Any:
        """Make the object of this trial."""
        seed = int(pool.rng.integers(2**31))
        params = {"random_state": seed, **self.params}
        known = inspect.signature(_class(self.cls)).parameters
        if "classes" in known:
            params["classes"] = list(range(pool.n_classes))
        if "n_classes" in known:
            params["n_classes"] = pool.n_classes
        if self.cls in UNSEEDED:
            inner = {"random_state": params["random_state"], **(params.get("cluster_algo_dict") or {})}
            params["cluster_algo_dict"] = inner
        return _class(self.cls)(**params)

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Ask for a batch, and repair it; utilities are those of the class where it gives any.

        Raises
        ------
        StrategyError
            If the pool is too large for an n x n matrix.
        """
        rows = np.union1d(pool.labelled, pool.candidates)
        if self.how.cost == "quadratic" and rows.size > self.max_pool:
            raise StrategyError(
                f"{PREFIX}{self.cls} makes a matrix of {rows.size:,} x {rows.size:,}, more than max_pool = "
                f"{self.max_pool:,}: wrap it in random_subsampling, or cap the pool"
            )
        labels = np.full(rows.size, np.nan)
        labels[np.searchsorted(rows, pool.labelled)] = pool.labels
        extra: dict[str, Any] = dict(self._model(pool))
        if self.cls == "ProbCover":
            # It keeps the distances of the pool that it saw first.
            extra["update"] = rows.size < pool.features.shape[0]
        chosen, utilities = state.query(
            X=pool.features[rows], y=labels, batch_size=n, return_utilities=True, **extra
        )
        places = np.searchsorted(rows, pool.candidates)
        return repaired(chosen, utilities, places, pool.tie_keys, n)

    def _model(self, pool: PoolView) -> dict[str, Any]:
        kind, name = self.how.model, self.how.hands
        if kind == "none":
            return {}
        if kind == "committee":
            members = pool.committee(self.members).members
            return {name: [classifier(pool, member) for member in members], "fit_ensemble": False}
        if kind == "parzen_window":
            return {name: parzen_window(pool)}
        if kind == "mixture":
            return {name: mixture(pool)}
        if kind == "refitted":
            return {name: classifier(pool)}
        return {name: classifier(pool, pool.answers), f"fit_{name}": False}


def repaired(chosen: Any, utilities: Any, places: Rows, keys: Floats, n: int) -> Picks:
    """Return a batch of ``n`` different candidates from what a class gave.

    Parameters
    ----------
    chosen : array-like of shape (n,) or (n, 1)
        Rows of what it was given; some may be repeated.
    utilities : array-like of shape (n, n_rows) or (n_rows,)
    places : ndarray of shape (n_candidates,)
        The candidates' rows, ascending.
    """
    rows = np.asarray(chosen, dtype=np.intp).reshape(-1)
    table = np.atleast_2d(np.asarray(utilities, dtype=np.float64))
    steps = np.unique(rows, return_index=True)[1]
    steps = np.sort(steps)[:n]
    picked = np.searchsorted(places, rows[steps])
    worth = table[np.minimum(steps, table.shape[0] - 1), rows[steps]]
    if picked.size < n:
        left = np.setdiff1d(np.arange(places.size), picked)
        last = np.nan_to_num(table[-1, places[left]], nan=-np.inf, neginf=-np.inf)
        more = top(last, keys[left], n - picked.size)
        picked, worth = np.append(picked, left[more.candidates]), np.append(worth, more.utilities)
    return Picks(picked, worth, np.zeros(n, np.bool_), 0)


def _class(name: str) -> Any:
    try:
        import skactiveml.pool
    except ImportError as error:
        raise ValueError("scikit-activeml is not installed: pip install 'albench[skactiveml]'") from error
    return getattr(skactiveml.pool, name)


@cache
def adapted(name: str) -> type[SkactivemlStrategy]:
    """Return the strategy class of a class of ``skactiveml.pool``."""
    made = create_model(
        name,
        __base__=SkactivemlStrategy,
        __module__=__name__,
        __doc__=SkactivemlStrategy.__doc__,
        cls=(str, name),
    )
    made.needs, made.cost = CLASSES[name].needs, CLASSES[name].cost
    made.identity_name = f"{_LASTING}{name}"
    return made


def __getattr__(name: str) -> Any:
    if name in CLASSES:
        return adapted(name)
    raise AttributeError(f"module '{__name__}' has no '{name}'")
