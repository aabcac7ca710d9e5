"""The examples of docs/streams.md run and pass their check."""

import re
from pathlib import Path

import albench
from albench.cli.check import load_component

TEXT = (Path(__file__).parents[2] / "docs" / "streams.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python[^\n]*\n(.*?)```", TEXT, re.DOTALL)


def find_block(word):
    (code,) = (block for block in BLOCKS if word in block)
    return code


def test_the_example_in_python_compares_with_random_at_the_same_spending(capsys):
    exec(compile(find_block("run_stream_trial"), "docs/streams.md", "exec"), {})  # noqa: S102 - the docs are ours
    split, random = capsys.readouterr().out.splitlines()
    assert split.split()[:2] == ["split", random.split()[1]]
    assert int(random.split()[1]) > 50


def test_the_strategy_of_the_docs_keeps_its_contract(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("my_stream.py").write_text(find_block("class Surprised"), encoding="utf-8")
    report = albench.check_component(load_component("./my_stream.py:Surprised"))
    assert report.passed, [vars(check) for check in report.checks if not check.passed]
