"""Parts that cannot be used go to a folder of their own: nothing of them is read, and nothing deleted."""

from __future__ import annotations

import shutil
from itertools import count
from typing import TYPE_CHECKING

from albench.files import explain_disk_trouble
from albench.store.plain_files import find_kind, format_path, make_folder
from albench.store.segments import write_segment

if TYPE_CHECKING:
    from pathlib import Path

    from albench.store.examine_parts import Flaw


def set_aside(flaw: Flaw, kind: str, folder: Path) -> str:
    """Move a part or segment into a folder and say so; of a segment, the rows that can be used stay.

    The caller is the only writer.
    """
    make_folder(folder)
    names = (flaw.file.name if n == 1 else f"{flaw.file.name}.{n}" for n in count(1))
    target = next(folder / name for name in names if find_kind(folder / name) is None)
    with explain_disk_trouble(target):
        if flaw.keys is None:
            flaw.file.rename(target)
        else:
            import polars as pl

            shutil.copyfile(flaw.file, target)
            rows = pl.read_parquet(flaw.file, glob=False)
            write_segment(rows.filter(~pl.col("key").is_in(list(flaw.keys))), flaw.file, kind)
    return f"{flaw}. It is now '{format_path(target)}'; what it held counts as not run"
