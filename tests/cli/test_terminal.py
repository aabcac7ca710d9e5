"""What a run shows on a terminal: something from the first moment, then an answer that fits on it."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys

import pytest

from albench.cli.output import get_width, wrap_words
from albench.cli.run import format_answer

COLUMNS = 60
SPEC = """\
datasets: iris
models: gaussian_nb
strategies: [random, margin]
seed_sizes: 5
batch_sizes: 5
budgets: 20
repeats: 2
execution: {n_jobs: 1}
"""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def call_on_terminal(folder, *arguments, columns=COLUMNS):
    """Return what a command writes to a terminal of so many columns, without what moves the cursor."""
    fcntl = pytest.importorskip("fcntl", reason="there are no pseudo terminals here")
    import pty
    import termios

    main, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: text for name, text in os.environ.items() if name not in {"CI", "COLUMNS", "LINES"}}
    command = [sys.executable, "-m", "albench", *arguments]
    with subprocess.Popen(
        command, cwd=folder, stdin=terminal, stdout=terminal, stderr=terminal, env=environment
    ) as process:
        os.close(terminal)
        written = b""
        # A pseudo terminal whose other side has closed is an error where a pipe would be at its end.
        while chunk := read_chunk(main):
            written += chunk
    os.close(main)
    assert process.returncode == 0, written
    return ESCAPES.sub("", written.decode()).replace("\r\n", "\n")


def read_chunk(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


@pytest.fixture(scope="module")
def run_output(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "small.yaml").write_text(SPEC, encoding="utf-8")
    return call_on_terminal(folder, "run", "small.yaml")


def test_every_phase_of_a_run_is_on_the_screen_while_it_lasts(run_output):
    phases = (
        "reading small.yaml",
        "reading data",
        "preparing 2 splits",
        "running trials",
        "writing the page",
    )
    places = [run_output.index(phase) for phase in phases if phase != "reading data"]
    assert places == sorted(places)
    assert run_output.index("reading small.yaml") < 20


def test_a_run_ends_with_an_answer_of_at_most_12_lines_and_then_the_page(run_output):
    *_, last_phase = run_output.split("writing the page")
    lines = last_phase.strip().split("\n")
    assert lines[-1] == "page: results/small/report.html"
    assert 1 <= len(lines) - 1 <= 12
    assert all(len(line) <= COLUMNS for line in lines)


def test_the_verdict_begins_the_answer_and_has_its_own_lines():
    answer = format_answer(["Use margin: it is better.", "It saves 5 % of labels.", "Costs 2 s."], 24)
    assert answer == ["Use margin: it is", "better.", "It saves 5 % of labels.", "Costs 2 s."]


def test_what_has_no_room_is_said_to_be_on_the_page():
    answer = format_answer(["Use margin.", *["one two three four."] * 40], 20)
    assert len(answer) == 12
    assert answer[0] == "Use margin."
    assert answer[-1] == "... (the rest is on the page)"


def test_a_number_stays_beside_its_percent_sign_and_a_path_stays_whole():
    assert wrap_words("It saves 95 % here", 11) == ["It saves", "95 % here"]
    assert wrap_words("see results/a-b/report.html", 8) == ["see", "results/a-b/report.html"]


def test_a_pipe_is_80_columns_wide(tmp_path):
    with (tmp_path / "out").open("w") as stream:
        assert get_width(stream) == 80


def test_a_plan_is_wrapped_on_a_terminal_and_whole_in_a_pipe(tmp_path, albench_in):
    (tmp_path / "small.yaml").write_text(SPEC, encoding="utf-8")
    *_, shown = call_on_terminal(tmp_path, "plan", "small.yaml").split("1 dataset x")
    assert max(map(len, shown.splitlines())) <= COLUMNS
    piped = albench_in(tmp_path, "plan", "small.yaml")
    (tests,) = (line for line in piped.stdout.splitlines() if line.startswith("  tests "))
    assert len(tests) > COLUMNS
    assert tests.split() == shown[shown.index("  tests ") :].split()[: len(tests.split())]
    assert piped.stderr == ""
