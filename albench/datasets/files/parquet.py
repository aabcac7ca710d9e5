"""A Parquet file with a target column."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from albench.datasets.files.base import FileSource

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


class ParquetFile(FileSource):
    """A Parquet file with one column as the target; its column types say what is a number.

    Text, categorical and Boolean columns are categorical, integers and floats numeric unless declared
    otherwise. Null and not-a-number are missing, and so are the texts declared as ``missing``.
    """

    name: ClassVar[str] = "parquet"

    def _columns(self, file: Path) -> tuple[str, ...]:
        import polars as pl

        try:
            return tuple(pl.scan_parquet(file, glob=False).collect_schema())
        except pl.exceptions.PolarsError as error:
            raise self.where(file).error(f"cannot be read as Parquet: {_get_first_line(error)}") from error

    def _raw(self, file: Path) -> pl.DataFrame:
        import polars as pl

        try:
            return pl.read_parquet(file, glob=False)
        except pl.exceptions.PolarsError as error:
            raise self.where(file).error(f"cannot be read as Parquet: {_get_first_line(error)}") from error


def _get_first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
