"""The picks that a page carries: the first repeat of each strategy on each dataset, while there is room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.report.html.numbers import significant
from albench.trace.trace import stories

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from albench.analysis.evidence import SliceEvidence
    from albench.report.html.palette import Style
    from albench.spec.experiment import Experiment
    from albench.store.folder import Folder
    from albench.trace.pool_projection import Space
    from albench.trace.trace import Pick, Story

MOST_PICKS = 15_000
_DRAWN = 500  # rows of a pool that are drawn beside those that were bought
_GRID = 2000  # steps of a coordinate
_MOST_CLASSES = 10
_LARGEST = 200_000  # rows of a pool: a larger one would take the page more memory than the run


@dataclass(frozen=True)
class Map:
    """The picks on one dataset.

    Attributes
    ----------
    data : mapping
        What the script of the page draws, as JSON.
    problem : str
        Why there is nothing to draw.
    """

    dataset: str
    stories: tuple[Story, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


def first_trials(experiment: Experiment, trials: pl.DataFrame, primary: SliceEvidence) -> pl.DataFrame:
    """Return the finished trials of the primary slice in its first repeat, the best strategies first."""
    import polars as pl

    from albench.analysis.selection import groups, trials_of

    found = trials_of(trials, next(groups(experiment)), only_seed_size=len(experiment.seed_sizes) == 1)
    order = sorted(primary.rows, key=lambda row: (row.mean_rank is None, row.mean_rank or 0.0))
    strategies = [row.strategy for row in order]
    datasets = [entry.label for entry in experiment.datasets]
    first = found.filter(
        pl.col("status") == "done", pl.col("split") == 0, pl.col("start") == 0, pl.col("arm") == 0
    ).sort(
        pl.col("strategy").replace_strict(
            {name: i for i, name in enumerate(strategies)}, default=len(strategies)
        ),
        pl.col("dataset").replace_strict({name: i for i, name in enumerate(datasets)}, default=len(datasets)),
        "n_labels",
    )
    unique = first.unique(["strategy", "dataset"], keep="last", maintain_order=True)
    bought = (pl.col("n_labels").cum_sum() <= MOST_PICKS) | (pl.int_range(pl.len()) == 0)
    return unique.filter(bought)


def gallery(
    experiment: Experiment,
    folder: Folder,
    *,
    trials: pl.DataFrame,
    curves: pl.DataFrame,
    queries: pl.DataFrame,
    primary: SliceEvidence,
) -> tuple[Map, ...]:
    """Return a map for each dataset of which the first repeat is done.

    Parameters
    ----------
    experiment : Experiment
    folder : Folder
    trials, curves, queries : DataFrame
        As ``albench.tables`` defines them.
    primary : SliceEvidence
    """
    chosen = first_trials(experiment, trials, primary)
    told: dict[str, list[Story]] = {}
    for one in stories(experiment, folder, trials=chosen, curves=curves, queries=queries, largest=_LARGEST):
        if one.rounds:
            told.setdefault(one.trial["dataset"], []).append(one)
    order = [dataset for dataset in primary.datasets if dataset in told]
    return tuple(_map(dataset, told[dataset]) for dataset in order)


def _map(dataset: str, found: Sequence[Story]) -> Map:
    space = found[0].space
    if space is None:
        return Map(dataset, tuple(found), problem=found[0].no_space)
    return Map(dataset, tuple(found), data=_background(space, found))


def _background(space: Space, found: Sequence[Story]) -> dict[str, Any]:
    bought = {pick.row for one in found for each in one.rounds for pick in each.picks}
    n = space.rows.size
    sample = {int(space.rows[at]) for at in np.linspace(0, n - 1, min(n, _DRAWN)).round().astype(np.intp)}
    rows = sorted((bought | sample) & space.place.keys())
    at = np.array([space.place[row] for row in rows])
    points = space.view.points[at]
    low, high = points.min(axis=0), points.max(axis=0)
    steps = np.rint((points - low) / np.where(high > low, high - low, 1.0) * _GRID).astype(int)
    return {
        "axes": list(space.view.axes),
        "low": low.tolist(),
        "high": high.tolist(),
        "grid": _GRID,
        "n_pool": n,
        "rows": rows,
        "x": steps[:, 0].tolist(),
        "y": steps[:, 1].tolist(),
        "labels": space.labels[at].tolist(),
        "classes": list(space.classes),
    }


def map_stories(found: Map, styles: Mapping[str, Style]) -> list[dict[str, Any]]:
    """Return the stories of a map, as the script of the page reads them."""
    return [packed_story(one, styles[one.trial["strategy"]]) for one in found.stories]


def packed_story(one: Story, style: Style) -> dict[str, Any]:
    """Return a story as lists: each round its number, labels, ties, score and picks."""
    return {
        "strategy": style.id,
        "key": one.trial["key"][:12],
        "metric": one.metric,
        "rounds": [
            [
                each.number,
                each.n_labels,
                each.n_tied,
                significant(each.score),
                [_pick(pick) for pick in each.picks],
            ]
            for each in one.rounds
        ],
    }


def _pick(pick: Pick) -> list[Any]:
    proba = None if pick.proba is None else [round(p, 3) for p in pick.proba[:_MOST_CLASSES]]
    utility, distance = (None if v is None else float(f"{v:.4g}") for v in (pick.utility, pick.distance))
    return [
        pick.row, pick.label_given, utility, int(pick.tied), pick.neighbour, distance, proba, pick.label_true,
    ]  # fmt: skip
