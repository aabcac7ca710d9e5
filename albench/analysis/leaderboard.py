"""The leaderboard as a table."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from albench.analysis.evidence import Row, SliceEvidence

_PLAIN = {
    "strategy": "str",
    "n_datasets": "int",
    "mean_rank": "float",
    "rank_low": "float",
    "rank_high": "float",
    "area": "float",
    "difference": "float",
    "low": "float",
    "high": "float",
    "p_these": "float",
    "wins": "int",
    "ties": "int",
    "losses": "int",
    "undecided": "int",
    "win_rate": "float",
    "median_saving": "float",
    "saving_low": "float",
    "saving_high": "float",
    "n_censored": "int",
    "p": "float",
    "p_holm": "float",
    "testable": "bool",
    "p_better": "float",
    "p_equal": "float",
    "p_worse": "float",
    "sensitivity": "float",
    "fit_s": "float",
    "query_s": "float",
    "query_s_per_label": "float",
    "label_looking": "bool",
}


def leaderboard(found: SliceEvidence) -> pl.DataFrame:
    """Return one row a strategy of a slice: random first, then by mean difference to random.

    Strategies that see hidden labels come last. ``low`` and ``high`` are the 95 % interval of the mean
    difference on these datasets, ``p_these`` its p corrected for the number of strategies; ``rank_low`` to
    ``saving_high`` are intervals of the mean rank (from 8 datasets on) and of the median saving (from 6) on
    datasets like these; all other columns are those of ``evidence.Row``.
    """
    import polars as pl

    types: dict[str, Any] = {"str": pl.String, "int": pl.Int64, "float": pl.Float64, "bool": pl.Boolean}
    random, *others = found.rows
    rows = [random, *sorted(others, key=_place)]
    return pl.DataFrame(
        [_plain(row) for row in rows], schema={name: types[kind] for name, kind in _PLAIN.items()}
    )


def _place(row: Row) -> tuple[bool, bool, float]:
    return row.label_looking, row.difference is None, -(row.difference or 0.0)


def _plain(row: Row) -> dict[str, Any]:
    bayes = row.bayes
    ends = {"": row.interval_these, "rank_": row.interval_rank, "saving_": row.interval_saving}
    found = asdict(row) | {
        **{f"{name}low": interval.low if interval else None for name, interval in ends.items()},
        **{f"{name}high": interval.high if interval else None for name, interval in ends.items()},
        "p_better": bayes.better if bayes else None,
        "p_equal": bayes.equal if bayes else None,
        "p_worse": bayes.worse if bayes else None,
    }
    return {name: found[name] for name in _PLAIN}
