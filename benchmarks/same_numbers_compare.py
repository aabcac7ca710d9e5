"""Two sides of same_numbers.py against each other: tables by row and column, texts by line."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from same_numbers_grids import Part

VOLATILE = {"traceback"}
"""Beside the columns that albench/tables/ declares: it names modules and lines."""
ROW_KEYS = (("key", "round", "rank"), ("dataset", "strategy"))
AFTER = " (this checkout)"
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
SHOWN = 3
BEFORE, NOW = "before", "now"
COUNTED = {"curves.parquet": "curve rows", "queries.parquet": "queries"}
TEXTS = ("page.txt", "table.txt", "story.txt")


@dataclass
class Comparison:
    """What was compared, and what differs."""

    excepted: list[str]
    titles: dict[object, str] = field(default_factory=dict)
    """What a key stands for: dataset, model and strategy."""
    rows: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def differ(self, where: str, column: str, text: str) -> None:
        """Keep a difference; as a note if it is one of those that may be."""
        file = where.rpartition("/")[2]
        meant = any(fnmatch(file, name) or fnmatch(f"{file}:{column}", name) for name in self.excepted)
        place = f"{where}: {column}" if column else where
        (self.notes if meant else self.differences).append(f"{place}: {text}")

    def add(self, other: Comparison) -> None:
        """Add what another one found."""
        self.rows += other.rows
        self.differences += other.differences
        self.notes += other.notes

    def sum_up(self, title: str) -> str:
        """Return the line of a part."""
        amounts = [f"{n:,} {what}" for what, n in self.rows.items()]
        n = len(self.differences)
        return f"{title}: {', '.join(amounts)} {f'with {n} differences' if n else 'equal'}"

    def report(self, rev: str) -> Iterator[str]:
        """Yield notes, differences, and the sum of it all."""
        yield from (f"note: {text}" for text in self.notes)
        yield from (f"DIFFERENCE: {text}" for text in self.differences)
        n = len(self.differences)
        yield f"{n} differences to {rev}" if n else f"equal to {rev}: {sum(self.rows.values()):,} rows"


def compare_part(part: Part, before: Path, after: Path, comparison: Comparison) -> None:
    """Compare all that the runs of a part left."""
    for run in part.runs:
        old, new = before / "runs" / run, after / "runs" / run
        if not has_failed(run, old, new, comparison):
            compare_plans(run, old, new, comparison)
            compare_tables(run, old, new, comparison)
            compare_answers(run, old, new, comparison)
            for name in TEXTS:
                compare_texts(f"{run}/{name}", old / name, new / name, comparison)
            if not part.may_fail:
                check_done(run, old, new, comparison)


def has_failed(run: str, old: Path, new: Path, comparison: Comparison) -> bool:
    """Say whether a run ended with an error on one side at least, which is a difference."""
    errors = [(name, side / "error.txt") for name, side in ((BEFORE, old), (NOW, new))]
    for name, file in errors:
        if file.exists():
            last = file.read_text(encoding="utf-8").strip().splitlines()[-SHOWN:]
            comparison.differ(run, "", f"did not run {name}: {' | '.join(last)}")
    return any(file.exists() for _, file in errors)


def compare_plans(run: str, old: Path, new: Path, comparison: Comparison) -> None:
    """Compare the keys of the trials that were to run, and why."""
    plans = [json.loads((side / "plan.json").read_text(encoding="utf-8")) for side in (old, new)]
    before, now = ({key for plan in side for key in plan} for side in plans)
    comparison.rows["trials"] += len(before & now)
    for name, missing in ((BEFORE, before - now), (NOW, now - before)):
        if missing:
            text = f"{len(missing)} trial keys only {name}: {show_cells(sorted(missing)[:SHOWN], comparison)}"
            comparison.differ(f"{run}/plan", "key", text)
    if before == now and plans[0] != plans[1]:
        comparison.notes.append(f"{run}/plan: other reasons why trials run")


def compare_tables(run: str, old: Path, new: Path, comparison: Comparison) -> None:
    """Compare the tables of a run, and the rows that it stored."""
    declared = (json.loads((side / "volatile.json").read_text(encoding="utf-8")) for side in (old, new))
    volatile = VOLATILE | set.intersection(*map(set, declared))
    before, now = ({file.relative_to(side): file for file in list_tables(side)} for side in (old, new))
    for side in (now, before):
        comparison.titles |= read_titles(side)
    for name, missing in ((BEFORE, before.keys() - now.keys()), (NOW, now.keys() - before.keys())):
        for file in sorted(missing):
            comparison.differ(f"{run}/{file.name}", "", f"is there only {name}")
    for file in sorted(before.keys() & now.keys()):
        frame = read_table(before[file])
        compare_frames(f"{run}/{file.name}", frame, read_table(now[file]), volatile, comparison)
        if file.name in COUNTED:
            comparison.rows[COUNTED[file.name]] += frame.height
    for kind in ("trial", "reference"):
        stored = read_stored(old / run, kind)
        comparison.rows["stored rows"] += stored.height
        compare_frames(f"{run}/stored {kind}s", stored, read_stored(new / run, kind), volatile, comparison)


def list_tables(folder: Path) -> Iterator[Path]:
    """Yield the tables of a report, those of its page, and the failures."""
    yield from (file for file in folder.iterdir() if file.suffix in {".csv", ".parquet"})
    yield from (file for file in folder.glob("*/tables/*") if file.suffix in {".csv", ".parquet"})


def read_table(file: Path) -> pl.DataFrame:
    """Read a table; cells of a CSV as they are written."""
    if file.suffix == ".parquet":
        return pl.read_parquet(file, glob=False)
    return pl.read_csv(file, infer_schema=False, glob=False)


def read_titles(files: dict[Path, Path]) -> dict[object, str]:
    """Return what the keys of the trials stand for."""
    trials = (pl.read_parquet(file, glob=False) for file in files.values() if file.name == "trials.parquet")
    return {
        key: f"{key[:12]} ({' '.join(names)})"
        for frame in trials
        for key, *names in frame.select("key", "dataset", "model", "strategy").iter_rows()
    }


def read_stored(folder: Path, kind: str) -> pl.DataFrame:
    """Read the rows of a results folder as they are stored, loose or in segments."""
    frames = [pl.read_parquet(file, glob=False) for file in sorted(folder.glob(f"*/{kind}-*.parquet"))]
    if not frames:
        return pl.DataFrame({"key": []}, schema={"key": pl.String})
    return pl.concat(frames, how="diagonal_relaxed").unique(keep="any", maintain_order=True)


def compare_frames(
    where: str, old: pl.DataFrame, new: pl.DataFrame, volatile: set[str], comparison: Comparison
) -> None:
    """Compare two tables, by the names of their columns and the keys of their rows."""
    for name, missing in ((BEFORE, list_missing(old, new)), (NOW, list_missing(new, old))):
        for column in missing:
            comparison.differ(where, column, f"a column only {name}")
    shared = [column for column in old.columns if column in new.columns]
    if shared != [column for column in new.columns if column in shared]:
        comparison.notes.append(f"{where}: columns come in another order")
    keys = choose_keys(shared)
    old, new = (number_rows(frame, keys) for frame in (old, new))
    keys = [*keys, "row of the key"]
    for name, frame in (
        (BEFORE, old.join(new, on=keys, how="anti", nulls_equal=True)),
        (NOW, new.join(old, on=keys, how="anti", nulls_equal=True)),
    ):
        if frame.height:
            rows = "; ".join(
                show_cells(row, comparison) for row in frame.select(keys).head(SHOWN).iter_rows()
            )
            comparison.differ(where, "", f"{frame.height} rows only {name}: {rows}")
    joined = old.join(new, on=keys, suffix=AFTER, nulls_equal=True, maintain_order="left")
    for column in shared:
        if column not in keys and not is_volatile(column, volatile):
            compare_columns(where, column, joined, keys, comparison)


def list_missing(old: pl.DataFrame, new: pl.DataFrame) -> list[str]:
    return [column for column in old.columns if column not in new.columns]


def choose_keys(columns: list[str]) -> list[str]:
    """Return the columns that say which row is which."""
    return next(
        (keys for names in ROW_KEYS if (keys := [name for name in names if name in columns])), columns[:1]
    )


def number_rows(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Add a number to rows of one key, so that none is paired twice."""
    return frame.with_columns(pl.int_range(pl.len()).over(keys).alias("row of the key"))


