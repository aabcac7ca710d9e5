"""Did a refactoring change a number: the same small grids with another revision and with this checkout.

    python benchmarks/same_numbers.py REV [--fresh] [--only PART ...] [--except FILE FILE:COLUMN ...]

REV is checked out into a temporary folder; its albench and that of this checkout run the same specs, each
spec in a process of its own. They cover every strategy with every choice that it offers, models, generators,
files, texts, preprocessing, seed sets, splits, pools, oracles, settings, and the quickstart. Compared are the
trial keys of the plan, stored rows, the tables as Parquet and CSV, the seeds of failures, the tables of the
page, and the numbers of the answer: row by row and column by column, all but times and machines, to the last
bit. What may be worded or ordered anew (the page, sentences, ``list``, ``show``, ``schema``) is a note.

Prints a line a part, and every difference; exit code 1 if there is one that ``--except`` does not name. What
REV gives is kept in the temporary folder of the system for the next call, until REV, these scripts or the
installed packages change; ``--fresh`` runs it again.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from same_numbers_compare import Comparison, compare_part, compare_texts
from same_numbers_grids import Part, build_parts, write_specs

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
RUNNER = HERE / "same_numbers_run.py"
SCRIPTS = ("every_strategy.py", "same_numbers_files.py", "same_numbers_grids.py", "same_numbers_run.py")
"""What a cached result depends on, beside the commands below."""
QUICKSTART = "quickstart"
LONG = (QUICKSTART, "choices_slow", "generators", "models_proba", "seed_sets")
"""Runs that are started first."""
GIT = shutil.which("git") or "git"
COMMANDS = {
    "list.json": "list --json",
    "schema.json": "schema",
    "show-strategy.txt": "show strategy qbc",
    "show-model.txt": "show model random_forest",
    "show-dataset.json": "show dataset digits --json",
    "plan.json": "plan specs/quickstart.yaml --json --results none",
    "status.json": "status specs/failures-0.yaml --json --results runs/failures",
    "compare.json": "compare runs/grown/grown runs/settings/settings --json",
}
"""Command lines whose output is compared, in the folder of one side."""


@contextmanager
def check_out(commit: str) -> Iterator[Path]:
    """Give a folder with a commit of this repository."""
    with tempfile.TemporaryDirectory(prefix="albench-same-") as scratch:
        tree = Path(scratch).resolve() / "tree"
        ask_git("worktree", "add", "--detach", "--quiet", str(tree), commit)
        try:
            yield tree
        finally:
            ask_git("worktree", "remove", "--force", str(tree))


def ask_git(*words: str) -> str:
    done = subprocess.run([GIT, "-C", str(HERE), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def name_cache(commit: str) -> Path:
    """Return the folder for what a commit gives under these scripts and the installed packages."""
    packages = sorted(f"{package.name} {package.version}" for package in distributions())
    digest = hashlib.sha256("\n".join([sys.version, *packages, *COMMANDS.values()]).encode())
    for script in SCRIPTS:
        digest.update((HERE / script).read_bytes())
    return Path(tempfile.gettempdir()) / "albench-same-numbers" / f"{commit[:12]}-{digest.hexdigest()[:12]}"


def run_albench(home: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with the albench of a checkout."""
    paths = [str(home), os.environ.get("PYTHONPATH", "")]
    variables = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "SAME_NUMBERS_HOME": str(home)}
    variables["ALBENCH_CACHE"] = str(folder / "cache")
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.run(
        [sys.executable, "-P", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=os.environ | variables | one_thread,
    )


def run_spec_files(home: Path, folder: Path, run: str) -> None:
    """Run the specs of one run into a folder; leave error.txt there if that goes wrong."""
    files, target = sorted((folder / "specs").glob(f"{run}*.yaml")), folder / "runs" / run
    done = run_albench(home, folder, str(RUNNER), str(home), str(target), *map(str, files))
    if done.returncode:
        target.mkdir(parents=True, exist_ok=True)
        (target / "error.txt").write_text(done.stderr, encoding="utf-8")


def run_command(home: Path, folder: Path, name: str) -> None:
    """Write what a command of albench prints, without the folder's own path."""
    done = run_albench(home, folder, "-m", "albench", *COMMANDS[name].split())
    text = f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
    (folder / "commands" / name).write_text(text.replace(str(folder), "."), encoding="utf-8")


def list_components(home: Path, folder: Path) -> dict[str, Any]:
    done = run_albench(home, folder, "-m", "albench", "list", "--json")
    if done.returncode:
        raise SystemExit(f"albench list --json: {done.stderr}")
    listed: dict[str, Any] = json.loads(done.stdout)
    return listed


def run_all(home: Path, folder: Path, parts: list[Part], jobs: int) -> None:
    """Run every spec of ``folder / "specs"``, then the commands, with the albench of a checkout."""
    (folder / "commands").mkdir()
    runs = sorted((run for part in parts for run in part.runs), key=lambda run: run not in LONG)
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(partial(run_spec_files, home, folder), runs))
        list(pool.map(partial(run_command, home, folder), COMMANDS))
    shutil.rmtree(folder / "cache", ignore_errors=True)


