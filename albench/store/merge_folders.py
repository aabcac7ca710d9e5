"""Results folders merged into one: a set union over keys; where they overlap they must agree."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.errors import ContradictionError, ResultsError
from albench.store.compare_rows import differences, equal_rows, union
from albench.store.folder import REFERENCE, TRIAL, Folder
from albench.store.lock import locked
from albench.store.segments import LOOSE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl

    from albench.store.lock import Holder

# What two runs of one experiment may declare differently without being two experiments.
_ASIDE = ("name", "title", "execution")


@dataclass(frozen=True)
class Merged:
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


def merge(folders: Iterable[str | Path], *, into: str | Path) -> Merged:
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
    target = Folder(Path(into)).see_whole()
    others = [Folder(Path(path)).see_whole() for path in folders]
    sources = [found for found in others if found.path.resolve() != target.path.resolve()]
    there = target.planned() is not None
    for folder in (target, *sources) if there else sources:
        _see_readable(folder)
    with locked(target.path, _busy) if there else nullcontext():
        found = _Merge([target, *sources] if there else sources, target, there=there)
        return found.carried_out()


def _see_readable(folder: Folder) -> None:
    """Read all that a merge copies, before it writes anything."""
    folder.read_plan()
    folder.resolved()
    folder.read_text("experiment.yaml")
    folder.environments()
    folder.datasets()


def _busy(holder: Holder | None) -> None:
    who = f" ({holder})" if holder else ""
    raise ResultsError(f"a run works on the folder{who}; merge into it when the run has ended")


class _Merge:
    def __init__(self, sources: Sequence[Folder], target: Folder, *, there: bool) -> None:
        self.sources, self.target, self.there = sources, target, there
        self.keys = {kind: [folder.keys(kind) for folder in sources] for kind in (TRIAL, REFERENCE)}

    def carried_out(self) -> Merged:
        counts = {kind: Counter(key for keys in of for key in keys) for kind, of in self.keys.items()}
        shared = {kind: sorted(key for key, n in of.items() if n > 1) for kind, of in counts.items()}
        for kind, keys in shared.items():
            for _ in self._united(kind, keys):
                pass
        self.target.create()
        self.target.compact()
        for kind, of in counts.items():
            for frame in self._united(kind, sorted(of)):
                if frame.height:
                    self.target.add(kind, frame)
        remarks = _remember(self.sources, self.target)
        n_shared = sum(len(keys) for keys in shared.values())
        return Merged(len(counts[TRIAL]), len(counts[REFERENCE]), n_shared, remarks)

    def _united(self, kind: str, keys: list[str]) -> Iterator[pl.DataFrame]:
        """Yield rows of the union that the target does not have like that, some thousand at a time."""
        import polars as pl

        for first in range(0, len(keys), LOOSE):
            chunk = frozenset(keys[first : first + LOOSE])
            rows = [
                folder.rows(kind, chunk & of)
                for folder, of in zip(self.sources, self.keys[kind], strict=True)
            ]
            start = pl.DataFrame(schema={"key": pl.String()}) if not self.there else rows[0]
            yield _without(self._folded(kind, rows), start)

    def _folded(self, kind: str, rows: list[pl.DataFrame]) -> pl.DataFrame:
        """Return one row a key.

        Raises
        ------
        ContradictionError
            If two rows contradict each other.
        """
        import polars as pl

        found = rows[0]
        for n, more in enumerate(rows[1:], start=1):
            new = more.join(found, on="key", how="anti")
            mine = found.join(more, on="key", how="semi").sort("key")
            theirs = more.join(found, on="key", how="semi").sort("key")
            same = equal_rows(mine, theirs)
            put = [
                self._joined(kind, mine[i], theirs[i], rows[:n], n)
                for i, equal in enumerate(same)
                if not equal
            ]
            changed = pl.DataFrame({"key": [row["key"][0] for row in put]}, schema={"key": pl.String()})
            kept = found.join(changed, on="key", how="anti")
            found = pl.concat([kept, new, *put], how="diagonal_relaxed")
        return found

    def _joined(
        self, kind: str, mine: pl.DataFrame, theirs: pl.DataFrame, before: list[pl.DataFrame], n: int
    ) -> pl.DataFrame:
        columns = differences(mine, theirs)
        if not columns:
            return union(mine, theirs)
        key = mine["key"][0]
        first = next(i for i, rows in enumerate(before) if key in rows["key"])
        where = f"'{self.sources[first].path}' and '{self.sources[n].path}'"
        what = _called(self.sources[first], kind, key)
        environments = dict.fromkeys(row["environment"][0] for row in (mine, theirs))
        told = (
            f"; they were computed in environments {' and '.join(environments)}"
            if len(environments) > 1
            else ""
        )
        raise ContradictionError(
            f"{where} contradict each other in {what}: {', '.join(columns)} differ{told}. "
            "Nothing was merged; `albench run SPEC --rerun all` on one of them tells if it can be reproduced"
        )


def _without(rows: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """Leave out rows that stand in another frame just so."""
    import polars as pl

    both = rows.join(there, on="key", how="semi").sort("key")
    same = equal_rows(both, there.sort("key"))
    return rows.join(both.filter(pl.Series(same, dtype=pl.Boolean())), on="key", how="anti")


def _called(folder: Folder, kind: str, key: str) -> str:
    """Return a trial or reference in words."""
    import polars as pl

    labels = folder.read_plan()[0 if kind == TRIAL else 1].filter(pl.col("key") == key)
    names = ("dataset", "model", "strategy", "arm", "split", "start")
    words = [f"{name} {labels[name][0]}" for name in names if labels.height and name in labels.columns]
    return f"{kind} {key[:12]} ({', '.join(words)})" if words else f"{kind} {key[:12]}"


def _remember(sources: Sequence[Folder], target: Folder) -> tuple[str, ...]:
    """Write what the merged folder is asked for: the first experiment, and those like it."""
    first = sources[0]
    same = [folder for folder in sources if _experiment(folder) == _experiment(first)]
    for name in ("experiment.yaml", "resolved.yaml"):
        target.write_text(name, first.read_text(name))
    for folder in sources:
        for described in folder.environments().values():
            target.add_environment(described)
    facts = {found["label"]: found for folder in reversed(same) for found in folder.datasets()}
    target.write_text("datasets.json", json.dumps(list(facts.values()), indent=1) + "\n")
    trials, references = zip(*(folder.read_plan() for folder in same), strict=True)
    target.write_plan(_each_once(trials), _each_once(references))
    return tuple(
        f"'{folder.path}' ran another experiment than '{first.path}': its results are kept, and are used "
        "when a spec that asks for them is run here"
        for folder in sources
        if folder not in same
    )


def _each_once(plans: Iterable[pl.DataFrame]) -> pl.DataFrame:
    import polars as pl

    return pl.concat(plans, how="diagonal_relaxed").unique("key", keep="first", maintain_order=True)


def _experiment(folder: Folder) -> dict[str, Any]:
    return {name: value for name, value in folder.resolved().items() if name not in _ASIDE}
