"""Published numbers compared with stored trials and references."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from albench.analysis.stats.area import compute_area
from albench.tables import REPEAT
from albench.verification.outcome import Cell, CellOutcome, Comparison, Difference
from albench.verification.published import LINE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.contracts import Floats, Rows
    from albench.results import Results
    from albench.spec.settings import Expected
    from albench.verification.published import Published

# Decimals have no exact binary form: half a unit of the last digit needs some room.
_ROOM = 1e-9


@dataclass(frozen=True)
class TrialCurve:
    """What is compared of one finished trial.

    Attributes
    ----------
    rounds, n_labels : ndarray of shape (n_rounds,)
    values : ndarray of shape (n_rounds,)
        The expected metric.
    tied : ndarray of int
        Rounds whose batch was cut inside a tie.
    """

    rounds: Rows
    n_labels: Floats
    values: Floats
    tied: Rows


def compare_with_published(published: Published, rows: pl.DataFrame, ran: Results) -> Comparison:
    """Compare one file of published numbers.

    Parameters
    ----------
    rows : DataFrame
        Of :func:`albench.verification.matching.match_published`.
    ran : Results
        What is finished of the experiment.
    """
    metric = published.expected.metric or ran.experiment.primary_metric
    if published.of_references:
        units, inside = _select_references(published, rows, ran.references, metric)
    else:
        units, inside = _compare_trials(published, rows, ran, metric)
    left = [line for line in published.rows[LINE] if line not in inside]
    return Comparison(
        expected=published.expected,
        cells=tuple(_make_outcome(cell, units[cell]) for cell in units),
        differences=tuple(unit.difference for cell in units for unit in units[cell] if unit.difference),
        outside=len(left),
        first_outside=left[0] if left else None,
        first_outside_is_of=_match_published(published, left[0]) if left else "",
    )


def _match_published(published: Published, line: int) -> str:
    """Return in words what a line of a file is of."""
    named = published.rows.row(by_predicate=pl.col(LINE) == line, named=True)
    place = {name: named[name] for name in (*published.place, "n") if named.get(name) is not None}
    return ", ".join(f"{name} {value}" for name, value in place.items()) or "all"


def _compare_trials(
    published: Published, rows: pl.DataFrame, ran: Results, metric: str
) -> tuple[Units, frozenset[int]]:
    keys = set(rows["key"])
    done = _read_curves(ran.curves.filter(ran.curves["key"].is_in(keys)), metric)
    if published.expected.kind == "means":
        return _compare_means(published, rows, done)
    bought = _read_queried_rows(ran.queries, rows) if published.expected.kind == "picks" else {}
    return _select_trials(published, rows, done, bought), frozenset(rows[LINE])


@dataclass(frozen=True)
class _Unit:
    """A repeat, or a cell for means, after the comparison; not ``done`` if what it is of is missing."""

    done: bool = True
    tied: bool = False
    published: float = float("nan")
    found: float = float("nan")
    difference: Difference | None = None


Units = dict[Cell, list[_Unit]]


def _make_outcome(cell: Cell, units: list[_Unit]) -> CellOutcome:
    done = [unit for unit in units if unit.done]
    return CellOutcome(
        cell=cell,
        compared=len(done),
        matched=sum(unit.difference is None for unit in done),
        missing=len(units) - len(done),
        tied=sum(unit.tied for unit in done),
        published=_average([unit.published for unit in done]),
        found=_average([unit.found for unit in done]),
    )


def _average(values: list[float]) -> float | None:
    return None if not values or np.isnan(values).any() else float(np.mean(values))


def _read_curves(curves: pl.DataFrame, metric: str) -> dict[str, TrialCurve]:
    ordered = curves.sort("key", "round").partition_by("key", as_dict=True)
    return {
        str(key[0]): TrialCurve(
            rounds=frame["round"].to_numpy(),
            n_labels=frame["n_labels"].to_numpy().astype(float),
            values=frame[metric].fill_null(np.nan).to_numpy(),
            tied=frame.filter(frame["n_tied"] > 0)["round"].to_numpy(),
        )
        for key, frame in ordered.items()
    }


def _read_queried_rows(queries: pl.DataFrame, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    wanted = queries.filter(queries["key"].is_in(set(rows["key"]))).sort("key", "round", "rank")
    return {str(key[0]): frame for key, frame in wanted.partition_by("key", as_dict=True).items()}


def _select_trials(
    published: Published,
    rows: pl.DataFrame,
    done: Mapping[str, TrialCurve],
    bought: Mapping[str, pl.DataFrame],
) -> Units:
    """Compare number by number: areas, curves and picks."""
    units: Units = defaultdict(list)
    for key, frame in rows.partition_by("key", as_dict=True, maintain_order=True).items():
        named = frame.row(0, named=True)
        cell, curve = _make_cell(published, named), done.get(str(key[0]))
        if curve is None:
            units[cell].append(_Unit(done=False))
            continue
        if published.expected.kind == "areas":
            numbers = _compare_area(published.expected, frame, curve)
        elif published.expected.kind == "curves":
            numbers = _compare_curve(published.expected, frame, curve)
        else:
            numbers = _compare_picks(frame, bought[str(key[0])])
        tied, difference = curve.tied.tolist(), None
        if numbers.first is not None:
            repeat, (what, wanted, actual) = (named["split"], named.get("start")), numbers.first
            first_tie = tied[0] if tied else None
            difference = Difference(cell, *repeat, what, wanted, actual, len(tied), first_tie)
        units[cell].append(_Unit(True, bool(tied), numbers.published, numbers.found, difference))
    return units


def _select_references(
    published: Published, rows: pl.DataFrame, references: pl.DataFrame, metric: str
) -> tuple[Units, frozenset[int]]:
    """Compare the models that are trained on whole pools."""
    finished = references.filter(references["status"] == "done")
    done = dict(finished.select("key", metric).iter_rows())
    units: Units = defaultdict(list)
    for named in rows.iter_rows(named=True):
        cell, wanted, actual = _make_cell(published, named), named["value"], done.get(named["key"])
        if actual is None:
            units[cell].append(_Unit(done=False))
            continue
        agree = _count_agreeing(wanted, actual, published.expected.digits)
        difference = None if agree else Difference(cell, named["split"], None, "whole pool", wanted, actual)
        units[cell].append(_Unit(published=wanted, found=actual, difference=difference))
    return units, frozenset(rows[LINE])


def _make_cell(published: Published, named: Mapping[str, Any]) -> Cell:
    return tuple((name, str(named[name])) for name in published.cell)


class _Numbers(NamedTuple):
    """What is published of a trial and what is found; where they first differ, and by which two numbers."""

    published: float
    found: float
    first: tuple[str, float, float] | None


def _compare_area(expected: Expected, frame: pl.DataFrame, curve: TrialCurve) -> _Numbers:
    wanted = float(frame["value"][0])
    actual = float(compute_area(curve.n_labels, curve.values, expected.area))
    agree = _count_agreeing(wanted, actual, expected.digits)
    return _Numbers(wanted, actual, None if agree else ("area", wanted, actual))


def _compare_curve(expected: Expected, frame: pl.DataFrame, curve: TrialCurve) -> _Numbers:
    wanted = frame["value"].to_numpy()
    at = dict(zip(curve.rounds.tolist(), curve.values.tolist(), strict=True))
    rounds = frame["round"].to_list()
    actual = np.array([at.get(index, np.nan) for index in rounds])
    wrong = (i for i in range(wanted.size) if not _count_agreeing(wanted[i], actual[i], expected.digits))
    first = next(((f"round {rounds[i]}", float(wanted[i]), float(actual[i])) for i in wrong), None)
    return _Numbers(float(wanted.mean()), float(actual.mean()), first)


def _compare_picks(frame: pl.DataFrame, bought: pl.DataFrame) -> _Numbers:
    wanted = frame.sort("round", maintain_order=True).select("round", "row").rows()
    actual = bought.filter(bought["round"].is_in(set(frame["round"]))).select("round", "row").rows()
    nan = float("nan")
    for mine, theirs in zip_longest(wanted, actual):
        if mine != theirs:
            row, other = (nan if pick is None else float(pick[1]) for pick in (mine, theirs))
            return _Numbers(nan, nan, (f"row queried for round {(mine or theirs)[0]}", row, other))
    return _Numbers(nan, nan, None)


def _count_agreeing(published: float, actual: float, digits: int | None) -> bool:
    return abs(published - actual) <= 0.5 * 10.0 ** -(digits or 0) + _ROOM


def _compare_means(
    published: Published, rows: pl.DataFrame, done: Mapping[str, TrialCurve]
) -> tuple[Units, frozenset[int]]:
    """Compare means and standard deviations over repeats: the first ``n`` where the file says how many."""
    units: Units = defaultdict(list)
    inside = set()
    for frame in rows.partition_by(LINE, maintain_order=True):
        named = frame.row(0, named=True)
        n = int(named.get("n", frame.height))
        if n > frame.height:
            continue
        keys = frame.sort(*REPEAT)["key"].to_list()[:n]
        trials = [done.get(key) for key in keys]
        finished = [trial for trial in trials if trial is not None]
        unit = _Unit(done=False) if len(finished) < n else _compare_mean(published, named, finished)
        units[_make_cell(published, named)].append(unit)
        inside.add(named[LINE])
    return units, frozenset(inside)


def _compare_mean(published: Published, named: Mapping[str, Any], trials: list[TrialCurve]) -> _Unit:
    expected = published.expected
    areas = np.array([float(compute_area(trial.n_labels, trial.values, expected.area)) for trial in trials])
    actual = {"mean": float(areas.mean()), "sd": float(areas.std(ddof=1)) if areas.size > 1 else 0.0}
    if expected.within is None:
        wrong = [
            name
            for name in actual
            if name in named and not _count_agreeing(named[name], actual[name], expected.digits)
        ]
    else:
        bound = expected.within * named["sd"] / named["n"] ** 0.5
        wrong = ["mean"] if abs(named["mean"] - actual["mean"]) > bound + _ROOM else []
    tied = any(trial.tied.size for trial in trials)
    difference = None
    if wrong:
        name = wrong[0]
        difference = Difference(
            _make_cell(published, named), None, None, name, float(named[name]), actual[name]
        )
    return _Unit(tied=tied, published=named["mean"], found=actual["mean"], difference=difference)
