from __future__ import annotations

import os
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import settings

# Before numpy is loaded, and as commands do: with the workers of pytest, threads of linear algebra would wait
# for each other on arrays as small as those of tests.
for library in ("OPENBLAS", "OMP"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# Test modules share what stands beside this file.
sys.path.insert(0, str(Path(__file__).parent))

# Machines are noisy: a slow example is no failure. Examples are the same in every run.
settings.register_profile("albench", deadline=None, derandomize=True)
settings.load_profile("albench")


def call_command(folder, *arguments, **variables):
    """Run a command line in this process, as a shell would in a folder: without a second to start."""
    from albench.cli import cli
    from albench.cli.exits import run_and_exit

    encoding = variables.get("PYTHONIOENCODING", "utf-8")
    out, err = (TextIOWrapper(BytesIO(), encoding=encoding, newline="") for _ in range(2))
    with (
        chdir(folder),
        mock.patch.dict(os.environ, variables),
        mock.patch.object(sys, "argv", ["albench", *map(str, arguments)]),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        run_and_exit(cli)
    out.flush()
    err.flush()
    return SimpleNamespace(
        returncode=end.value.code or 0,
        stdout=out.buffer.getvalue().decode(encoding),
        stderr=err.buffer.getvalue().decode(encoding),
    )


@pytest.fixture(scope="session")
def albench_in():
    """Return a function that runs a command line in a folder: exit code, standard output and error."""
    return call_command
