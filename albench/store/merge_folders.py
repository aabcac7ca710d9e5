"""Merge results folders into one: a set union over keys; where they overlap they must agree."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.errors import ContradictionError, ResultsError
from albench.store.compare_rows import find_contradictions, mark_equal_rows, merge_rows
from albench.store.declarations import merge_declarations
from albench.store.folder import REFERENCE, TRIAL, ResultsFolder
from albench.store.lock import hold_lock
from albench.store.segments import MAX_LOOSE_PARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import polars as pl

    from albench.store.lock import LockHolder

_TASK = "merge"
# Settings that two runs of one experiment may declare differently.
_IGNORED_SETTINGS = ("name", "title", "execution")
# Settings that folders of before them do not name.
_LATER_SETTINGS = {"inapplicable": "error", "costs": {"label": 1.0}, "relabel": {"share": 0.0}}


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
    left_out : tuple of str
        Files of the folders that cannot be used: nothing of them is in the merged one.
    """

    trials: int
    references: int
    shared: int
    remarks: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def merge(
    folders: Iterable[str | Path], *, into: str | Path, on_wait: Callable[[str], None] | None = None
) -> MergeSummary:
    """Merge results folders; what they hold in common must be equal.

    A merge that was killed goes on when it is called again.

    Parameters
    ----------
    folders : iterable of path
        Results folders: ``results/NAME``. Nothing is written to them.
    into : path
        Results folder that is made, or that has the others added to it. It is one of the experiment of the
        first folder, or its own if there is one already.
    on_wait : callable, optional
        Called with a sentence if another merge into the same folder has to end first.

    Raises
    ------
    ResultsError
        If a folder holds no run, a damaged file beside the parts, or what may not be read, or if a run works
        on the folder that is added to; nothing is written then.
    ContradictionError
        If two folders contradict each other; nothing is written then.
    """
    target = ResultsFolder(Path(into))
    others = [ResultsFolder(Path(path)) for path in folders]
    sources = [folder.examine() for folder in others if not _is_same(folder.path, target.path)]
    for folder in sources:
        _check_readable(folder)
    before = _Merge(sources, target.examine())
    is_new = before.target_is_empty
    if is_new:
        # Before the lock makes the folder.
        before.compare()
    with hold_lock(target.path, partial(_explain_wait, target.path, on_wait), task=_TASK):
        merging = _Merge(sources, target.examine())
        if not (is_new and merging.target_is_empty):
            merging.compare()
        return merging.write()


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _check_readable(folder: ResultsFolder) -> None:
    """Read all that a merge copies, before it writes anything."""
    folder.read_plan()
    folder.read_resolved()
    folder.read_text("experiment.yaml")
    folder.read_environments()
    folder.read_datasets()
    folder.read_declarations()


def _explain_wait(folder: Path, on_wait: Callable[[str], None] | None, holder: LockHolder | None) -> None:
    process = f" ({holder})" if holder else ""
    if holder is not None and holder.task != _TASK:
        raise ResultsError(f"a run works on the folder{process}; merge into it when the run has ended")
    if on_wait is not None:
        on_wait(f"another merge works on '{folder}'{process}; waiting until it ends")


class _Merge:
    """Sources and a target, which may be empty, or hold what a merge has left that was killed."""

    def __init__(self, sources: Sequence[ResultsFolder], target: ResultsFolder) -> None:
        self.target = target
        experiments = [target, *sources] if target.has_experiment() else list(sources)
        if not experiments:
            raise ResultsError(f"'{target.path}' holds no run: `albench run` makes one")
        if experiments[0] is target:
            _check_readable(target)
        self.experiments, self.folders = experiments, [target, *sources]
        self.keys = {kind: [folder.list_keys(kind) for folder in self.folders] for kind in (TRIAL, REFERENCE)}
        self.left_out = tuple(str(flaw) for folder in sources for flaw in folder.flaws.values())

    @property
    def target_is_empty(self) -> bool:
        """Whether the target holds neither an experiment nor a result."""
        return self.experiments[0] is not self.target and not any(keys[0] for keys in self.keys.values())

    def compare(self) -> None:
        """Compare all that could contradict, before anything is written."""
        for kind, keys in self._list_shared_keys().items():
            for _ in self._iterate_new_rows(kind, keys):
                pass

    def write(self) -> MergeSummary:
        """Write the rows that the target lacks, then its experiment."""
        notes = self.target.create()
        self.target = replace(self.target, flaws={})
        # A loose part counts as newer than any segment: it would win over the rows that are added.
        self.target.compact()
        counts = {kind: set[str]().union(*lists) for kind, lists in self.keys.items()}
        for kind, keys_of_kind in counts.items():
            for frame in self._iterate_new_rows(kind, sorted(keys_of_kind)):
                if frame.height:
                    self.target.add_rows(kind, frame)
        remarks = _write_experiment(self.experiments, self.target)
        n_shared = sum(len(keys) for keys in self._list_shared_keys().values())
        return MergeSummary(
            len(counts[TRIAL]), len(counts[REFERENCE]), n_shared, notes + remarks, self.left_out
        )

    def _list_shared_keys(self) -> dict[str, list[str]]:
        """Return the keys that several folders hold, by kind."""
        counts = {kind: Counter(key for keys in lists for key in keys) for kind, lists in self.keys.items()}
        return {kind: sorted(key for key, n in keys.items() if n > 1) for kind, keys in counts.items()}

    def _iterate_new_rows(self, kind: str, keys: list[str]) -> Iterator[pl.DataFrame]:
        """Yield rows of the union that the target does not have as they are, some thousand at a time."""
        for first in range(0, len(keys), MAX_LOOSE_PARTS):
            chunk = frozenset(keys[first : first + MAX_LOOSE_PARTS])
            rows = [
                folder.read_rows(kind, chunk & stored_keys)
                for folder, stored_keys in zip(self.folders, self.keys[kind], strict=True)
            ]
            yield _drop_equal_rows(self._merge_rows_by_key(kind, rows), rows[0])

    def _merge_rows_by_key(self, kind: str, rows: list[pl.DataFrame]) -> pl.DataFrame:
        """Return one row a key."""
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
        folders = f"'{self.folders[first].path}' and '{self.folders[n].path}'"
        title = _describe_row(self.folders[first], kind, key)
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

    if not folder.has_experiment():
        return f"{kind} {key[:12]}"
    labels = folder.read_plan()[0 if kind == TRIAL else 1].filter(pl.col("key") == key)
    names = ("dataset", "model", "strategy", "arm", "split", "start", "manager", "budget", "drift", "repeat")
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
    declarations = merge_declarations(folder.read_declarations() for folder in equal_folders)
    if declarations:
        target.write_declarations(declarations)
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
    resolved = _LATER_SETTINGS | folder.read_resolved()
    return {name: value for name, value in resolved.items() if name not in _IGNORED_SETTINGS}
