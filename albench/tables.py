"""Every table that albench writes: columns, types, meaning, and which are volatile.

Volatile columns (times, machines) are never compared between runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

Type = Literal["str", "int", "float", "bool", "time", "floats", "ints"]


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    type: Type
    meaning: str
    volatile: bool = False


Form = Literal["", "level", "signed", "percent", "rank", "probability", "p_value", "seconds"]


@dataclass(frozen=True)
class LeaderboardColumn(Column):
    """A column of the leaderboard: in tables, on the page and in papers.

    Attributes
    ----------
    value : str
        The attributes that lead from a line of the leaderboard to the value; ``row.NAME`` if empty.
    form : str
        How the value is printed.
    title : str
        What stands above it where it is printed.
    head, note : str
        What stands above it in the wide table of the page where that is shorter; what stands below that.
    sort : {"up", "down"}
        Whether the page sorts the smallest or the largest value first.
    verdict : bool
        Empty on a page whose A/A control withholds the verdicts.
    """

    value: str = ""
    form: Form = ""
    title: str = ""
    head: str = ""
    note: str = ""
    sort: Literal["up", "down"] = "down"
    verdict: bool = False


def _ends(
    prefix: str, field: str, of_what: str, form: Form, owner: str = "row."
) -> tuple[LeaderboardColumn, LeaderboardColumn]:
    low, high = (f"{end} end of the 95 % interval of {of_what}" for end in ("lower", "upper"))
    return (
        LeaderboardColumn(
            f"{prefix}low", "float", low, value=f"{owner}{field}.low", form=form, title="95 % interval"
        ),
        LeaderboardColumn(f"{prefix}high", "float", high, value=f"{owner}{field}.high", form=form),
    )


SKIPPED = "skipped"
"""Status of a trial that is planned and not run, since its strategy does not suit its model or dataset."""
TRIALS = (
    Column("key", "str", "identity of the trial: SHA-256 of what determines its trajectory"),
    Column("dataset", "str", "label of the dataset in the spec"),
    Column("model", "str", "label of the task model"),
    Column("query_model", "str", "label of the query model"),
    Column("strategy", "str", "label of the query strategy"),
    Column("arm", "int", "which of the independent random orders; 0 for all other strategies"),
    Column("seed_size", "int", "labels in the seed set"),
    Column("seed_set", "str", "label of the seed set method"),
    Column("batch_size", "int", "labels bought per round; of growing batches those of the first"),
    Column("oracle", "str", "label of the oracle"),
    Column("preprocessing", "str", "label of the preprocessing; empty unless several are compared"),
    Column("split", "int", "which division into pool and test"),
    Column("start", "int", "which seed set within the split"),
    Column("status", "str", "done, failed, timeout, memory or skipped"),
    Column("reason", "str", "why it is not done, or which numbers are undefined; null if nothing to say"),
    Column("n_pool", "int", "rows of the pool"),
    Column("n_test", "int", "rows of the test part"),
    Column("n_features", "int", "columns after preprocessing"),
    Column("n_classes", "int", "classes of the dataset"),
    Column("n_labels", "int", "labels at the last round, seed set included"),
    Column("rounds", "int", "rounds scored"),
    Column("fit_s", "float", "CPU seconds of all fits", volatile=True),
    Column("query_s", "float", "CPU seconds of all queries, predictions for them included", volatile=True),
    Column("score_s", "float", "CPU seconds of all scoring on the test part", volatile=True),
    Column("wall_s", "float", "wall seconds of the trial", volatile=True),
    Column("peak_mib", "float", "peak resident memory of the worker process, MiB", volatile=True),
    Column("finished_at", "time", "when it finished, UTC", volatile=True),
    Column("environment", "str", "fingerprint of the packages and processor it ran on", volatile=True),
)
CURVES = (
    Column("key", "str", "the trial"),
    Column("round", "int", "0 is the seed set alone"),
    Column("n_labels", "int", "labels the model was fitted on"),
    Column("cost", "float", "what labels and rounds of training have cost so far"),
    Column("n_tied", "int", "candidates tied at the cut of the batch that led to this round; 0 if none"),
    Column("fit_s", "float", "CPU seconds of the fit", volatile=True),
    Column("query_s", "float", "CPU seconds of the query that led to this round", volatile=True),
)
"""Followed by a float column for each metric and signal; where rows have several answers by ``AGREEMENT``."""
AGREEMENT = (
    Column("cohen_kappa", "float", "Cohen's kappa of two raters, of more its mean over their pairs"),
    Column("fleiss_kappa", "float", "Fleiss' kappa over the rows with as many answers as most have, from 2"),
    Column("krippendorff_alpha", "float", "Krippendorff's alpha of all rows with two answers and more"),
    Column("alpha_low", "float", "lower end of its 95 % interval, by the bootstrap of rows"),
    Column("alpha_high", "float", "upper end of that interval"),
)
"""How far the answers of a trial agree beyond chance; null where nothing can be compared.

