"""The picks that a page carries: the first repeat of each strategy on each dataset, while there is room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.report.html.numbers import round_significant
from albench.spec.highlight import list_highlighted
from albench.trace.trace import iterate_stories

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.source import ReportSource
    from albench.report.html.palette import Style
    from albench.trace.pool_projection import PreparedPool
    from albench.trace.trace import Pick, Story

MOST_PICKS = 15_000
_DRAWN = 500  # rows of a pool that are drawn beside those that were queried
_GRID = 2000  # steps of a coordinate
_MOST_CLASSES = 10
_LARGEST = 200_000  # rows of a pool: a larger one would take the page more memory than the run


@dataclass(frozen=True)
class PicksMap:
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


def select_first_trials(
    trials: pl.DataFrame, primary: SliceEvidence, highlighted: Sequence[str] = ()
) -> pl.DataFrame:
    """Return the finished trials of the primary slice in its first repeat.

    Those of the first strategy come first, then those that are highlighted, then the others by their order.
    """
    import polars as pl

    names = primary.contenders
    keys = [
        curves.first[name]
        for name in dict.fromkeys([*names[:1], *highlighted, *names, primary.baseline])
        for curves in primary.repeat_curves.values()
        if name in curves.first
    ]
    first = pl.DataFrame({"key": keys}, {"key": pl.String}).join(trials, "key", maintain_order="left")
    # The best strategy is there however long its trial is.
    has_room = (pl.col("n_labels").cum_sum() <= MOST_PICKS) | (pl.int_range(pl.len()) == 0)
    return first.filter(has_room)


def build_picks_maps(run: ReportSource, primary: SliceEvidence) -> tuple[PicksMap, ...]:
    """Return a map for each dataset of which the first repeat is done."""
    chosen = select_first_trials(run.trials, primary, list_highlighted(run.experiment))
    by_dataset: dict[str, list[Story]] = {}
    for story in iterate_stories(run, chosen, _LARGEST):
        if story.rounds:
            by_dataset.setdefault(story.trial["dataset"], []).append(story)
    order = [dataset for dataset in primary.datasets if dataset in by_dataset]
    return tuple(_build_map(dataset, tuple(by_dataset[dataset])) for dataset in order)


def _build_map(dataset: str, stories: tuple[Story, ...]) -> PicksMap:
    pool = stories[0].pool
    if pool is None:
        return PicksMap(dataset, stories, problem=stories[0].no_pool)
    return PicksMap(dataset, stories, data=_draw_background(pool, stories))


def _draw_background(pool: PreparedPool, stories: Sequence[Story]) -> dict[str, Any]:
    queried = {pick.row for story in stories for batch in story.rounds for pick in batch.picks}
    n = pool.rows.size
    sample = {int(pool.rows[at]) for at in np.linspace(0, n - 1, min(n, _DRAWN)).round().astype(np.intp)}
    rows = sorted((queried | sample) & pool.positions.keys())
    at = np.array([pool.positions[row] for row in rows])
    points = pool.projection.points[at]
    low, high = points.min(axis=0), points.max(axis=0)
    # Steps finer than a pixel take fewer characters than coordinates do.
    steps = np.rint((points - low) / np.where(high > low, high - low, 1.0) * _GRID).astype(int)
    return {
        "axes": list(pool.projection.axes),
        "low": low.tolist(),
        "high": high.tolist(),
        "grid": _GRID,
        "n_pool": n,
        "rows": rows,
        "x": steps[:, 0].tolist(),
        "y": steps[:, 1].tolist(),
        "labels": pool.labels[at].tolist(),
        "classes": list(pool.classes),
    }


def pack_stories(picks_map: PicksMap, styles: Mapping[str, Style]) -> list[dict[str, Any]]:
    """Return the stories of a map, as the script of the page reads them."""
    return [pack_story(story, styles[story.trial["strategy"]]) for story in picks_map.stories]


def pack_story(story: Story, style: Style) -> dict[str, Any]:
    """Return a story as lists: each round its number, labels, ties, score and picks."""
    return {
        "strategy": style.id,
        "key": story.trial["key"][:12],
        "metric": story.metric,
        "rounds": [
            [
                batch.number,
                batch.n_labels,
                batch.n_tied,
                round_significant(batch.score),
                [_pack_pick(pick) for pick in batch.picks],
            ]
            for batch in story.rounds
        ],
    }


def _pack_pick(pick: Pick) -> list[Any]:
    proba = None if pick.proba is None else [round(p, 3) for p in pick.proba[:_MOST_CLASSES]]
    utility, distance = (None if v is None else float(f"{v:.4g}") for v in (pick.utility, pick.distance))
    return [
        pick.row, pick.label_given, utility, int(pick.tied), pick.neighbour, distance, proba, pick.label_true,
    ]  # fmt: skip
