"""How messages name a dataset, its target column and its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from albench.errors import DatasetError
from albench.text import quote

if TYPE_CHECKING:
    from albench.contracts import Rows


@dataclass(frozen=True)
class Where:
    """How messages name a dataset, its target column and its rows.

    Attributes
    ----------
    name : str
        The file as the spec names it, or the name of the dataset.
    target : str
        The target column; empty where it has no name.
    can_keep_unlabelled : bool
        Whether ``unlabelled`` is a setting of the dataset.
    class_advice : str
        What to declare if words of the target column that stand for a missing value are classes.
    """

    name: str
    target: str = ""
    can_keep_unlabelled: bool = field(default=False, kw_only=True)
    class_advice: str = field(default="", kw_only=True)

    def row(self, index: int) -> str:
        """Name the row ``index``, counted from 0."""
        return f"row {index + 1}"

    def error(self, text: str, *, column: str | None = None, row: int | None = None) -> DatasetError:
        """Return the error that says where: name, column, row."""
        places = [f"column {quote(column)}"] if column is not None else []
        places += [self.row(row)] if row is not None else []
        return DatasetError(": ".join([self.name, *([", ".join(places)] if places else []), text]))

    def select(self, rows: Rows | None) -> Where:
        """Return how messages name some of the rows, in their order; None for all of them."""
        if rows is None:
            return self
        return _WhereSelected(self.name, self.target, class_advice=self.class_advice, whole=self, rows=rows)


@dataclass(frozen=True, eq=False)
class _WhereSelected(Where):
    """Names some of the rows of a dataset as they are called among all."""

    whole: Where = field(kw_only=True)
    rows: Rows = field(kw_only=True)

    def row(self, index: int) -> str:
        """Name the row ``index`` of those that were selected."""
        return self.whole.row(int(self.rows[index]))
