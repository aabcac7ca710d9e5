"""A seed set of rows that the user names."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import Field, ValidationInfo, model_validator

from albench.contracts import SeedSet
from albench.errors import SpecError, TrialError
from albench.files import explain_lookup
from albench.seed_sets.prefix import take_prefix
from albench.text import format_count, list_quoted, quote

if TYPE_CHECKING:
    from typing import Self

    from albench.contracts import Rows, SeedPool

DatasetRows = tuple[Annotated[int, Field(ge=0)], ...]


class RowsSeedSet(SeedSet):
    """Rows of the dataset that you name, in the order in which you name them.

    Rows that a split does not have in its pool (they are test rows there, or were capped away) are passed
    over, which the notes of the trial say; a seed set larger than the rows that are left is refused.
    """

    name = "rows"

    # Named as the spec names it: the word would hide the type from the fields below.
    list: DatasetRows | dict[str, DatasetRows]
    """Row numbers of the dataset from 0, or of each dataset by its label: {wine: [3, 14], digits: [15]}; a
    file may stand in its place."""
    file: str = Field(default="", exclude=True)
    """CSV file beside the spec instead of a list: a column 'row', and 'dataset' where there are several."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, values: Any, info: ValidationInfo) -> Any:
        file = values.get("file")
        if not isinstance(file, str) or not file:
            # What stands before a validator of the whole sees no JSON any more, where a list is a tuple.
            return {name: _to_tuples(value) for name, value in values.items()}
        if "list" in values:
            raise ValueError("give list or file, not both")
        context = info.context or {}
        path = context.get("folder", Path()) / file
        problem = explain_lookup(path)
        if problem or not path.is_file():
            if context.get("is_past"):
                return {"list": ()}
            raise ValueError(f"no file {quote(file)} beside the spec{problem and ': '}{problem}")
        return {"list": _to_tuples(_read_rows(path))}

    @model_validator(mode="after")
    def _check_twice(self) -> Self:
        rows_by_dataset = self.list if isinstance(self.list, dict) else {"": self.list}
        for dataset, rows in rows_by_dataset.items():
            if len(set(rows)) < len(rows):
                of_dataset = f" of dataset {quote(dataset)}" if dataset else ""
                raise ValueError(f"a row{of_dataset} stands twice")
        return self

    def get_method(self, dataset: str) -> RowsSeedSet:
        """Return one with the rows of a dataset alone: others are no part of the identity of its trials."""
        if not isinstance(self.list, dict):
            return self
        if dataset not in self.list:
            raise SpecError(
                f"seed set 'rows' names no row of dataset {quote(dataset)}, but of"
                f" {list_quoted(self.list, 'and')}"
            )
        return RowsSeedSet(list=self.list[dataset])

    def choose_from(self, pool: SeedPool, size: int, rng: np.random.Generator) -> Rows:
        """Return the positions of the first ``size`` named rows that are in the pool."""
        positions = self._find_positions(pool)
        if size > positions.size:
            raise TrialError(
                f"a seed set of {size} rows cannot come from the {positions.size} of"
                f" {format_count(len(self.list), 'named row')} that are in the pool of split {pool.split}:"
                " name more rows, or lower 'seed_sizes'"
            )
        return take_prefix(positions, size)

    def describe_choice(self, pool: SeedPool) -> str:
        """Say how many of the named rows are not in the pool."""
        n_absent = len(self.list) - self._find_positions(pool).size
        if not n_absent:
            return ""
        named = format_count(len(self.list), "row that the seed set names", "rows that the seed set names")
        verb = "is" if n_absent == 1 else "are"
        return f"{n_absent} of {named} {verb} not in the pool of this split and passed over"

    def _find_positions(self, pool: SeedPool) -> Rows:
        # A pool may hold copies of a row: the first one is taken.
        rows, first = np.unique(pool.rows, return_index=True)
        named = np.array(self.list, np.intp)
        places = np.minimum(np.searchsorted(rows, named), rows.size - 1)
        positions: Rows = first[places][rows[places] == named]
        return positions


def _to_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _to_tuples(each) for name, each in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _read_rows(path: Path) -> Any:
    """Return the row numbers of a CSV file, by dataset where it has such a column."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        columns = reader.fieldnames or []
        if "row" not in columns:
            raise ValueError(f"{quote(path.name)} has no column 'row', but {list_quoted(columns, 'and')}")
        by_dataset: dict[str, Any] = defaultdict(list)
        for line in reader:
            text = (line["row"] or "").strip()
            if not text.isdecimal():
                raise ValueError(f"{quote(path.name)}, line {reader.line_num}: no row number: {quote(text)}")
            by_dataset[line.get("dataset") or ""].append(int(text))
    return dict(by_dataset) if "dataset" in columns else by_dataset[""]
