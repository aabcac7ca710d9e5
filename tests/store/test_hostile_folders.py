"""A results folder that is not as a run has left it: every command reads what can be read, or says why not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import albench

SCRIPT = Path(__file__).parent / "files" / "hostile.py"
N_CASES = 500 if "ALBENCH_FAULTS" in os.environ else 30
SPEC = """
datasets: [iris]
models: [gaussian_nb]
strategies: [random, margin]
seed_sizes: 5
batch_sizes: 5
budgets: 20
repeats: 2
execution: {n_jobs: 1}
"""


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes and alarms are POSIX")
def test_no_results_folder_ends_a_command_as_a_bug_or_leads_it_outside(tmp_path):
    path = tmp_path / "hostile.yaml"
    path.write_text(SPEC, encoding="utf-8")
    results = albench.run(path, results=tmp_path / "results")
    results.report()
    results.folder.write_text("notes.txt", "a file of a user")
    command = [sys.executable, str(SCRIPT), str(tmp_path), "0", str(N_CASES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr[-3000:]
