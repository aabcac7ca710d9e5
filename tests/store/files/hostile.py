"""Change results folders as no run would, and call every command on them; print what goes wrong.

``python hostile.py PLACE FIRST LAST``: PLACE holds ``hostile.yaml`` and its results; a number from FIRST to LAST is
one case. Names, kinds of file, contents, schemas, keys and links are changed.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import polars as pl

from albench.cli import main
from albench.store.checksum import add_checksum

NAMES = (
    "trial-.parquet",
    "trial-x.parquet",
    "reference-x.parquet",
    "trial-000001.parquet",
    "trial-999999.parquet",
    "reference-9999999999999999999999.parquet",
    "trial-\u0663.parquet",
    "trial-a\nb.parquet",
    "trial-\x1b[31m.parquet",
    "trial-*.parquet",
    "trial-\udcff.parquet",
    ".trial-x.parquet.1.partial",
    "-",
)
CONTENTS = (
    b"",
    b"\0",
    b"\xff\xfe\x00garbage",
    b"{",
    b"[]",
    b"[1, 2]",
    b"{}",
    b"null",
    b'{"a": 1}',
    b'{"a": {"versions": [], "libraries": 3}}',
    b'{"a": {"versions": {"numpy": [1]}, "libraries": ["x", 3]}}',
    b'[{"label": "iris"}]',
    b'[{"label": 3, "hash": [], "warnings": {}}]',
    b'[{"label": "iris", "hash": "0", "warnings": [["a"]]}]',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b'{"a": ' + b"9" * 5000 + b"}",
    b"a: &a [*a]\n",
    b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
    b"name: [\n",
    b"name: other\n",
    b"datasets: iris\nprimary_metric: [1]\n",
    b"!!python/object:os.system x\n",
    b"PAR1" + b"x" * 500 + b"PAR1",
)
TYPES = (
    pl.String,
    pl.Int64,
    pl.Float64,
    pl.Boolean,
    pl.Binary,
    pl.List(pl.String),
    pl.List(pl.Int64),
    pl.Null,
)


def change(folder, outside, rng):
    """Change a results folder at random; return in words how."""
    change_one = _pick(rng, (_change_kind, _change_name, _change_content, _change_table, _change_table, _add))
    paths = sorted(path for path in folder.rglob("*") if not path.is_symlink())
    return change_one(_pick(rng, paths), folder, outside, rng)


def _pick(rng, choices):
    return choices[int(rng.integers(len(choices)))]


def _remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif path.is_symlink() or path.exists():
        path.unlink()


def _make(path, kind, outside, *, move=False):
    """Put something of a kind in the place of a path."""
    content = outside / f"kept-{path.name}"
    if move and (path.is_file() or path.is_dir()):
        _remove(content)
        shutil.move(path, content)
    _remove(path)
    if kind == "folder":
        path.mkdir()
    elif kind == "folder with a file":
        path.mkdir()
        (path / "x").write_text("x")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "link to itself":
        path.symlink_to(path.name)
    elif kind == "dangling link":
        path.symlink_to(outside / "nothing")
    elif kind == "link to its content":
        path.symlink_to(content)
    elif kind == "link to a folder":
        path.symlink_to(outside)
    elif kind == "link to a file":
        path.symlink_to(outside / "file")
    elif kind == "hard link":
        os.link(outside / "file", path)


KINDS = (
    "nothing",
    "folder",
    "folder with a file",
    "pipe",
    "link to itself",
    "dangling link",
    "link to its content",
    "link to its content",
    "link to a folder",
    "link to a file",
    "hard link",
)


def _change_kind(path, folder, outside, rng):
    kind = _pick(rng, KINDS)
    _make(path, kind, outside, move=kind == "link to its content")
    return f"{path.relative_to(folder)} is now: {kind}"


def _add(path, folder, outside, rng):
    """Add something under a name that means something."""
    place = _pick(rng, ("", "parts", "segments", "plan", "tables", "set_aside", "figures"))
    names = (*NAMES, ".lock", ".holder.json", "segments", "tables", "set_aside", "report.html")
    target = folder / place / _pick(rng, names)
    if not target.parent.is_dir() or target.is_dir():
        return "nothing"
    kind = _pick(rng, KINDS[1:])
    _make(target, kind if kind != "link to its content" else "pipe", outside)
    return f"{target.relative_to(folder)!r} was added: {kind}"


def _change_name(path, folder, outside, rng):
    """Copy or move a file under the name of another one, or a strange one."""
    others = [other.name for other in path.parent.iterdir()]
    target = _pick(rng, (path.parent, folder / "parts", folder / "segments")) / _pick(rng, (*NAMES, *others))
    if not target.parent.is_dir() or target == path or target.is_dir() or path in target.parents:
        return "nothing"
    copies = path.is_file() and rng.random() < 0.5
    (shutil.copy if copies else shutil.move)(path, target)
    return (
        f"{path.relative_to(folder)} is {'copied' if copies else 'moved'} to {target.relative_to(folder)!r}"
    )


def _change_content(path, folder, outside, rng):
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    path = path if path.is_file() else _pick(rng, files)
    content = path.read_bytes()
    how = int(rng.integers(4))
    if how == 0 and content:
        content = content[: int(rng.integers(len(content)))]
    elif how == 1 and content:
        at = int(rng.integers(len(content)))
        content = content[:at] + bytes([content[at] ^ 1 << int(rng.integers(8))]) + content[at + 1 :]
    elif how == 2:
        content = _pick(rng, files).read_bytes()
    else:
        content = _pick(rng, CONTENTS)
    path.write_bytes(content)
    return f"{path.relative_to(folder)} holds {content[:40]!r}"


def _change_table(path, folder, outside, rng):
    tables = sorted(
        file for file in folder.rglob("*.parquet") if file.is_file() and file.parent.name != "tables"
    )
    path = path if path in tables else _pick(rng, tables)
    frame = pl.read_parquet(path, glob=False)
    words = []
    for _ in range(int(rng.integers(1, 3))):
        name = _pick(rng, frame.columns)
        changed, how = _change_column(frame, name, rng)
        frame, words = changed, [*words, f"{name}: {how}"]
    if rng.random() < 0.5:
        frame.write_parquet(path)
    else:
        handle = io.BytesIO()
        frame.write_parquet(handle)
        path.write_bytes(add_checksum(handle.getvalue()))
    return f"{path.relative_to(folder)}: {', '.join(words)}"


def _change_column(frame, name, rng):  # noqa: PLR0911 - one for each change
    column, how = frame[name], int(rng.integers(11))
    if how == 0 and frame.width > 1:
        return frame.drop(name), "dropped"
    if how == 1:
        dtype = _pick(rng, TYPES)
        value = {pl.String: "x", pl.Int64: 7, pl.Float64: 0.5, pl.Boolean: True, pl.Binary: b"x"}.get(dtype)
        return frame.with_columns(pl.lit(value, dtype).alias(name)), f"as {dtype}"
    if how == 2 and column.dtype == pl.List:
        return frame.with_columns(pl.col(name).list.head(int(rng.integers(4)))), "shorter"
    if how == 3 and column.dtype == pl.List:
        return frame.with_columns(pl.col(name).list.concat(pl.col(name))), "longer"
    if how == 4:
        return frame.with_columns(pl.lit(None, column.dtype).alias(name)), "null"
    if how == 5:
        return frame.head(0), "no rows"
    if how == 6:
        return pl.concat([frame, frame]), "rows twice"
    if how == 7:
        deep = pl.Series("extra", [[[[[["x"]]]]]] * frame.height) if frame.height else pl.Series("extra", [])
        return frame.with_columns(deep), "an extra column"
    if how == 8 and column.dtype == pl.String:
        text = _pick(
            rng, ("", "{}", "[]", "nan", '{"job": "trial", "key_version": 1}', "\x1b[31m", "[" * 9999)
        )
        return frame.with_columns(pl.lit(text).alias(name)), f"text {text[:20]!r}"
    if how == 9 and column.dtype == pl.Int64:
        value = _pick(rng, (-1, 0, 2**62))
        return frame.with_columns(pl.lit(value, pl.Int64).alias(name)), f"number {value}"
    if how == 10 and frame.width > 1:
        return frame.rename({name: "other"}) if "other" not in frame.columns else frame, "renamed"
    return frame.with_columns(
        pl.col(name).cast(pl.String, strict=False)
    ) if not column.dtype.is_nested() else (
        frame.with_columns(pl.col(name).list.eval(pl.element().cast(pl.String, strict=False)))
        if column.dtype == pl.List and not column.dtype.inner.is_nested()
        else frame
    ), "as text"


def snapshot(outside):
    """Return what lies outside a results folder, to compare."""
    return {
        path.relative_to(outside): (path.read_bytes() if path.is_file() else None)
        for path in sorted(outside.rglob("*"))
    }


def fill_outside(outside):
    """Lay out what a link may lead to."""
    outside.mkdir()
    (outside / "file").write_text("precious")
    (outside / ".a.parquet.999999999.partial").write_text("half of another one's file")
    (outside / "trial-x.parquet").write_text("precious")
    (outside / "resolved.yaml").write_text(json.dumps({"name": "x"}))


class HungError(BaseException):
    """A command waits for something that never comes."""


def call(*arguments):
    """Run a command in this process; return its exit code and what it printed."""
    printed = io.StringIO()
    sys.argv = ["albench", *map(str, arguments)]
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            main()
    except SystemExit as ended:
        return ended.code, printed.getvalue()
    return 0, printed.getvalue()


def hang(number, frame):
    raise HungError


def list_mistakes(place, seed):
    """Change a copy of the results folder and call every command on it; return what went wrong."""
    case = place / "case"
    shutil.rmtree(case, ignore_errors=True)
    case.mkdir()
    outside = case / "outside"
    fill_outside(outside)
    results = case / "results"
    shutil.copytree(place / "results", results)
    shutil.copytree(place / "results" / "hostile", case / "sound")
    rng = np.random.default_rng(seed)
    how = [change(results / "hostile", outside, rng) for _ in range(1 + seed % 2)]
    before = snapshot(outside)
    options = (place / "hostile.yaml", "--results", results)
    commands = {
        "status": ("status", *options),
        "plan": ("plan", *options),
        "merge": ("merge", case / "sound", results / "hostile", "--into", case / "merged"),
        "compare": ("compare", results / "hostile", case / "sound"),
        "report": ("report", *options),
        "run": ("run", *options, "--quiet"),
        "into": ("merge", case / "sound", "--into", results / "hostile"),
        "again": ("run", *options, "--quiet"),
    }
    quick = ("status", ("report", "merge", "run", "into", "plan", "compare")[seed % 6])
    mistakes = []
    for name in commands if "ALBENCH_FAULTS" in os.environ else quick:
        signal.alarm(60)
        try:
            code, printed = call(*commands[name])
        except HungError:
            code, printed = "hangs", ""
        signal.alarm(0)
        if code not in (0, 2, 3, 4) or "bug in albench" in printed:
            mistakes.append(f"{name} ends with {code}: {printed[-3000:]}")
        if snapshot(outside) != before:
            mistakes.append(f"{name} writes outside of the folder")
            break
    return [f"seed {seed}: {'; '.join(how)}: {mistake}" for mistake in mistakes]


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, hang)
    where, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for number in range(first, last):
        for mistake in list_mistakes(where, number):
            sys.__stdout__.write(f"{mistake}\n")
