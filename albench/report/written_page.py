"""Whether the page that is there is of the results that are there: then nothing need be written again.

Beside the page, ``report.json`` holds the identity of what it was made from, the answer, and the checksums
of the page and its tables. A page that was edited, removed or made by another version is written again.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from albench.canonical import digest
from albench.files import write_file
from albench.store.examine_parts import list_part_names
from albench.store.folder_files import DATASETS, DECLARATIONS, ENVIRONMENTS
from albench.store.plain_files import FILE, find_kind, list_names
from albench.store.row_checks import REFERENCE, TRIAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from albench.analysis.source import ReportSource
    from albench.spec.experiment import Entry, Experiment
    from albench.spec.stream_experiment import StreamExperiment
    from albench.store.folder import ResultsFolder

_RECORD = "report.json"
_PACKAGES = ("jinja2", "numpy", "plotly", "polars", "scikit-learn", "scipy")
_PROGRAM = {".py", ".j2", ".js", ".css", ".json"}
_INPUTS = ("experiment.yaml", "resolved.yaml", DATASETS, DECLARATIONS, ENVIRONMENTS)


@dataclass(frozen=True)
class WrittenPage:
    """A page of the results as they are.

    Attributes
    ----------
    answer : tuple of str
        What it answers, a sentence each.
    is_new : bool
        Whether it was written just now.
    """

    path: Path
    answer: tuple[str, ...]
    is_new: bool = True


def identify_page(run: ReportSource) -> str:
    """Return a hash of all that a page is made from: results, spec, and the program that writes it."""
    from importlib.metadata import version

    folder, experiment = run.folder, run.experiment
    # Why a trial ran is on no page, and differs between a run and one that finds nothing to do.
    plan = [frame.drop("why", strict=False).write_csv() for frame in folder.read_plan()]
    return digest(
        {
            "files": _hash_files(_list_inputs(folder), folder.path),
            "plan": [sha256(text.encode()).hexdigest() for text in plan],
            "experiment": [experiment.name, experiment.title, str(experiment.path and experiment.path.name)],
            "notes": list(run.notes),
            "program": _hash_files(_list_program(), Path(__file__).parents[1]),
            "code": [sha256(source).hexdigest() for source in _list_user_sources(experiment)],
            "packages": [version(package) for package in _PACKAGES],
        }
    )


def find_written_page(folder: ResultsFolder, identity: str) -> WrittenPage | None:
    """Return the page of a folder if it is of that identity, and as it was written."""
    file = folder.path / _RECORD
    if find_kind(file) != FILE:
        return None
    try:
        record: Any = json.loads(file.read_text(encoding="utf-8"))
        if record["identity"] != identity or record["files"] != _hash_exports(folder):
            return None
        answer = tuple(map(str, record["answer"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        # A damaged record says nothing of the page.
        return None
    return WrittenPage(folder.report, answer, is_new=False)


def record_written_page(folder: ResultsFolder, identity: str, answer: Iterable[str]) -> None:
    """Keep what the page of a folder has just been made from."""
    record = {"identity": identity, "answer": list(answer), "files": _hash_exports(folder)}
    with write_file(folder.path / _RECORD) as handle:
        handle.write((json.dumps(record, indent=1) + "\n").encode())


def _list_inputs(folder: ResultsFolder) -> Iterator[Path]:
    for parts in (folder.parts, folder.segments):
        for kind in (TRIAL, REFERENCE):
            yield from (parts / name for name in list_part_names(parts, kind))
    yield from (folder.path / name for name in _INPUTS)


def _list_program() -> Iterator[Path]:
    root = Path(__file__).parents[1]
    return (file for file in sorted(root.rglob("*")) if file.suffix in _PROGRAM)


def _list_user_sources(experiment: Experiment) -> list[bytes]:
    """Return the texts of users' files that define components, whose descriptions the page shows."""
    axes: list[tuple[Entry[Any], ...]] = [
        *(experiment.strategies, experiment.seed_sets, experiment.oracles, experiment.metrics)
    ]
    if experiment.is_stream:
        streams = cast("StreamExperiment", experiment)
        axes += [streams.managers, streams.drifts]
    modules = {type(entry.component).__module__ for axis in axes for entry in axis}
    sources = (getattr(sys.modules[module], "ALBENCH_SOURCE", None) for module in sorted(modules))
    return [source for source in sources if source is not None]


def _hash_exports(folder: ResultsFolder) -> dict[str, str]:
    tables = (folder.tables / name for name in list_names(folder.tables) if not name.startswith("."))
    return _hash_files((folder.report, *tables), folder.path)


def _hash_files(files: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the SHA-256 of those of some files that are there, by their paths from a folder."""
    hashes = {}
    for file in files:
        # A link leads out of the folder, and the parts of another run may move into a segment meanwhile.
        if find_kind(file) == FILE:
            with suppress(FileNotFoundError), file.open("rb") as handle:
                hashes[file.relative_to(root).as_posix()] = file_digest(handle, "sha256").hexdigest()
    return hashes
