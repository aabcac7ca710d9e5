"""What oracles answered: wrong labels and refusals by strategy, who of several, further answers to a row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from albench.analysis.evidence.oracles import AnnotatorRecord, GivenLabels, LabelShare, RepeatedAnswers
from albench.analysis.selection import iterate_groups, select_trials
from albench.analysis.stats.intervals import (
    THESE_DATASETS,
    add_corrected_ps,
    average_all,
    build_t_interval,
    estimate_mean,
    find_units,
)
from albench.contracts import REFUSED
from albench.contracts.returned_answers import NAMELESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from albench.analysis.details.pick_similarity import PickArrays
    from albench.analysis.panel import CurvePanel
    from albench.analysis.stats.intervals import Estimate
    from albench.contracts import Floats
    from albench.spec.experiment import Experiment


_SHARES = ("wrong", "refused")


def count_given_labels(
    panels: Sequence[CurvePanel], picks: PickArrays, names: Sequence[str]
) -> tuple[GivenLabels, ...]:
    """Return what the oracle gave to strategies, random first; nothing if every answer was the true label."""
    by_dataset = [_compute_shares(panel, picks, names) for panel in panels]
    if not any(np.nansum(shares) for of in by_dataset for shares in of.values()):
        return ()
    parts = {
        part: _compare_with_random([{name: of[name][i] for name in names} for of in by_dataset], panels)
        for i, part in enumerate(_SHARES)
    }
    return tuple(GivenLabels(name, *(parts[part][name] for part in _SHARES)) for name in names)


def _compute_shares(panel: CurvePanel, picks: PickArrays, strategies: Sequence[str]) -> dict[str, Floats]:
    """Return shares of wrong labels among the answers, and of refusals among the queries, by repeat.

    Of shape (2, n_repeats); means over the arms, not-a-number where nothing was queried.
    """
    sums = {name: np.zeros((len(_SHARES), panel.splits.size)) for name in strategies}
    n = {name: np.zeros(panel.splits.size) for name in strategies}
    for name, arm, repeat in panel.queried:
        queries = picks.find_picks(panel, name, arm, repeat)
        true, given = picks.labels[queries], picks.given[queries]
        if name in sums and true.size:
            is_refused = given == REFUSED
            n_answers = true.size - is_refused.sum()
            wrong = ((given != true) & ~is_refused).sum() / n_answers if n_answers else 0.0
            sums[name][:, repeat] += wrong, is_refused.mean()
            n[name][repeat] += 1
    return {
        name: np.divide(total, n[name], out=np.full(total.shape, np.nan), where=n[name] > 0)
        for name, total in sums.items()
    }


def _compare_with_random(
    by_dataset: Sequence[Mapping[str, Floats]], panels: Sequence[CurvePanel]
) -> dict[str, LabelShare]:
    """Return a share of each strategy beside random's, whose shares come first."""
    random, *others = by_dataset[0]
    means = {name: _average([shares[name] for shares in by_dataset]) for name in (random, *others)}
    estimates = {name: _estimate_more(by_dataset, panels, name, random) for name in others}
    compared = {
        name: LabelShare(means[name], float(more.mean), build_t_interval(more, THESE_DATASETS), p)
        for name, (more, p) in add_corrected_ps(estimates).items()
    }
    return {name: compared.get(name, LabelShare(mean)) for name, mean in means.items()}


def _estimate_more(
    by_dataset: Sequence[Mapping[str, Floats]], panels: Sequence[CurvePanel], name: str, random: str
) -> Estimate | None:
    """Return the mean difference to random; None where a dataset that has pairs has no standard error."""
    estimates: list[Estimate | None] = []
    for shares, panel in zip(by_dataset, panels, strict=True):
        differences = shares[name] - shares[random]
        paired = np.isfinite(differences)
        if paired.any():
            estimates.append(estimate_mean(differences[paired], find_units(panel.splits[paired])))
    return average_all(estimates)


