"""The identity of a dataset: a hash of its content, not of its file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.canonical import encode_canonical
from albench.datasets.value_names import name_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from albench.contracts import Table

FORMAT = 1
_BLOCK_CELLS = 1 << 20


def compute_content_hash(table: Table) -> str:
    """SHA-256 of a table's content, as 64 hexadecimal digits.

    It covers, row by row, the kind, name and every cell of each column and the class of each row. Two tables
    have one hash if these are equal, whatever the file format, the order of codes, categories without a row,
    the bits of a missing value or the sign of zero; integral class names are equal as numbers (``"1.0"`` is
    ``"1"``). The order of rows and of columns within a kind counts. Any machine, Python and numpy give the
    same digits.
    """
    labels = table.labels if table.targets is None else np.full(table.n_rows, -1)
    class_codes, classes = _make_canonical_codes(labels, name_values(table.classes))
    columns = [
        _make_canonical_codes(codes, names)
        for codes, names in zip(table.categorical.T, table.categories, strict=True)
    ]
    hasher = hashlib.sha256(
        encode_canonical(
            {
                "format": FORMAT,
                "rows": table.n_rows,
                "numeric": list(table.numeric_names),
                "categorical": list(table.categorical_names),
                "categories": [names for _, names in columns],
                "classes": classes,
                **_hash_optional_parts(table),
            }
        ).encode()
    )
    for block in _iterate_numeric_blocks(table.numeric):
        hasher.update(block.tobytes())
    for codes in (*(codes for codes, _ in columns), class_codes):
        hasher.update(codes.tobytes())
    for part in (*_split_sparse(table), *_encode_texts(table), *_encode_targets(table)):
        hasher.update(part)
    return hasher.hexdigest()


def _hash_optional_parts(table: Table) -> dict[str, Any]:
    """Return what is said only of tables that have it, so that the others keep their hash."""
    description: dict[str, Any] = {}
    if table.numeric.dtype == np.float32:
        description["precision"] = "single"
    if table.sparse is not None:
        description |= {"sparse": list(table.sparse_names), "sparse_precision": str(table.sparse.dtype)}
    if table.text_names:
        description["text"] = list(table.text_names)
    if table.targets is not None:
        description["task"] = "regression"
    if table.distribution is not None:
        description["target"] = "distribution"
    return description


def _split_sparse(table: Table) -> Iterator[bytes]:
    """Yield row ends, columns and cells of the sparse block, without stored zeros, columns ascending."""
    if table.sparse is None:
        return
    cells = table.sparse.copy()
    cells.sum_duplicates()
    cells.eliminate_zeros()
    yield cells.indptr.astype("<i8").tobytes()
    yield cells.indices.astype("<i8").tobytes()
    yield cells.data.astype(cells.data.dtype.newbyteorder("<")).tobytes()


def _encode_texts(table: Table) -> Iterator[bytes]:
    for column in table.text:
        for cell in column:
            encoded = cell.encode("utf-8", "surrogatepass")
            yield len(encoded).to_bytes(8, "little")
            yield encoded


def _encode_targets(table: Table) -> Iterator[bytes]:
    for numbers in (table.targets, table.distribution):
        if numbers is not None:
            yield np.add(numbers, 0.0, order="C").astype("<f8").tobytes()


def _iterate_numeric_blocks(values: NDArray[np.floating]) -> Iterator[NDArray[np.floating]]:
    step = max(1, _BLOCK_CELLS // max(1, values.shape[1]))
    for start in range(0, values.shape[0], step):
        block = np.add(values[start : start + step], 0.0, order="C")  # adding 0 makes -0 into 0
        np.copyto(block, np.nan, where=np.isnan(block))
        yield block.astype(block.dtype.newbyteorder("<"), copy=False)


def _make_canonical_codes(
    codes: NDArray[np.integer], names: Sequence[str]
) -> tuple[NDArray[np.int32], list[str]]:
    """Recode into the sorted names that occur; -1 stays."""
    used = np.unique(codes[codes >= 0])
    kept = sorted({names[code] for code in used})
    position = {name: rank for rank, name in enumerate(kept)}
    recoded = np.full(len(names) + 1, -1, dtype="<i4")
    for code in used:
        recoded[code] = position[names[code]]
    return np.ascontiguousarray(recoded[codes]), kept
