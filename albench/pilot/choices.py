"""What a pilot runs on a table, and why: the model, the strategies, the metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from albench.contracts import Table

MANY_LABELS = 1_000
"""From which on a model that learns interactions of columns has enough to learn from."""
DOMINANT = 0.8
"""Share of the labelled rows from which on a class hides the others in accuracy."""
LINEAR, BOOSTING = "logistic_regression", "hist_gradient_boosting"


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
    return tuple(_iterate_strategies(table, model))


def _iterate_strategies(table: Table, model: str) -> Iterator[Choice]:
    yield Choice("margin", "uncertainty: the two most probable classes are close")
    if len(table.classes) > 2:  # noqa: PLR2004 - with two classes it picks what margin picks
        yield Choice("entropy", "uncertainty: over all classes")
    if find_dominant_class(table) is not None:
        yield Choice(
            "balanced_margin", "margin, with as many rows of each predicted class: classes are unequal"
        )
    if model == LINEAR:
        yield Choice("qbc", "a committee: its members disagree")
    else:
        yield Choice("weighted_k_means", "uncertain rows, one from each of their clusters")
    yield Choice("badge", "uncertain and different from each other")
    yield Choice("k_center", "diversity: far from what is labelled")
    yield Choice("typiclust", "density: typical of a cluster without labels")


def choose_metric(table: Table) -> Choice:
    """Return the metric of the answer: accuracy, unless one class has nearly all rows."""
    dominant = find_dominant_class(table)
    if dominant is None:
        return Choice("accuracy", "no class has nearly all rows")
    name, share = dominant
    return Choice(
        "balanced_accuracy", f"{share:.0%} of the labels are {quote(name)}: accuracy hides the others"
    )


def find_dominant_class(table: Table) -> tuple[str, float] | None:
    """Return the class that has nearly all labelled rows, and its share; None if there is none."""
    counts = np.bincount(table.labels, minlength=len(table.classes))
    share = float(counts.max() / table.n_rows)
    return (table.classes[int(counts.argmax())], share) if share > DOMINANT else None
