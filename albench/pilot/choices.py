"""What a pilot runs on a table, and why: the model, the strategies, the metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.text import quote

if TYPE_CHECKING:
    from albench.contracts import Table

MANY_LABELS = 1_000
"""From which on a model that learns interactions of columns has enough to learn from."""
DOMINANT = 0.8
"""Share of the labelled rows from which on a class hides the others in accuracy."""
RARE = 0.05
"""Share of the labelled rows below which a class hardly counts in accuracy."""
LINEAR, BOOSTING = "logistic_regression", "hist_gradient_boosting"
STRATEGY_REASONS = {
    "margin": "uncertainty: the two most probable classes are close",
    "entropy": "uncertainty: over all classes",
    "balanced_margin": "margin, with as many rows of each predicted class: classes are unequal",
    "qbc": "a committee: its members disagree",
    "weighted_k_means": "uncertain rows, one from each of their clusters",
    "badge": "uncertain and different from each other",
    "k_center": "diversity: far from what is labelled",
    "typiclust": "density: typical of a cluster without labels",
}
"""What each strategy of a pilot looks for, in the order of the spec."""


@dataclass(frozen=True)
class Choice:
    """A component by its name, with the reason in words."""

    name: str
    reason: str


def choose_models(table: Table) -> tuple[Choice, ...]:
    """Return the models that suit a table, the best first, the quickest last."""
    if table.text_names:
        return (Choice(LINEAR, "of TF-IDF weights: few labels suffice for it"),)
    linear = Choice(LINEAR, "few labels suffice for it, and it is quick enough for many repeats")
    if table.n_rows >= MANY_LABELS and table.numeric_names and table.categorical_names:
        reason = f"trees: {table.n_rows:,} labels show how numbers and categories act together"
        slow = f"quick; trees, for which {table.n_rows:,} labels suffice, need more --time"
        return (Choice(BOOSTING, reason), Choice(LINEAR, slow))
    return (linear,)


def choose_strategies(table: Table, model: str) -> tuple[Choice, ...]:
    """Return strategies that differ, one or two of each family, beside random."""
    is_chosen = {
        # With two classes it picks what margin picks.
        "entropy": len(table.classes) > 2,  # noqa: PLR2004
        "balanced_margin": find_dominant_class(table) is not None,
        "qbc": model == LINEAR,
        "weighted_k_means": model != LINEAR,
    }
    return tuple(
        Choice(name, reason) for name, reason in STRATEGY_REASONS.items() if is_chosen.get(name, True)
    )


def choose_metric(table: Table) -> Choice:
    """Return the metric of the answer: accuracy, unless one class has nearly all rows."""
    dominant = find_dominant_class(table)
    if dominant is None:
        counts = np.bincount(table.labels, minlength=len(table.classes))
        name, share = table.classes[int(counts.argmin())], float(counts.min() / table.n_rows)
        rare = f"; {quote(name)} has {share:.0%}: balanced_accuracy counts it as much" if share < RARE else ""
        return Choice("accuracy", f"no class has nearly all rows{rare}")
    name, share = dominant
    return Choice(
        "balanced_accuracy", f"{share:.0%} of the labels are {quote(name)}: accuracy hides the others"
    )


def find_dominant_class(table: Table) -> tuple[str, float] | None:
    """Return the class that has nearly all labelled rows, and its share; None if there is none."""
    counts = np.bincount(table.labels, minlength=len(table.classes))
    share = float(counts.max() / table.n_rows)
    return (table.classes[int(counts.argmax())], share) if share > DOMINANT else None
