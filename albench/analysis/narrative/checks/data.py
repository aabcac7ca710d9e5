"""Checks of what trials bought, how they ended and where they ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.analysis.narrative.checks.subject import Subject
from albench.analysis.narrative.wording import count, listed, percent

if TYPE_CHECKING:
    import polars as pl

    from albench.analysis.evidence import Check, SliceEvidence

MOST_FAILED = 0.05
MOST_TIED = 0.2
IMBALANCED = 3.0
CONTENDED = 1.5
LONG_ENOUGH_S = 0.2
_SUITED = ("balanced_accuracy", "f1_macro", "average_precision", "roc_auc")


def seed_classes(trials: pl.DataFrame, queries: pl.DataFrame | None) -> Check:
    """ALB006: does every seed set hold every class."""
    import polars as pl

    check = Subject("ALB006", "seed sets hold all classes")
    if queries is None or queries.is_empty():
        return check.not_applicable("Nothing is known of what was labelled.")
    held = queries.filter(pl.col("round") == 0).group_by("key").agg(pl.col("label_true").n_unique())
    sets = trials.filter(pl.col("status") == "done", pl.col("n_classes") > 1).join(held, on="key", how="left")
    if sets.is_empty():
        return check.not_applicable("No trial of a classification is done.")
    lacking = sets.filter(pl.col("label_true").fill_null(0) < pl.col("n_classes"))
    if lacking.is_empty():
        return check.passed("Every seed set holds every class of its dataset.")
    names = lacking["dataset"].unique().sort().to_list()
    return check.tip(
        f"{percent(lacking.height / sets.height)} % of the seed sets lack a class, on {listed(names)}: early "
        f"rounds also measure who finds the classes first.",
        "Raise the seed size, or use the seed set per_class if classes are known beforehand.",
    )


def class_never_bought(found: SliceEvidence) -> Check:
    """ALB007: does every strategy buy every class of the pool."""
    check = Subject("ALB007", "all classes are bought")
    balances = found.details.balance if found.details else ()
    if not balances:
        return check.not_applicable("Nothing is known of what was bought.")
    never = [one for one in balances if one.never]
    if not never:
        return check.passed("Every strategy has bought every class that random has.")
    names = [
        f"{one.strategy} on {one.dataset} (class {listed([str(code) for code in one.never])})"
        for one in never
    ]
    todo = "Look at the curve in balanced_accuracy; another batch or seed size may help."
    return check.tip(f"Never bought a class: {listed(names)}.", todo)


def failed(trials: pl.DataFrame, n_missing: int) -> Check:
    """ALB008: did trials fail, or are some missing."""
    import polars as pl

    check = Subject("ALB008", "trials done")
    if trials.is_empty():
        return check.not_applicable("No trial has ended yet.")
    lost = trials.filter(pl.col("status") != "done").height
    missing = f"; {count(n_missing, 'trial')} still to run" if n_missing else ""
    sentence = f"{lost:,} of {count(trials.height, 'trial')} failed{missing}."
    if not lost and not n_missing:
        return check.passed(f"All {count(trials.height, 'trial')} are done.")
    todo = "`albench status` says why; `albench run` goes on, `--rerun failed` tries what failed again."
    found = check.issue if lost > MOST_FAILED * trials.height else check.tip
    return found(sentence, todo)


def metric_and_imbalance(found: SliceEvidence) -> Check:
    """ALB009: is the metric one that sees rare classes, where there are any."""
    check = Subject("ALB009", "metric suits the classes")
    traits = found.details.traits if found.details else ()
    known = {one.dataset: one.imbalance for one in traits if one.imbalance is not None}
    if not known:
        return check.not_applicable("The class balance of the pools is not known.")
    skewed = [f"{name} ({ratio:.1f} to 1)" for name, ratio in known.items() if ratio > IMBALANCED]
    metric = found.slice.metric
    if not skewed or metric != "accuracy":
        return check.passed(f"{metric} suits the class balance of these datasets.")
    return check.tip(
        f"{metric} hardly sees rare classes, and classes are unequal on {listed(skewed)}.",
        f"Set primary_metric to one of {', '.join(_SUITED)}; trials are re-scored, not run again.",
    )


def contention(trials: pl.DataFrame) -> Check:
    """ALB010: did trials wait for the processor while they were timed."""
    import polars as pl

    check = Subject("ALB010", "times without contention")
    cpu = pl.sum_horizontal("fit_s", "query_s", "score_s")
    timed = trials.filter(pl.col("status") == "done", cpu > LONG_ENOUGH_S, pl.col("wall_s").is_not_null())
    if timed.is_empty():
        return check.not_applicable("No trial is long enough to be timed.")
    ratio = float(timed.select((pl.col("wall_s") / cpu).median()).item())
    sentence = f"By the clock, the median trial took {ratio:.1f} times its processor time."
    if ratio <= CONTENDED:
        return check.passed(sentence)
    todo = "Trials that run at once share caches: to compare times, set n_jobs below the number of cores."
    return check.tip(sentence, todo)


def ties(trials: pl.DataFrame, curves: pl.DataFrame) -> Check:
    """ALB011: do tie keys rather than utilities choose what is bought."""
    import polars as pl

    check = Subject("ALB011", "few ties")
    rounds = curves.filter(pl.col("round") > 0).join(trials.select("key", "strategy"), on="key", how="inner")
    if rounds.is_empty():
        return check.not_applicable("Nothing was queried yet.")
    share = rounds.group_by("strategy").agg(
        (pl.col("n_tied") > 0).fill_null(value=False).mean().alias("share")
    )
    tied = [(name, value) for name, value in share.sort("strategy").iter_rows() if value > MOST_TIED]
    if not tied:
        sentence = f"No strategy's cut falls within a tie in more than {MOST_TIED:.0%} of its rounds."
        return check.passed(sentence)
    names = [f"{name} ({percent(value)} % of its rounds)" for name, value in tied]
    return check.tip(
        f"In many rounds the cut falls within a tie, which chance decides: {listed(names)}.",
        "A finer utility (more committee members, another measure) leaves less to chance.",
    )


def environments(trials: pl.DataFrame) -> Check:
    """ALB015: did all trials run in one environment."""
    check = Subject("ALB015", "one environment")
    known = trials["environment"].drop_nulls().n_unique()
    if not known:
        return check.not_applicable("No trial says where it ran.")
    if known == 1:
        return check.passed("All trials ran with the same packages on like processors.")
    return check.tip(
        f"Trials ran in {known} environments (packages or processors): last digits of numbers may differ.",
        "`albench run --rerun all` shows whether any number depends on it.",
    )
