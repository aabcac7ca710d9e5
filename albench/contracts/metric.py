"""Numbers of a fitted model: metrics on labelled rows, signals on unlabelled ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from albench.contracts.component import Component

if TYPE_CHECKING:
    from albench.contracts.component import Floats, Rows


class Metric(Component):
    """A number for the test part, computed from what the task model says about it."""

    kind = "metric"
    greater_is_better: ClassVar[bool] = True
    needs_proba: ClassVar[bool] = False
    cheap: ClassVar[bool] = False
    """Recorded in every trial, declared or not."""
    bounds: ClassVar[tuple[float, float | None]] = (0.0, 1.0)
    needs_distribution: ClassVar[bool] = False
    """It compares with the distribution over the classes, which few datasets have as their target."""

    @property
    def column(self) -> str:
        """Name of its column in the tables: one for each choice of parameters that an experiment may want."""
        return type(self).name

    def speaks_of(self) -> tuple[str, ...]:
        """Name the classes that its parameters mean; a plan sees that there are such."""
        return ()

    def score(self, outputs: Outputs) -> float | None:
        """Return the metric; None where it is undefined."""
        raise NotImplementedError(f"{type(self).__qualname__} must define score(outputs)")

    def explain_undefined(self, outputs: Outputs) -> str:
        """Say why :meth:`score` returned None."""
        return "it has no value on the scored part"


class Signal(Component):
    """A number that stopping rules watch, computed on a fixed set of pool rows without their labels."""

    kind = "signal"

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
    def distribution(self) -> Floats | None:
        """How probable each class truly is, shape (n, n_classes); None where a row has one class."""
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

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the class codes."""
        ...

    @property
    def pool(self) -> Rows:
        """True class codes of all rows of the pool, shape (n_pool,)."""
        ...

    @property
    def queried(self) -> Rows:
        """True class codes of the rows of the pool that were queried by then, the seed set included."""
        ...


class Queries(Protocol):
    """What was queried of a pool so far."""

    @property
    def true_labels(self) -> Rows:
        """True class codes of all rows of the pool."""
        ...

    @property
    def queried_labels(self) -> Rows:
        """True class codes of the queried rows."""
        ...
