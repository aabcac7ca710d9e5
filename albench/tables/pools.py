"""The tables of an experiment on pools, trial by trial."""

from __future__ import annotations

from albench.tables.column import Column

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
GROWTH = Column(
    "growth", "float", "how many times as large each batch is as the one before; 1 for batches of one size"
)
"""Of ``trials`` and ``repeats``, where two batch sizes of an experiment begin with the same batch."""
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
