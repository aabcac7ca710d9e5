"""What a component is: base classes, what a strategy may need, and what it is shown.

A component is one small frozen pydantic class. Its fields are the YAML parameters; its class variables say
what it is called, what it needs and whose idea it was. Nothing here imports numpy at run time.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from albench.conditions import PoolConditions
from albench.preprocessing import Declared, shown_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from albench.ordering import Picks

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]

Kind = Literal["dataset", "model", "strategy", "seed_set", "oracle", "split", "metric", "signal"]
CostClass = Literal["constant", "linear", "quadratic", "refits"]
CommitteeMethod = Literal["bagging", "random_subspace", "mc_dropout"]
Task = Literal["classification", "regression"]


class Need(StrEnum):
    """What a strategy asks of the trial; it is computed only when asked for."""

    PROBA = "proba"
    """Class probabilities of the candidates by the query model."""
    DECISION = "decision"
    """Decision values of the candidates by the query model."""
    MODEL = "model"
    """The fitted query model itself."""
    EMBEDDING = "embedding"
    """The query model's representation of the pool; the features where it has none."""
    COMMITTEE = "committee"
    """Class probabilities of the candidates by several models."""
    LABELS = "labels"
    """The labels given so far."""
    TRUTH = "truth"
    """Hidden labels. For upper bounds and controls, which are shown apart and never ranked."""


MODEL_NEEDS = frozenset({Need.PROBA, Need.DECISION, Need.MODEL, Need.EMBEDDING, Need.COMMITTEE})


class Component(BaseModel):
    """Base of everything that a spec can name.

    Attributes
    ----------
    kind : str
        Which axis or setting it belongs to.
    name : str
        What the spec calls it; empty for base classes and for components from a user's own module.
    version : int
        Raised by hand when the component's output changes; part of a trial's identity.
    main : str or None
        The parameter that ``{name: scalar}`` sets.
    reference : str
        Author, year, title of the method, or empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    kind: ClassVar[Kind]
    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    main: ClassVar[str | None] = None
    reference: ClassVar[str] = ""

    def parameters(self) -> dict[str, Any]:
        """Parameters that differ from their defaults, as JSON values."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def identity(self) -> dict[str, Any]:
        """What this component is, without its version: name (or class path) and parameters."""
        return {"name": type(self).name or class_path(type(self)), **_some(params=self.parameters())}

    def fragment(self) -> dict[str, Any]:
        """The component's part of a trial's key: identity and version."""
        return {**self.identity(), "version": type(self).version}


def class_path(cls: type) -> str:
    """Return ``package.module.Class``, or ``file.py:Class`` for a class from a file beside the spec."""
    file = getattr(sys.modules[cls.__module__], "ALBENCH_FILE", None)
    if file is None:
        return f"{cls.__module__}.{cls.__qualname__}"
    return f"{PurePath(file).name}:{cls.__qualname__}"


def _shown(params: Any) -> Any:
    """Return parameters with nested classes from files named without the folders of these."""
    if isinstance(params, dict):
        return {shown_path(key) if ".py:" in key else key: _shown(value) for key, value in params.items()}
    return [_shown(value) for value in params] if isinstance(params, list) else params


def _some(**items: Any) -> dict[str, Any]:
    return {key: value for key, value in items.items() if value}