A rater is an annotator, and one who is asked again another rater.
"""
QUERIES = (
    Column("key", "str", "the trial"),
    Column("round", "int", "the first round whose fit used the label; 0 for the seed set"),
    Column("rank", "int", "order within the batch, from 0"),
    Column("row", "int", "row of the dataset, from 0"),
    Column("utility", "float", "the strategy's score when it was picked; null for seed rows and random"),
    Column("tied", "bool", "picked by its tie key against an equal candidate that was left out"),
    Column("label_true", "int", "class code in the dataset"),
    Column("label_given", "int", "class code that the oracle gave at first; -1 where it refused"),
    Column("annotator", "int", "who answered; 0 for a single oracle, -1 where several did, or nobody"),
    Column("cost", "float", "price of the label, of all its answers"),
    Column("proba", "floats", "the query model's class probabilities at that moment, if declared; else null"),
)
ANNOTATIONS = (
    Column("key", "str", "the trial"),
    Column("round", "int", "the first round whose fit used the answer; 0 for the seed set"),
    Column("row", "int", "row of the dataset, from 0"),
    Column("annotator", "str", "who answered"),
    Column("k", "int", "how often the row was asked about before"),
    Column("label", "int", "class code of the answer; -1 where it was refused"),
    Column("cost", "float", "price of the answer"),
)
"""In the order in which they were bought; there only where several annotators are asked, or one again."""
REFERENCES = (
    Column("key", "str", "identity of the reference"),
    Column("dataset", "str", "label of the dataset"),
    Column("model", "str", "label of the task model"),
    Column("split", "int", "which division into pool and test"),
    Column("labels", "str", "true: the dataset's labels; oracle: what the oracle would give"),
    Column("oracle", "str", "label of the oracle, or null for true labels"),
    Column("preprocessing", "str", "label of the preprocessing; empty unless several are compared"),
    Column("status", "str", "done or failed"),
    Column("reason", "str", "why it failed"),
    Column("n_train", "int", "rows it was trained on"),
    Column("fit_s", "float", "CPU seconds of the fit", volatile=True),
)
"""Followed by a float column for each metric."""
STOPS = (
    Column("key", "str", "the trial"),
    Column("rule", "str", "label of the stopping rule"),
    Column("round", "int", "the first round in which it stops; null where it does not within the budget"),
    Column("n_labels", "int", "labels bought by then, the seed set included"),
    Column("level", "float", "the primary metric in that round"),
    Column("n_validation", "int", "labels of the validation part, if the rule looks at it: paid besides"),
    Column(
        "hindsight_labels", "int",
        "fewest labels whose primary metric, made monotone by isotonic regression, is within 0.005 of "
        "the best",
    ),
    Column("hindsight_level", "float", "the primary metric in that round"),
    Column("labels_too_many", "int", "n_labels and n_validation less hindsight_labels"),
    Column("metric_lost", "float", "monotone metric in hindsight less that at the stop; a plus is a loss"),
    Column("reason", "str", "why it does not stop, or cannot be judged; null if nothing to say"),
)  # fmt: skip
"""Written only where an experiment has stopping rules."""

LEADERBOARD = (
    LeaderboardColumn("strategy", "str", "label of the query strategy", title="Strategy"),
    LeaderboardColumn("n_datasets", "int", "datasets that count: with at least 80 % of random's repeats"),
    LeaderboardColumn(
        "mean_rank", "float", "mean over the datasets that no ranked strategy lacks; 1 is best",
        form="rank", title="Mean rank", sort="up",
    ),
    *_ends("rank_", "interval_rank", "the mean rank on datasets like these, from 8 datasets on", "rank"),
    LeaderboardColumn("area", "float", "under the learning curve, mean over datasets", form="level"),
    LeaderboardColumn(
        "difference", "float", "area less random's in the same repeat, mean over datasets; a plus is a gain",
        form="signed", title="Difference to random", note="area, 95\u202f% interval on these datasets",
    ),
    *_ends("", "interval_these", "the difference on these datasets", "signed"),
    LeaderboardColumn(
        "p_these", "float", "Student's t of the difference on these datasets against 0, corrected by Holm",
        form="p_value", sort="up", verdict=True,
    ),
    LeaderboardColumn(
        "wins", "int", "datasets on which it is shown to be better than random",
        title="Win / tie / loss", note="datasets", verdict=True,
    ),
    LeaderboardColumn("ties", "int", "datasets on which no difference is shown", verdict=True),
    LeaderboardColumn("losses", "int", "datasets on which it is shown to be worse", verdict=True),
    LeaderboardColumn("undecided", "int", "datasets on which nothing is shown", verdict=True),
    LeaderboardColumn("win_rate", "float", "repeats won, ties half, mean over datasets", form="percent"),
    LeaderboardColumn(
        "median_saving", "float", "share of random's labels that it saves for the worse of the final levels",
        form="percent", title="Labels saved", note="median over datasets",
    ),
    *_ends("saving_", "interval_saving", "the saving on datasets like these, from 6 datasets on", "percent"),
    LeaderboardColumn("n_censored", "int", "datasets on which only one of the curves gets 95 % of the way"),
    LeaderboardColumn(
        "p", "float", "Wilcoxon signed-rank against random over datasets",
        form="p_value", sort="up", verdict=True,
    ),
    LeaderboardColumn(
        "p_holm", "float", "Wilcoxon signed-rank against random over datasets, corrected by Holm",
        form="p_value", title="p (Holm)", head="p, Holm", note="over datasets", sort="up", verdict=True,
    ),
    LeaderboardColumn("testable", "bool", "whether so many datasets can give a significant p", verdict=True),
    *(
        LeaderboardColumn(
            f"p_{side}", "float", f"probability that most datasets like these show it {words} random (Bayes)",
            value=f"row.bayes.{side}", form="probability", title=f"P({side})", verdict=True,
        )
        for side, words in (("better", "better than"), ("equal", "as good as"), ("worse", "worse than"))
    ),
    LeaderboardColumn(
        "sensitivity", "float", "difference if each missing repeat equalled that of random", form="signed"
    ),
    LeaderboardColumn("fit_s", "float", "CPU seconds of the fits", True, form="seconds", sort="up"),
    LeaderboardColumn("query_s", "float", "CPU seconds of the queries", True, form="seconds", sort="up"),
    LeaderboardColumn(
        "query_s_per_label", "float", "CPU seconds of the queries for each label bought", True,
        form="seconds", title="Query time per label", head="Query", note="CPU time a label", sort="up",
    ),
    LeaderboardColumn("label_looking", "bool", "whether it sees hidden labels: then it is not ranked"),
    *_ends("these_", "interval_these", "the difference on these datasets, as low and high", "signed"),
    *_ends("like_these_", "interval_like_these", "the difference on datasets like these", "signed"),
)  # fmt: skip
"""One row a strategy of a slice, in this order everywhere (``albench.analysis.evidence.order_rows``).

