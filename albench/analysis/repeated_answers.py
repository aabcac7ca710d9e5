"""How much of what each strategy bought were further answers to labelled rows, and how far answers agreed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from albench.analysis.evidence.oracles import RepeatedAnswers
from albench.analysis.selection import iterate_groups, select_trials

if TYPE_CHECKING:
    from albench.spec.experiment import Experiment

_ALPHA = "krippendorff_alpha"


def describe_repeated_answers(
    experiment: Experiment, trials: pl.DataFrame, curves: pl.DataFrame, annotations: pl.DataFrame
) -> dict[str, tuple[RepeatedAnswers, ...]]:
    """Return, for each oracle with several answers to a row, what every strategy asked again.

    All else is as in the primary slice.
    """
    if not experiment.has_several_answers or _ALPHA not in curves.columns:
        return {}
    again = annotations.filter(pl.col("k") > 0).unique(["key", "row", "k"]).group_by("key").len("n_again")
    last = curves.sort("round").group_by("key").last().select("key", _ALPHA)
    primary = next(iterate_groups(experiment))
    described = {}
    for entry in experiment.oracles:
        group = replace(primary, oracle=entry.label)
        chosen = select_trials(trials, group).filter(pl.col("status") == "done")
        n_bought = pl.col("n_labels") - pl.col("seed_size")
        by_dataset = (
            chosen.join(again, on="key", how="left")
            .join(last, on="key", how="left")
            .with_columns(share=pl.col("n_again").fill_null(0) / n_bought)
            .group_by("strategy", "dataset")
            .agg(pl.col("share").mean(), pl.col(_ALPHA).mean())
        )
        means = by_dataset.group_by("strategy").agg(pl.col("share").mean(), pl.col(_ALPHA).mean())
        values = {name: (share, alpha) for name, share, alpha in means.iter_rows()}
        if any(share or alpha is not None for share, alpha in values.values()):
            described[entry.label] = tuple(
                RepeatedAnswers(strategy.label, *values[strategy.label])
                for strategy in experiment.strategies
                if strategy.label in values
            )
    return described
