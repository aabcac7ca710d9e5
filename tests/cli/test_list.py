"""`albench list`: what stands beside a name, and where the terminal is narrow."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from albench.cli import cli


def listed(axis):
    result = CliRunner().invoke(cli, ["list", axis])
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def columns(lines):
    """Return name -> needs and cost."""
    rows = [line.split("  ") for line in lines if line.startswith("  ")]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in rows]
    return {name: (needs, cost) for name, needs, cost, *_ in cells}


def test_strategies_are_listed_with_family_needs_and_cost():
    lines = listed("strategies")
    by_name = columns(lines)
    assert by_name["strategy"] == ("needs", "cost")
    assert by_name["random"] == ("-", "constant")
    assert by_name["margin"] == ("proba", "linear")
    assert by_name["qbc"] == ("committee", "linear")
    assert by_name["expected_error_reduction"] == ("model, proba", "refits")
    assert by_name["cluster_margin"] == ("proba", "quadratic")
    assert lines.index("baseline") < next(i for i, line in enumerate(lines) if line.startswith("  random "))


def test_the_list_of_strategies_ends_with_those_that_have_no_name():
    assert "skactiveml.pool.CLASS" in "\n".join(listed("strategies")[-3:])
    assert "skactiveml" not in "\n".join(listed("models"))


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal as POSIX makes it")
@pytest.mark.parametrize("axis", ["strategies", "datasets", "models"])
def test_no_line_is_wider_than_the_terminal(axis):
    """The footer is a sentence, which a terminal may wrap."""
    ours, theirs = os.openpty()
    called = subprocess.Popen(
        [sys.executable, "-m", "albench", "list", axis], stdout=theirs, env=os.environ | {"COLUMNS": "70"}
    )
    os.close(theirs)
    output = b""
    while block := _read(ours):
        output += block
    os.close(ours)
    assert called.wait() == 0
    lines = output.decode().split("\r\n\r\n")[0].splitlines()
    assert max(map(len, lines)) <= 70
    assert len([line for line in lines if line.startswith("      ")]) > 20
    whole = " ".join("\n".join(listed(axis)).partition("\n\n")[0].split())
    assert sorted(" ".join(lines).split()) == sorted(whole.split())


def _read(terminal):
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # Linux says so that the other side has closed it.
        return b""
