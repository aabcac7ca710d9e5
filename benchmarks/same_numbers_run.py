"""What same_numbers.py runs with each revision: one experiment, and what it leaves to compare.

    python -P benchmarks/same_numbers_run.py HOME TARGET SPEC...

HOME is the checkout whose albench must be the one that is imported. The specs run one after the other into
one results folder below TARGET. Times are replaced by constants before anything is concluded from them, so
that sentences, leaderboard and page are the same for the same numbers. Only public names are used.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import sys
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import albench
from albench import tables

if TYPE_CHECKING:
    import polars as pl

SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL)
DOWNLOAD = re.compile(r'<a href="(data:[^"]*)" download="([^"]*)"')
LEFT_OUT = re.compile(r"<style.*?</style>|<[^>]+>", re.DOTALL)
DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d( UTC)?")
FAILURE = ("key", "status", "reason", "seed")
SECONDS = 0.001
VOLATILE = {column.name for columns in tables.TABLES.values() for column in columns if column.volatile}
"""Read from the data of albench/tables/, since the names of functions may differ between revisions."""


def run(target: Path, specs: list[Path]) -> None:
    """Run specs into one results folder; write keys, tables, sentences, failures and page."""
    planned = []
    for spec in specs:
        planned.append(dict(albench.plan(spec, results=target).why))
        albench.run(spec, results=target)
    (target / "plan.json").write_text(json.dumps(planned, indent=0, sort_keys=True), encoding="utf-8")
    (target / "volatile.json").write_text(json.dumps(sorted(VOLATILE)), encoding="utf-8")
    results = albench.open_results(specs[-1], results=target)
    failures = results.failures
    failures.select(name for name in FAILURE if name in failures.columns).write_csv(target / "failures.csv")
    for name in ("trials", "curves", "references"):
        vars(results)[name] = replace_times(getattr(results, name))
    page = results.report()
    write_page(page.read_text(encoding="utf-8"), target)
    page.unlink()
    write_rest(results, target)


def write_rest(results: albench.Results, target: Path) -> None:
    """Write what is said in words, and leaderboards by other metrics than the primary one."""
    (target / "answer.txt").write_text(str(results), encoding="utf-8")
    (target / "table.txt").write_text(albench.export_table(results, "latex"), encoding="utf-8")
    done = results.trials.filter(results.trials["status"] == "done")
    if done.height:
        (target / "story.txt").write_text(str(results.story(min(done["key"]))), encoding="utf-8")
    for metric in ("balanced_accuracy", "log_loss"):
        if metric in results.scores:
            results.leaderboard(metric=metric).write_parquet(target / f"leaderboard-{metric}.parquet")


def replace_times(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with one value in every volatile column of numbers."""
    import polars as pl

    numbers = [column for column in frame.columns if column in VOLATILE and frame.schema[column].is_numeric()]
    return frame.with_columns(pl.lit(SECONDS, frame.schema[column]).alias(column) for column in numbers)


def write_page(page: str, target: Path) -> None:
    """Write the tables that a page offers for download, its text, and the data of its figures."""
    for address, name in DOWNLOAD.findall(page):
        write_download(html.unescape(address), target / f"page-{name}")
    words = [SCRIPT.sub("", page)]
    for attributes, body in SCRIPT.findall(page):
        if 'id="plotly"' not in attributes and attributes:
            packed = "gzip" in attributes
            words.append(gzip.decompress(base64.b64decode(body)).decode() if packed else body)
    text = html.unescape(LEFT_OUT.sub("\n", "\n".join(words)))
    lines = [line.strip() for line in DATE.sub("", text).splitlines()]
    (target / "page.txt").write_text("\n".join(line for line in lines if line), encoding="utf-8")


def write_download(address: str, file: Path) -> None:
    head, _, body = address.partition(",")
    content: Any = base64.b64decode(body) if "base64" in head else urllib.parse.unquote(body).encode()
    packed = content[:2] == b"\x1f\x8b"
    file.with_suffix("" if packed else file.suffix).write_bytes(
        gzip.decompress(content) if packed else content
    )


def main() -> int:
    home, target, *specs = map(Path, sys.argv[1:])
    imported = Path(albench.__file__).resolve().parents[1]
    if imported != home.resolve():
        raise SystemExit(f"albench was imported from {imported}, not from {home}")
    target.mkdir(parents=True)
    run(target, specs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