def run_revision(commit: str, cache: Path, jobs: int) -> None:
    """Fill the cache with what a commit gives, all or nothing."""
    cache.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.parent, prefix=".new-") as scratch, check_out(commit) as tree:
        folder = Path(scratch).resolve() / "side"
        folder.mkdir()
        listed = list_components(tree, folder)
        (folder / "listed.json").write_text(json.dumps(listed), encoding="utf-8")
        parts = choose_parts(listed)
        write_specs(parts, folder / "specs")
        shutil.copy(tree / "experiments" / "quickstart.yaml", folder / "specs")
        run_all(tree, folder, parts, jobs)
        shutil.rmtree(cache, ignore_errors=True)
        folder.rename(cache)


def run_checkout(home: Path, folder: Path, before: Path, parts: list[Part], jobs: int) -> None:
    """Run a copy of this checkout, which may change meanwhile, on the specs that the other revision ran."""
    folder.mkdir()
    shutil.copytree(before / "specs", folder / "specs")
    tree = folder / "tree"
    shutil.copytree(home / "albench", tree / "albench", ignore=shutil.ignore_patterns("__pycache__"))
    run_all(tree, folder, parts, jobs)


def choose_parts(listed: dict[str, Any], only: list[str] | None = None) -> list[Part]:
    """Return the parts, the quickstart first; only those whose title has one of some words."""
    parts = [Part(QUICKSTART, {QUICKSTART: ()}), *build_parts(listed, with_torch=has_torch())]
    return [part for part in parts if not only or any(word in part.title for word in only)]


def has_torch() -> bool:
    return importlib.util.find_spec("torch") is not None


def compare_sides(before: Path, after: Path, parts: list[Part], excepted: list[str]) -> Comparison:
    """Compare what two revisions gave, and print a line a part."""
    total = Comparison(excepted)
    for part in parts:
        of_part = Comparison(excepted)
        compare_part(part, before, after, of_part)
        print(of_part.sum_up(part.title), flush=True)
        total.add(of_part)
    return total


def compare_commands(before: Path, after: Path, comparison: Comparison) -> None:
    """Compare how commands ended; what they print may differ."""
    for name in COMMANDS:
        old, new = (side / "commands" / name for side in (before, after))
        codes = [file.read_text(encoding="utf-8").partition("\n")[0] for file in (old, new)]
        if codes[0] != codes[1]:
            comparison.differ(name, "", f"ended with {codes[0]}, ends with {codes[1]}")
        compare_texts(name, old, new, comparison)


def tell(text: str) -> None:
    """Say what is done now, apart from the result."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("rev", help="a revision, as git takes it: HEAD, main~3, a tag")
    parser.add_argument("--fresh", action="store_true", help="run REV again, too")
    parser.add_argument("--only", nargs="+", help="words of the titles of parts: strategies, models, ...")
    parser.add_argument(
        "--except", nargs="+", default=[], dest="excepted", help="what may differ: leaderboard.csv, *.csv:p_*"
    )
    parser.add_argument("-j", "--jobs", type=int, default=2)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that folders are removed then, too
    commit = ask_git("rev-parse", "--verify", f"{args.rev}^{{commit}}")
    cache = name_cache(commit)
    if args.fresh or not cache.exists():
        tell(f"running {commit[:12]}; it is kept in {cache}")
        run_revision(commit, cache, args.jobs)
    parts = choose_parts(json.loads((cache / "listed.json").read_text(encoding="utf-8")), args.only)
    tell("running this checkout")
    with tempfile.TemporaryDirectory(prefix="albench-same-") as scratch:
        after = Path(scratch).resolve() / "side"
        run_checkout(HERE.parent, after, cache, parts, args.jobs)
        comparison = compare_sides(cache, after, parts, args.excepted)
        if not args.only:
            compare_commands(cache, after, comparison)
    if not has_torch():
        print("torch: not run, the extra albench[torch] is not installed")
    print("\n".join(comparison.report(args.rev)))
    return int(bool(comparison.differences))


if __name__ == "__main__":
    sys.exit(main())
