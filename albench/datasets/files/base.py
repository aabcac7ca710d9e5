"""What the file formats with named columns have in common: which are features, which is the target."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from pydantic import model_validator

from albench.datasets.checks import check_table
from albench.datasets.files.declared_columns import check_declared_columns
from albench.datasets.files.joining import JoinedWhere, check_same_columns, join_frames
from albench.datasets.files.location import LocatedSource, resolve_file
from albench.datasets.files.soft_target import SoftTarget
from albench.datasets.mistakes import Mistakes
from albench.datasets.unlabelled import Unlabelled, separate_unlabelled
from albench.datasets.where import Where
from albench.datasets.words import Words  # noqa: TC001 - pydantic reads it
from albench.text import list_quoted, quote

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from albench.contracts import Table

MISSING = ("", "?", "NA", "NaN", "nan", "null", "None")


class Reading(NamedTuple):
    """The columns of a file.

    Attributes
    ----------
    index_columns : tuple of str
        Columns of which the file says that they only name its rows.
    """

    frame: pl.DataFrame
    index_columns: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class FileSource(LocatedSource):
    """A table in a file, with one column as the target."""

    target: str | SoftTarget
    """Column that holds the class, or columns that hold a distribution over the classes of each row."""
    drop: Words = ()
    """Columns that are no features: other targets, notes."""
    categorical: Words = ()
    """Columns that hold numbers which are names: postcodes, codes of products."""
    missing: Words = MISSING
    """Texts that stand for a missing value, in place of these."""
    unlabelled: Unlabelled = ()
    """What becomes of rows without a target value, which are an error otherwise: ``keep`` keeps them beside
    pool and test, where nothing of them is scored; ``preprocessing`` does that, and fits scaling, categories,
    words and declared steps on their features, too; with ``density`` strategies that can take them into the
    density and the clusters of the pool."""
    text: Words = ()
    """Columns that hold sentences rather than names."""
    answers: Words = ()
    """Columns that hold answers of annotators or models beside the target: no features, but what the oracle
    ``columns`` gives."""
    prices: Words = ()
    """Columns of numbers that ``costs`` prices rows by, and that are no features."""
    id: Words = ()
    """Columns that together identify a row: no features, and no value may come twice."""
    time: str = ""
    """Column that says when each row arrives, for ``order: time`` of streams: numbers, or dates such as
    2026-11-30 or 2026-11-30 17:45:00; no feature."""
    test_file: str = ""
    """A second file, with the same columns, that is the test part: for ``split: declared``."""
    split: str = ""
    """Column that says of each row ``train`` or ``test`` (or ``validation``: in neither part): for
    ``split: declared``."""
    task: Literal["classification", "regression"] = "classification"
    """Whether the target is a class or a number; query strategies need classes."""
    precision: Literal["double", "single"] = "double"
    """Of numeric columns; single takes half the memory."""

    @model_validator(mode="after")
    def _check_task(self) -> Self:
        if isinstance(self.target, SoftTarget) and self.task == "regression":
            raise ValueError("a distribution over classes is no target of a regression")
        return self

    @property
    def target_columns(self) -> tuple[str, ...]:
        """Columns that the target is read from."""
        return self.target.list_columns() if isinstance(self.target, SoftTarget) else (self.target,)

    @property
    def target_name(self) -> str:
        """The column that holds the class; empty where several do."""
        return "" if isinstance(self.target, SoftTarget) else self.target

    @property
    def answer_columns(self) -> tuple[str, ...]:
        """Columns of recorded answers, those that make the target a distribution among them."""
        return (*self.answers, *(self.target.annotators if isinstance(self.target, SoftTarget) else ()))

    def list_answers(self) -> tuple[str, ...]:
        """Name the columns that hold recorded answers, and the target."""
        return (*self.answer_columns, *([self.target_name] if self.target_name else []))

    def files(self, base: Path) -> tuple[Path, ...]:
        """Return the files that must be there, resolved against the folder of the spec."""
        test = (resolve_file(base, self.test_file),) if self.test_file else ()
        return (*super().files(base), *test)

    def load(self, base: Path) -> Table:
        """Read the file, and the file of the test part if there is one."""
        from albench.datasets.files.declared_splits import check_ids, get_parts_of_files, read_parts_of_column
        from albench.datasets.files.row_numbers import check_unnamed

        parts = [self, *([self._of_test()] if self.test_file else [])]
        files = [part.find_existing_file(base) for part in parts]
        for part, file in zip(parts, files, strict=True):
            check_declared_columns(part, part._columns(file))  # noqa: SLF001 - of this class
        readings = [part._read(file) for part, file in zip(parts, files, strict=True)]  # noqa: SLF001
        where = self.where(files[0])
        if self.test_file:
            test_where = parts[1].where(files[1])
            where = JoinedWhere(where.name, where.target, where, test_where, readings[0].frame.height)
        mistakes = Mistakes()
        raw = join_frames([reading.frame for reading in readings], self._as_names, where)
        marks, advice = self._find_marks(raw)
        where = replace(where, can_keep_unlabelled=True, class_advice=advice)
        typed = self._typed(raw, where, mistakes)
        frame = typed.frame
        with mistakes.collect():
            check_unnamed(frame.head(readings[0].frame.height), self._declared, where)
        with mistakes.collect():
            check_ids(frame, self.id, where)
        divisions = get_parts_of_files([reading.frame.height for reading in readings])
        if self.split:
            with mistakes.collect():
                divisions = read_parts_of_column(frame[self.split], self.missing, where)
        with mistakes.end():
            table = self._build_table(frame, where)
        warnings = tuple(dict.fromkeys(text for reading in (*readings, typed) for text in reading.warnings))
        if self.unlabelled and len(marks) > 1 and advice:
            marked = f"column {quote(self.target_name)} has no class where it says {list_quoted(marks, 'or')}"
            warnings = (*warnings, marked + advice)
        table = replace(table, divisions=divisions, warnings=warnings, target_name=self.target_name)
        table = self._add_other_columns(table, frame, where, mistakes)
        if self.unlabelled:
            with mistakes.end():
                table = separate_unlabelled(table, self.unlabelled, where)
        return check_table(table, where, mistakes)

    def _find_marks(self, frame: pl.DataFrame) -> tuple[list[str], str]:
        """Return what stands in the target column in place of a class, and what to declare if it is one."""
        import polars as pl

        from albench.datasets.files.inference import format_yaml_list

        column = frame[self.target_name] if self.target_name and self.task == "classification" else None
        if column is None or column.dtype not in (pl.String, pl.Categorical, pl.Enum):
            return [], ""
        texts = column.cast(pl.String).str.strip_chars().fill_null("").unique().to_list()
        marks = [text for text in self.missing if text in texts]
        words = [text for text in marks if text in MISSING and text.isalpha()]
        if not words:
            return marks, ""
        others = format_yaml_list(text for text in self.missing if text not in words)
        what = "is a class" if len(words) == 1 else "are classes"
        return marks, f"; if {list_quoted(words, 'and')} {what}, declare missing: {others}"

    def _add_other_columns(
        self, table: Table, frame: pl.DataFrame, where: Where, mistakes: Mistakes
    ) -> Table:
        """Return a table with prices, times and answers, which are neither features nor target."""
        if self.prices:
            from albench.datasets.prices import read_prices

            with mistakes.collect():
                prices = read_prices(frame, self.prices, where)
                table = replace(table, prices=prices, price_names=self.prices)
        if self.time:
            from albench.datasets.arrival_times import read_times

            with mistakes.collect():
                table = replace(table, times=read_times(frame[self.time], self.missing, where))
        if columns := self.answer_columns:
            from albench.datasets.recorded_answers import encode_answers

            with mistakes.collect():
                answers = encode_answers(frame, columns, table.classes, self.missing, where)
                table = replace(table, answers=answers, answer_names=columns)
        return table

    def _build_table(self, frame: pl.DataFrame, where: Where) -> Table:
        from albench.datasets.files.columns import build_table

        labelled, soft = frame, None
        if isinstance(self.target, SoftTarget):
            from albench.datasets.files.soft_labels import read_soft_labels

            soft = read_soft_labels(frame, self.target, self.missing, where)
            labelled = soft.replace_columns(frame, self.target_columns)
        table = build_table(
            labelled.drop([*self._no_features]),
            target=self.target_columns[0],
            categorical=self.categorical,
            text=self.text,
            missing=self.missing,
            task=self.task,
            single=self.precision == "single",
            where=where,
        )
        return table if soft is None else replace(table, distribution=soft.shares)

    def read_frame(self, base: Path) -> pl.DataFrame:
        """Return the columns of the file itself, without a test file, as it holds them."""
        return self._read(self.find_existing_file(base)).frame

    def header(self, base: Path) -> tuple[str, ...] | None:
        """Return the column names, without reading the data; None for a file that is to be downloaded."""
        if self.lacks(base) or self.damaged(base):
            return None
        names = self._columns(self.find_existing_file(base))
        if self.test_file:
            test = self._of_test()
            check_same_columns(names, test._columns(test.find_existing_file(base)), test.path)  # noqa: SLF001
        return names

    def where(self, file: Path) -> Where:
        """Return how messages name this file and its rows."""
        return Where(self.path, self.target_name)

    def _of_test(self) -> FileSource:
        return self.model_copy(update={"path": self.test_file, "url": "", "sha256": "", "test_file": ""})

    def _columns(self, file: Path) -> tuple[str, ...]:
        raise NotImplementedError(f"{type(self).__qualname__} must define _columns(file)")

    def _raw(self, file: Path) -> Reading:
        raise NotImplementedError(f"{type(self).__qualname__} must define _raw(file)")

    def _read(self, file: Path) -> Reading:
        """Read one file, without the columns that hold an index of pandas."""
        from albench.datasets.files.row_numbers import is_index

        reading = self._raw(file)
        declared = self._declared
        index = [
            name
            for name in reading.frame.columns
            if name not in declared and is_index(name, reading.index_columns)
        ]
        warnings = [
            f"column {quote(name)} is an index that pandas stored, so it is no feature; if it is one, call "
            "reset_index() before saving"
            for name in index
        ]
        frame = reading.frame.drop(index) if index else reading.frame
        return Reading(frame, (), (*reading.warnings, *warnings))

    def _typed(self, frame: pl.DataFrame, where: Where, mistakes: Mistakes) -> Reading:
        """Return the columns with types, for formats whose files have none."""
        return Reading(frame)

    @property
    def _as_names(self) -> frozenset[str]:
        """Columns whose cells are names whatever they look like."""
        is_number = self.task == "regression" or (
            isinstance(self.target, SoftTarget) and not self.target.annotators
        )
        return self._declared - {*self.prices, *(self.target_columns if is_number else ())}

    @property
    def _declared(self) -> frozenset[str]:
        """Columns that a setting names."""
        return frozenset((*self.target_columns, *self.categorical, *self.text, *self._no_features))

    @property
    def _no_features(self) -> tuple[str, ...]:
        """Columns beside the target that are no features."""
        single = filter(None, (self.split, self.time))
        return tuple(dict.fromkeys((*self.drop, *self.answers, *self.prices, *self.id, *single)))
