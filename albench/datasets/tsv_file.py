"""A TSV file with a target column."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from albench.datasets.csv_file import CsvFile


class TsvFile(CsvFile):
    """A file of cells with tabs between them (with a header, ``.gz`` unpacked), as ``csv``."""

    name: ClassVar[str] = "tsv"

    separator: str = Field(default="\t", min_length=1, max_length=1)
    """Character between two cells."""
