"""Other results folders beside one: a spec that was renamed has its results under the old name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.errors import ResultsError
from albench.store.folder import ResultsFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

_MOST_FOLDERS = 500


def find_folders_of_trials(folder: ResultsFolder, keys: AbstractSet[str]) -> dict[str, int]:
    """Return the folders beside one that were asked for some of these trials, and for how many."""
    counts = {}
    for other in _iterate_neighbours(folder):
        try:
            shared = len(keys & (other.read_planned_keys() or set()))
        except ResultsError:
            continue
        if shared:
            counts[str(other.path)] = shared
    return counts


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
