"""What labels and rounds cost: columns of tables, computed from the prices that the experiment declares.

No trial holds them, so prices may change without any trial being run again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from albench.datasets.prices import price_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from albench.spec.costs import Costs


def price_queries(
    queries: pl.DataFrame, labels: pl.DataFrame, datasets: Iterable[Mapping[str, Any]], costs: Costs
) -> pl.DataFrame:
    """Return the table of queries with the price of every label.

    Parameters
    ----------
    labels : DataFrame
        The plan: which trial is of which dataset.
    datasets : iterable of mapping
        What the results folder says of each dataset.
    """
    if not costs.differ or not queries.height:
        return queries
    units = _price_units(queries, labels, datasets, costs)
    # The stored cost is the price of the answers, 1 but for annotators with prices of their own.
    return queries.with_columns(pl.col("cost") * units)


def _price_units(
    queries: pl.DataFrame, labels: pl.DataFrame, datasets: Iterable[Mapping[str, Any]], costs: Costs
) -> pl.Series:
    """Return what each label costs if the price of its answers is 1."""
    dataset_of = dict(labels.select("key", "dataset").iter_rows())
    names = queries["key"].replace_strict(dataset_of).to_numpy()
    given, rows = queries["label_given"].to_numpy(), queries["row"].to_numpy()
    units = np.empty(len(names))
    for dataset in datasets:
        own = names == dataset["label"]
        of_rows = dataset.get("row_prices")
        row_prices = np.asarray(of_rows, np.float64)[rows[own]] if of_rows else None
        units[own] = price_labels(costs, dataset["classes"], given[own], row_prices)
    return pl.Series(units)


def price_annotations(
    annotations: pl.DataFrame,
    queries: pl.DataFrame,
    labels: pl.DataFrame,
    datasets: Iterable[Mapping[str, Any]],
    costs: Costs,
) -> pl.DataFrame:
    """Return the table of answers with the price of each: its own, times what the label of its row costs.

    Other parameters are those of :func:`price_queries`.
    """
    if not costs.differ or not annotations.height:
        return annotations
    units = queries.select("key", "row").with_columns(unit=_price_units(queries, labels, datasets, costs))
    # A pool may hold copies of a row.
    of_rows = units.unique(["key", "row"], keep="first", maintain_order=True)
    priced = annotations.join(of_rows, on=["key", "row"], how="left", maintain_order="left")
    return priced.with_columns(pl.col("cost") * pl.col("unit")).drop("unit")


def price_curves(
    curves: pl.DataFrame, queries: pl.DataFrame, annotations: pl.DataFrame, costs: Costs
) -> pl.DataFrame:
    """Return the curves with what labels, batches and rounds of training have cost up to each round.

    Parameters
    ----------
    queries, annotations : DataFrame
        With the price of every label, and of every answer.
    """
    if not costs.differ:
        return curves
    batches = queries.group_by("key", "round").agg(pl.col("cost").sum() + costs.batch)
    # A row's first answers are part of its query's price.
    again = annotations.filter(pl.col("k") > 0).group_by("key", "round").agg(pl.col("cost").sum())
    paid = pl.concat([batches, again]).group_by("key", "round").agg(pl.col("cost").sum()).sort("key", "round")
    spent = paid.with_columns(pl.col("cost").cum_sum().over("key"))
    trained = costs.round * pl.int_range(1, pl.len() + 1).over("key")
    priced = curves.drop("cost").join(spent, on=["key", "round"], how="left", maintain_order="left")
    return priced.with_columns(pl.col("cost") + trained).select(curves.columns)
