"""From the tables to the picks of a trial, round by round."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Any

from albench.errors import DatasetError, ResultsError, UnknownTrialError
from albench.trace.pool_projection import Space, space_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from albench.spec.experiment import Experiment
    from albench.store.folder import Folder


@dataclass(frozen=True)
class Pick:
    """A label that was bought.

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
    """A trial, told; ``print`` does so in words.

    Attributes
    ----------
    trial : mapping
        Its row of the table ``trials``.
    metric : str
        What ``Round.score`` is.
    space : Space or None
        The pool; None with the reason in ``no_space``.
    classes : tuple of str
        Names of the class codes; the codes themselves where the data are not at hand.
    """

    trial: Mapping[str, Any]
    metric: str
    rounds: tuple[Round, ...]
    space: Space | None
    no_space: str = ""
    classes: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        from albench.trace.trace_text import told

        return "\n".join(told(self))


def story(
    experiment: Experiment,
    folder: Folder,
    *,
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    queries: pl.DataFrame,
    key: str,
) -> Story:
    """Return one trial pick by pick.

    Parameters
    ----------
    experiment : Experiment
    folder : Folder
    trials, curves, queries : DataFrame
        As ``albench.tables`` defines them.
    key : str
        Of the trial, or the first signs of it.

    Raises
    ------
    UnknownTrialError
        If no trial has that key, or several have.
    """
    import polars as pl

    found = trials.filter(pl.col("key").str.starts_with(key.lower()))
    if found.height != 1:
        count = f"{found.height} trials have" if found.height else "no trial has"
        raise UnknownTrialError(
            f"'{folder.path}': {count} a key that starts with '{key}'; "
            f"'{folder.tables / 'trials.csv'}' lists all keys"
        )
    return next(stories(experiment, folder, trials=found, curves=curves, queries=queries))


def stories(
    experiment: Experiment,
    folder: Folder,
    *,
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    queries: pl.DataFrame,
    largest: float = float("inf"),
) -> Iterator[Story]:
    """Yield the stories of trials in their order; those of one split share its pool.

    A pool of more than ``largest`` rows is not read again.
    """
    import polars as pl

    hashes = {found["label"]: found["hash"] for found in folder.datasets()}
    keys = trials["key"].to_list()
    bought = queries.filter(pl.col("key").is_in(keys)).partition_by("key", as_dict=True)
    scored = curves.filter(pl.col("key").is_in(keys)).partition_by("key", as_dict=True)
    spaces: dict[tuple[str, int], Space | str] = {}
    metric = next(entry for entry in experiment.metrics if entry.label == experiment.primary_metric)
    for row in trials.iter_rows(named=True):
        pair = row["dataset"], row["split"]
        if pair not in spaces:
            n = row["n_pool"] or 0
            spaces[pair] = (
                f"a pool of {n:,} rows is not drawn; `albench show trial` tells of it"
                if n > largest
                else _space(experiment, *pair, hashes.get(row["dataset"]))
            )
        own = (row["key"],)
        yield _story(row, metric.component.name, spaces[pair], scored.get(own), bought.get(own))


def _space(experiment: Experiment, dataset: str, split: int, known: str | None) -> Space | str:
    try:
        return space_of(experiment, dataset, split, known)
    except (DatasetError, ResultsError) as error:
        return str(error)


def _story(
    row: Mapping[str, Any],
    metric: str,
    space: Space | str,
    curve: pl.DataFrame | None,
    bought: pl.DataFrame | None,
) -> Story:
    pool = space if isinstance(space, Space) else None
    rounds = tuple(_rounds(metric, pool, curve, bought)) if curve is not None and bought is not None else ()
    codes = tuple(str(code) for code in range(row["n_classes"] or 0))
    return Story(
        row, metric, rounds, pool, "" if isinstance(space, Space) else space, pool.classes if pool else codes
    )


def _rounds(metric: str, space: Space | None, curve: pl.DataFrame, bought: pl.DataFrame) -> Iterator[Round]:
    import polars as pl

    labelled: list[int] = []
    for at in curve.sort("round").iter_rows(named=True):
        batch = bought.filter(pl.col("round") == at["round"]).sort("rank").to_dicts()
        picks = tuple(_pick(one, space, labelled if at["round"] else ()) for one in batch)
        yield Round(at["round"], at["n_labels"], at["n_tied"], at.get(metric), picks)
        labelled += [pick.row for pick in picks if space and pick.row in space.place]


def _pick(one: Mapping[str, Any], space: Space | None, labelled: Sequence[int]) -> Pick:
    near = space.nearest(one["row"], labelled) if space and one["row"] in space.place else None
    return Pick(
        rank=one["rank"],
        row=one["row"],
        label_true=one["label_true"],
        label_given=one["label_given"],
        utility=one["utility"],
        tied=bool(one["tied"]),
        proba=_known(one["proba"]),
        neighbour=near[0] if near else None,
        distance=near[1] if near else None,
    )


def _known(proba: Sequence[float] | None) -> tuple[float, ...] | None:
    """Return probabilities; None of a seed row, which no model had seen and whose cells are not numbers."""
    return tuple(proba) if proba is not None and not any(map(isnan, proba)) else None
