"""An ARFF file with a target column."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from albench.datasets.checks import check_table
from albench.datasets.files import arff_sparse, arff_text
from albench.datasets.files.base import FileSource, Reading
from albench.datasets.files.declared_columns import check_declared_columns
from albench.datasets.files.open import open_text_file, read_text_file
from albench.datasets.files.soft_target import SoftTarget
from albench.datasets.unlabelled import separate_unlabelled
from albench.datasets.where import Where
from albench.datasets.words import Words  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from albench.contracts import Table


class ArffFile(FileSource):
    """An ARFF file, dense or sparse (``.gz`` unpacked), with one column as the target.

    Its attributes say what is a number; nominal, string and date attributes are categorical unless declared
    as ``text``. An unquoted ``?`` is missing, and a comment may end a line. Numbers of a sparse file stay
    sparse.
    """

    name = "arff"

    missing: Words = ()
    """Texts that stand for a missing value, besides an unquoted ``?``."""

    def load(self, base: Path) -> Table:
        """Read the file."""
        file = self.find_existing_file(base)
        if not self._is_sparse(file):
            return super().load(base)
        parsed = self._parse(file)
        where = parsed.where
        if self.test_file:
            raise where.error("a sparse file takes no test_file: declare a split column")
        if self.prices:
            raise where.error("a sparse file takes no prices: store its numbers densely")
        if self.answers:
            raise where.error("a sparse file takes no answers: store its numbers densely")
        if isinstance(self.target, SoftTarget):
            raise where.error("a sparse file takes no distribution as its target: store its numbers densely")
        check_declared_columns(self, parsed.head.names)
        return self._read_sparse_table(arff_sparse.split_sparse_rows(parsed.data, parsed.head, where), where)

    def where(self, file: Path) -> Where:
        """Return how messages name this file and its lines."""
        return ArffWhere(self.path, self.target_name, self, file)

    def _read_sparse_table(self, parts: arff_sparse.Sparse, where: Where) -> Table:
        import polars as pl

        from albench.datasets.files.columns import build_table
        from albench.datasets.files.declared_splits import check_ids, read_parts_of_column

        apart = {*self.target_columns, self.split, *self.drop, *self.id, *self.categorical, *self.text}
        kept = [i for i, name in enumerate(parts.numeric_names) if name not in apart]
        dense = [
            pl.Series(name, parts.matrix[:, [i]].toarray().ravel()).fill_nan(None)
            for i, name in enumerate(parts.numeric_names)
            if name in apart
        ]
        frame = pl.DataFrame([*parts.others.get_columns(), *dense])
        check_ids(frame, self.id, where)
        divisions = read_parts_of_column(frame[self.split], self.missing, where) if self.split else ()
        table = build_table(
            frame.drop([*self.drop, *self.id, *([self.split] if self.split else [])]),
            target=self.target_name,
            categorical=self.categorical,
            text=self.text,
            missing=self.missing,
            task=self.task,
            where=where,
        )
        single = self.precision == "single"
        matrix = parts.matrix[:, kept].astype("float32") if single else parts.matrix[:, kept]
        names = tuple(parts.numeric_names[i] for i in kept)
        table = replace(table, sparse=matrix, sparse_names=names, divisions=divisions)
        if self.unlabelled:
            table = separate_unlabelled(table, self.unlabelled, where)
        return check_table(table, replace(where, can_keep_unlabelled=True))

    def _columns(self, file: Path) -> tuple[str, ...]:
        with self._read_lines(file) as lines:
            return arff_text.parse_header(lines, Where(self.path)).names

    def _is_sparse(self, file: Path) -> bool:
        with self._read_lines(file) as lines:
            arff_text.parse_header(lines, Where(self.path))
            first = next((text for line in lines if (text := arff_text.strip_comment(line.strip()))), "")
            return first.startswith("{")

    @contextmanager
    def _read_lines(self, file: Path) -> Iterator[io.TextIOWrapper]:
        with (
            open_text_file(file, self.limit, Where(self.path)) as stream,
            io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace") as lines,
        ):
            yield lines

    def _raw(self, file: Path) -> Reading:
        parsed = self._parse(file)
        return Reading(arff_text.build_dense_frame(parsed.data, parsed.head, parsed.where))

    def _parse(self, file: Path) -> _Parsed:
        where = Where(self.path, self.target_name)
        raw = read_text_file(file, self.limit, where)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            byte = raw[error.start]
            raise where.error(
                f"line {line}: byte 0x{byte:02x} is not UTF-8: save the file as UTF-8"
            ) from error
        lines = arff_text.split_lines(text)
        head = arff_text.parse_header(lines, where)
        return _Parsed(head, arff_text.iterate_rows(lines, head), where)


@dataclass(frozen=True)
class _Parsed:
    head: arff_text.Header
    data: list[arff_text.Line]
    where: Where


@dataclass(frozen=True)
class ArffWhere(Where):
    """Names rows by their line in the file."""

    source: ArffFile | None = None
    file: Path | None = None

    def row(self, index: int) -> str:
        """Name the line of the row ``index``, counted from 0."""
        if self.source is None or self.file is None:
            return super().row(index)
        return f"line {self.source._parse(self.file).data[index].number}"  # noqa: SLF001 - of this module
