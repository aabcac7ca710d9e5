"""What a user types and reads: exit codes, data on stdout, talk on stderr."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import partial

import pytest
from click.testing import CliRunner

from albench.cli import COMMANDS, cli
from albench.registry.lookup import load_catalogue

SMALL = """\
datasets: iris
models: gaussian_nb
strategies: [random, margin]
seed_sizes: 5
batch_sizes: 5
budgets: 20
repeats: 2
execution: {n_jobs: 1}
"""


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def albench(albench_in, tmp_path):
    return partial(albench_in, tmp_path)


def test_from_nothing_to_a_page(albench, tmp_path):
    process = albench("init", "my.yaml")
    assert process.returncode == 0, process.stderr
    assert (tmp_path / "my.yaml").is_file()
    assert (tmp_path / "albench.schema.json").is_file()
    again = albench("init", "my.yaml")
    assert again.returncode == 2
    assert "--force" in again.stderr
    valid = albench("validate", "my.yaml")
    assert (valid.returncode, "my.yaml: valid; the data were not read" in valid.stdout) == (0, True)
    planned = albench("plan", "my.yaml", "--json")
    assert json.loads(planned.stdout)["reused"] == 0


def test_init_below_a_file_is_a_mistake(albench, spec):
    process = albench("init", "small.yaml/my.yaml")
    assert process.returncode == 2
    assert "SPEC: the folder 'small.yaml' cannot be made: " in process.stderr


def test_a_run_makes_its_folder_and_status_and_report_read_it(albench, spec, tmp_path):
    assert albench("status", spec).returncode == 2
    done = albench("run", spec)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "6 trials to run" in done.stderr
    assert "done iris gaussian_nb margin split 1 start 0" in done.stderr
    folder = tmp_path / "results" / "small"
    assert (folder / "report.html").is_file()
    assert (folder / "experiment.yaml").read_text(encoding="utf-8") == SMALL
    for table in ("trials", "curves", "queries", "references", "leaderboard"):
        assert (folder / "tables" / f"{table}.parquet").is_file()
        assert (folder / "tables" / f"{table}.csv").is_file()
    status = albench("status", spec)
    assert "6 of 6 trials done, 0 missing" in status.stdout
    again = albench("run", spec)
    assert "0 trials to run, 6 reused" in again.stderr
    shown = albench("show", "trial", "nothing", spec)
    assert shown.returncode == 2
    assert "no trial has a key that starts with 'nothing'" in shown.stderr
    assert "trials.csv' lists all keys" in shown.stderr
    page = albench("report", spec, "-o", "elsewhere.html")
    assert page.stdout.strip() == "elsewhere.html"
    assert (tmp_path / "elsewhere.html").is_file()


def test_a_missing_part_is_missing_until_it_is_run(albench, spec, tmp_path):
    albench("run", spec)
    next((tmp_path / "results" / "small" / "parts").glob("trial-*")).unlink()
    assert json.loads(albench("status", spec, "--json").stdout)["missing"] == 1
    partial = albench("report", spec)
    assert partial.returncode == 0
    assert "1 trials to run, 5 reused" in albench("run", spec).stderr


def test_a_trial_that_fails_ends_with_3(albench, spec, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from albench import Strategy\n\n\nclass Mine(Strategy):\n"
        "    def utilities(self, pool, state):\n        raise RuntimeError('on purpose')\n",
        encoding="utf-8",
    )
    spec.write_text(SMALL.replace("margin", "./mine.py:Mine"), encoding="utf-8")
    done = albench("run", spec)
    assert done.returncode == 3
    assert "RuntimeError: on purpose" in done.stderr
    assert "2 failed" in albench("status", spec).stdout
    page = (tmp_path / "results" / "small" / "report.html").read_text(encoding="utf-8")
    assert "on purpose" in page


def test_mistakes_end_with_2(albench, spec, tmp_path):
    spec.write_text(SMALL.replace("margin", "margn"), encoding="utf-8")
    for command in ("validate", "plan", "run"):
        done = albench(command, spec)
        assert done.returncode == 2
        assert "error[unknown-strategy]" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "results").exists()
    assert albench("run").returncode == 2
    assert albench("rnu").returncode == 2
    assert albench("run", "nowhere.yaml").returncode == 2
    assert albench("run", spec, "-j", "0").returncode == 2


def test_bad_data_ends_with_2_and_names_the_place(albench, spec, tmp_path):
    (tmp_path / "bad.csv").write_text("x,label\n1,a\n2,\n3,b\n", encoding="utf-8")
    spec.write_text(SMALL.replace("iris", "{csv: {path: bad.csv, target: label}}"), encoding="utf-8")
    done = albench("run", spec)
    assert done.returncode == 2
    assert "bad.csv" in done.stderr
    assert "label" in done.stderr
    assert "3" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_seed_sizes_that_are_one_here_end_with_2_and_are_named(albench, spec):
    spec.write_text(SMALL.replace("seed_sizes: 5", 'seed_sizes: [10, 5, "5%"]'), encoding="utf-8")
    done = albench("plan", spec)
    assert done.returncode == 2
    assert done.stderr == (
        "error: dataset 'iris': seed sizes 5 and 5% are both 5 of 105 pool rows: leave one of them out\n"
    )


def test_random_alone_leaves_nothing_to_test(albench, spec):
    spec.write_text(SMALL.replace("[random, margin]", "random"), encoding="utf-8")
    assert "  tests    nothing to test: there is no strategy" in albench("plan", spec).stdout


def test_the_price_comes_from_a_probe_or_from_what_has_finished(albench, spec):
    assert (
        "from 3 rounds on 1 pair of dataset and model, run just now: rough, to a factor of 3"
        in albench("plan", spec).stdout
    )
    assert "from 1 trials run to measure" in albench("plan", spec, "--probe").stdout
    albench("run", spec)
    spec.write_text(SMALL.replace("repeats: 2", "repeats: 4"), encoding="utf-8")
    price = albench("plan", spec).stdout
    assert "6 new repeat" in price
    assert "from the 6 finished trials here" in price


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command):
    shown = CliRunner().invoke(cli, [command, "--help"])
    assert shown.exit_code == 0
    assert re.search(rf"Examples?: albench {command}\b", shown.output)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["rnu"], "no command 'rnu': did you mean 'run'?"),
        (["stat", "x.yaml"], "no command 'stat': did you mean 'status'?"),
        (["nothing"], "No such command 'nothing'."),
        (["show", "qbc"], "say what kind of component 'qbc' is: `albench show strategy qbc`"),
        (["show", "digits"], "say what kind of component 'digits' is: `albench show dataset digits`"),
    ],
)
def test_a_word_in_the_wrong_place_is_told_what_was_probably_meant(words, hint):
    shown = CliRunner().invoke(cli, words)
    assert shown.exit_code == 2
    assert shown.stderr.rstrip().endswith(f"Error: {hint}")


def test_one_of_an_axis_lists_the_axis():
    single, many = (CliRunner().invoke(cli, ["list", word]).stdout for word in ("metric", "metrics"))
    assert single == many != ""


def test_help_says_in_a_whole_line_what_each_command_does():
    lines = CliRunner().invoke(cli, ["--help"]).stdout.partition("Commands:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in lines.splitlines()] == list(COMMANDS)
    assert "..." not in lines


def test_every_component_can_be_shown():
    runner = CliRunner()
    for kind, entries in load_catalogue().items():
        for name in entries:
            shown = runner.invoke(cli, ["show", kind, name])
            assert shown.exit_code == 0, (kind, name, shown.output)
            assert shown.output.startswith(f"{name}\n")


QUITTING = """\
import sys

