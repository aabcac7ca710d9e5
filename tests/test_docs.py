"""Every YAML block of the docs is a part of an experiment that reads without a mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from albench.errors import SpecError
from albench.spec.messages import Problems
from albench.spec.read import load_experiment_text
from albench.spec.yaml_reader import compose

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")])
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
REST = {"datasets": "iris", "models": "logistic_regression", "strategies": "random", "budgets": 50}
BLOCKS = [
    pytest.param(text, id=f"{page.name}-{number}")
    for page in PAGES
    for number, text in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
    if not text.startswith("apiVersion")  # that is for Kubernetes
]


def mistakes(spec):
    try:
        load_experiment_text(spec, import_user_code=False)
    except SpecError as error:
        return set(re.findall(r"error\[([\w-]+)\]", str(error))) or {str(error)}
    return set()


@pytest.mark.parametrize("text", BLOCKS)
def test_a_block_reads_as_a_part_of_an_experiment(text):
    problems = Problems("block", text)
    data = compose(text, problems).plain
    assert not problems.n_errors
    # The files of the examples are not there; anything else is wrong with the docs.
    assert mistakes(REST | data) <= {"missing-file"}
