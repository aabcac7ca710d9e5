"""Readers of the small files of a results folder: a damaged file is named, with what to do about it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from albench.errors import ResultsError
from albench.store.checksum import is_damaged
from albench.store.plain_files import explain, format_path, is_file
from albench.tables import GROWTH, build_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import polars as pl

# An environment is a mapping that holds lists and mappings of texts.
_DEPTH_OF_ENVIRONMENTS = 3
# A parameter of a component may be an estimator with parameters of its own, and so on.
_DEPTH_OF_DECLARATIONS = 50


def read_text(file: Path) -> str:
    """Read a text."""
    with _explain_damage(file):
        return file.read_text(encoding="utf-8")


def read_environments(file: Path) -> dict[str, dict[str, Any]]:
    """Read environments by fingerprint."""
    with _explain_damage(file):
        content = json.loads(file.read_text(encoding="utf-8"))
        entries = content.values() if isinstance(content, dict) else [None]
        if not all(map(_is_environment, entries)):
            raise ValueError("it holds no mapping of environments")
        if not _is_shallow(content, _DEPTH_OF_ENVIRONMENTS):
            raise ValueError("it is nested deeper than an environment is")
        return dict(content)


def read_datasets(file: Path) -> list[dict[str, Any]]:
    """Read the datasets of the last run in numbers."""
    return _read_list(file, _is_dataset, "datasets")


def read_declarations(file: Path) -> list[dict[str, Any]]:
    """Read what the runs have declared, the oldest first."""
    return _read_list(file, _is_declaration, "declarations")


def _read_list(file: Path, is_entry: Callable[[Any], bool], words: str) -> list[dict[str, Any]]:
    with _explain_damage(file):
        content = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(content, list) or not all(map(is_entry, content)):
            raise ValueError(f"it holds no list of {words}")
        return list(content)


def read_mapping(file: Path) -> dict[str, Any]:
    """Read a YAML mapping."""
    from albench.spec.messages import Problems, UnreadableError
    from albench.spec.yaml_reader import compose, decode_text

    with _explain_damage(file):
        try:
            content = compose(decode_text(file.read_bytes()), Problems(file.name)).plain
        except UnreadableError as error:
            raise ValueError(error.problem.text) from error
        if not (isinstance(content, dict) and content):
            raise ValueError("it holds no mapping")
        return content


def read_plan_table(file: Path, table: str, required: Sequence[str] = ("key",)) -> pl.DataFrame:
    """Read the labels of what was planned.

    Parameters
    ----------
    table : {"trials", "references"}
        Where the labels go.
    required : sequence of str
        Columns that must be there.
    """
    import polars as pl

    with _explain_damage(file):
        if is_damaged(file):
            raise ValueError("it is not as it was written")
        plan = pl.read_parquet(file, glob=False)
        if "preprocessing" in required:
            # Plans from before several could be compared lack it, and in merged ones some rows do.
            is_there = "preprocessing" in plan.columns
            label = pl.col("preprocessing").cast(pl.String).fill_null("") if is_there else pl.lit("")
            plan = plan.with_columns(label.alias("preprocessing"))
        for name in required:
            if name not in plan.columns:
                raise ValueError(f"it has no column '{name}'")
        types = build_schema(table, further=[GROWTH] if table == "trials" else [])
        schema = {name: dtype for name, dtype in types.items() if name in plan.columns}
        for name, dtype in schema.items():
            given = plan[name].dtype
            if not (given in (dtype, pl.Null()) or (given.is_integer() and dtype.is_integer())):
                raise ValueError(f"its column '{name}' is {str(given)[:100]}, not {dtype}")
        plan = plan.cast(pl.Schema(schema))
        # Only a reference has no oracle, where its labels are the true ones.
        empty = [name for name in required if plan[name].null_count() and name != "oracle"]
        if empty or plan["key"].n_unique() < plan.height:
            raise ValueError(f"{empty[0]} is missing in a row" if empty else "a key stands twice")
        return plan


def _is_environment(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("fingerprint"), str):
        return False
    if not isinstance(entry.get("versions", {}), dict):
        return False
    return _is_list_of_texts(entry.get("libraries", []))


def _is_dataset(entry: Any) -> bool:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in ("label", "hash")):
        return False
    return _is_list_of_texts(entry.get("warnings")) and _is_list_of_texts(entry.get("classes", []))


def _is_declaration(entry: Any) -> bool:
    if not isinstance(entry, dict) or not _is_shallow(entry, _DEPTH_OF_DECLARATIONS):
        return False
    since, n_finished = entry.get("since", 0), entry.get("n_finished", "")
    return isinstance(since, str | None) and isinstance(n_finished, int | None)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _is_shallow(value: Any, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    values = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_is_shallow(entry, depth - 1) for entry in values)


@contextmanager
def _explain_damage(file: Path) -> Iterator[None]:
    from polars.exceptions import PanicException, PolarsError

    # A reader of a named pipe would wait for ever, and a link leads out of the folder.
    if not is_file(file):
        raise FileNotFoundError(file)
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError, PolarsError, PanicException) as error:
        raise ResultsError(
            f"'{format_path(file)}' is damaged ({explain(error)}): restore it from a copy, or let "
            "`albench run SPEC` write it again"
        ) from error
