"""A libsvm file: label and named cells, line by line."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Literal

from albench.datasets.files.array_source import MOST_FEATURES, ArraySource
from albench.datasets.files.csv_text import format_lines
from albench.datasets.files.open import read_text_file
from albench.datasets.where import Where
from albench.text import quote

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Table

_LINE = re.compile(rb"\s*[^\s:#]+(\s+(qid|\d+):\S+)*\s*(#.*)?")


class LibsvmFile(ArraySource):
    """A libsvm (svmlight) file, ``.gz`` unpacked: ``label index:value ...``, indices from 1 or from 0."""

    name = "libsvm"
    main = "path"

    storage: Literal["auto", "sparse", "dense"] = "auto"
    """Of the features; auto is sparse if less than a quarter of the cells is there."""

    def load(self, base: Path) -> Table:
        """Read the file."""
        from sklearn.datasets import load_svmlight_file

        where = Where(self.path)
        raw = read_text_file(self.find_existing_file(base), self.limit, where)
        if not raw.strip():
            raise where.error("the file is empty")
        n_rows = _check_lines(raw, where)
        try:
            features, labels = load_svmlight_file(io.BytesIO(raw))
        except (ValueError, OverflowError) as error:
            _check_cells(raw, where)
            raise where.error(f"cannot be read as libsvm: {error}") from error
        if features.shape[1] > MOST_FEATURES:
            _check_cells(raw, where)
        if features.shape[0] != n_rows:
            raise where.error(f"{features.shape[0]} rows are read of {n_rows} lines that hold one")
        share = features.nnz / max(features.shape[0] * features.shape[1], 1)
        dense = self.storage == "dense" or (self.storage == "auto" and share >= 0.25)  # noqa: PLR2004
        return self.table(features.toarray() if dense else features, labels)


def _check_lines(raw: bytes, where: Where) -> int:
    """See that lines are of the right form, and return how many hold a row."""
    n_rows = 0
    wrong: dict[int, bytes] = {}
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.strip() or line.lstrip().startswith(b"#"):
            continue
        n_rows += 1
        if not _LINE.fullmatch(line):
            wrong[number] = line
    if wrong:
        excerpt = next(iter(wrong.values()))[:40].decode("utf-8", "replace")
        raise where.error(f"{format_lines(list(wrong))}: {quote(excerpt)} is not 'label index:value ...'")
    return n_rows


def _check_cells(raw: bytes, where: Where) -> None:
    """Name the first line that the reader of scikit-learn does not take; it names none."""
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if wrong := _describe_mistake(
            [word.decode("utf-8", "replace") for word in line.partition(b"#")[0].split()]
        ):
            raise where.error(f"line {number}: {wrong}")


def _describe_mistake(words: list[str]) -> str:
    """Return what is wrong with the words of a line; nothing if they are right."""
    if not words:
        return ""
    if not _is_number(words[0]):
        return f"the label {quote(words[0])} is not a number"
    last = -1
    for name, _, value in (word.partition(":") for word in words[1:] if not word.startswith("qid:")):
        index = int(name)
        if index > MOST_FEATURES:
            return f"index {index} is beyond {MOST_FEATURES:,} features"
        if index <= last:
            return f"index {index} comes after {last}: indices ascend, and none comes twice"
        if not _is_number(value):
            return f"index {index}: {quote(value)} is not a number"
        last = index
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