Random first, then strategies shown to be better than random, those not told apart from it, those shown to be
worse; among them by the difference to random, those that lack a dataset behind the others. Strategies that
see hidden labels stand last.
"""
COST_LEADERBOARD = (
    LeaderboardColumn(
        "cost_area", "float", "under the curve along what labels and training cost, mean over datasets",
        value="along_costs.area", form="level",
    ),
    LeaderboardColumn(
        "cost_difference", "float", "that area less random's in the same repeat, mean over datasets",
        value="along_costs.difference", form="signed",
    ),
    *_ends("cost_", "along_costs.interval_these", "that difference on these datasets", "signed", owner=""),
    LeaderboardColumn(
        "cost_p_these", "float", "Student's t of that difference against 0, corrected by Holm",
        value="along_costs.p_these", form="p_value", sort="up", verdict=True,
    ),
    LeaderboardColumn(
        "cost_saving", "float", "share of random's money that it saves for the worse of the final levels",
        value="along_costs.median_saving", form="percent",
    ),
    *_ends(
        "cost_saving_", "along_costs.interval_saving", "that saving, from 6 datasets on", "percent", owner=""
    ),
)  # fmt: skip
"""Further columns of the primary slice where anything costs something else than 1 a label."""
ON_PAGE = ("strategy", "mean_rank", "median_saving", "difference", "wins", "p_holm", "query_s_per_label")
"""What the page shows, from left to right; the ends of intervals stand in the cells of their values."""
IN_PAPERS = (*ON_PAGE[:2], "difference", "low", "median_saving", *ON_PAGE[4:])
"""What Markdown and LaTeX show."""

REPEATS = (
    Column("model", "str", "label of the task model"),
    Column("query_model", "str", "label of the model that the strategy consults"),
    Column("seed_size", "str", "the seed size, as the spec says it"),
    Column("seed_set", "str", "label of the seed set method"),
    Column("batch_size", "int", "labels bought a round"),
    Column("oracle", "str", "label of the oracle"),
    Column("preprocessing", "str", "label of the preprocessing; empty unless several are compared"),
    Column("dataset", "str", "label of the dataset"),
    Column("strategy", "str", "label of the strategy"),
    Column("splits", "int", "splits that it takes: those that closed the cell, or those of the next look"),
    Column("up_to", "int", "splits of the last look"),
    Column(
        "ended",
        "str",
        "why it takes no more: better, worse, equivalent, precise, futile, exhausted, failed; null while it "
        "is open, and for random, which goes on as long as any other does",
    ),
    Column("n_paired", "int", "repeats that are paired with random's, at the last look"),
    Column("difference", "float", "their mean difference in area to random"),
    Column("low", "float", "95 % interval of it that holds at whatever look a cell ends"),
    Column("high", "float", "its other end"),
)
"""There only where repeats go on until cells are decided."""
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
    *_ends("", "interval_these", "the difference on these datasets", "signed"),
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
TABLES: dict[str, tuple[Column, ...]] = {
    "trials": TRIALS,
    "curves": CURVES,
    "queries": QUERIES,
    "annotations": ANNOTATIONS,
    "references": REFERENCES,
    "stops": STOPS,
    "repeats": REPEATS,
    "leaderboard": LEADERBOARD,
    "stream_trials": STREAM_TRIALS,
    "stream_curves": STREAM_CURVES,
    "stream_leaderboard": STREAM_LEADERBOARD,
}
AXES = ("dataset", "model", "query_model", "strategy", "seed_size", "seed_set", "batch_size", "oracle")
REPEAT = ("split", "start")


def build_schema(table: str, extra: Iterable[str] = ()) -> pl.Schema:
    """Return the Polars schema of a table, with the metric columns ``extra``."""
    import polars as pl

    types: dict[Type, pl.DataType] = {
        "str": pl.String(),
        "int": pl.Int64(),
        "float": pl.Float64(),
        "bool": pl.Boolean(),
        "time": pl.Datetime("us", "UTC"),
        "floats": pl.List(pl.Float64()),
        "ints": pl.List(pl.Int64()),
    }
    columns = {column.name: types[column.type] for column in TABLES[table]}
    return pl.Schema(columns | {name: pl.Float64() for name in extra})


def pair_with_random(metrics: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of metrics on a stream: of the strategy, and of random with as many labels."""
    return tuple(column for name in metrics for column in (name, f"random_{name}"))


def list_volatile(table: str) -> tuple[str, ...]:
    """Return the columns of a table that are never compared."""
    return tuple(column.name for column in TABLES[table] if column.volatile)
