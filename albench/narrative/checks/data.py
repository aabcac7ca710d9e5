"""Checks of what trials queried, how they ended and where they ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.narrative.checks.check import CheckSpec
from albench.text import format_count, format_hundredths, list_quoted, list_words

if TYPE_CHECKING:
    from albench.analysis.evidence.conclusions import Evidence, RunFacts, SliceEvidence
    from albench.analysis.streams.evidence.conclusions import StreamEvidence
    from albench.narrative.checks.check import Check

MOST_FAILED = 0.05
MOST_TIED = 0.2
IMBALANCED = 3.0
CONTENDED = 1.5
_SUITED = ("balanced_accuracy", "f1_macro", "average_precision", "roc_auc")


def check_seed_classes(run: RunFacts) -> Check:
    """ALB006: does every seed set hold every class."""
    check = CheckSpec("ALB006", "seed sets hold all classes")
    sets = run.seed_sets
    if sets is None:
        return check.not_applicable("Nothing is known of what was labelled.")
    if not sets.n:
        return check.not_applicable("No trial of a classification is done.")
    if not sets.n_lacking:
        return check.passed("Every seed set holds every class of its dataset.")
    return check.tip(
        f"{format_hundredths(sets.n_lacking / sets.n)} % of the seed sets lack a class, on "
        f"{list_words(sets.lacking)}: early rounds also measure who finds the classes first.",
        "Raise the seed size, or use the seed set per_class if classes are known beforehand.",
    )


def check_queried_classes(evidence: SliceEvidence) -> Check:
    """ALB007: does every strategy query every class of the pool."""
    check = CheckSpec("ALB007", "all classes are bought")
    balances = evidence.details.balance if evidence.details else ()
    if not balances:
        return check.not_applicable("Nothing is known of what was bought.")
    lacking = [balance for balance in balances if balance.never]
    if not lacking:
        return check.passed("Every strategy has bought every class that random has.")
    names = [
        f"{balance.strategy} on {balance.dataset} (class {list_quoted(balance.never, 'and')})"
        for balance in lacking
    ]
    todo = "Look at the curve in balanced_accuracy; another batch or seed size may help."
    return check.tip(f"Never bought a class: {list_words(names)}.", todo)


def check_trials_done(evidence: Evidence | StreamEvidence) -> Check:
    """ALB008: did trials fail, or are some missing."""
    check = CheckSpec("ALB008", "trials done")
    n_failed, n_missing = evidence.n_failed, evidence.n_missing
    n_ended = evidence.n_done + n_failed
    if not n_ended:
        return check.not_applicable("No trial has ended yet.")
    if not n_failed and not n_missing:
        return check.passed(f"All {format_count(n_ended, 'trial')} are done.")
    missing = f"; {format_count(n_missing, 'trial')} still to run" if n_missing else ""
    sentence = f"{n_failed:,} of {format_count(n_ended, 'trial')} failed{missing}."
    todo = "`albench status` says why; `albench run` goes on, `--rerun failed` tries what failed again."
    conclude = check.issue if n_failed > MOST_FAILED * n_ended else check.tip
    return conclude(sentence, todo)


def check_metric(evidence: SliceEvidence) -> Check:
    """ALB009: is the metric one that sees rare classes, where there are any."""
    check = CheckSpec("ALB009", "metric suits the classes")
    traits = evidence.details.traits if evidence.details else ()
    ratios = {of.dataset: of.imbalance for of in traits if of.imbalance is not None}
    if not ratios:
        return check.not_applicable("The class balance of the pools is not known.")
    skewed = [f"{name} ({ratio:.1f} to 1)" for name, ratio in ratios.items() if ratio > IMBALANCED]
    metric = evidence.slice.metric
    if not skewed or metric != "accuracy":
        return check.passed(f"{metric} suits the class balance of these datasets.")
    return check.tip(
        f"{metric} hardly sees rare classes, and classes are unequal on {list_words(skewed)}.",
        f"Set primary_metric to one of {', '.join(_SUITED)}; trials are re-scored, not run again.",
    )


def check_contention(run: RunFacts) -> Check:
    """ALB010: did trials wait for the processor while they were timed."""
    check = CheckSpec("ALB010", "times without contention")
    if run.wall_ratio is None:
        return check.not_applicable("No trial is long enough to be timed.")
    sentence = f"By the clock, the median trial took {run.wall_ratio:.1f} times its processor time."
    if run.wall_ratio <= CONTENDED:
        return check.passed(sentence)
    todo = "Trials that run at once share caches: to compare times, set n_jobs below the number of cores."
    return check.tip(sentence, todo)


def check_ties(run: RunFacts) -> Check:
    """ALB011: do tie keys rather than utilities choose what is queried."""
    check = CheckSpec("ALB011", "few ties")
    if not run.tied:
        return check.not_applicable("Nothing was queried yet.")
    names = [
        f"{name} ({format_hundredths(share)} % of its rounds)"
        for name, share in run.tied.items()
        if share > MOST_TIED
    ]
    if not names:
        sentence = f"No strategy's cut falls within a tie in more than {MOST_TIED:.0%} of its rounds."
        return check.passed(sentence)
    return check.tip(
        f"In many rounds the cut falls within a tie, which chance decides: {list_words(names)}.",
        "A finer utility (more committee members, another measure) leaves less to chance.",
    )


def check_environments(n: int) -> Check:
    """ALB015: did all trials run in one environment."""
    check = CheckSpec("ALB015", "one environment")
    if not n:
        return check.not_applicable("No trial says where it ran.")
    if n == 1:
        return check.passed("All trials ran with the same packages on like processors.")
    return check.tip(
        f"Trials ran in {n} environments (packages or processors): last digits of numbers may differ.",
        "`albench run --rerun all` shows whether any number depends on it.",
    )
