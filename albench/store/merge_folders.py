"""Merge results folders into one: a set union over keys; where they overlap they must agree."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.errors import ContradictionError, ResultsError
from albench.store.compare_rows import find_contradictions, mark_equal_rows, merge_rows
from albench.store.folder import REFERENCE, TRIAL, ResultsFolder
from albench.store.lock import hold_lock
from albench.store.segments import MAX_LOOSE_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl

    from albench.store.lock import LockHolder

# Settings that two runs of one experiment may declare differently.
_IGNORED_SETTINGS = ("name", "title", "execution")


@dataclass(frozen=True)
class MergeSummary:
    """What a merge came to.

    Attributes
    ----------
    trials, references : int
        In the folder, after the merge.
    shared : int
        How many of them stood in several folders, and agreed.
    remarks : tuple of str
        What a user should know, one sentence each.
    """

    trials: int
    references: int
    shared: int
    remarks: tuple[str, ...] = ()


def merge(folders: Iterable[str | Path], *, into: str | Path) -> MergeSummary:
    """Merge results folders; what they hold in common must be equal.

    Parameters
    ----------
    folders : iterable of path
        Results folders: ``results/NAME``. Nothing is written to them.
    into : path
        Results folder that is made, or that has the others added to it. It is one of the experiment of the
        first folder, or its own if there is one already.

    Raises
    ------
    ResultsError
        If a folder holds no run, or a damaged file; nothing is written then.
    ContradictionError
        If two folders contradict each other; nothing is written then.
    """
    target = ResultsFolder(Path(into)).check_integrity()
    others = [ResultsFolder(Path(path)).check_integrity() for path in folders]
    sources = [folder for folder in others if folder.path.resolve() != target.path.resolve()]
    is_there = target.read_planned_keys() is not None
    for folder in (target, *sources) if is_there else sources:
        _check_readable(folder)
    with hold_lock(target.path, _refuse_busy_folder) if is_there else nullcontext():
        return _Merge([target, *sources] if is_there else sources, target, is_there=is_there).execute()


def _check_readable(folder: ResultsFolder) -> None:
    """Read all that a merge copies, before it writes anything."""
    folder.read_plan()
    folder.read_resolved()
    folder.read_text("experiment.yaml")
    folder.read_environments()
    folder.read_datasets()


def _refuse_busy_folder(holder: LockHolder | None) -> None:
    process = f" ({holder})" if holder else ""
    raise ResultsError(f"a run works on the folder{process}; merge into it when the run has ended")


class _Merge:
    def __init__(self, sources: Sequence[ResultsFolder], target: ResultsFolder, *, is_there: bool) -> None:
        self.sources, self.target, self.is_there = sources, target, is_there
        self.keys = {kind: [folder.list_keys(kind) for folder in sources] for kind in (TRIAL, REFERENCE)}

    def execute(self) -> MergeSummary:
        counts = {kind: Counter(key for keys in lists for key in keys) for kind, lists in self.keys.items()}
        shared_keys = {kind: sorted(key for key, n in keys.items() if n > 1) for kind, keys in counts.items()}
        # All that could contradict is compared before anything is written.
        for kind, keys in shared_keys.items():
            for _ in self._iterate_new_rows(kind, keys):
                pass
        self.target.create()
        # A loose part counts as newer than any segment: it would win over the rows that are added.
        self.target.compact()
        for kind, keys_of_kind in counts.items():
            for frame in self._iterate_new_rows(kind, sorted(keys_of_kind)):
                if frame.height:
                    self.target.add_rows(kind, frame)
        remarks = _write_experiment(self.sources, self.target)
        n_shared = sum(len(keys) for keys in shared_keys.values())
        return MergeSummary(len(counts[TRIAL]), len(counts[REFERENCE]), n_shared, remarks)

    def _iterate_new_rows(self, kind: str, keys: list[str]) -> Iterator[pl.DataFrame]:
        """Yield rows of the union that the target does not have as they are, some thousand at a time."""
        import polars as pl

        for first in range(0, len(keys), MAX_LOOSE_PARTS):
            chunk = frozenset(keys[first : first + MAX_LOOSE_PARTS])
            rows = [
                folder.read_rows(kind, chunk & stored_keys)
                for folder, stored_keys in zip(self.sources, self.keys[kind], strict=True)
            ]
            start = pl.DataFrame(schema={"key": pl.String()}) if not self.is_there else rows[0]
            yield _drop_equal_rows(self._merge_rows_by_key(kind, rows), start)

    def _merge_rows_by_key(self, kind: str, rows: list[pl.DataFrame]) -> pl.DataFrame:
        """Return one row a key.

        Raises
        ------
        ContradictionError
            If two rows contradict each other.
        """
        import polars as pl

        merged = rows[0]
        for n, rows_of_folder in enumerate(rows[1:], start=1):
            new_rows = rows_of_folder.join(merged, on="key", how="anti")
            left = merged.join(rows_of_folder, on="key", how="semi").sort("key")
            right = rows_of_folder.join(merged, on="key", how="semi").sort("key")
            changed_rows = [
                self._merge_pair(kind, left[i], right[i], rows[:n], n)
                for i, is_equal in enumerate(mark_equal_rows(left, right))
                if not is_equal
            ]
            keys = pl.DataFrame({"key": [row["key"][0] for row in changed_rows]}, schema={"key": pl.String()})
            unchanged_rows = merged.join(keys, on="key", how="anti")
            merged = pl.concat([unchanged_rows, new_rows, *changed_rows], how="diagonal_relaxed")
        return merged

    def _merge_pair(
        self, kind: str, left: pl.DataFrame, right: pl.DataFrame, rows_of_folders: list[pl.DataFrame], n: int
    ) -> pl.DataFrame:
        columns = find_contradictions(left, right)
        if not columns:
            return merge_rows(left, right)
        key = left["key"][0]
        first = next(i for i, rows in enumerate(rows_of_folders) if key in rows["key"])
        folders = f"'{self.sources[first].path}' and '{self.sources[n].path}'"
        title = _describe_row(self.sources[first], kind, key)
        environments = dict.fromkeys(row["environment"][0] for row in (left, right))
        suffix = (
            f"; they were computed in environments {' and '.join(environments)}"
            if len(environments) > 1
            else ""
        )
        raise ContradictionError(
            f"{folders} contradict each other in {title}: {', '.join(columns)} differ{suffix}. "
            "Nothing was merged; `albench run SPEC --rerun all` on one of them tells if it can be reproduced"
        )


def _drop_equal_rows(rows: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Leave out rows that another frame has with the same values."""
    import polars as pl

    common = rows.join(other, on="key", how="semi").sort("key")
    is_equal = mark_equal_rows(common, other.sort("key"))
    return rows.join(common.filter(pl.Series(is_equal, dtype=pl.Boolean())), on="key", how="anti")


