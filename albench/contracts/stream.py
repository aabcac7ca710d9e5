"""What a stream strategy, a budget manager and a drift are, and what they see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from albench.contracts.component import Component

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from albench.contracts.component import Floats, Rows
    from albench.contracts.oracle import Oracle


@dataclass(frozen=True)
class StreamFacts:
    """What is known of a stream before its first row.

    Attributes
    ----------
    budget : float
        Share of the rows whose labels may be bought.
    n_classes, n_features : int
    """

    budget: float
    n_classes: int
    n_features: int


class ArrivingRow:
    """The row that a strategy decides on.

    Attributes
    ----------
    features : ndarray of shape (d,)
    proba : ndarray of shape (n_classes,)
        By the learner as it is now.
    probabilities : list of float
        The same, as numbers that are quickly looked at one by one.
    confidence : float
        The largest of them.
    predicted : int
        Its class, of equal ones the first.
    """

    __slots__ = ("_ask_committee", "confidence", "features", "predicted", "proba", "probabilities")

    def __init__(
        self, features: Floats, proba: Floats, ask_committee: Callable[[Floats], Floats] | None = None
    ) -> None:
        self.features = features
        self.proba = proba
        # Of a few numbers lists are several times as fast as numpy.
        self.probabilities: list[float] = proba.tolist()
        self.confidence: float = max(self.probabilities)
        self.predicted: int = self.probabilities.index(self.confidence)
        self._ask_committee = ask_committee

    @property
    def committee_proba(self) -> Floats:
        """Class probabilities by each member of the committee, shape (n_members, n_classes)."""
        if self._ask_committee is None:
            raise AttributeError("a strategy that looks at a committee says of how many: count_members()")
        return self._ask_committee(self.features)


class Spending:
    """What was bought of a stream so far: the memory of a budget manager over one trial.

    Attributes
    ----------
    budget : float
    n_rows, n_bought : int
        Of the rows that were decided on.
    """

    def __init__(self, budget: float) -> None:
        self.budget = budget
        self.n_rows = 0
        self.n_bought = 0

    def has_budget(self) -> bool:
        """Say whether the row that arrives now may be bought."""
        raise NotImplementedError

    def is_worth_buying(self, utility: float) -> bool:
        """Say whether a row of this utility is bought; of managers alone that set the threshold."""
        raise NotImplementedError

    def record(self, *, bought: bool) -> None:
        """Count a row that was decided on."""
        self.n_rows += 1
        self.n_bought += bought


class BudgetManager(Component):
    """Says whether a label may be bought now.

    Attributes
    ----------
    promises : bool
        True if never more than ``ceil(budget * t) + 1`` labels are bought of the first t rows.
    sets_threshold : bool
        True if it decides by the utility of a row; else the strategy has a threshold of its own.
    """

    kind = "budget_manager"
    promises: ClassVar[bool] = False
    sets_threshold: ClassVar[bool] = False

    def open(self, budget: float) -> Spending:
        """Return the memory of one trial."""
        raise NotImplementedError


class Decider:
    """A strategy over one trial, with its memory."""

    def decide(self, row: ArrivingRow, spending: Spending) -> bool:
        """Say whether the label is bought, and record that in ``spending``."""
        raise NotImplementedError

    def observe_label(self, features: Floats, label: int) -> None:
        """See a label that has arrived."""


class StreamStrategy(Component):
    """Decides about each row as it arrives.

    Attributes
    ----------
    sets_threshold : bool
        True if it says itself from when on a row is worth its label.
    """

    kind = "stream_strategy"
    sets_threshold: ClassVar[bool] = True

    def get_published_manager(self) -> BudgetManager:
        """Return the budget manager that it was published with."""
        raise NotImplementedError

    def count_members(self) -> int:
        """Return how many members the committee has that it looks at; 0 for none."""
        return 0

    def begin(self, facts: StreamFacts, rng: np.random.Generator) -> Decider:
        """Return what decides in one trial."""
        raise NotImplementedError


def explain_misfit(strategy: StreamStrategy, manager: BudgetManager) -> str:
    """Say why a strategy and a budget manager do not go together; empty if they do."""
    names = [type(component).name or type(component).__name__ for component in (strategy, manager)]
    return explain_thresholds(names[0], names[1], strategy.sets_threshold, manager.sets_threshold)


def explain_thresholds(strategy: str, manager: str, *sets_threshold: bool) -> str:
    """Say of a strategy and a budget manager, by their names, why they do not go together.

    Parameters
    ----------
    strategy, manager : str
    *sets_threshold : bool
        Whether the strategy sets the threshold, and whether the manager does.
    """
    if all(sets_threshold):
        return f"strategy '{strategy}' and budget manager '{manager}' would both set the threshold"
    if not any(sets_threshold):
        return (
            f"strategy '{strategy}' says how useful a label is, not when it is worth buying, nor does budget"
            f" manager '{manager}': it goes with 'balanced_quantile'"
        )
    return ""


@dataclass(frozen=True, eq=False)
class DriftedRows:
    """The rows of a stream with their drift.

    Attributes
    ----------
    features : ndarray of shape (n, d)
    labels : ndarray of shape (n,), int
    order : ndarray of shape (n,), int
        Which of the rows without drift each is.
    marks : tuple of int
        The first row of each change.
    """

    features: Floats
    labels: Rows
    order: Rows
    marks: tuple[int, ...]


class Drift(Component):
    """A change of the world while rows arrive."""

    kind = "drift"

    def keeps_labels(self) -> bool:
        """Say whether every row keeps its label, so that what was recorded of it holds."""
        return False

    def find_misfit(self, n_features: int) -> str:
        """Say why it cannot change rows of so many features; empty if it can."""
        return ""

    def apply(self, features: Floats, labels: Rows, n_classes: int, rng: np.random.Generator) -> DriftedRows:
        """Return the rows with drift.

        Parameters
        ----------
        features : ndarray of shape (n, d)
            Not-a-number where a value is missing.
        labels : ndarray of shape (n,), int
            Class codes.
        n_classes : int
        rng : Generator
        """
        raise NotImplementedError


def explain_unfit_oracle(oracle: Oracle, drift: Drift | None = None) -> str:
    """Say why an oracle cannot answer on a stream, or not under a drift; empty if it can."""
    if oracle.teaches_answers():
        return "it teaches every answer with a weight, and of a row of a stream one label is learnt"
    if oracle.combines_rows():
        return "later answers change the labels of earlier rows, and a label of a stream is learnt once"
    if drift is None or drift.keeps_labels():
        return ""
    name = type(drift).name or type(drift).__name__
    if oracle.recorded_columns():
        return f"its answers are recorded, and drift '{name}' changes the labels that they are of"
    if oracle.needs_distribution():
        return f"it draws from recorded distributions, and drift '{name}' changes the labels that they are of"
    return ""
