"""The small files of a results folder read; one that is damaged is named, with what to do."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from albench.errors import ResultsError
from albench.store.checksum import broken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

T = TypeVar("T", dict[str, Any], list[Any])


def read_text(file: Path) -> str:
    """Read a text.

    Raises
    ------
    ResultsError
        If it is not UTF-8.
    """
    with _naming(file):
        return file.read_text(encoding="utf-8")


def read_json(file: Path, shape: type[T]) -> T:
    """Read JSON: a mapping of mappings, or a list of them.

    Raises
    ------
    ResultsError
        If it is something else.
    """
    with _naming(file):
        found = json.loads(file.read_text(encoding="utf-8"))
        inner = found.values() if isinstance(found, dict) else found
        if not isinstance(found, shape) or not all(isinstance(each, dict) for each in inner):
            raise ValueError(f"it holds no {'mapping' if shape is dict else 'list'} of mappings")
        return found


def read_mapping(file: Path) -> dict[str, Any]:
    """Read a YAML mapping.

    Raises
    ------
    ResultsError
        If it is something else.
    """
    import yaml

    with _naming(file):
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not (isinstance(found, dict) and found):
            raise ValueError("it holds no mapping")
        return found


def read_table(file: Path) -> pl.DataFrame:
    """Read a Parquet table of keys.

    Raises
    ------
    ResultsError
        If it is something else.
    """
    import polars as pl

    with _naming(file):
        if broken(file):
            raise ValueError("it is not as it was written")
        found = pl.read_parquet(file, glob=False)
        if "key" not in found.columns:
            raise ValueError("it has no column 'key'")
        return found


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    from polars.exceptions import PanicException, PolarsError
    from yaml import YAMLError

    try:
        yield
    # What the system says of a file it tells itself, by name.
    except (ValueError, YAMLError, PolarsError, PanicException) as error:
        why = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise ResultsError(
            f"'{file}' is damaged ({why}): restore it from a copy, or let `albench run SPEC` write it again"
        ) from error
