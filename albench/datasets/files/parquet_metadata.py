"""What the writer of a Parquet file says of its columns beside their types."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from albench.datasets.where import Where


class ColumnRoles(NamedTuple):
    """Columns that are not what their types say.

    Attributes
    ----------
    index_columns : tuple of str
        An index of pandas.
    categories : tuple of str
        Categories, whatever they are named by.
    """

    index_columns: tuple[str, ...]
    categories: tuple[str, ...]


def read_column_roles(metadata: Mapping[str, str], where: Where) -> ColumnRoles:
    """Read what pandas and Arrow store in the metadata of a file."""
    try:
        index, categories = _read_pandas(metadata.get("pandas", "{}"))
        arrow = _iterate_dictionaries(metadata["ARROW:schema"]) if "ARROW:schema" in metadata else ()
        return ColumnRoles(index, tuple(dict.fromkeys([*categories, *arrow])))
    except (ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError) as error:
        raise where.error(
            "what the file says of its columns (its metadata) is damaged: write it again"
        ) from error


def _read_pandas(text: str) -> tuple[tuple[str, ...], list[str]]:
    description = json.loads(text)
    # An index that only counts rows is described, not stored.
    index = tuple(name for name in description.get("index_columns", ()) if isinstance(name, str))
    columns: list[dict[str, Any]] = description.get("columns", [])
    return index, [
        str(column.get("field_name", column["name"]))
        for column in columns
        if column["pandas_type"] == "categorical"
    ]


def _iterate_dictionaries(schema: str) -> Iterator[str]:
    """Yield the columns that Arrow holds as codes into a dictionary; Parquet itself keeps only the values."""
    import pyarrow as pa

    try:
        fields = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(schema)))
    except NotImplementedError:
        # Types that Polars has beside Arrow's; its categories are texts, and keep their type by themselves.
        return
    for field in fields:
        if pa.types.is_dictionary(field.type):
            yield field.name
