"""Sentences on the labels that people have given so far, beside what was simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.labelling.curve import FOLDS
from albench.text import format_count, format_fixed, list_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.analysis.evidence.cells import Curve
    from albench.labelling.curve import ProjectCurve


def write_labelling(curve: ProjectCurve, simulated: Mapping[str, Curve]) -> Iterator[str]:
    """Yield how far labelling is, what the metric is measured on, and what strategies have as simulated."""
    last = curve.points[-1]
    by = f" by {list_words(curve.strategies)}" if curve.strategies else ""
    rounds = f"after {format_count(last.round, 'round')}{by}" if last.round else "at the start"
    yield (
        f"{curve.file} has {format_count(last.n_labels, 'label')} {rounds}: {curve.metric} is "
        f"{format_fixed(last.level)} [{format_fixed(last.low)}, {format_fixed(last.high)}]."
    )
    yield _explain_rows(curve)
    for strategy, own in simulated.items():
        yield _compare(strategy, own, curve)


def _explain_rows(curve: ProjectCurve) -> str:
    rows = format_count(curve.n_scored, "row")
    if curve.is_test_part:
        return (
            f"It is measured on the {rows} of the declared test part, with a 95 % interval over these rows."
        )
    return (
        f"It is measured on the {rows} that the project began with, each predicted by a model that has not"
        f" learnt it, in {FOLDS} folds, with a 95 % interval over these rows; a point stands at the labels"
        " that such a model has learnt. It speaks of data like these rows; those that a strategy asked for"
        " are harder than others, and not scored."
    )


def _compare(strategy: str, simulated: Curve, curve: ProjectCurve) -> str:
    last, end = curve.points[-1], float(simulated.n_labels[-1])
    within = [p for p in curve.points if simulated.n_labels[0] <= p.n_trained <= end]
    if not within:
        return f"The simulated {strategy} ends at {end:,.0f} labels, before the first of these points."
    point = within[-1]
    levels = (simulated.mean, simulated.low, simulated.high)
    mean, low, high = (float(np.interp(point.n_trained, simulated.n_labels, values)) for values in levels)
    band = f" [{format_fixed(low)}, {format_fixed(high)}]" if np.isfinite(low) and np.isfinite(high) else ""
    at = f"{point.n_trained:,.0f} labels"
    if point is last:
        return f"At {at} the simulated {strategy} has {format_fixed(mean)}{band}."
    return (
        f"At {at}, the most that both have, {curve.metric} was {format_fixed(point.level)}, and the "
        f"simulated {strategy} has {format_fixed(mean)}{band}."
    )
