"""The order of the floors: a module imports only what stands below it."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import albench
from albench import api, contracts

ROOT = Path(albench.__file__).parent
FLOORS = [
    {"errors", "canonical", "files", "batches", "ordering", "lasting_names", "packages", "text"},
    {"rng", "identity", "coverage", "tables"},
    {"contracts"},
    {"registry"},
    {"estimators"},
    {"spec"},
    {"datasets", "models", "strategies", "seed_sets", "oracles", "splits", "metrics", "stopping"},
    {"prepared"},
    {"trial", "stream"},
    {"store"},
    {"planning"},
    {"runner", "labelling"},
    {"analysis"},
    {"pilot"},
    {"narrative", "trace", "comparison"},
    {"report"},
    {"forecast", "needed_trials", "power", "result_tables", "results", "stream_results", "verification"},
    {"checking"},
    {"api"},
    {"cli"},
]
HEIGHT = {name: height for height, names in enumerate(FLOORS) for name in names}
TOP = {"__init__", "__main__"}


def floor(module):
    return module.split(".")[1] if "." in module else "__init__"


def modules():
    return sorted(path for path in ROOT.rglob("*.py"))


def dotted(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path):
    """Modules of albench that a file imports anywhere but for type checking only, or in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node, "relative"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "albench":
            yield node, node.module
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] == "albench":
                    yield node, name.name


def rooms():
    """Folders and top-level modules of the package, each the name of a room."""
    for path in ROOT.iterdir():
        if path.is_dir() and (path / "__init__.py").is_file():
            yield path.name
        elif path.suffix == ".py" and path.stem not in TOP:
            yield path.stem


def test_every_room_stands_on_one_floor():
    names = [name for floor_names in FLOORS for name in floor_names]
    assert len(names) == len(set(names))
    assert set(names) == set(rooms())


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_a_module_imports_only_what_stands_below_it(path):
    mine = floor(dotted(path))
    if mine in TOP or dotted(path) == "albench":
        return
    assert mine in HEIGHT, f"{dotted(path)} stands on no floor"
    for node, module in imports(path):
        assert module != "relative", f"{dotted(path)}:{node.lineno}: relative import"
        if module == "albench":
            names = {name.name for name in node.names} if isinstance(node, ast.ImportFrom) else set()
            targets = {name for name in names if name in HEIGHT}
            assert targets or mine == "cli" or names <= {"__version__"}, f"{dotted(path)}:{node.lineno}"
        else:
            targets = {floor(module)}
        for target in targets:
            below = HEIGHT[target] < HEIGHT[mine] or target == mine
            same = HEIGHT[target] == HEIGHT[mine]
            assert below or same, f"{dotted(path)}:{node.lineno} imports {module}, which stands above it"


def graph():
    """Imports between the names on the floors, the package's own and those within a name left out."""
    edges = {}
    for path in modules():
        mine = floor(dotted(path))
        if mine in HEIGHT:
            for _, module in imports(path):
                if module not in ("relative", "albench") and floor(module) != mine:
                    edges.setdefault(mine, set()).add(floor(module))
    return edges


def test_there_is_no_cycle():
    edges, done, path = graph(), set(), []

    def visit(name):
        assert name not in path, f"cycle: {' > '.join([*path, name])}"
        if name in done:
            return
        path.append(name)
        for other in sorted(edges.get(name, ())):
            visit(other)
        path.pop()
        done.add(name)

    for name in sorted(edges):
        visit(name)


def module_edges():
    """Imports between modules that run when a module is imported: not in functions, not for types alone."""
    known = {dotted(path) for path in modules()}
    for path in modules():
        body = list(ast.parse(path.read_text(encoding="utf-8")).body)
        for node in body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("albench."):
                submodules = {f"{node.module}.{name.name}" for name in node.names} & known
                for target in submodules or {node.module}:
                    yield dotted(path), target
            elif isinstance(node, ast.Import):
                yield from ((dotted(path), name.name) for name in node.names if name.name in known)


def test_there_is_no_cycle_of_modules_within_a_room():
    edges = {}
    for module, target in module_edges():
        if target != module and target.count(".") > 1:
            edges.setdefault(module, set()).add(target)
    TopologicalSorter(edges).prepare()


def test_public_names_are_documented_and_there():
    for name in albench.__all__:
        public = getattr(albench, name)
        assert public.__doc__, f"albench.{name} has no docstring"
    assert set(albench.__all__) == {name for names in albench._HOMES.values() for name in names}


@pytest.mark.parametrize("room", [api, contracts], ids=lambda room: room.__name__)
def test_a_room_names_the_module_of_each_name(room):
    for module, names in room._HOMES.items():
        source = import_module(f"{room.__name__}.{module}")
        assert [getattr(room, name) for name in names] == [getattr(source, name) for name in names]


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_every_public_definition_has_a_docstring(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            inside = any(
                node in ast.walk(outer)
                for outer in ast.walk(tree)
                if isinstance(outer, ast.FunctionDef) and outer is not node
            )
            hidden = any(
                node in outer.body
                for outer in ast.walk(tree)
                if isinstance(outer, ast.ClassDef) and outer.name.startswith("_")
            )
            assert inside or hidden or ast.get_docstring(node), f"{dotted(path)}:{node.lineno} {node.name}"
