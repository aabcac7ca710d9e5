"""What the docs say to type works: every command of a shell block, and the Python beside it.

A block with a title (``yaml title="my.yaml"``) is a file that the commands below it on its page find. All other
pages are about a small experiment ``my.yaml`` with results, beside ``my.py`` and ``mine.py``.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import albench
from albench.cli import cli

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = {
    r"python3 -m venv|pip install": "installs packages; the continuous integration does so",
    r"\.venv/bin/|nox -s": "tools of developers, minutes each",
    r"albench check .*:LonelyMargin": "tests/strategies/test_documentation.py checks it",
    r"albench check .*far_margin.py:": "it is the strategy of the tutorial, which is checked",
    r"albench check .*my_metric.py:": "tests/metrics/test_documentation.py checks it",
    r"albench check .*my_rule.py:": "tests/stopping/test_documentation.py checks it",
    r"albench verify": "downloads, and takes minutes; tests/verification runs small ones",
    r"experiments/openml.yaml": "downloads",
    r"sbatch |dask |albench .*--backend dask": "needs a cluster; nox -s faults starts one of Dask",
    r"albench export .*figures": "needs albench[export]; tests/cli/test_export.py has it",
}
MY = """\
datasets: {csv: {path: data/plants.csv, target: species}}
models: gaussian_nb
strategies: [random, margin]
seed_sizes: 5
batch_sizes: 5
budgets: 15
repeats: 2
execution: {n_jobs: 1, backend: inline}
"""
VARIABLES = {"SLURM_ARRAY_TASK_ID": "1", "SLURM_CPUS_PER_TASK": "1"}
QUICK = {"run": ["--jobs", "1"], "check": ["--no-cost"], "pilot": ["--dry-run"]}
"""Options that make a command quicker."""
PART = "1/400"
"""What is run of an experiment of the gallery, each of which takes a minute: a trial or two, and no page."""
PARTS = {
    # Its splits are few: of smaller parts the first is empty.
    "experiments/cold_start.yaml": "1/100",
    # All of a dataset is one part: its trials are left out.
    "experiments/until_decided.yaml": "100/100",
}
KEYS = re.compile(r"\b(59aa170f179e|59aa|3f9c)\b")
"""Keys that stand for one of the reader's own."""


def list_blocks(page):
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """Return a folder with what the pages speak of."""
    from sklearn.datasets import load_iris

    folder = tmp_path_factory.mktemp("workshop")
    (folder / "data").mkdir()
    plants = load_iris(as_frame=True).frame.rename(columns={"target": "species"})
    plants.to_csv(folder / "data" / "plants.csv", index=False)
    (folder / "my.yaml").write_text(MY, encoding="utf-8")
    shutil.copytree(
        ROOT / "experiments", folder / "experiments", ignore=shutil.ignore_patterns("data", "replays")
    )
    (folder / "experiments" / "quickstart.yaml").write_text(MY.replace("data/", "../data/"), encoding="utf-8")
    code = [text for kind, _, text in list_blocks(ROOT / "CONTRIBUTING.md") if kind == "python"]
    (folder / "my.py").write_text(code[0] + "\n\nclass Mine(LonelyMargin):\n    pass\n", encoding="utf-8")
    (folder / "mine.py").write_text(code[1], encoding="utf-8")
    albench.run(folder / "my.yaml", results=folder / "results")
    for name in ("a", "b"):
        shutil.copytree(folder / "results" / "my", folder / "results" / name)
    return folder


