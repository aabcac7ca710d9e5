"""The docs agree with the code: YAML blocks read, links lead somewhere, the map names every room.

A YAML block is a part of an experiment: the keys that one must have are added. A block with a title
(``yaml title="my.yaml"``) is a whole file.
"""

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
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
BLOCK = re.compile(r"^```yaml( title=\"[^\"]+\")?\n(.*?)^```", re.MULTILINE | re.DOTALL)
REST = {"datasets": "iris", "models": "logistic_regression", "strategies": "random", "budgets": 50}
REST_OF_STREAMS = REST | {"strategies": "split", "budgets": "10%"}


def choose_rest(text):
    return REST_OF_STREAMS if "scenario: stream" in text else REST


BLOCKS = [
    pytest.param(text, {} if title else choose_rest(text), id=f"{page.name}-{number}")
    for page in PAGES
    for number, (title, text) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")))
    if not text.startswith("apiVersion")  # that is for Kubernetes
]


def mistakes(spec):
    try:
        load_experiment_text(spec, import_user_code=False)
    except SpecError as error:
        return set(re.findall(r"error\[([\w-]+)\]", str(error))) or {str(error)}
    return set()


@pytest.mark.parametrize(("text", "rest"), BLOCKS)
def test_a_block_reads_as_an_experiment_or_a_part_of_one(text, rest):
    problems = Problems("block", text)
    data = compose(text, problems).plain
    assert not problems.n_errors
    # The files of the examples are not there; anything else is wrong with the docs.
    assert mistakes(rest | data) <= {"missing-file"}


CODE = re.compile(r"^( *)```.*?^\1```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def list_anchors(page):
    """Return what the headings of a page are called in links, as GitHub and the site do."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page):
    for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if not link.startswith(("https://", "http://")):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            assert not anchor or anchor in list_anchors(target), link


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent.name == "docs"], ids=lambda page: page.name
)
def test_no_heading_of_a_page_is_there_twice(page):
    anchors = list_anchors(page)
    assert [anchor for anchor in set(anchors) if anchors.count(anchor) > 1] == []


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_the_first_experiment_that_is_shown_is_the_quickstart(page):
    shown = compose(
        BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))[0][1], Problems("shown", "")
    ).plain
    text = (ROOT / "experiments" / "quickstart.yaml").read_text(encoding="utf-8")
    assert shown | {"title": "Quickstart"} == compose(text, Problems("quickstart", text)).plain


def test_every_experiment_is_in_the_gallery():
    text = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    names = [path.name for path in (ROOT / "experiments").glob("*.yaml")]
    assert [name for name in names if f"albench run experiments/{name}\n" not in text] == []


def read_map():
    """Rooms on each line of the map of the house, from the top."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## The house")[2]
    lines = re.search(r"^```\nalbench/\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1].splitlines()
    columns = [re.split(r"  +|(?<=/) (?=[a-z]+ )|(?<=lasting_names) ", line.strip())[0] for line in lines]
    return [[name.strip("/") for name in re.split(r",? ", column)] for column in columns]


def test_the_map_of_the_house_names_every_room_and_nothing_else():
    named = {name for names in read_map() for name in names}
    package = ROOT / "albench"
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    modules = {path.stem for path in package.glob("*.py") if not path.stem.startswith("__")}
    assert named == folders | modules


def test_a_room_imports_nothing_that_stands_below_it_on_the_map():
    height = {name: number for number, names in enumerate(read_map()) for name in names}
    for path in (ROOT / "albench").rglob("*.py"):
        room = path.relative_to(ROOT / "albench").parts[0].removesuffix(".py")
        imports = [
            node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.ImportFrom)
        ]
        targets = {node.module.split(".")[1] for node in imports if str(node.module).startswith("albench.")}
        below = {target for target in targets if height[target] > height.get(room, len(height))}
        assert below == set(), f"{path} imports what stands below it"


def test_the_names_given_as_examples_are_names_of_the_code():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## Names")[2].partition("| the word")[0].partition("- **Terms")[0]
    examples = set(re.findall(r"`(\w+)`", section)) - {"found", "it", "told", "one", "is_", "has_", "can_"}
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "albench").rglob("*.py"))
    assert len(examples) > 10
    assert examples <= set(re.findall(r"\w+", code))


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
    assert len(ROAD) == 21