def is_volatile(column: str, volatile: set[str]) -> bool:
    return column.rpartition(".")[2].removesuffix("_per_label") in volatile


def compare_columns(
    where: str, column: str, joined: pl.DataFrame, keys: list[str], comparison: Comparison
) -> None:
    """Compare a column of joined rows with itself: null equals null, not-a-number itself."""
    kinds = joined.schema[column], joined.schema[column + AFTER]
    if kinds[0] != kinds[1] and pl.Null not in kinds:
        comparison.differ(where, column, f"was {kinds[0]}, is {kinds[1]}")
        return
    wrong = joined.filter(~pl.col(column).eq_missing(pl.col(column + AFTER)))
    if wrong.height:
        rows = wrong.select(*keys[:-1], column, column + AFTER).head(SHOWN).iter_rows()
        first = "".join(f"\n    {show_cells(row[:-2], comparison)}{show_change(*row[-2:])}" for row in rows)
        comparison.differ(where, column, f"{wrong.height} of {joined.height} rows differ{first}")


def show_cells(cells: Iterable[object], comparison: Comparison) -> str:
    """Return the cells of a key in a line."""
    return " ".join(comparison.titles.get(cell, str(cell)) for cell in cells)


def show_change(old: object, new: object) -> str:
    """Return two values of a cell; of lists as long as each other the first items that differ."""
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        # As text, since not-a-number differs from itself.
        place = next(place for place, (a, b) in enumerate(zip(old, new, strict=True)) if str(a) != str(b))
        return f"[{place}]{show_change(old[place], new[place])}"
    return f": {str(old)[:200]} -> {str(new)[:200]}"


