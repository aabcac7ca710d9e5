"""How trials were seeded, timed and tied, and where they ran."""

from __future__ import annotations

import polars as pl

from albench.analysis.evidence.conclusions import RunFacts, SeedSets
from albench.trial.seed_set import AT_RANDOM

LONG_ENOUGH_S = 0.2


def collect_run_facts(trials: pl.DataFrame, curves: pl.DataFrame, queries: pl.DataFrame | None) -> RunFacts:
    """Return the facts of all trials of an experiment, whatever their slice."""
    return RunFacts(
        seed_sets=None if queries is None or queries.is_empty() else _count_seed_sets(trials, queries),
        wall_ratio=_compute_wall_ratio(trials),
        tied=_compute_tied_shares(trials, curves),
        n_environments=_count_environments(trials),
        began_at_random=_list_random_beginnings(trials),
    )


def _list_random_beginnings(trials: pl.DataFrame) -> tuple[str, ...]:
    noted = trials.filter(
        pl.col("status") == "done",
        pl.col("seed_size") == 0,
        pl.col("reason").cast(pl.String).str.contains(AT_RANDOM, literal=True),
    )
    return tuple(noted["strategy"].unique(maintain_order=True))


def _count_environments(trials: pl.DataFrame) -> int:
    """Count environments; packages of few components tell apart only trials with the same components."""
    named = trials.drop_nulls("environment")
    if named.is_empty():
        return 0
    whole = named.with_columns(pl.col("environment").str.split("+").list.first().alias("base"))
    components = [
        name for name in ("strategy", "seed_set", "oracle", "preprocessing") if name in named.columns
    ]
    packages = whole.group_by(*components, "base").agg(pl.col("environment").n_unique().alias("n"))
    largest = packages["n"].max()
    return whole["base"].n_unique() + (largest if isinstance(largest, int) else 1) - 1


def _count_seed_sets(trials: pl.DataFrame, queries: pl.DataFrame) -> SeedSets:
    classes = queries.filter(pl.col("round") == 0).group_by("key").agg(pl.col("label_true").n_unique())
    done = trials.filter(pl.col("status") == "done", pl.col("n_classes") > 1)
    # An empty seed set has no rows in the table of queries: it holds no class.
    sets = done.join(classes, on="key", how="left")
    lacking = sets.filter(pl.col("label_true").fill_null(0) < pl.col("n_classes"))
    return SeedSets(sets.height, lacking.height, tuple(lacking["dataset"].unique().sort()))


def _compute_wall_ratio(trials: pl.DataFrame) -> float | None:
    cpu = pl.sum_horizontal("fit_s", "query_s", "score_s")
    # Below this, starting and writing a trial outweigh its work.
    timed = trials.filter(pl.col("status") == "done", cpu > LONG_ENOUGH_S, pl.col("wall_s").is_not_null())
    return None if timed.is_empty() else float(timed.select((pl.col("wall_s") / cpu).median()).item())


def _compute_tied_shares(trials: pl.DataFrame, curves: pl.DataFrame) -> dict[str, float]:
    rounds = curves.filter(pl.col("round") > 0).join(trials.select("key", "strategy"), on="key", how="inner")
    share = (pl.col("n_tied") > 0).fill_null(value=False).mean()
    return dict(rounds.group_by("strategy").agg(share.alias("share")).sort("strategy").iter_rows())