def _describe_row(folder: ResultsFolder, kind: str, key: str) -> str:
    """Describe a trial or reference in words, for a message."""
    import polars as pl

    labels = folder.read_plan()[0 if kind == TRIAL else 1].filter(pl.col("key") == key)
    names = ("dataset", "model", "strategy", "arm", "split", "start")
    words = [f"{name} {labels[name][0]}" for name in names if labels.height and name in labels.columns]
    return f"{kind} {key[:12]} ({', '.join(words)})" if words else f"{kind} {key[:12]}"


def _write_experiment(sources: Sequence[ResultsFolder], target: ResultsFolder) -> tuple[str, ...]:
    """Write the experiment of the merged folder: the first one, with the plans of all that equal it."""
    first = sources[0]
    equal_folders = [folder for folder in sources if _read_experiment(folder) == _read_experiment(first)]
    for name in ("experiment.yaml", "resolved.yaml"):
        target.write_text(name, first.read_text(name))
    for folder in sources:
        for environment in folder.read_environments().values():
            target.add_environment(environment)
    facts = {entry["label"]: entry for folder in reversed(equal_folders) for entry in folder.read_datasets()}
    target.write_text("datasets.json", json.dumps(list(facts.values()), indent=1) + "\n")
    trials, references = zip(*(folder.read_plan() for folder in equal_folders), strict=True)
    target.write_plan(_concatenate_plans(trials), _concatenate_plans(references))
    return tuple(
        f"'{folder.path}' ran another experiment than '{first.path}': its results are kept, and are used "
        "when a spec that asks for them is run here"
        for folder in sources
        if folder not in equal_folders
    )


def _concatenate_plans(plans: Iterable[pl.DataFrame]) -> pl.DataFrame:
    import polars as pl

    return pl.concat(plans, how="diagonal_relaxed").unique("key", keep="first", maintain_order=True)


def _read_experiment(folder: ResultsFolder) -> dict[str, Any]:
    return {name: value for name, value in folder.read_resolved().items() if name not in _IGNORED_SETTINGS}
