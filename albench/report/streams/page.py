"""What a page of streams describes beside the evidence: components, and sizes of the streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.report.streams.contexts import StreamSizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from albench.spec.experiment import Entry
    from albench.spec.stream_experiment import StreamExperiment


def list_axes(experiment: StreamExperiment) -> tuple[Sequence[Entry[Any]], ...]:
    """Return the axes whose components a page of streams lists."""
    models = [entry.task for entry in experiment.models]
    return (experiment.strategies, experiment.managers, experiment.drifts, models, experiment.oracles)


def list_stream_sizes(trials: pl.DataFrame, datasets: Sequence[str]) -> tuple[StreamSizes, ...]:
    """Return the sizes of the streams on which trials have finished."""
    columns = ("n_rows", "n_features", "n_classes")
    sizes = trials.select("dataset", *columns).drop_nulls().group_by("dataset").max()
    rows = {row["dataset"]: row for row in sizes.iter_rows(named=True)}
    return tuple(
        StreamSizes(label, *(rows[label][name] for name in columns)) for label in datasets if label in rows
    )
