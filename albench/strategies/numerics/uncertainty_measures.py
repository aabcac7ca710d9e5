"""How uncertain a model is about a candidate, for strategies that combine it with something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from albench.strategies.uncertainty import entropies, margins, two_largest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from albench.contracts import Floats

Measure = Literal["least_confident", "margin", "entropy"]


def least_confidences(proba: Floats) -> Floats:
    """Return 1 - max_c p_c of each row."""
    found: Floats = 1 - two_largest(proba)[0]
    return found


UNCERTAINTY: Mapping[Measure, Callable[[Floats], Floats]] = {
    "least_confident": least_confidences,
    "margin": margins,
    "entropy": entropies,
}
"""Higher is less certain, and 0 is certain."""
