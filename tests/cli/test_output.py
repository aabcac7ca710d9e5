"""Whatever data and names hold, what is printed cannot move the cursor, and any terminal or pipe takes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import yaml

import albench.cli
from albench.cli.display import BarDisplay
from albench.cli.output import make_printable
from albench.runner.progress import FinishedJob, RunCounts

ESCAPE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e"
MINE = f"""
from albench import Strategy


class Failing(Strategy):
    def utilities(self, pool, state):
        raise RuntimeError({ESCAPE!r})
"""
SPEC = {
    "datasets": [{"csv": {"path": "d.csv", "target": "y"}}],
    "models": ["gaussian_nb"],
    "strategies": ["random", "./mine.py:Failing"],
    "seed_sizes": 6,
    "budgets": 20,
    "repeats": 1,
    "execution": {"n_jobs": 1},
}
UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def list_unsafe(text):
    return {c for c in text if unicodedata.category(c) in UNSAFE and c not in "\n\t"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, albench_in):
    folder = tmp_path_factory.mktemp("hostile")
    rows = [f"{i % 7},{i % 5},{f'a{ESCAPE}' if i % 3 else 'b'}" for i in range(60)]
    header = f'p{ESCAPE},"q{ESCAPE}",y'
    (folder / "d.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8", newline="")
    (folder / "mine.py").write_text(MINE, encoding="utf-8")
    (folder / "s.yaml").write_text(yaml.safe_dump(SPEC), encoding="utf-8")
    done = albench_in(folder, "run", "s.yaml")
    assert done.returncode == 3, done.stderr
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "s.yaml", "--rerun", "failed", "--why"),
        ("status", "s.yaml"),
        ("show", "dataset", "d", "s.yaml"),
        ("export", "s.yaml", "table"),
        ("validate", f"no{ESCAPE.replace(chr(0), '')}.yaml"),
        (ESCAPE,),
    ],
    ids=lambda arguments: " ".join(arguments).encode("unicode_escape").decode(),
)
def test_no_command_prints_what_a_terminal_would_obey(folder, arguments, albench_in):
    done = albench_in(folder, *arguments)
    assert list_unsafe(done.stdout + done.stderr) == set()
    assert done.returncode != 1
    assert done.stdout + done.stderr


def test_a_traceback_is_shown_without_it_too(folder, albench_in):
    key = json.loads(albench_in(folder, "status", "s.yaml", "--json").stdout)["failures"][0]["key"]
    # Faults are written to the file descriptors of a process.
    done = subprocess.run(
        [sys.executable, "-m", "albench", "run", "s.yaml", "--only", key[:12], "--debug"],
        cwd=folder, env={**os.environ, "PYTHONIOENCODING": "utf-8"}, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert "RuntimeError: \\x1b]0;owned" in done.stderr
    assert list_unsafe(done.stderr) == set()


def test_json_holds_the_names_as_they_are(folder, albench_in):
    facts = json.loads(albench_in(folder, "show", "dataset", "d", "s.yaml", "--json").stdout)
    assert f"a{ESCAPE}" in facts["content"]["classes"]


def test_the_bar_of_a_terminal_shows_no_escapes_of_others(capfd):
    counts = RunCounts(to_run=1, to_rescore=0, reused=0, kept_failed=0, references=0, n_workers=1, reasons={})
    bar = BarDisplay()
    bar.start(counts)
    bar.show_phase(ESCAPE)
    bar.show_note(ESCAPE)
    bar.show_result(
        FinishedJob(title=ESCAPE, status="failed", seconds=1.0, reason=ESCAPE, eta_s=None, is_trial=True)
    )
    bar.stop()
    output = capfd.readouterr().err
    assert "\\x1b]0;owned" in output
    assert not set("\x07\x9b\u202e") & set(output)


@pytest.mark.parametrize("encoding", ["cp437", "ascii"])
def test_a_pipe_of_another_encoding_takes_a_whole_table(folder, encoding, albench_in):
    done = albench_in(folder, "export", "s.yaml", "table", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert "Failing" in done.stdout


def test_what_an_encoding_lacks_is_written_in_plain_characters(tmp_path):
    code = (
        "from albench.cli.output import allow_any_encoding, print_text\n"
        "allow_any_encoding()\n"
        "print_text('\\u22120.5\\u202f% \\u2013 \\xb5s \\u4e2d')"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout.decode("cp1252").rstrip() == "-0.5 % \u2013 \xb5s \\u4e2d"


def test_printable_text_is_left_alone():
    text = "\u22120.5\u202f% of 中文, é and a\u00a0b\n\tc"
    assert make_printable(text) is text


def test_all_that_is_printed_goes_one_way():
    folder = Path(albench.cli.__file__).parent
    past = [
        file.name
        for file in folder.glob("*.py")
        if file.name != "output.py" and "click.echo" in file.read_text(encoding="utf-8")
    ]
    assert past == []
