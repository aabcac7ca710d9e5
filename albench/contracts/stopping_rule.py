"""When to stop labelling: a number observed in each round, and a decision from the numbers so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from albench.canonical import digest
from albench.contracts.component import Component
from albench.coverage import OBSERVED_PREFIX
from albench.errors import TrialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts.component import Floats, Rows


class StoppingRule(Component):
    """When to stop labelling.

    A rule only watches, unless it is enforced: then a trial ends where it says so.

    Attributes
    ----------
    needs_proba : bool
        Whether it observes class probabilities.
    is_paid : bool
        Whether it looks at labels of the validation part, which cost as others do.
    observed_parameters : tuple of str or None
        Parameters that :meth:`observe` depends on; None for all of them. When others change, nothing is
        observed again.
    """

    kind = "stopping_rule"
    needs_proba: ClassVar[bool] = False
    is_paid: ClassVar[bool] = False
    observed_parameters: ClassVar[tuple[str, ...] | None] = None

    enforce: bool = False
    """Whether a trial ends where the rule says so; else it is only watched, and changes no number."""

    @property
    def column(self) -> str | None:
        """Name under which its observations are stored; None if it has none of its own."""
        if type(self).observe is StoppingRule.observe:
            return None
        name = type(self).name or type(self).__qualname__
        params = self._list_observed()
        return f"{OBSERVED_PREFIX}{name}" + (f"-{digest(params)[:8]}" if params else "")

    def describe_observations(self) -> dict[str, Any]:
        """Return its fragment without the parameters that only :meth:`stops` looks at."""
        rest = {name: value for name, value in self.fragment().items() if name != "params"}
        params = self._list_observed()
        return {**rest, "params": params} if params else rest

    def _list_observed(self) -> dict[str, Any]:
        observed = type(self).observed_parameters
        return {
            name: value
            for name, value in self.parameters().items()
            if name != "enforce" and (observed is None or name in observed)
        }

    def with_metric(self, primary_metric: str) -> StoppingRule:
        """Return the rule with what an experiment says where the rule says nothing: its primary metric."""
        if getattr(self, "metric", None) != "":
            return self
        return self.model_copy(update={"metric": primary_metric})

    def start(self) -> Any:
        """Return the memory of one trial, which :meth:`observe` is given each round."""
        return None

    def observe(self, seen: ObservedRound, memory: Any) -> float | None:
        """Return the number of this round; None where it is undefined."""
        return None

    def stops(self, course: Course) -> bool:
        """Say whether labelling stops in the last round of a course."""
        raise NotImplementedError(f"{type(self).__qualname__} must define stops(course)")


class ObservedRound(Protocol):
    """What a rule sees of a round: what the task model says of rows without a label.

    These are the rows of the stop set that have no label: of at most 2,000 rows of the pool, drawn once a
    split. Arrays are read-only, and computed when first asked for.
    """

    @property
    def n_classes(self) -> int:
        """Number of classes of the dataset."""
        ...

    @property
    def n_labels(self) -> int:
        """Labels bought so far, the seed set included."""
        ...

    @property
    def proba(self) -> Floats:
        """Class probabilities of shape (n, n_classes)."""
        ...

    @property
    def predicted(self) -> Rows:
        """The most probable class of each row."""
        ...

    @property
    def previous_predicted(self) -> Rows | None:
        """What the last round predicted for the same rows; None in the first round."""
        ...

    @property
    def top(self) -> Floats:
        """Probability of the most probable class of each row."""
        ...

    @property
    def mean_top(self) -> float:
        """Mean of ``top``; not-a-number without rows."""
        ...

    @property
    def mean_top_of_stop_set(self) -> float:
        """Mean probability of the most probable class over the whole stop set, rows with a label, too."""
        ...

    @property
    def mean_entropy(self) -> float:
        """Mean entropy of the class probabilities, in nats; not-a-number without rows."""
        ...

    @property
    def batch_proba(self) -> Floats | None:
        """Class probabilities of the rows that are queried next; None in the last round."""
        ...

    @property
    def features(self) -> Floats:
        """Features of the pool."""
        ...

    @property
    def labelled(self) -> Rows:
        """Positions of the labelled rows in the pool."""
        ...

    @property
    def labels(self) -> Rows:
        """Their given labels, as class codes."""
        ...


@dataclass(frozen=True, eq=False)
class Course:
    """What a rule decides from: one number a round, the first round first.

    Attributes
    ----------
    values : ndarray of shape (n_rounds,)
        What the rule observed; not-a-number where it was undefined.
    n_labels : ndarray of shape (n_rounds,)
    scores : mapping of str to ndarray of shape (n_rounds,)
        Metrics of the validation part; none without one.
    lower_is_better : frozenset of str
        Those metrics of which less is better.
    """

    values: Floats
    n_labels: Rows
    scores: Mapping[str, Floats]
    lower_is_better: frozenset[str] = frozenset()

    def until(self, n_rounds: int) -> Course:
        """Return the first rounds."""
        scores = {name: values[:n_rounds] for name, values in self.scores.items()}
        return replace(self, values=self.values[:n_rounds], n_labels=self.n_labels[:n_rounds], scores=scores)

    def get_gains(self, metric: str) -> Floats:
        """Return a metric of the validation part, so that more is better."""
        if metric not in self.scores:
            raise TrialError(
                f"a stopping rule asks for '{metric}' on the validation part: it is not recorded"
            )
        return -self.scores[metric] if metric in self.lower_is_better else self.scores[metric]
