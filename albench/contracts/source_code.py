"""What a class in a file beside the spec is made of, as a hash: the class, and what it uses of that file.

Comments, docstrings, blank lines and layout are not part of it, nor what other files hold that it imports.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench.canonical import encode_canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CLASS_IN_FILE = re.compile(r"(.+\.py):(\w+)", re.DOTALL)
_DIGITS = 16
_VERSION = "version "


def describe_code(values: Any) -> dict[str, str]:
    """Return what the classes are made of that JSON values call by ``/folder/file.py:Class``.

    Parameters
    ----------
    values : JSON value
        Its keys and texts are looked through.

    Returns
    -------
    dict
        By ``file.py:Class``: the class's own ``version``, where its body gives one, else a hash.
    """
    code = {}
    for match in map(_CLASS_IN_FILE.fullmatch, _iterate_texts(values)):
        if match and (source := read_source(Path(match[1]))) is not None:
            code[f"{Path(match[1]).name}:{match[2]}"] = _describe_class(source, match[2])
    return code


def describe_class(cls: type) -> dict[str, str]:
    """Return what a class is made of, as :func:`describe_code`; nothing if it is from no user's file."""
    file = getattr(sys.modules.get(cls.__module__), "ALBENCH_FILE", None)
    return describe_code(f"{file}:{cls.__qualname__}") if file else {}


def has_own_version(cls: type) -> bool:
    """Say whether the body of a class in a user's file gives its ``version``, which decides alone then."""
    return any(text.startswith(_VERSION) for text in describe_class(cls).values())


def read_source(file: Path) -> bytes | None:
    """Return what a user's module was imported from, or what a file holds; None if there is none."""
    source: bytes | None = getattr(sys.modules.get(name_module(file)), "ALBENCH_SOURCE", None)
    if source is None and file.is_absolute() and file.is_file():
        source = file.read_bytes()
    return source


def name_module(file: Path) -> str:
    """Return the name under which a user's file is imported."""
    return f"albench_user_{file.stem}_{sha256(str(file).encode()).hexdigest()[:8]}"


def _iterate_texts(values: Any) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        for key, value in values.items():
            yield from _iterate_texts(key)
            yield from _iterate_texts(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from _iterate_texts(value)


@lru_cache(maxsize=256)
def _describe_class(source: bytes, name: str) -> str:
    version = _find_version(source, name)
    return f"{_VERSION}{version}" if version is not None else hash_class(source, name)


def _find_version(source: bytes, name: str) -> int | None:
    """Return the whole number that the body of a class sets as its ``version``."""
    for node in _parse(source):
        if isinstance(node, ast.ClassDef) and node.name == name:
            for statement in node.body:
                if isinstance(statement, ast.Assign | ast.AnnAssign) and "version" in _list_bound(statement):
                    value = statement.value
                    return (
                        value.value if isinstance(value, ast.Constant) and type(value.value) is int else None
                    )
    return None


@lru_cache(maxsize=256)
def hash_class(source: bytes, name: str) -> str:
    """Return a hash of a class and of every statement of its file that it depends on."""
    statements = _parse(source)
    needed = {i for i, node in enumerate(statements) if not _list_bound(node) and not _is_guarded(node)}
    names, seen = [name, *_list_used(statements, needed)], set[str]()
    while names:
        current = names.pop()
        if current in seen:
            continue
        seen.add(current)
        binding = {i for i, node in enumerate(statements) if current in _list_bound(node)} - needed
        needed |= binding
        names += _list_used(statements, binding)
    code = [_encode(statements[i]) for i in sorted(needed)]
    return sha256(encode_canonical(code).encode()).hexdigest()[:_DIGITS]


@lru_cache(maxsize=64)
def _parse(source: bytes) -> list[ast.stmt]:
    return _drop_texts(ast.parse(source).body)


def _drop_texts(statements: Iterable[ast.stmt]) -> list[ast.stmt]:
    """Leave out docstrings: of the module here, of what is in it where that is encoded."""
    return [
        node
        for node in statements
        if not (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        )
    ]


def _is_guarded(node: ast.stmt) -> bool:
    """Say whether a statement is for a script: ``if __name__ == "__main__"``."""
    return isinstance(node, ast.If) and "__name__" in {
        each.id for each in ast.walk(node.test) if isinstance(each, ast.Name)
    }


def _list_bound(node: ast.stmt) -> set[str]:
    """Return the names that a statement of a module binds, or whose object it changes."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    names = set()
    for each in ast.walk(node):
        if isinstance(each, ast.alias):
            names.add((each.asname or each.name).split(".")[0])
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(each.name)
        elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store | ast.Del):
            names.add(each.id)
        elif isinstance(each, ast.Attribute | ast.Subscript) and isinstance(each.ctx, ast.Store):
            names |= {inner.id for inner in ast.walk(each.value) if isinstance(inner, ast.Name)}
    return names


def _list_used(statements: list[ast.stmt], indices: Iterable[int]) -> list[str]:
    return [
        each.id
        for i in indices
        for each in ast.walk(statements[i])
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    ]


def _encode(node: Any) -> Any:
    """Return a syntax tree as JSON values, equal in all versions of Python: without what is empty."""
    if isinstance(node, list):
        statements = _drop_texts(node) if node and isinstance(node[0], ast.stmt) else node
        return [_encode(each) for each in statements]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {name: value for name, value in ast.iter_fields(node) if value not in (None, [])}
    return [type(node).__name__, {name: _encode(value) for name, value in fields.items()}]
