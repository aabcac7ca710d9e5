from __future__ import annotations

from pathlib import Path

import pytest

from albench.spec.read import read_spec
from albench.spec.template import render_template


@pytest.mark.parametrize("name", ["experiment", 'odd "name" \\ of mine', "é: #1"])
def test_the_template_is_a_valid_spec_without_warnings(tmp_path, name):
    path = tmp_path / "experiment.yaml"
    path.write_text(render_template(name), encoding="utf-8")
    loaded = read_spec(path, import_user_code=True)
    assert loaded.warnings == ()
    assert loaded.experiment.title == name


def test_the_first_line_leads_editors_to_the_schema():
    assert render_template("mine").splitlines()[0] == "# yaml-language-server: $schema=albench.schema.json"


def test_no_line_is_too_long_for_a_terminal():
    assert max(map(len, render_template("mine").splitlines())) <= 110


def test_what_is_commented_out_is_valid_too(tmp_path):
    """Every example in a comment, uncommented, with the files that it speaks of."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.csv").write_text(
        "a,body,notes,label\n1,one text,,x\n2,another,,y\n", encoding="utf-8"
    )
    (tmp_path / "strategies.py").write_text(
        "from albench import Strategy\n\n\nclass MyStrategy(Strategy):\n    pass\n", encoding="utf-8"
    )
    lines = [line.replace("  # - ", "  - ") for line in render_template("mine").splitlines()]
    assert sum(line.startswith("  - ") for line in lines) == 10
    path = Path(tmp_path / "mine.yaml")
    path.write_text("\n".join(lines), encoding="utf-8")
    experiment = read_spec(path, import_user_code=True).experiment
    assert [entry.label for entry in experiment.datasets] == ["breast_cancer", "wine", "mine"]
    assert [entry.label for entry in experiment.strategies][-1] == "MyStrategy"
