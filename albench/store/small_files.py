"""Readers of the small files of a results folder: a damaged file is named, with what to do about it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from albench.errors import ResultsError
from albench.store.checksum import is_damaged

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
    with _explain_damage(file):
        return file.read_text(encoding="utf-8")


def read_json(file: Path, shape: type[T]) -> T:
    """Read JSON: a mapping of mappings, or a list of them.

    Raises
    ------
    ResultsError
        If it is something else.
    """
    with _explain_damage(file):
        content = json.loads(file.read_text(encoding="utf-8"))
        entries = content.values() if isinstance(content, dict) else content
        if not isinstance(content, shape) or not all(isinstance(entry, dict) for entry in entries):
            raise ValueError(f"it holds no {'mapping' if shape is dict else 'list'} of mappings")
        return content


def read_mapping(file: Path) -> dict[str, Any]:
    """Read a YAML mapping.

    Raises
    ------
    ResultsError
        If it is something else.
    """
    import yaml

    with _explain_damage(file):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        if not (isinstance(content, dict) and content):
            raise ValueError("it holds no mapping")
        return content


def read_table(file: Path) -> pl.DataFrame:
    """Read a Parquet table of keys.

    Raises
    ------
    ResultsError
        If it is something else.
    """
    import polars as pl

    with _explain_damage(file):
        if is_damaged(file):
            raise ValueError("it is not as it was written")
        table = pl.read_parquet(file, glob=False)
        if "key" not in table.columns:
            raise ValueError("it has no column 'key'")
        return table


@contextmanager
def _explain_damage(file: Path) -> Iterator[None]:
    from polars.exceptions import PanicException, PolarsError
    from yaml import YAMLError

    try:
        yield
    # An OSError names its file itself.
    except (ValueError, YAMLError, PolarsError, PanicException) as error:
        why = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise ResultsError(
            f"'{file}' is damaged ({why}): restore it from a copy, or let `albench run SPEC` write it again"
        ) from error
