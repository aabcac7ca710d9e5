"""The tables of a plan: by which labels tables name what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.batches import has_equal_beginnings
from albench.store.parts import REFERENCE_LABELS, TRIAL_LABELS
from albench.store.stream_parts import STREAM_LABELS
from albench.tables import GROWTH, SKIPPED, build_schema

if TYPE_CHECKING:
    import polars as pl

    from albench.planning.plan import Plan


def build_trial_labels(plan: Plan) -> pl.DataFrame:
    """Return one row a trial; those that are skipped say why."""
    import polars as pl

    # Typed, since a shard of a small experiment may be empty.
    table, names = ("stream_trials", STREAM_LABELS) if plan.is_stream else ("trials", TRIAL_LABELS)
    further = [GROWTH] if has_equal_beginnings(plan.experiment.batch_sizes) else []
    types = build_schema(table, further=further)
    schema = {name: types[name] for name in (*names, *(column.name for column in further))}
    trials = pl.DataFrame([trial.to_row() for trial in plan.trials], schema=schema)
    if not plan.skipped:
        return trials
    rows = [
        {**trial.to_row(), SKIPPED: trial.skipped, "n_pool": trial.n_pool, "n_classes": len(trial.classes)}
        for trial in plan.skipped
    ]
    columns = [*schema, SKIPPED, "n_pool", "n_classes"]
    return pl.concat([trials, pl.DataFrame(rows).select(columns)], how="diagonal_relaxed")


def build_reference_labels(plan: Plan) -> pl.DataFrame:
    """Return one row a reference."""
    import polars as pl

    schema = {name: build_schema("references")[name] for name in REFERENCE_LABELS}
    return pl.DataFrame([reference.to_row() for reference in plan.references], schema=schema)
