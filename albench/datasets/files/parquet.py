"""A Parquet file with a target column."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from albench.datasets.files.base import FileSource, Reading
from albench.datasets.files.open import explain_kind, format_size
from albench.errors import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

_LONGEST = 200
_CELL_BYTES = 16
"""Of a cell in memory: half as it is read, half in the table."""


class ParquetFile(FileSource):
    """A Parquet file with one column as the target; its column types say what is a number.

    Text, categorical and Boolean columns are categorical, integers and floats numeric unless declared
    otherwise; so are integers that the file holds as categories (of pandas, or a dictionary of Arrow). Null
    and not-a-number are missing, and so are the texts declared as ``missing``. An index that pandas stored
    is no feature.
    """

    name = "parquet"

    def _columns(self, file: Path) -> tuple[str, ...]:
        return tuple(self._schema(file))

    def _schema(self, file: Path) -> pl.Schema:
        import polars as pl

        with self._explain_errors(file):
            return pl.scan_parquet(file, glob=False, hive_partitioning=False).collect_schema()

    def _raw(self, file: Path) -> Reading:
        import polars as pl

        from albench.datasets.files.parquet_metadata import read_column_roles

        where = self.where(file)
        with self._explain_errors(file):
            n_rows = pl.scan_parquet(file, glob=False).select(pl.len()).collect().item()
            size = n_rows * len(self._columns(file)) * _CELL_BYTES
            if size > self.limit:
                raise where.error(
                    f"its {n_rows:,} rows grow to {format_size(size)}, beyond {format_size(self.limit)}: "
                    "if that is right, raise max_gib"
                )
            frame = pl.read_parquet(file, glob=False, hive_partitioning=False)
            roles = read_column_roles(pl.read_parquet_metadata(file), where)
        if frame.height != n_rows:
            raise where.error(f"{frame.height} rows are read, and the file says that it holds {n_rows}")
        is_number = {*self.target_columns} if self.task == "regression" else set()
        categories = [
            name
            for name in roles.categories
            if frame.schema.get(name, pl.Null).is_numeric() and name not in is_number
        ]
        return Reading(frame.with_columns(pl.col(categories).cast(pl.String)), roles.index_columns)

    @contextmanager
    def _explain_errors(self, file: Path) -> Iterator[None]:
        import polars as pl

        try:
            yield
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            first_line = clean_text(str(error).partition("\n")[0], _LONGEST)
            problem = f"cannot be read as Parquet: {first_line}{explain_kind(file)}"
            raise self.where(file).error(problem) from error
