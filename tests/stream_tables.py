"""What two runs on streams must agree in."""

from __future__ import annotations

import polars as pl

from albench.tables import list_volatile


def read_stream_tables(results):
    """Return the tables of trials without times and machines, and which rows of the stream were bought."""
    frames = {"stream_trials": results.trials, "stream_curves": results.curves}
    tables = {name: frame.drop(list_volatile(name)) for name, frame in frames.items()}
    schema = {"key": pl.String(), "bought.row": pl.List(pl.Int64())}
    bought = results.folder.read_columns("trial", results.trials["key"], schema)
    return {**tables, "bought": bought.sort("key")}
