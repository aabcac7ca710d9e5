"""How a dataset of a file is written, for those who write the file where its format belongs."""

from __future__ import annotations

from albench.registry.catalogue import load_catalogue
from albench.text import list_quoted, quote

_UNREAD = frozenset({"feather", "json", "jsonl", "ndjson", "xls", "xlsx"})


def suggest_format(name: str) -> str:
    """Return what to write instead of the name of a file or of a format that is not read; else empty."""
    form = name.lower().removesuffix(".gz").rpartition(".")[2]
    if form in _UNREAD:
        return f"convert the file: what is read is {list_quoted(_list_formats())}"
    return write_in_full(form, name)


def write_in_full(form: str, path: str) -> str:
    """Return ``write {csv: {path: 'my.csv', target: ...}}``; empty where ``form`` is no format of files."""
    values = dict.fromkeys(_list_formats().get(form, ()), "...") | {"path": quote(path)}
    text = ", ".join(f"{name}: {value}" for name, value in values.items())
    return f"write {{{form}: {{{text}}}}}" if form in _list_formats() else ""


def _list_formats() -> dict[str, list[str]]:
    """Return the formats of files that are read, and the parameters that each needs."""
    required = {name: facts["required"] for name, facts in load_catalogue()["dataset"].items()}
    return {name: parameters for name, parameters in required.items() if "path" in parameters}