def _average(shares: Sequence[Floats]) -> float | None:
    means = [float(of[np.isfinite(of)].mean()) for of in shares if np.isfinite(of).any()]
    return float(np.mean(means)) if means else None


def describe_annotators(
    experiment: Experiment, trials: pl.DataFrame, queries: pl.DataFrame, annotations: pl.DataFrame
) -> dict[str, tuple[AnnotatorRecord, ...]]:
    """Return what each annotator of each oracle did after the seed set, all else as in the primary slice."""
    if not annotations.height:
        return {}
    records = {}
    for oracle, own in _select_by_oracle(experiment, trials):
        chosen = own.select("key", "strategy")
        # Sums of prices in another order would end in other digits: the same results give the same page.
        answers = annotations.join(chosen, on="key", maintain_order="left")
        # Nobody is told apart where an oracle without annotators is asked again.
        if not set(answers["annotator"]) <= set(NAMELESS):
            records[oracle] = tuple(_describe(answers, queries.join(chosen, on="key")))
    return records


def _select_by_oracle(experiment: Experiment, trials: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the trials of each oracle, all else as in the primary slice."""
    primary = next(iterate_groups(experiment))
    for entry in experiment.oracles:
        yield entry.label, select_trials(trials, replace(primary, oracle=entry.label))


def _describe(answers: pl.DataFrame, queries: pl.DataFrame) -> Iterator[AnnotatorRecord]:
    """Yield the annotators of one oracle, who is asked most first."""
    later = pl.col("round") > 0
    queries = queries.filter(later)
    # A pool may hold copies of a row, which have its class.
    truth = queries.select("key", "row", "label_true").unique()
    rows = answers.filter(later).join(truth, on=["key", "row"], how="left", maintain_order="left")
    is_label = pl.col("label") >= 0
    rows = rows.with_columns(right=pl.when(is_label).then(pl.col("label") == pl.col("label_true")))
    totals = rows.group_by("annotator", maintain_order=True).agg(
        asked=pl.len(), refused=(~is_label).mean(), price=pl.col("cost").mean(), paid=pl.col("cost").sum()
    )
    right = rows.group_by("annotator", "strategy", maintain_order=True).agg(pl.col("right").mean())
    by_annotator: dict[str, dict[str, float | None]] = {}
    for annotator, strategy, share in right.iter_rows():
        by_annotator.setdefault(annotator, {})[strategy] = share
    n_trials, n_queries = queries["key"].n_unique(), queries.height
    for row in totals.sort("asked", "annotator", descending=[True, False]).iter_rows(named=True):
        yield AnnotatorRecord(
            annotator=row["annotator"],
            price=row["price"],
            asked=row["asked"] / n_queries,
            refused=row["refused"],
            paid=row["paid"] / n_trials,
            right=by_annotator[row["annotator"]],
        )


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
    described = {}
    for oracle, own in _select_by_oracle(experiment, trials):
        chosen = own.filter(pl.col("status") == "done")
        n_bought = pl.col("n_labels") - pl.col("seed_size")
        by_dataset = (
            chosen.join(again, on="key", how="left", maintain_order="left")
            .join(last, on="key", how="left", maintain_order="left")
            .with_columns(share=pl.col("n_again").fill_null(0) / n_bought)
            .group_by("strategy", "dataset", maintain_order=True)
            .agg(pl.col("share").mean(), pl.col(_ALPHA).mean())
        )
        means = by_dataset.group_by("strategy").agg(pl.col("share").mean(), pl.col(_ALPHA).mean())
        values = {name: (share, alpha) for name, share, alpha in means.iter_rows()}
        if any(share or alpha is not None for share, alpha in values.values()):
            described[oracle] = tuple(
                RepeatedAnswers(strategy.label, *values[strategy.label])
                for strategy in experiment.strategies
                if strategy.label in values
            )
    return described
