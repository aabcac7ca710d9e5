"""The identity of a dataset: a hash of its content, not of its file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from albench.datasets.names import value_names
from albench.rng import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from albench.contracts import Table

FORMAT = 1
_BLOCK_CELLS = 1 << 20


def content_hash(table: Table) -> str:
    """SHA-256 of a table's content, as 64 hexadecimal digits.

    It covers, row by row, the kind, name and every cell of each column and the class of each row. Two tables
    have one hash if these are equal, whatever the file format, the order of codes, categories without a row,
    the bits of a missing value or the sign of zero; integral class names are equal as numbers (``"1.0"`` is
    ``"1"``). The order of rows and of columns within a kind counts. Any machine, Python and numpy give the
    same digits.
    """
    class_codes, classes = _canonical_codes(table.labels, value_names(table.classes))
    columns = [
        _canonical_codes(codes, names)
        for codes, names in zip(table.categorical.T, table.categories, strict=True)
    ]
    found = hashlib.sha256(
        canonical(
            {
                "format": FORMAT,
                "rows": table.n_rows,
                "numeric": list(table.numeric_names),
                "categorical": list(table.categorical_names),
                "categories": [names for _, names in columns],
                "classes": classes,
            }
        ).encode()
    )
    for block in _numeric_blocks(table.numeric):
        found.update(block.tobytes())
    for codes in (*(codes for codes, _ in columns), class_codes):
        found.update(codes.tobytes())
    return found.hexdigest()


def _numeric_blocks(values: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    step = max(1, _BLOCK_CELLS // max(1, values.shape[1]))
    for start in range(0, values.shape[0], step):
        block = np.add(values[start : start + step], 0.0, order="C")  # adding 0 makes -0 into 0
        np.copyto(block, np.nan, where=np.isnan(block))
        yield block.astype("<f8", copy=False)


def _canonical_codes(codes: NDArray[np.integer], names: Sequence[str]) -> tuple[NDArray[np.int32], list[str]]:
    """Recode into the sorted names that occur; -1 stays."""
    used = np.unique(codes[codes >= 0])
    kept = sorted({names[code] for code in used})
    position = {name: rank for rank, name in enumerate(kept)}
    recoded = np.full(len(names) + 1, -1, dtype="<i4")
    for code in used:
        recoded[code] = position[names[code]]
    return np.ascontiguousarray(recoded[codes]), kept