def check_done(run: str, old: Path, new: Path, comparison: Comparison) -> None:
    """See that nothing failed, since trials that fail alike have no numbers to compare."""
    for name, side in ((BEFORE, old), (NOW, new)):
        for kind in ("trial", "reference"):
            rows = read_stored(side / run, kind)
            wrong = rows.filter(pl.col("status") != "done") if rows.height else rows
            if wrong.height:
                text = f"{wrong.height} {kind}s are not done {name}: {wrong['reason'][0]}"
                comparison.differ(f"{run}/stored {kind}s", "status", text)


def compare_answers(run: str, old: Path, new: Path, comparison: Comparison) -> None:
    """Compare the numbers of an answer, in any order; if they are equal, its words."""
    texts = [(side / "answer.txt").read_text(encoding="utf-8") for side in (old, new)]
    before, now = (Counter(NUMBER.findall(text)) for text in texts)
    if before != now:
        text = f"numbers only before: {' '.join(before - now)}; only now: {' '.join(now - before)}"
        comparison.differ(f"{run}/answer.txt", "", text)
    elif texts[0] != texts[1]:
        comparison.notes.append(f"{run}/answer.txt has other words: {show_first_difference(*texts)}")


def compare_texts(where: str, old: Path, new: Path, comparison: Comparison) -> None:
    """Note whether two texts differ, and how many of their numbers do."""
    texts = [side.read_text(encoding="utf-8") if side.exists() else "" for side in (old, new)]
    if texts[0] == texts[1]:
        return
    before, now = (Counter(NUMBER.findall(text)) for text in texts)
    amounts = f"{(before - now).total()} numbers only before, {(now - before).total()} only now"
    comparison.notes.append(f"{where} differs: {amounts}; {show_first_difference(*texts)}")


def show_first_difference(old: str, new: str) -> str:
    """Return the first lines that differ."""
    pairs = zip([*old.splitlines(), ""], [*new.splitlines(), ""], strict=False)
    before, now = next(((a, b) for a, b in pairs if a != b), ("", ""))
    start = next((place for place, (a, b) in enumerate(zip(before, now, strict=False)) if a != b), 0)
    cut = slice(max(0, start - 40), start + 60)
    return f"first '{before[cut]}' -> '{now[cut]}'"
