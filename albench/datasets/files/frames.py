"""Tables in memory, of Polars, pandas or arrays, as a file that an experiment names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.errors import DatasetError, clean_text
from albench.files import replace_file
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

_LONGEST = 200


def write_table(data: Any, file: str | Path) -> Path:
    """Write a table in memory into a file, which an experiment then names and labels are written into.

    Parameters
    ----------
    data : DataFrame or mapping of str to array
        Of Polars or pandas, whose index is left out; an array of two dimensions is a column each, ``X0``,
        ``X1``, ... of ``X``.
    file : path
        That ends in ``.parquet``, which keeps the types, or ``.csv``.

    Returns
    -------
    Path

    Raises
    ------
    DatasetError
        If a file of that name holds something else, or a column has values of several types.
    """
    file = Path(file)
    if file.suffix not in (".csv", ".parquet"):
        raise DatasetError(f"{file}: a table is written into a file that ends in .parquet or .csv")
    frame = convert_frame(data)
    if file.exists():
        if not _holds(file, frame):
            raise DatasetError(
                f"{file}: it is there already, and holds another table, perhaps with labels that have come: "
                "name that file in place of the table, or another file"
            )
        return file
    with replace_file(file) as handle:
        frame.write_csv(handle) if file.suffix == ".csv" else frame.write_parquet(handle)
    return file


def _holds(file: Path, frame: pl.DataFrame) -> bool:
    import polars as pl

    if file.suffix == ".csv":
        return file.read_bytes() == frame.write_csv().encode()
    try:
        return pl.read_parquet(file).equals(frame)
    except pl.exceptions.PolarsError:
        return False


def convert_frame(data: Any) -> pl.DataFrame:
    """Return a table as a Polars frame."""
    import polars as pl

    if isinstance(data, pl.DataFrame):
        return data
    if not hasattr(data, "items"):
        raise DatasetError(
            "a table is a DataFrame of Polars or pandas, or a mapping of names to arrays, not "
            f"{type(data).__name__}"
        )
    columns = [pair for name, values in data.items() for pair in _iterate_columns(str(name), values)]
    names = [name for name, _ in columns]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise DatasetError(f"two columns are called {quote(twice)}: rename one of them")
    try:
        return pl.DataFrame([pl.Series(name, values) for name, values in columns])
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        first = clean_text(str(error).partition("\n")[0], _LONGEST)
        raise DatasetError(f"the columns are no table of one type each: {first}") from error


def _iterate_columns(name: str, values: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(values, "isna"):
        # Of pandas, whose missing values differ from type to type.
        values = values.astype(object).where(values.notna(), None)
    array = np.asarray(values, dtype=object if isinstance(values, list | tuple) else None)
    if array.ndim != 2:  # noqa: PLR2004
        yield name, array.tolist() if array.dtype == object else array
        return
    for position, column in enumerate(array.T):
        yield f"{name}{position}", column
