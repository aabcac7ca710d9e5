"""The page of stopping rules names every rule, and the rule that it writes out passes its check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from albench.registry.catalogue import load_catalogue

PAGE = Path(__file__).parents[2] / "docs" / "stopping.md"
pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="a wheel has no documentation")


def test_every_rule_has_its_section():
    sections = re.findall(r"^#### (\w+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(sections) == list(load_catalogue()["stopping_rule"])


def test_the_rule_that_is_written_out_passes_its_check(tmp_path, albench_in):
    (source,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    (tmp_path / "my_rule.py").write_text(source, encoding="utf-8")
    done = albench_in(tmp_path, "check", "./my_rule.py:Certain")
    assert done.returncode == 0, done.stdout


def test_what_breaks_the_contract_of_a_rule_is_named(tmp_path, albench_in):
    text = '''
from albench import StoppingRule

class Forgets(StoppingRule):
    """Stop after the second call of observe."""

    def observe(self, seen, memory):
        calls.append(seen)
        return float(len(calls))

    def stops(self, course):
        return course.values[-1] > 1

calls = []
'''
    (tmp_path / "bad.py").write_text(text, encoding="utf-8")
    done = albench_in(tmp_path, "check", "./bad.py:Forgets")
    assert done.returncode == 4
    assert "what it remembers belongs into start()" in done.stdout
