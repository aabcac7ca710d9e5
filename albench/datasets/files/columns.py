"""From columns with types to a table: what CSV and Parquet files have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from albench.contracts import Table
from albench.datasets.mistakes import join_errors
from albench.datasets.value_names import name_values
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from albench.contracts import Task
    from albench.datasets.where import Where


_SHOWN = 5
_SHORT = 1000
_BLANKS = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What Unicode calls white space, as Polars strips it; Python's strip takes separators of files, too."""


class Coded(NamedTuple):
    """A column of names as codes into its sorted names; -1 where a value is missing."""

    codes: NDArray[np.int32]
    names: tuple[str, ...]


def build_table(
    frame: pl.DataFrame,
    *,
    target: str,
    categorical: Collection[str],
    missing: Sequence[str],
    where: Where,
    text: Sequence[str] = (),
    task: Task = "classification",
    single: bool = False,
) -> Table:
    """Return the table of a frame: numbers are numeric, text, truth values and what is declared categorical.

    Parameters
    ----------
    frame : polars.DataFrame
        The features and the target.
    target : str
        Name of the target column.
    categorical : collection of str
        Columns of numbers that are categories.
    missing : sequence of str
        Texts that stand for a missing value.
    text : sequence of str
        Columns that hold sentences.
    task : {"classification", "regression"}
        Whether the target is a class or a number.
    single : bool
        Whether numbers are kept in single precision.

    Raises
    ------
    DatasetError
        If a column is neither numbers nor names: dates, lists, binary; if the target of a regression holds
        anything but numbers.
    """
    _check_types(frame, where)
    apart, declared = {target, *text}, frozenset(categorical)
    features = [name for name in frame.columns if name not in apart]
    is_name = {name: name in declared or not is_numeric(frame[name]) for name in features}
    names = [name for name in features if is_name[name]]
    numbers = [name for name in features if not is_name[name]]
    coded = [encode_values(frame[name], missing) for name in names]
    targets = _encode_targets(frame[target], where) if task == "regression" else None
    classless = Coded(np.zeros(frame.height, np.int32), ())
    labels = encode_values(frame[target], missing) if targets is None else classless
    numeric = (_convert_numbers(frame[name]) for name in numbers)
    return Table(
        numeric=_build_matrix(numeric, frame.height, len(numbers), np.float32 if single else np.float64),
        categorical=_build_matrix((each.codes for each in coded), frame.height, len(names), np.int32),
        numeric_names=tuple(numbers),
        categorical_names=tuple(names),
        categories=tuple(each.names for each in coded),
        labels=labels.codes.astype(np.intp),
        classes=labels.names,
        text=tuple(_read_texts(frame[name]) for name in text),
        text_names=tuple(text),
        targets=targets,
    )


def _build_matrix(
    columns: Iterable[NDArray[Any]], n_rows: int, n_columns: int, dtype: type[np.generic]
) -> NDArray[Any]:
    """Return columns side by side; only one of them is held beside the matrix."""
    matrix = np.empty((n_rows, n_columns), dtype=dtype)
    with np.errstate(over="ignore"):  # what single precision cannot hold is told as infinite
        for position, column in enumerate(columns):
            matrix[:, position] = column
    return matrix


def is_numeric(column: pl.Series) -> bool:
    """True if the column's type is a number; a column without any value counts as one."""
    import polars as pl

    return column.dtype.is_numeric() or column.dtype == pl.Null


def clean_values(column: pl.Series, missing: Sequence[str]) -> pl.Series:
    """Return text without surrounding blanks, and null where it stands for a missing value."""
    import polars as pl

    text = column.cast(pl.String).str.strip_chars()
    return text.set(text.is_in(list(missing)), None)


def encode_values(column: pl.Series, missing: Sequence[str]) -> Coded:
    """Return a column as codes into the sorted names of its values."""
    import polars as pl

    if column.dtype == pl.String and len(column) <= _SHORT:
        return _encode_short(column.to_list(), missing)
    if column.dtype.is_float() or column.dtype.is_decimal():
        column = column.cast(pl.Float64).fill_nan(None)
    elif not (column.dtype.is_integer() or column.dtype in (pl.Boolean, pl.Null)):
        column = clean_values(column, missing)
    values = column.drop_nulls().unique()
    names = name_values(values.to_list())
    kept = sorted(set(names))
    position = {name: code for code, name in enumerate(kept)}
    codes = pl.Series([position[name] for name in names], dtype=pl.Int32)
    coded = column.replace_strict(values, codes, default=None, return_dtype=pl.Int32)
    return Coded(coded.fill_null(-1).to_numpy(), tuple(kept))


def _encode_short(cells: Sequence[str | None], missing: Sequence[str]) -> Coded:
    """Encode a column of few rows, of which there may be many: each call of Polars has its price."""
    texts = [None if cell is None else cell.strip(_BLANKS) for cell in cells]
    values = list(dict.fromkeys(text for text in texts if text is not None and text not in missing))
    name_of = dict(zip(values, name_values(values), strict=True))
    kept = sorted(set(name_of.values()))
    position = {name: code for code, name in enumerate(kept)}
    codes = [position[name_of[text]] if text in name_of else -1 for text in texts]
    return Coded(np.array(codes, dtype=np.int32), tuple(kept))


def _read_texts(column: pl.Series) -> tuple[str, ...]:
    import polars as pl

    return tuple(column.cast(pl.String).fill_null("").to_list())


def _encode_targets(column: pl.Series, where: Where) -> NDArray[np.float64]:
    import polars as pl

    if not is_numeric(column):
        cells = column.cast(pl.String)
        wrong = cells.cast(pl.Float64, strict=False).is_null() & cells.is_not_null()
        row = int(wrong.arg_true()[0]) if wrong.any() else 0
        raise where.error(f"{quote(str(cells[row]))} is not a number to predict", column=column.name, row=row)
    return _convert_numbers(column)


def _convert_numbers(column: pl.Series) -> NDArray[np.float64]:
    import polars as pl

    return column.cast(pl.Float64).to_numpy()  # not-a-number where there is no value


def _check_types(frame: pl.DataFrame, where: Where) -> None:
    import polars as pl

    names = (pl.String, pl.Categorical, pl.Enum, pl.Boolean)
    errors = [
        where.error(
            f"values of type {column.dtype} are neither numbers nor names: drop or convert the column",
            column=column.name,
        )
        for column in frame.get_columns()
        if not (is_numeric(column) or column.dtype in names)
    ]
    if errors:
        raise join_errors(errors, _SHOWN)
