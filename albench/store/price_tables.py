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

    from albench.spec.settings import Costs


def price_queries(
    queries: pl.DataFrame, labels: pl.DataFrame, datasets: Iterable[Mapping[str, Any]], costs: Costs
) -> pl.DataFrame:
    """Return the table of queries with the price of every label.

    Parameters
    ----------
    queries : DataFrame
    labels : DataFrame
        The plan: which trial is of which dataset.
    datasets : iterable of mapping
        What the results folder says of each dataset.
    costs : Costs
    """
    if not costs.differ or not queries.height:
        return queries
    dataset_of = dict(labels.select("key", "dataset").iter_rows())
    names = queries["key"].replace_strict(dataset_of).to_numpy()
    given, rows = queries["label_given"].to_numpy(), queries["row"].to_numpy()
    prices = np.empty(len(names))
    for dataset in datasets:
        own = names == dataset["label"]
        of_rows = dataset.get("row_prices")
        row_prices = np.asarray(of_rows, np.float64)[rows[own]] if of_rows else None
        prices[own] = price_labels(costs, dataset["classes"], given[own], row_prices)
    # The stored cost is the price of the answers, 1 but for annotators with prices of their own.
    return queries.with_columns(pl.col("cost") * pl.Series(prices))


def price_curves(curves: pl.DataFrame, queries: pl.DataFrame, costs: Costs) -> pl.DataFrame:
    """Return the curves with what labels, batches and rounds of training have cost up to each round.

    Parameters
    ----------
    curves : DataFrame
    queries : DataFrame
        With the price of every label.
    costs : Costs
    """
    if not costs.differ:
        return curves
    batches = queries.group_by("key", "round").agg(pl.col("cost").sum() + costs.batch).sort("key", "round")
    spent = batches.with_columns(pl.col("cost").cum_sum().over("key"))
    trained = costs.round * pl.int_range(1, pl.len() + 1).over("key")
    priced = curves.drop("cost").join(spent, on=["key", "round"], how="left", maintain_order="left")
    return priced.with_columns(pl.col("cost") + trained).select(curves.columns)
