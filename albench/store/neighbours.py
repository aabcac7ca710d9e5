"""Other results folders beside one: a spec that was renamed has its results under the old name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.errors import ResultsError
from albench.store.folder import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

_MOST_FOLDERS = 500


def describe_neighbours(folder: ResultsFolder, keys: AbstractSet[str]) -> tuple[str, ...]:
    """Say of a folder where nothing was run which others hold most of these trials."""
    if folder.exists():
        return ()
    # Two experiments may well have some trials in common.
    return tuple(
        f"'{path}' holds a run of {n:,} of these {len(keys):,} trials: if the spec was renamed, rename that "
        f"folder to '{folder.path.name}', and they are not run again"
        for path, n in _count_common_trials(folder, keys)
        if 2 * n >= len(keys)
    )


def _count_common_trials(folder: ResultsFolder, keys: AbstractSet[str]) -> Iterator[tuple[str, int]]:
    for other in _iterate_neighbours(folder):
        try:
            yield str(other.path), len(keys & (other.read_planned_keys() or set()))
        except ResultsError:
            continue


def find_folder_of_spec(folder: ResultsFolder, text: str) -> str | None:
    """Return the folder beside one that holds a run of the same spec."""
    for other in _iterate_neighbours(folder):
        try:
            if other.read_text("experiment.yaml") == text:
                return str(other.path)
        except ResultsError:
            continue
    return None


def _iterate_neighbours(folder: ResultsFolder) -> Iterator[ResultsFolder]:
    home = folder.path.parent
    if not home.is_dir():
        return
    for number, path in enumerate(sorted(home.iterdir())):
        if number == _MOST_FOLDERS:
            return
        other = ResultsFolder(path)
        if path != folder.path and path.is_dir():
            try:
                if other.has_experiment():
                    yield other
            except ResultsError:
                continue