from albench import Strategy


class Quitting(Strategy):
    \"\"\"Ends the process when it is made.\"\"\"

    def model_post_init(self, context):
        sys.exit(0)
"""


@pytest.mark.parametrize(
    "command", [("run", "small.yaml"), ("plan", "small.yaml"), ("check", "./mine.py:Quitting")]
)
def test_a_strategy_that_ends_the_process_does_not_end_a_command_as_done(albench, spec, tmp_path, command):
    (tmp_path / "mine.py").write_text(QUITTING, encoding="utf-8")
    spec.write_text(SMALL.replace("margin", "./mine.py:Quitting"), encoding="utf-8")
    process = albench(*command)
    assert process.returncode == 2, process.stderr
    place = f"line 10 of '{tmp_path / 'mine.py'}', in model_post_init"
    assert f"error: {place}, would have ended the command (SystemExit: 0)" in process.stderr
    assert "Traceback" not in process.stderr


def test_the_completion_of_a_shell_ends_as_it_should():
    environment = {
        **os.environ,
        "_ALBENCH_COMPLETE": "bash_complete",
        "COMP_WORDS": "albench stat",
        "COMP_CWORD": "1",
    }
    code = "import sys; sys.argv = ['albench']; from albench.cli import main; main()"
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert (process.returncode, process.stdout) == (0, "plain,status\n"), process.stderr
