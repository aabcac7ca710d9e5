"""How a dataset of a file is written, for those who write the file where its format belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.spec.messages import listed, quoted

if TYPE_CHECKING:
    from albench.catalogue import Catalogue

_UNREAD = frozenset({"feather", "json", "jsonl", "ndjson", "xls", "xlsx"})


def hint(name: str, catalogue: Catalogue) -> str:
    """Return what to write instead of the name of a file or of a format that is not read; else empty."""
    form = name.lower().removesuffix(".gz").rpartition(".")[2]
    if form in _UNREAD:
        return f"convert the file: what is read is {listed(_formats(catalogue))}"
    return in_full(form, name, catalogue)


def in_full(form: str, path: str, catalogue: Catalogue) -> str:
    """Return ``write {csv: {path: 'my.csv', target: ...}}``; empty where ``form`` is no format of files."""
    values = dict.fromkeys(_formats(catalogue).get(form, ()), "...") | {"path": quoted(path)}
    told = ", ".join(f"{name}: {value}" for name, value in values.items())
    return f"write {{{form}: {{{told}}}}}" if form in _formats(catalogue) else ""


def _formats(catalogue: Catalogue) -> dict[str, list[str]]:
    found = {name: facts["required"] for name, facts in catalogue["dataset"].items()}
    return {name: required for name, required in found.items() if "path" in required}
