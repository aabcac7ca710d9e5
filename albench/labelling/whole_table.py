"""A partly labelled table as one, in the order of its file; what a row and a project are called for good."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.canonical import digest, encode_canonical
from albench.datasets.hashing import compute_content_hash

if TYPE_CHECKING:
    from albench.contracts import Rows, Table

_DIGITS = 16


def join_unlabelled(table: Table) -> Table:
    """Return labelled and unlabelled rows as one table, in the order of the file.

    Unlabelled rows have the label -1. Which rows are labelled moves nothing else: categories are sorted. The
    files that labels are written into have no sparse columns.
    """
    if table.unlabelled is None:
        return _sort_categories(table)
    rest = table.unlabelled
    order = np.argsort(np.concatenate([_get_file_rows(table), _get_file_rows(rest)]))
    texts = zip(table.text, rest.text, strict=True)
    joined = replace(
        table,
        numeric=np.concatenate([table.numeric, rest.numeric])[order],
        categorical=np.concatenate([table.categorical, rest.categorical])[order],
        # Those of the unlabelled rows begin with those of the labelled ones.
        categories=rest.categories,
        labels=np.concatenate([table.labels, np.full(rest.n_rows, -1, np.intp)])[order],
        text=tuple(tuple(np.array([*a, *b], dtype=object)[order].tolist()) for a, b in texts),
        divisions=(),
        file_rows=None,
        unlabelled=None,
        answers=None,
        answer_names=(),
        prices=None,
        price_names=(),
    )
    return _sort_categories(joined)


def _get_file_rows(table: Table) -> Rows:
    return np.arange(table.n_rows) if table.file_rows is None else table.file_rows


def _sort_categories(table: Table) -> Table:
    recoded = table.categorical.copy()
    sorted_names = []
    for column, names in enumerate(table.categories):
        order = np.argsort(np.array(names, dtype=object), kind="stable") if names else np.empty(0, np.intp)
        # A missing value is the code -1, hence the last place.
        places = np.full(len(names) + 1, -1, dtype=np.int32)
        places[order] = np.arange(order.size)
        recoded[:, column] = places[table.categorical[:, column]]
        sorted_names.append(tuple(names[place] for place in order))
    return replace(table, categorical=recoded, categories=tuple(sorted_names))


def identify_project(whole: Table) -> str:
    """Return what the random streams of a labelling project are keyed by, as 64 hexadecimal digits.

    A hash of the features in the order of the file and of the target's name: it stays as labels are filled
    in, which the content hash of the dataset does not. A project keeps the one that its log began with.
    """
    features = replace(whole, labels=np.zeros(whole.n_rows, np.intp), classes=("",))
    return digest(["labelling project", compute_content_hash(features), whole.target_name])


def digest_rows(whole: Table, rows: Rows) -> list[str]:
    """Return a short hash of the features of each of some rows, by which a row that has moved is noticed."""
    return [
        sha256(encode_canonical(_describe_row(whole, row)).encode()).hexdigest()[:_DIGITS] for row in rows
    ]


def _describe_row(whole: Table, row: int) -> list[Any]:
    numbers = [None if np.isnan(value) else float(value) + 0.0 for value in whole.numeric[row]]
    codes = zip(whole.categorical[row], whole.categories, strict=True)
    names = [None if code < 0 else categories[code] for code, categories in codes]
    return [numbers, names, [column[row] for column in whole.text]]