# --- data ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Table:
    """A dataset as read: features and labels, before any preprocessing.

    Attributes
    ----------
    numeric : ndarray of shape (n, n_numeric), float
        Numeric columns; not-a-number where a value is missing. Double precision, or single where the
        dataset is declared so: its features then stay in single precision.
    categorical : ndarray of shape (n, n_categorical), int32
        Codes into ``categories``; -1 where a value is missing.
    numeric_names, categorical_names : tuple of str
    categories : tuple of tuple of str
        The sorted categories of each categorical column.
    labels : ndarray of shape (n,), int
        Codes into ``classes``; all 0 for regression.
    classes : tuple of str
        The sorted class names; none for regression.
    warnings : tuple of str
        What a user should know about these data, one sentence each.
    sparse : csr_matrix of shape (n, n_sparse) or None
        Numeric columns most of whose cells are 0; none of them is missing.
    sparse_names : tuple of str
    text : tuple of tuple of str
        Text columns, n texts each; the empty text where one is missing.
    text_names : tuple of str
    targets : ndarray of shape (n,), float, or None
        What a regression predicts; None for classification.
    divisions : tuple of (pool, test)
        Rows of pool and test of each split that the dataset itself declares; none for most.
    conditions : PoolConditions or None
        What is done to the pool of every split.
    """

    numeric: Floats
    categorical: NDArray[np.int32]
    numeric_names: tuple[str, ...]
    categorical_names: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]
    labels: Rows
    classes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    sparse: csr_matrix | None = None
    sparse_names: tuple[str, ...] = ()
    text: tuple[tuple[str, ...], ...] = ()
    text_names: tuple[str, ...] = ()
    targets: Floats | None = None
    divisions: tuple[tuple[Rows, Rows], ...] = ()
    conditions: PoolConditions | None = None

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.labels.shape[0])

    @property
    def n_features(self) -> int:
        """Number of feature columns, before one-hot encoding and before text becomes numbers."""
        names = (self.numeric_names, self.categorical_names, self.sparse_names, self.text_names)
        return sum(map(len, names))

    @property
    def task(self) -> Task:
        """What is predicted: a class, or a number."""
        return "classification" if self.targets is None else "regression"


class Division(Protocol):
    """Rows of a dataset by what they are for; the order of ``pool`` is the order of the pool."""

    @property
    def pool(self) -> Rows:
        """Rows to label."""
        ...

    @property
    def test(self) -> Rows:
        """Rows that only score."""
        ...

    @property
    def validation(self) -> Rows:
        """Rows kept apart from both; often none."""
        ...


class DatasetSource(Component):
    """Where a dataset comes from."""

    kind: ClassVar[Kind] = "dataset"
    licence: ClassVar[str] = ""
    source: ClassVar[str] = ""
    """Where the data come from, for datasets that are built in."""

    pool: PoolConditions | None = None
    """What is done to the pool of every split: duplicates, a long tail, irrelevant rows, a shift."""
    preprocessing: Declared = None
    """What is done to the columns of this dataset instead of the experiment's preprocessing."""

    def default_label(self) -> str:
        """What tables and figures call the dataset when the spec gives no label."""
        return type(self).name

    @classmethod
    def content(cls) -> dict[str, Any]:
        """Describe the data for the catalogue: rows, types, classes, hash; nothing where they vary."""
        return {}

    def members(self, base: Path) -> tuple[tuple[str, DatasetSource], ...]:
        """Return the datasets that this entry stands for, each with its label: itself, for most."""
        del base
        return ((self.default_label(), self),)

    def lacks(self, base: Path) -> tuple[str, ...]:
        """Name what must be downloaded before the data can be read; nothing for most."""
        del base
        return ()

    def fetch(self, base: Path) -> None:
        """Download what :meth:`lacks` names into the cache.

        Raises
        ------
        DatasetError
            If that cannot be done; the cache is as it was.
        """
        del base

    def files(self, base: Path) -> tuple[Path, ...]:
        """Files that it reads, resolved against the folder of the spec; none for generators."""
        del base
        return ()

    def header(self, base: Path) -> tuple[str, ...] | None:
        """Column names, read without reading the data; None where there is no header to read."""
        del base
        return None

    def load(self, base: Path) -> Table:
        """Read or make the data.

        Parameters
        ----------
        base : Path
            Folder of the spec; relative paths start there.

        Raises
        ------
        DatasetError
            With file, column, and row where there is one.
        """
        raise NotImplementedError(f"{type(self).__qualname__} must define load(base)")