@pytest.fixture
def folder(workshop, tmp_path, monkeypatch):
    shutil.copytree(workshop, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def put_keys(text):
    """Return the text with the key of a trial that there is."""
    if not KEYS.search(text):
        return text
    return KEYS.sub(albench.open_results("my.yaml").trials["key"][0], text)


def call(line):
    """Call albench as the line does, in this process; other programs in one of their own."""
    words = [os.path.expandvars(word) for word in shlex.split(put_keys(line), comments=True)]
    words = [
        name for word in words for name in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
    ]
    if words[0] == "python" or "--debug" in words:  # which writes to the file descriptors of its process
        words = words[1:] if words[0] == "python" else ["-m", *words]
        done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr
    assert words[0] == "albench", f"how is {words[0]!r} to be run, or why not (NOT_RUN)?"
    quick = QUICK.get(words[1], []) if not {"--jobs", "-j"} & set(words) else []
    if words[1] == "run" and words[2].startswith("experiments/"):
        quick = [*quick, "--shard", PARTS.get(words[2], PART)]
    done = CliRunner().invoke(cli, [*words[1:], *quick])
    return done.exit_code, f"{done.output}{done.exception or ''}"


def call_each(lines):
    for line in lines:
        if (
            line.strip()
            and not line.startswith("#")
            and not any(re.search(pattern, line) for pattern in NOT_RUN)
        ):
            code, output = call(line)
            assert code == 0, f"{line}\n{output}"


PAGES_TO_RUN = [page for page in PAGES if {"sh"} & {kind for kind, *_ in list_blocks(page)}]


@pytest.mark.parametrize("page", PAGES_TO_RUN, ids=lambda page: page.name)
def test_the_commands_of_a_page_work(page, folder):
    for kind, title, text in list_blocks(page):
        if title:
            # Ten repeats and two have the same commands.
            short = re.sub(r"^repeats: .*$", "repeats: 2", text, flags=re.MULTILINE)
            (folder / title).write_text(short, encoding="utf-8")
        elif kind == "sh":
            call_each(text.replace("\\\n", " ").splitlines())


def leave_out_labels(folder):
    """Take the label out of every third row of the plants: some commands are about such rows."""
    plants = folder / "data" / "plants.csv"
    header, *rows = plants.read_text(encoding="utf-8").splitlines()
    rows = [row.rpartition(",")[0] + "," if place % 3 == 0 else row for place, row in enumerate(rows)]
    plants.write_text("\n".join([header, *rows]), encoding="utf-8")
    text = "\n".join([header.replace("species", "label"), *rows])
    (folder / "my.csv").write_text(text, encoding="utf-8")
    (folder / "my.yaml").write_text(MY.replace("species}", "species, unlabelled: keep}"), encoding="utf-8")


def test_the_commands_of_the_table_in_the_readme_work(folder):
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("| command |")[2].partition("\n\n")[0]
    commands = [
        code for row in table.splitlines() for code in re.findall(r"`(albench [^`]+)`", row.split(" | ")[0])
    ]
    assert len(commands) > 14
    leave_out_labels(folder)
    (folder / "my.yaml").rename(folder / "kept.yaml")
    # Those that write my.yaml, which must not be there then.
    first = [command for command in commands if command.startswith(("albench pilot", "albench init"))]
    for command in first:
        call_each([command])
        (folder / "my.yaml").unlink()
    (folder / "kept.yaml").replace(folder / "my.yaml")
    call_each(command for command in commands if command not in first)


PYTHON = [
    pytest.param(text, id=f"{page.name}-{number}")
    for page in PAGES
    for number, (kind, title, text) in enumerate(list_blocks(page))
    if kind == "python" and not title
]


@pytest.mark.parametrize("text", PYTHON)
def test_the_python_of_a_page_works(text, folder):
    if "river" in text:
        pytest.importorskip("river", reason="River is not installed: nox -s extras has it")
    (folder / "tumours.yaml").write_text(MY, encoding="utf-8")
    exec(compile(put_keys(text), "block", "exec"), {"__name__": "block"})  # noqa: S102


def test_what_is_not_run_is_there():
    lines = [
        line
        for page in PAGES
        for kind, _, text in list_blocks(page)
        if kind == "sh"
        for line in text.splitlines()
    ]
    table = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert [
        pattern for pattern in NOT_RUN if not any(re.search(pattern, line) for line in lines + table)
    ] == []
