"""Where each stopping rule stops each trial, and where one would have stopped in hindsight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from albench.analysis.stats.isotonic import fit_monotone
from albench.stopping.course import build_course, find_stop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from albench.contracts import Floats, Rows, StoppingRule
    from albench.spec.experiment import Entry, Experiment

WITHIN = 0.005
"""How far below the best of its curve hindsight stops."""


@dataclass(frozen=True, eq=False)
class JudgedTrial:
    """A finished trial with the stops of all rules.

    Attributes
    ----------
    rounds, n_labels : ndarray of shape (n_rounds,)
    levels : ndarray of shape (n_rounds,)
        The primary metric.
    gains : ndarray of shape (n_rounds,)
        The same so that more is better, made monotone; empty where it cannot be judged.
    unjudged : str
        Why it cannot be judged; empty if it can.
    stops : mapping of str to int or None
        Label of a rule -> position of its round.
    unmet : mapping of str to str
        Label of a rule that does not stop -> why.
    n_validation : mapping of str to int
        Label of a rule -> labels of the validation part that it looks at.
    ended_by : str
        Label of the enforced rule that has ended it; empty if none has.
    """

    row: Mapping[str, Any]
    rounds: Rows
    n_labels: Rows
    levels: Floats
    gains: Floats
    unjudged: str
    stops: Mapping[str, int | None]
    unmet: Mapping[str, str]
    n_validation: Mapping[str, int]
    ended_by: str = ""

    @property
    def hindsight(self) -> int:
        """Position of the first round whose monotone metric is within 0.005 of the best."""
        return int(np.argmax(self.gains >= self.gains[-1] - WITHIN))

    def find_end(self, rule: str) -> int:
        """Return the position of the round in which a rule stops, else that of the last one."""
        stop = self.stops.get(rule)
        return self.n_labels.size - 1 if stop is None else stop

    def count_labels(self, rule: str) -> int:
        """Return the labels that a rule has bought at its end, those of the validation part among them."""
        return int(self.n_labels[self.find_end(rule)]) + self.n_validation.get(rule, 0)

    def compute_loss(self, rule: str) -> float:
        """Return the monotone metric in hindsight less that at the end of a rule."""
        return float(self.gains[self.hindsight] - self.gains[self.find_end(rule)])


def judge_trials(
    experiment: Experiment, trials: pl.DataFrame, curves: pl.DataFrame, n_validation: Mapping[str, int]
) -> list[JudgedTrial]:
    """Ask every rule about every finished trial; curves have the columns of what rules observe."""
    metrics = [entry.component for entry in experiment.metrics]
    lower = frozenset(metric.column for metric in metrics if not type(metric).greater_is_better)
    rows = {row["key"]: row for row in trials.filter(pl.col("status") == "done").iter_rows(named=True)}
    ordered = curves.filter(pl.col("n_labels") > 0).sort("key", "round")
    judged = []
    for (key,), frame in ordered.group_by("key", maintain_order=True):
        if key in rows:
            row = rows[str(key)]
            curve = _read_curve(frame, _find_budget(experiment, row))
            n_paid = n_validation.get(row["dataset"], 0)
            judged.append(_judge_trial(experiment, row, curve, lower, n_paid))
    return judged


def _find_budget(experiment: Experiment, row: Mapping[str, Any]) -> int:
    """Return the largest budget of an experiment in a trial; a stored one may have more labels."""
    return max(budget.count_labels(row["n_pool"], row["n_classes"]) for budget in experiment.budgets)


def _read_curve(frame: pl.DataFrame, budget: int) -> dict[str, np.ndarray]:
    within = frame.filter(pl.col("n_labels") <= budget)
    names = [name for name, dtype in within.schema.items() if dtype.is_numeric()]
    return {name: within[name].fill_null(np.nan).to_numpy() for name in names}


def _judge_trial(
    experiment: Experiment,
    row: Mapping[str, Any],
    curve: Mapping[str, np.ndarray],
    lower: frozenset[str],
    n_paid: int,
) -> JudgedTrial:
    stops, unmet = {}, {}
    for entry in experiment.stopping:
        course = build_course(entry.component, curve, lower)
        stops[entry.label] = find_stop(entry.component, course)
        if stops[entry.label] is None:
            unmet[entry.label] = _explain_unmet(entry.component, course.values)
    levels = curve[experiment.primary_metric]
    ended_by = _find_ender(experiment.stopping, stops, levels.size)
    unjudged = _explain_unjudged(ended_by, levels, experiment.primary_metric)
    signed = -levels if experiment.primary_metric in lower else levels
    return JudgedTrial(
        row=row,
        rounds=curve["round"],
        n_labels=curve["n_labels"],
        levels=levels,
        gains=levels[:0] if unjudged else fit_monotone(signed[np.newaxis])[0],
        unjudged=unjudged,
        stops=stops,
        unmet=unmet,
        n_validation={
            entry.label: n_paid if type(entry.component).is_paid else 0 for entry in experiment.stopping
        },
        ended_by=ended_by,
    )


def _explain_unmet(rule: StoppingRule, values: Floats) -> str:
    if rule.column is None or not np.isnan(values).all():
        return "it does not stop within the budget"
    needs = ", which needs class probabilities" if type(rule).needs_proba else ""
    return (
        f"what it watches{needs}, is undefined in every round" if needs else "it is undefined in every round"
    )


def _find_ender(rules: Sequence[Entry[StoppingRule]], stops: Mapping[str, int | None], n_rounds: int) -> str:
    enders = (e.label for e in rules if e.component.enforce and stops[e.label] == n_rounds - 1)
    return next(enders, "")


def _explain_unjudged(ended_by: str, levels: Floats, metric: str) -> str:
    if ended_by:
        return f"{ended_by} has ended the trial: what more labels would have given is not known"
    return f"{metric} has no number in some of its rounds" if np.isnan(levels).any() else ""
