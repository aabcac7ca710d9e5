"""The docs agree with the code: YAML blocks read, paths and names exist, the map names every room."""

from __future__ import annotations

import ast
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


def test_the_map_of_the_house_names_every_room_and_nothing_else():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## The house")[2]
    lines = re.search(r"^```\nalbench/\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1].splitlines()
    columns = [re.split(r"  +|(?<=/) (?=[a-z]+ )|(?<=lasting_names) ", line.strip())[0] for line in lines]
    named = {name.strip("/") for column in columns for name in re.split(r",? ", column)}
    package = ROOT / "albench"
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    modules = {path.stem for path in package.glob("*.py") if not path.stem.startswith("__")}
    assert named == folders | modules


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_files_that_a_page_names_are_there(page):
    paths = re.findall(
        r"`((?:albench|tests|benchmarks|docs|experiments)/[\w/.]+\.\w+)`", page.read_text(encoding="utf-8")
    )
    assert [path for path in paths if "ROOM" not in path and not (ROOT / path).exists()] == []


ROAD = re.findall(
    r"^\| `(albench/[\w/]+\.py)` \| `(\w+)` \|",
    (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


@pytest.mark.parametrize(("path", "name"), ROAD)
def test_every_step_of_the_road_is_defined_where_the_docs_say(path, name):
    body = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    assert name in {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def test_the_road_has_all_its_steps():
    assert len(ROAD) == 20
