"""A column that says when each row arrives, as the order of the rows in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from albench.datasets.files.columns import clean_values, is_numeric
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from albench.contracts import Rows
    from albench.datasets.where import Where

_FORMATS = (
    *("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f"),
    *("%Y-%m-%d %H:%M%#z", "%Y-%m-%d %H:%M:%S%.f%#z"),
)
_YEARS_OF_NANOSECONDS = 1678, 2261


def read_times(column: pl.Series, missing: Sequence[str], where: Where) -> Rows:
    """Return for each row at which place of time it arrives; rows of one time have one place."""
    times = column
    if not (is_numeric(column) or column.dtype.is_temporal()):
        times = _read_texts(clean_values(column, missing), where)
    is_time = times.is_finite().fill_null(value=False) if times.dtype.is_float() else times.is_not_null()
    if not is_time.all():
        row = int((~is_time).arg_true()[0])
        raise where.error("a row has no time to arrive at", column=column.name, row=row)
    return times.rank("dense").to_numpy().astype(np.intp)


def _read_texts(cells: pl.Series, where: Where) -> pl.Series:
    """Return numbers, or dates, whichever all cells are; the format of dates is the same in all of them."""
    import polars as pl

    # Nanoseconds since 1970 differ by less than a 64-bit number with a point can tell apart.
    numbers = [cells.cast(kind, strict=False) for kind in (pl.Int128, pl.Float64)]
    texts = cells.str.replace("T", " ", literal=True).str.replace("Z$", "+00:00")
    dates = [_read_dates(texts, format_) for format_ in _FORMATS]
    best = min([*numbers, *dates], key=lambda reading: reading.null_count())
    unread = best.is_null() & cells.is_not_null()
    if unread.any():
        row = int(unread.arg_true()[0])
        raise where.error(
            f"{quote(str(cells[row]))} is no time as the others are: times are numbers, or dates such as"
            " 2026-11-30 or 2026-11-30 17:45:00",
            column=cells.name,
            row=row,
        )
    return best


def _read_dates(texts: pl.Series, format_: str) -> pl.Series:
    """Return dates to the nanosecond if all are of years that these reach, else to the microsecond."""
    dates = texts.str.to_datetime(format_, strict=False)
    if not dates.dt.year().is_between(*_YEARS_OF_NANOSECONDS).all():
        return dates
    return texts.str.to_datetime(format_, time_unit="ns", strict=False)
