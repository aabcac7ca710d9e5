"""From the tables to the picks of a trial, round by round."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

import polars as pl

from albench.errors import DatasetError, ResultsError, UnknownTrialError
from albench.trace.pool_projection import PreparedPool, load_pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.analysis.source import ReportSource
    from albench.spec.experiment import Experiment


@dataclass(frozen=True)
class Pick:
    """A queried label.

    Attributes
    ----------
    utility : float or None
        The strategy's score when it was picked; None for seed rows and random.
    tied : bool
        Picked by its tie key against an equal candidate that was left out.
    proba : tuple of float or None
        The query model's class probabilities at that moment, where they were recorded; None for seed rows.
    neighbour, distance : int and float, or None
        The nearest row that was labelled before this round.
    """

    rank: int
    row: int
    label_true: int
    label_given: int
    utility: float | None
    tied: bool
    proba: tuple[float, ...] | None
    neighbour: int | None = None
    distance: float | None = None


@dataclass(frozen=True)
class Round:
    """The batch that led to a round, and the score after it; round 0 is the seed set."""

    number: int
    n_labels: int
    n_tied: int
    score: float | None
    picks: tuple[Pick, ...]


@dataclass(frozen=True, eq=False)
class Story:
    """A trial pick by pick; ``print`` describes it in words.

    Attributes
    ----------
    trial : mapping
        Its row of the table ``trials``.
    metric : str
        What ``Round.score`` is.
    pool : PreparedPool or None
        None with the reason in ``no_pool``.
    classes : tuple of str
        Names of the class codes; the codes themselves where the data are not at hand.
    """

    trial: Mapping[str, Any]
    metric: str
    rounds: tuple[Round, ...]
    pool: PreparedPool | None
    no_pool: str = ""
    classes: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        strategy, dataset = self.trial["strategy"], self.trial["dataset"]
        return f"Story of trial {self.trial['key']}: {strategy} on {dataset}, {len(self.rounds)} rounds"

    def __str__(self) -> str:
        from albench.trace.trace_text import describe_story

        return "\n".join(describe_story(self))

    def _repr_html_(self) -> str:
        from albench.trace.trace_text import format_story_html

        return format_story_html(self)


def build_story(run: ReportSource, key: str) -> Story:
    """Return one trial pick by pick, by its key or how that begins.

    Raises
    ------
    UnknownTrialError
        If no trial has that key, or several have.
    """
    matches = run.trials.filter(pl.col("key").str.starts_with(key.lower()))
    if matches.height != 1:
        count = f"{matches.height} trials have" if matches.height else "no trial has"
        raise UnknownTrialError(
            f"'{run.folder.path}': {count} a key that starts with '{key}'; "
            f"'{run.folder.tables / 'trials.csv'}' lists all keys"
        )
    return next(iterate_stories(run, matches))


def iterate_stories(
    run: ReportSource, trials: pl.DataFrame, largest: float = float("inf")
) -> Iterator[Story]:
    """Yield the stories of some trials of a run in their order; those of one split share its pool.

    A pool of more than ``largest`` rows is not read again.
    """
    experiment = run.experiment
    facts = {dataset["label"]: dataset for dataset in run.folder.read_datasets()}
    keys = trials["key"].to_list()
    queries_of = run.queries.filter(pl.col("key").is_in(keys)).partition_by("key", as_dict=True)
    curve_of = run.curves.filter(pl.col("key").is_in(keys)).partition_by("key", as_dict=True)
    # A text is the reason why there is no pool.
    pools: dict[tuple[str, int, str], PreparedPool | str] = {}
    metric = next(entry for entry in experiment.metrics if entry.label == experiment.primary_metric)
    for row in trials.iter_rows(named=True):
        place = row["dataset"], row["split"], row.get("preprocessing") or ""
        if place not in pools:
            n = row["n_pool"] or 0
            pools[place] = (
                f"a pool of {n:,} rows is not drawn; `albench show trial` tells of it"
                if n > largest
                else _load_pool(experiment, *place, facts.get(row["dataset"], {}).get("hash"))
            )
        # Polars keys its partitions by tuples.
        own = (row["key"],)
        classes = tuple(facts.get(row["dataset"], {}).get("classes", ()))
        yield _build_story(
            row, metric.component.column, pools[place], curve_of.get(own), queries_of.get(own), classes
        )


def _load_pool(
    experiment: Experiment, dataset: str, split: int, preprocessing: str, known_hash: str | None
) -> PreparedPool | str:
    try:
        return load_pool(experiment, dataset, split, known_hash, preprocessing)
    except (DatasetError, ResultsError) as error:
        return str(error)


def _build_story(
    row: Mapping[str, Any],
    metric: str,
    pool_or_reason: PreparedPool | str,
    curve: pl.DataFrame | None,
    queries: pl.DataFrame | None,
    classes: tuple[str, ...],
) -> Story:
    pool = pool_or_reason if isinstance(pool_or_reason, PreparedPool) else None
    no_pool = pool_or_reason if isinstance(pool_or_reason, str) else ""
    rounds: tuple[Round, ...] = ()
    if curve is not None and queries is not None:
        rounds = tuple(_iterate_rounds(metric, pool, curve, queries))
    names = pool.classes if pool else classes
    return Story(row, metric, rounds, pool, no_pool, names)


def _iterate_rounds(
    metric: str, pool: PreparedPool | None, curve: pl.DataFrame, queries: pl.DataFrame
) -> Iterator[Round]:
    picks: dict[int, list[Pick]] = {}
    queries = queries.sort("round", "rank")
    for query, neighbour in zip(queries.iter_rows(named=True), _find_neighbours(pool, queries), strict=True):
        picks.setdefault(query["round"], []).append(_build_pick(query, *neighbour))
    for scores in curve.sort("round").iter_rows(named=True):
        number = scores["round"]
        yield Round(
            number, scores["n_labels"], scores["n_tied"], scores.get(metric), tuple(picks.get(number, ()))
        )


def _find_neighbours(
    pool: PreparedPool | None, queries: pl.DataFrame
) -> list[tuple[int | None, float | None]]:
    """Return for each query the nearest row that was labelled in an earlier round, and its distance."""
    import numpy as np

    neighbours: list[tuple[int | None, float | None]] = [(None, None)] * queries.height
    rows, rounds = queries["row"].to_numpy(), queries["round"].to_numpy()
    in_pool = np.flatnonzero([row in pool.positions for row in rows.tolist()]) if pool else np.empty(0, int)
    if pool and in_pool.size:
        nearest, distances = pool.find_nearest(rows[in_pool], rounds[in_pool])
        for place, row, distance in zip(in_pool.tolist(), nearest.tolist(), distances.tolist(), strict=True):
            if isfinite(distance):
                neighbours[place] = row, distance
    return neighbours


def _build_pick(query: Mapping[str, Any], neighbour: int | None, distance: float | None) -> Pick:
    return Pick(
        rank=query["rank"],
        row=query["row"],
        label_true=query["label_true"],
        label_given=query["label_given"],
        utility=query["utility"],
        tied=bool(query["tied"]),
        proba=_clean_probabilities(query["proba"]),
        neighbour=neighbour,
        distance=distance,
    )


def _clean_probabilities(proba: Sequence[float] | None) -> tuple[float, ...] | None:
    """Return probabilities; None of a seed row, which no model had seen and whose cells are not numbers."""
    return tuple(proba) if proba is not None and not any(map(isnan, proba)) else None
