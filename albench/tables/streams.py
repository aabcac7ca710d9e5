"""The tables of an experiment on streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.tables.column import Column, LeaderboardColumn, build_ends

if TYPE_CHECKING:
    from collections.abc import Iterable

STREAM_TRIALS = (
    Column("key", "str", "identity of the trial: SHA-256 of what determines it"),
    Column("dataset", "str", "label of the dataset in the spec"),
    Column("model", "str", "label of the model"),
    Column("strategy", "str", "label of the stream strategy"),
    Column("manager", "str", "label of the budget manager"),
    Column("budget", "float", "share of the rows whose labels may be bought"),
    Column("oracle", "str", "label of the oracle"),
    Column("drift", "str", "label of the drift; none where nothing is simulated"),
    Column("repeat", "int", "which repeat, from 0: its own order, drift, answers and seeds"),
    Column("status", "str", "done, failed, timeout, memory or skipped"),
    Column("reason", "str", "why it is not done, or which numbers are undefined; null if nothing to say"),
    Column("n_rows", "int", "rows of the stream: each is predicted, scored and decided on"),
    Column("n_start", "int", "rows before the stream whose labels were learnt, and are counted nowhere else"),
    Column("n_features", "int", "columns of numbers"),
    Column("n_classes", "int", "classes of the dataset"),
    Column("n_bought", "int", "labels bought, refused ones included; random sampling buys as many"),
    Column("n_allowed", "int", "labels that the budget allows at the last row: ceil(budget * n_rows)"),
    Column("excess", "int", "the most labels above ceil(budget * t) + 1 that were bought by any row t, or 0"),
    Column("marks", "ints", "the first row of each change, from 0; empty without drift"),
    Column(
        "recovery", "float",
        "rows after a change until the accuracy of a window is that of the last window before it, mean over "
        "the changes; null without one, or where it is not regained after each",
    ),
    Column("random_recovery", "float", "that of random sampling"),
    Column("n_recovered", "int", "changes after which the accuracy is regained before the next"),
    Column("random_n_recovered", "int", "those of random sampling"),
    Column("cpu_s", "float", "CPU seconds of the stream with the strategy", volatile=True),
    Column("random_cpu_s", "float", "CPU seconds of the stream with random sampling", volatile=True),
    Column("wall_s", "float", "wall seconds of the trial", volatile=True),
    Column("peak_mib", "float", "peak resident memory of the worker process, MiB", volatile=True),
    Column("finished_at", "time", "when it finished, UTC", volatile=True),
    Column("environment", "str", "fingerprint of the packages and processor it ran on", volatile=True),
)  # fmt: skip
"""Followed by a pair of float columns for each of ``STREAM_METRICS``, at the last row."""
STREAM_CURVES = (
    Column("key", "str", "the trial"),
    Column("n_rows", "int", "rows that have arrived: every 'score_every' rows and at the last one"),
    Column("n_bought", "int", "labels bought of them"),
    Column("random_n_bought", "int", "labels that random sampling has bought of them"),
)
"""Followed by a pair of float columns for each of ``STREAM_METRICS`` and ``WINDOW_METRICS``."""
STREAM_REPEATS = (
    Column("model", "str", "label of the model"),
    Column("budget", "float", "share of the rows whose labels may be bought"),
    Column("oracle", "str", "label of the oracle"),
    Column("drift", "str", "label of the drift; none where nothing is simulated"),
    Column("dataset", "str", "label of the dataset"),
    Column("strategy", "str", "label of the strategy, and of its manager where it has several"),
    Column("repeats", "int", "repeats that it takes: those that closed the cell, or those of the next look"),
    Column("up_to", "int", "repeats of the last look"),
    Column(
        "ended", "str",
        "why it takes no more: better, worse, equivalent, precise, futile, exhausted, failed; null while it "
        "is open",
    ),
    Column("n_paired", "int", "repeats that have a difference, at the last look"),
    Column("difference", "float", "their mean difference to random in the primary metric over all rows"),
    Column("low", "float", "95 % interval of it that holds at whatever look a cell ends"),
    Column("high", "float", "its other end"),
)  # fmt: skip
"""There only where repeats go on until cells are decided."""
STREAM_METRICS = ("accuracy", "kappa", "kappa_temporal")
"""Prequential: over all rows that have arrived, each predicted before its label was known."""
WINDOW_METRICS = tuple(f"window_{name}" for name in STREAM_METRICS)
"""The same over the last rows."""
HOLDOUT_METRICS = ("holdout_accuracy", "holdout_kappa")
"""Of the learner as it is at a checkpoint, on rows that are kept apart; there only where some are."""
STREAM_LEADERBOARD = (
    LeaderboardColumn("strategy", "str", "label of the strategy, and of its manager where it has several",
        value="row.strategy", title="Strategy"),
    LeaderboardColumn("n_datasets", "int", "datasets that count: with at least 80 % of the repeats",
        value="row.n_datasets"),
    LeaderboardColumn("level", "float", "of the metric of the slice over all rows, mean over datasets",
        value="row.area", form="level", title="Level"),
    LeaderboardColumn("random_level", "float", "that of random sampling of as many labels",
        value="random_level", form="level", title="Random"),
    LeaderboardColumn("difference", "float", "level less random's in the same repeat, mean over datasets",
        value="row.difference", form="signed", title="Difference to random"),
    *build_ends("", "interval_these", "the difference on these datasets", "signed"),
    LeaderboardColumn("p_these", "float",
        "Student's t of the difference on these datasets against 0, corrected by Holm",
        value="row.p_these", form="p_value", title="p (Holm)", sort="up"),
    LeaderboardColumn("wins", "int", "datasets on which it is shown to be better than its random",
        value="row.wins", title="Win / tie / loss"),
    LeaderboardColumn("ties", "int", "datasets on which no difference is shown", value="row.ties"),
    LeaderboardColumn("losses", "int", "datasets on which it is shown to be worse", value="row.losses"),
    LeaderboardColumn("undecided", "int", "datasets on which nothing is shown", value="row.undecided"),
    LeaderboardColumn("win_rate", "float", "repeats won, ties half, mean over datasets",
        value="row.win_rate", form="percent"),
    LeaderboardColumn("p", "float", "Wilcoxon signed-rank against random over datasets", value="row.p",
        form="p_value", sort="up"),
    LeaderboardColumn("p_holm", "float", "the same, corrected by Holm", value="row.p_holm", form="p_value",
        sort="up"),
    LeaderboardColumn("testable", "bool", "whether so many datasets can give a significant p",
        value="row.testable"),
    LeaderboardColumn("sensitivity", "float", "difference if each missing repeat equalled that of random",
        value="row.sensitivity", form="signed"),
    LeaderboardColumn("recovery", "float",
        "rows after a drift until the old level is back: median over repeats, of these over datasets; null "
        "without drift, or where it does not come back in half of them",
        value="recovery.median", title="Recovery"),
    LeaderboardColumn("random_recovery", "float", "that of random sampling", value="recovery.median_random"),
    LeaderboardColumn("n_changes", "int", "changes in all these trials", value="recovery.n_changes"),
    LeaderboardColumn("n_recovered", "int", "after how many of them the level is back before the next",
        value="recovery.n_recovered"),
    LeaderboardColumn("random_n_recovered", "int", "that of random sampling",
        value="recovery.n_recovered_random"),
    LeaderboardColumn("spent", "float", "share of the rows whose labels were bought, mean over datasets",
        value="spending.share", form="percent", title="Labels bought"),
    LeaderboardColumn("n_over", "int", "trials that by some row t had bought more than ceil(budget * t) + 1",
        value="spending.n_over"),
    LeaderboardColumn("excess", "int", "the most labels above that at any row of any trial",
        value="spending.excess"),
)  # fmt: skip
"""One row a strategy of a slice of streams, the best first; followed by pairs of ``STREAM_METRICS``."""
RECOVERY_LEADERBOARD = (
    LeaderboardColumn("n_sooner", "int", "repeats in which the old level is back sooner than with random",
        value="recovery.n_sooner"),
    LeaderboardColumn("n_later", "int", "repeats in which it is back later; in all others as soon, or with "
        "neither", value="recovery.n_later"),
    LeaderboardColumn("share_sooner", "float", "n_sooner of both; null below 80 % of the repeats, or where "
        "both counts are 0", value="recovery.share_sooner", form="percent"),
    *build_ends("sooner_", "interval", "that share", "percent", owner="recovery."),
    LeaderboardColumn("p_recovery", "float", "sign test of that share against a half, corrected by Holm",
        value="recovery.p_holm", form="p_value", sort="up"),
)  # fmt: skip
"""These follow where a drift is simulated or marked."""


def pair_with_random(metrics: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of metrics on a stream: of the strategy, and of random with as many labels."""
    return tuple(column for name in metrics for column in (name, f"random_{name}"))
