"""Query strategies of scikit-activeml, under the names of their classes: ``skactiveml.pool.FourDs``.

The adapter repairs what would spoil a benchmark: inner clusterings get a seed, batches are flattened,
freed of duplicates and filled up, what they are handed is a copy, an n x n matrix is refused before memory
runs out, and a fit that fails is a failed trial instead of a model that guesses.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydantic import Field, create_model, model_validator

from albench.contracts import CostClass, Need, Strategy
from albench.errors import StrategyError
from albench.estimators.building import build_parameters, import_class
from albench.ordering import Picks, top
from albench.strategies.class_names import arrange_costs, list_classes, read_costs
from albench.strategies.skactiveml.query_models import make_classifier, make_mixture, make_parzen_window

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from albench.contracts import Floats, PoolView, Rows

PREFIX = "skactiveml.pool."
# The module's path in keys and seeds, where it stays what it was.
_LASTING = "albench.strategies.skactiveml_adapter."
OWN_PARAMS = ("cls", "params", "members", "max_pool")
# Their clusterings draw from the global generator unless they get a seed of their own.
UNSEEDED_CLASSES = ("Clue", "DropQuery")
_COSTS = "cost_matrix"
SET_FROM_DATASET = ("classes", "n_classes", "missing_label")

_PROBA = frozenset({Need.PROBA, Need.LABELS})
_MODEL = frozenset({Need.PROBA, Need.MODEL, Need.LABELS})
_COMMITTEE = frozenset({Need.COMMITTEE, Need.PROBA, Need.LABELS})
_LABELS = frozenset({Need.LABELS})


class Adaptation(NamedTuple):
    """How a class of scikit-activeml is run.

    Attributes
    ----------
    model_argument : str
        Which of its arguments is the model: ``clf``, ``estimator``, ``discriminator``, ``ensemble`` or none.
    model : {"query", "refitted", "parzen_window", "mixture", "committee", "none"}
        The query model as it is; one that the class fits itself; or a model of scikit-activeml.
    cost : str
        ``quadratic`` where it makes an n x n matrix.
    """

    needs: frozenset[Need]
    model_argument: str = ""
    model: str = "none"
    cost: CostClass = "linear"


CLASSES: dict[str, Adaptation] = {
    "Badge": Adaptation(_PROBA, "clf", "query"),
    "BatchBALD": Adaptation(_COMMITTEE, "ensemble", "committee"),
    "Clue": Adaptation(_PROBA, "estimator", "query"),
    "ContrastiveAL": Adaptation(_PROBA, "clf", "query"),
    "CoreSet": Adaptation(frozenset()),
    "CostEmbeddingAL": Adaptation(_LABELS),
    "DiscriminativeAL": Adaptation(_MODEL, "discriminator", "refitted"),
    "DropQuery": Adaptation(_PROBA, "clf", "query"),
    "EpistemicUncertaintySampling": Adaptation(_LABELS, "clf", "parzen_window"),
    "Falcun": Adaptation(_PROBA, "clf", "query"),
    "FourDs": Adaptation(_LABELS, "clf", "mixture"),
    "GreedyBALD": Adaptation(_COMMITTEE, "ensemble", "committee"),
    "GreedySamplingX": Adaptation(frozenset(), cost="quadratic"),
    "MaxHerding": Adaptation(frozenset(), cost="quadratic"),
    "MonteCarloEER": Adaptation(_MODEL, "clf", "refitted", "refits"),
    "ProbCover": Adaptation(frozenset(), cost="quadratic"),
    "ProbabilisticAL": Adaptation(_LABELS, "clf", "parzen_window"),
    "QueryByCommittee": Adaptation(_COMMITTEE, "ensemble", "committee"),
    "Quire": Adaptation(_LABELS, cost="quadratic"),
    "RandomSampling": Adaptation(frozenset()),
    "TypiClust": Adaptation(frozenset()),
    "UncertaintySampling": Adaptation(_PROBA, "clf", "query"),
    "ValueOfInformationEER": Adaptation(_MODEL, "clf", "refitted", "refits"),
}


class SkactivemlStrategy(Strategy):
    """A query strategy of scikit-activeml that runs on a classifier, with the parameters of its class.

    It is given the query model; ProbabilisticAL and EpistemicUncertaintySampling a Parzen window, FourDs a
    mixture model, committees ``members`` bagged copies of the query model.
    """

    identity_name = f"{_LASTING}SkactivemlStrategy"
    family = "scikit-activeml"
    reference = "Kottke, Herde, Pham Minh, Benz, Mergard, Roghman, Sandrock, Sick, 2021, scikit-activeml"

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
    def _gather_params(cls, data: Any) -> Any:
        """Read ``{skactiveml.pool.Quire: {lmbda: 2}}``: parameters of the class stand beside our own."""
        if not isinstance(data, dict):
            return data
        own = {name: value for name, value in data.items() if name in cls.model_fields}
        beside = {name: value for name, value in data.items() if name not in cls.model_fields}
        return {**own, "params": {**own.get("params", {}), **beside}} if beside else own

    @model_validator(mode="after")
    def _check_params(self) -> Self:
        if self.cls not in CLASSES:
            raise ValueError(
                f"no strategy for classifiers '{PREFIX}{self.cls}'; there are {', '.join(CLASSES)}"
            )
        parameters = inspect.signature(_import_class(self.cls)).parameters
        for name in self.params:
            if name in SET_FROM_DATASET:
                raise ValueError(f"'{name}' is set from the dataset")
            if name not in parameters:
                raise ValueError(f"'{self.cls}' has no parameter '{name}'; it has {', '.join(parameters)}")
        if isinstance(self.params.get(_COSTS), dict):
            read_costs(self.params[_COSTS])
        return self

    @property
    def adaptation(self) -> Adaptation:
        """How the class is run."""
        return CLASSES[self.cls]

    def identity(self) -> dict[str, Any]:
        """Return the path of the class and all parameters."""
        own = self.model_dump(mode="json", exclude_defaults=True, exclude={"cls", "params"})
        params = {**self.params, **own}
        return {"name": PREFIX + self.cls, **({"params": params} if params else {})}

    def required(self) -> frozenset[Need]:
        """Return what the class needs."""
        return self.adaptation.needs

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes of its matrix of costs, if that names them."""
        costs = self.params.get(_COSTS)
        return tuple(map(str, costs)) if isinstance(costs, dict) else ()

    def explain_places(self, classes: Sequence[str]) -> str:
        """Say which classes the rows of its matrix of costs are."""
        named = not isinstance(self.params.get(_COSTS), list)
        return "" if named else f"rows and columns of {_COSTS} are {list_classes(classes)}"

    def misfit(self, n_classes: int) -> str:
        """Say whether its matrix of costs is of other classes."""
        costs = self.params.get(_COSTS)
        if not isinstance(costs, list | dict) or len(costs) == n_classes:
            return ""
        return f"cost_matrix of {len(costs)} classes for a dataset of {n_classes}"

    def start(self, pool: PoolView) -> Any:
        """Make the object of this trial."""
        seed = int(pool.rng.integers(2**31))
        # A random_state in the spec goes before the seed of the trial.
        parameters = inspect.signature(_import_class(self.cls)).parameters
        params = {"random_state": seed, **self._build_values(pool.classes, seed)}
        if "classes" in parameters:
            params["classes"] = list(range(pool.n_classes))
        if "n_classes" in parameters:
            params["n_classes"] = pool.n_classes
        if self.cls in UNSEEDED_CLASSES:
            inner = {"random_state": params["random_state"], **(params.get("cluster_algo_dict") or {})}
            params["cluster_algo_dict"] = inner
        return _import_class(self.cls)(**params)

    def _build_values(self, classes: Sequence[str], seed: int) -> dict[str, Any]:
        """Return the parameters as its class takes them: arrays, estimators and classes of them."""
        values = build_parameters(self.params, seed)
        if isinstance(self.params.get(_COSTS), dict):
            names, costs = read_costs(self.params[_COSTS])
            values[_COSTS] = arrange_costs(costs, list(map(str, names)), classes)
        parameters = inspect.signature(_import_class(self.cls)).parameters
        return {name: _convert_value(value, parameters[name].default) for name, value in values.items()}

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Ask for a batch, and repair it; utilities are those of the class where it gives any."""
        # Without rows whose labels were refused: they would be queried again and again.
        rows = np.union1d(pool.labelled, pool.candidates)
        if self.adaptation.cost == "quadratic" and rows.size > self.max_pool:
            raise StrategyError(
                f"{PREFIX}{self.cls} makes a matrix of {rows.size:,} x {rows.size:,}, more than max_pool = "
                f"{self.max_pool:,}: wrap it in random_subsampling, or cap the pool"
            )
        labels = np.full(rows.size, np.nan)
        labels[np.searchsorted(rows, pool.labelled)] = pool.labels
        extra: dict[str, Any] = dict(self._make_model_arguments(pool))
        if self.cls == "ProbCover":
            # It keeps the distances of the pool that it saw first.
            extra["update"] = rows.size < pool.n_rows
        chosen, utilities = state.query(
            X=pool.features[rows], y=labels, batch_size=n, return_utilities=True, **extra
        )
        places = np.searchsorted(rows, pool.candidates)
        return repair_batch(chosen, utilities, places, pool.tie_keys, n)

    def _make_model_arguments(self, pool: PoolView) -> dict[str, Any]:
        kind, name = self.adaptation.model, self.adaptation.model_argument
        if kind == "none":
            return {}
        if kind == "committee":
            members = pool.committee(self.members).members
            return {name: [make_classifier(pool, member) for member in members], "fit_ensemble": False}
        if kind == "parzen_window":
            return {name: make_parzen_window(pool)}
        if kind == "mixture":
            return {name: make_mixture(pool)}
        if kind == "refitted":
            return {name: make_classifier(pool)}
        return {name: make_classifier(pool, pool.answers), f"fit_{name}": False}


def _convert_value(value: Any, default: Any) -> Any:
    """Return an array for a list, and a class for its import path where the default is one."""
    if isinstance(value, list):
        return np.array(value)
    return import_class(value) if isinstance(value, str) and inspect.isclass(default) else value


def repair_batch(chosen: Any, utilities: Any, places: Rows, keys: Floats, n: int) -> Picks:
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
    steps = np.sort(np.unique(rows, return_index=True)[1])[:n]
    picked = np.searchsorted(places, rows[steps])
    picked_utilities = table[np.minimum(steps, table.shape[0] - 1), rows[steps]]
    if picked.size < n:
        left = np.setdiff1d(np.arange(places.size), picked)
        # What is missing is taken by the utilities of the last step, those of all that is left.
        last = np.nan_to_num(table[-1, places[left]], nan=-np.inf, neginf=-np.inf)
        more = top(last, keys[left], n - picked.size)
        picked = np.append(picked, left[more.candidates])
        picked_utilities = np.append(picked_utilities, more.utilities)
    return Picks(picked, picked_utilities, np.zeros(n, np.bool_), 0)


def _import_class(name: str) -> Any:
    try:
        import skactiveml.pool
    except ImportError as error:
        raise ValueError("scikit-activeml is not installed: pip install 'albench[skactiveml]'") from error
    return getattr(skactiveml.pool, name)


@cache
def make_strategy_class(name: str) -> type[SkactivemlStrategy]:
    """Return the strategy class of a class of ``skactiveml.pool``."""
    strategy_class = create_model(
        name,
        __base__=SkactivemlStrategy,
        __module__=__name__,
        __doc__=SkactivemlStrategy.__doc__,
        cls=(str, name),
    )
    strategy_class.needs, strategy_class.cost = CLASSES[name].needs, CLASSES[name].cost
    strategy_class.identity_name = f"{_LASTING}{name}"
    return strategy_class


def __getattr__(name: str) -> Any:
    if name in CLASSES:
        return make_strategy_class(name)
    raise AttributeError(f"module '{__name__}' has no '{name}'")