class Split(Component):
    """How a dataset is divided into pool and test."""

    kind: ClassVar[Kind] = "split"

    max_pool: int | None = Field(default=None, ge=2)
    """Upper bound on the rows of the pool; a stratified sample stays."""
    max_test: int | None = Field(default=None, ge=1)
    """Upper bound on the rows of the test part; a stratified sample stays."""

    def sizes(self, class_counts: tuple[int, ...]) -> tuple[int, int] | None:
        """Return the rows of pool and test before caps and validation; None where splits differ."""
        raise NotImplementedError(f"{type(self).__qualname__} must define sizes(class_counts)")

    def class_sizes(self, class_counts: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Return the rows of each class in pool and test, as :meth:`sizes`; None where splits differ."""
        del class_counts
        return None

    def divide(self, table: Table, *, split: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
        """Return the rows of the pool (in pool order) and of the test part."""
        raise NotImplementedError(f"{type(self).__qualname__} must define divide(table, split, rng)")


class SeedSet(Component):
    """Which rows a trial starts from."""

    kind: ClassVar[Kind] = "seed_set"
    looks_at_labels: ClassVar[bool] = False

    def choose(
        self,
        labels: Rows,
        n_classes: int,
        size: int,
        *,
        split: int,
        start: int,
        rng: np.random.Generator,
    ) -> Rows:
        """Return ``size`` positions in the pool; a smaller size is a prefix of a larger one."""
        raise NotImplementedError(f"{type(self).__qualname__} must define choose(...)")


class Oracle(Component):
    """What answers a query."""

    kind: ClassVar[Kind] = "oracle"

    def answers(self, labels: Rows, n_classes: int, *, rng: np.random.Generator) -> Rows:
        """Return the label that it would give to each row of the pool, were it asked."""
        raise NotImplementedError(f"{type(self).__qualname__} must define answers(...)")


class Calibration(BaseModel):
    """How decision values become probabilities: by cross-validation on the labelled rows."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    method: Literal["sigmoid", "isotonic"] = "sigmoid"
    """Platt's logistic curve, or isotonic regression."""
    folds: int = Field(default=3, ge=2)
    """Folds; while a class has fewer rows, probabilities are the softmax of decisions."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        return {"method": value} if isinstance(value, str) else value


class Model(Component):
    """An estimator and its parameters, as the spec declares them; built anew for every fit.

    ``estimator`` is an import path. The identity of a model is that path with its parameters, so that a
    short name and the path that it stands for are the same model.
    """

    kind: ClassVar[Kind] = "model"
    name: ClassVar[str] = "estimator"

    estimator: str
    """Import path of a scikit-learn compatible classifier."""
    params: dict[str, Any] = {}
    """Constructor parameters; estimators nested in them are ``{import path: {parameter: value}}``."""
    calibrated: Calibration | None = None
    """Whether its probabilities are calibrated, or made from its decision values."""
    refit_every: int = Field(default=1, ge=1)
    """It is fitted in every so many rounds and answers as it did in the rounds between."""

    def settings(self) -> dict[str, Any]:
        """Return what is declared beside the estimator's own parameters, as JSON values."""
        calibrated = self.calibrated.model_dump(mode="json") if self.calibrated else None
        return _some(calibrated=calibrated, refit_every=self.refit_every if self.refit_every > 1 else None)

    def identity(self) -> dict[str, Any]:
        """Return import path and parameters; of a file, its name alone."""
        path = PurePath(self.estimator).name if ".py:" in self.estimator else self.estimator
        return {"estimator": path, **_some(params=_shown(self.params)), **self.settings()}


class Metric(Component):
    """A number for the test part, computed from what the task model says about it."""

    kind: ClassVar[Kind] = "metric"
    greater_is_better: ClassVar[bool] = True
    needs_proba: ClassVar[bool] = False
    cheap: ClassVar[bool] = False
    """Recorded in every trial, declared or not."""
    bounds: ClassVar[tuple[float, float | None]] = (0.0, 1.0)

    def score(self, outputs: Outputs) -> float | None:
        """Return the metric; None where it is undefined."""
        raise NotImplementedError(f"{type(self).__qualname__} must define score(outputs)")


class Signal(Component):
    """A number that stopping rules watch, computed on a fixed set of pool rows without their labels."""

    kind: ClassVar[Kind] = "signal"

    def measure(self, proba: Floats, previous: Floats | None) -> float | None:
        """Return the signal from this round's and the last round's probabilities."""
        raise NotImplementedError(f"{type(self).__qualname__} must define measure(proba, previous)")


class Outputs(Protocol):
    """What a model says about labelled rows, computed when first asked for."""

    @property
    def labels(self) -> Rows:
        """True class codes."""
        ...

    @property
    def predicted(self) -> Rows:
        """Predicted class codes."""
        ...

    @property
    def proba(self) -> Floats:
        """Class probabilities of shape (n, n_classes)."""
        ...

    @property
    def confusion(self) -> Rows:
        """Counts of shape (n_classes, n_classes): true class by predicted class."""
        ...

    @property
    def n_classes(self) -> int:
        """Number of classes of the dataset."""
        ...


# --- strategies ------------------------------------------------------------------------------------------


class PoolView(Protocol):
    """Everything that a strategy may look at in one round. Its arrays are read-only.

    Rows of ``features`` are pool positions; ``labelled`` and ``candidates`` hold pool positions in
    ascending order; what speaks of candidates (``proba``, ``tie_keys``, utilities) is in their order.
    """

    @property
    def features(self) -> Floats:
        """Preprocessed features of the whole pool, shape (n_pool, n_features).

        A ``csr_matrix`` where they are sparse and the strategy declares ``accepts_sparse``.
        """
        ...

    @property
    def labelled(self) -> Rows:
        """Pool positions that are labelled."""
        ...

    @property
    def labels(self) -> Rows:
        """Given class codes of the labelled rows."""
        ...

    @property
    def candidates(self) -> Rows:
        """Pool positions that can be queried."""
        ...

    @property
    def n_classes(self) -> int:
        """Number of classes of the dataset."""
        ...

    @property
    def round(self) -> int:
        """Index of the round; 0 is the seed set alone."""
        ...

    @property
    def batch_size(self) -> int:
        """Declared batch size; the last batch may be smaller."""
        ...

    @property
    def rng(self) -> np.random.Generator:
        """The strategy's generator for this round."""
        ...

    @property
    def tie_keys(self) -> Floats:
        """One uniform key per candidate: smaller comes first among ties."""
        ...

    @property
    def model(self) -> Any:
        """The fitted query model; None while nothing is labelled."""
        ...

    @property
    def proba(self) -> Floats:
        """Class probabilities of the candidates, shape (n_candidates, n_classes)."""
        ...

    @property
    def decision(self) -> Floats:
        """Decision values of the candidates, shape (n_candidates, n_classes), or one column if binary."""
        ...

    @property
    def embedding(self) -> Floats:
        """The query model's representation of the pool, shape (n_pool, n_dimensions)."""
        ...

    def committee(
        self, members: int = 5, *, method: CommitteeMethod = "bagging", models: tuple[Model, ...] = ()
    ) -> Committee:
        """Return a committee, fitted once a round, whoever asks.

        Parameters
        ----------
        members : int
            Copies of the query model.
        method : {"bagging", "random_subspace", "mc_dropout"}
            Each copy sees a bootstrap of the labelled rows, or a random half of the features; or each is the
            fitted query model, a neural network, under a dropout mask of its own.
        models : tuple of Model
            Different models instead, one member each, fitted on all labelled rows.
        """
        ...

    def proba_of(self, rows: Rows) -> Floats:
        """Return the query model's class probabilities of pool rows, labelled or not."""
        ...

    def refit(self, rows: Rows, labels: Rows) -> Answers:
        """Fit the query model on pool rows as if they had these labels, with its seed of this trial."""
        ...

    def among(self, keep: Rows) -> PoolView:
        """Return the same round with fewer candidates: those at positions ``keep``, in ascending order."""
        ...

    @property
    def truth(self) -> Truth:
        """Hidden labels, for strategies that declare ``Need.TRUTH``; there is none for any other."""
        ...

    @property
    def shared(self) -> Mapping[Shared, Mapping[str, NDArray[Any]]]:
        """What is computed once for this split: the arrays of each thing that the strategy shares."""
        ...


class Answers(Protocol):
    """A fitted model over all classes of the dataset."""

    def predict(self, X: Floats) -> Rows:
        """Return class codes of shape (n,)."""
        ...

    def proba(self, X: Floats) -> Floats:
        """Return class probabilities of shape (n, n_classes)."""
        ...


class Truth(Protocol):
    """What no strategy may know: for upper bounds and controls."""

    @property
    def labels(self) -> Rows:
        """True class codes of the whole pool."""
        ...

    @property
    def given(self) -> Rows:
        """Class codes that the oracle would give to each row of the pool."""
        ...

    def score(self, model: Answers, metric: str) -> float:
        """Return a built-in metric of a model on the test part, negated where lower is better."""
        ...


class Committee(Protocol):
    """Several models and what they say about the candidates, computed when first asked for."""

    @property
    def votes(self) -> Rows:
        """Predicted class codes, shape (n_members, n_candidates)."""
        ...

    @property
    def proba(self) -> Floats:
        """Class probabilities, shape (n_members, n_candidates, n_classes)."""
        ...


class Shared(BaseModel):
    """Something about a pool that needs no label: computed once for a split, read by all its trials.

    A small frozen class whose fields say what is computed: equal needs of different strategies are met by
    one computation. Arrays come back read-only, from ``pool.shared[need]``.

    Attributes
    ----------
    version : int
        Raised by hand when the arrays change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    version: ClassVar[int] = 1
    accepts_sparse: ClassVar[bool] = False
    """True if it copes with features in scipy's compressed rows; else it is given dense ones."""

    def identity(self) -> dict[str, Any]:
        """What is computed, as JSON values."""
        return {
            "class": class_path(type(self)),
            "version": type(self).version,
            **_some(params=self.model_dump(mode="json")),
        }

    def compute(
        self, features: Floats, *, n_classes: int, rng: np.random.Generator
    ) -> dict[str, NDArray[Any]]:
        """Return named arrays.

        Parameters
        ----------
        features : ndarray of shape (n_pool, n_features)
        n_classes : int
            Classes of the dataset.
        rng : Generator
            Its stream depends on the split and on the identity alone.

        Raises
        ------
        StrategyError
            If the pool is too large for it.
        """
        raise NotImplementedError(f"{type(self).__qualname__} must define compute(...)")


class Strategy(Component):
    """A query strategy: scores candidates (``utilities``) or builds a batch (``select``).

    Attributes
    ----------
    family : str
        One of uncertainty, committee, density, diversity, hybrid, lookahead, wrapper, baseline, control.
    needs : frozenset of Need
        What it looks at; declares, too, whether its picks depend on the model.
    cost : str
        How a round grows with the pool.
    complexity : str
        The work of a round in n (candidates), L (labelled rows), b (batch size), C (classes), d (features)
        and M (members of a committee), beside the fit and the predictions of the query model.
    looks_at_budget : bool
        True if picks depend on the budget, which then enters the trial's identity.
    """

    kind: ClassVar[Kind] = "strategy"
    family: ClassVar[str] = ""
    needs: ClassVar[frozenset[Need]] = frozenset()
    cost: ClassVar[CostClass] = "linear"
    complexity: ClassVar[str] = ""
    looks_at_budget: ClassVar[bool] = False
    accepts_sparse: ClassVar[bool] = False
    """True if it copes with ``pool.features`` in scipy's compressed rows; else it is shown dense ones."""
    arms: ClassVar[bool] = False
    """True for random orders: the stream is keyed by the arm instead of what the picks depend on."""

    def required(self) -> frozenset[Need]:
        """Return what this strategy needs with its parameters; wrappers add what they wrap."""
        return type(self).needs

    def shares(self) -> tuple[Shared, ...]:
        """Return what all trials of a split compute once; wrappers return that of what they wrap."""
        return ()

    def start(self, pool: PoolView) -> Any:
        """Return the memory of one trial, which the loop keeps and hands back every round."""
        del pool

    def utilities(self, pool: PoolView, state: Any) -> Floats:
        """Score the candidates, shape (n_candidates,); higher is queried first."""
        raise NotImplementedError(f"{type(self).__qualname__} must define utilities() or select()")

    def select(self, pool: PoolView, state: Any, n: int) -> Picks:
        """Return a batch of ``n`` candidates; by default those of highest utility."""
        from albench.ordering import top

        return top(self.utilities(pool, state), pool.tie_keys, n)
