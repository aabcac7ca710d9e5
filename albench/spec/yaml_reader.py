"""YAML to a tree with places: YAML 1.2 scalars, no tag that makes an object, no key twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from albench.spec.document import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_SIZE,
    Node,
    Pair,
    Place,
    Scalar,
    check_scalar,
    measure_scalar,
)
from albench.spec.messages import Problem, Problems, UnreadableError
from albench.spec.yaml_syntax import explain_error, find_place
from albench.text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

# A spec is some kilobytes; what is larger is data under the wrong name, and would take minutes to parse.
MAX_BYTES = 1 << 20

# libyaml is ten times as fast, but not in every build of PyYAML.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], float("nan")),
}
_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS: dict[str, type | tuple[type, ...]] = {
    "int": int,
    "float": (int, float),
    "bool": bool,
    "null": type(None),
}
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def decode_text(content: bytes) -> str:
    """Return the text of a file, byte-order mark included.

    Raises
    ------
    UnreadableError
        If it is not UTF-8, or far larger than any spec.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableError(Problem("too-large", "more than 1 MiB: is this a spec?", None))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        text = f"not UTF-8: byte 0x{content[error.start]:02x} in line {line}"
        raise UnreadableError(Problem("encoding", text, None, "save the file as UTF-8")) from error


def compose(text: str, problems: Problems) -> Node:
    """Read one YAML document; keys that stand twice are noted as problems, the first of them counts.

    Parameters
    ----------
    text : str
        At most one document.
    problems : Problems
        Where mistakes are noted after which reading can go on.

    Raises
    ------
    UnreadableError
        If the text is not YAML, or uses what a spec may not: tags, recursion, several documents.
    """
    text = text.removeprefix("\ufeff")
    _refuse_unprintable(text)
    try:
        return _Composer(yaml.parse(text, Loader=_LOADER), problems).read_document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark is not None:
            _refuse_depth(text[: mark.index])
        raise UnreadableError(explain_error(error, text)) from error


def parse_scalar(text: str) -> Scalar:
    """Return what a scalar without quotes means in the YAML 1.2 core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text) if len(text) <= MAX_DIGITS else 10**MAX_DIGITS
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return float(text.replace(".", "")) if _INFINITE.fullmatch(text) else text


class _TooDeepError(UnreadableError):
    """Nested deeper than a spec may be."""


def _refuse_depth(text: str) -> None:
    """Refuse depth in front of a mistake. libyaml looks ahead, and may find its own bound before ours."""
    try:
        _Composer(yaml.parse(text, Loader=_LOADER), Problems("")).read_document()
    except _TooDeepError:
        raise
    except (yaml.YAMLError, UnreadableError):
        return


class _Composer:
    """Events to nodes. PyYAML's own composer would follow any depth, and hide where an alias stands."""

    def __init__(self, events: Iterator[Any], problems: Problems) -> None:
        self._events = events
        self._problems = problems
        self._anchors: dict[str, Node] = {}
        self._size_of_aliases = 0

    def read_document(self) -> Node:
        next(self._events)
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return Node(None, None)
        root = self._read_node(next(self._events), 0)
        next(self._events)
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise UnreadableError(Problem("yaml", "a second document; a spec is one", _get_place(event)))
        return root

    def _read_node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._resolve_alias(event)
        if depth > MAX_DEPTH:
            raise _TooDeepError(Problem("yaml", f"nested more than {MAX_DEPTH} deep", _get_place(event)))
        if isinstance(event, yaml.ScalarEvent):
            value = _read_scalar(event)
            node = Node(value, _get_place(event), measure_scalar(value))
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._read_sequence(event, depth)
        else:
            node = self._read_mapping(event, depth)
        _refuse_size(node.size, event)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _resolve_alias(self, event: Any) -> Node:
        if event.anchor not in self._anchors:
            text = f"no anchor {quote('&' + event.anchor)} before this alias"
            raise UnreadableError(Problem("yaml", text, _get_place(event)))
        node = self._anchors[event.anchor]
        # At each alias: what '<<' merges is copied there, long before the size of the whole is known.
        self._size_of_aliases += node.size
        _refuse_size(self._size_of_aliases, event)
        return node

    def _read_sequence(self, start: Any, depth: int) -> Node:
        _refuse_tag(start, "seq")
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._read_node(event, depth + 1))
        where = _find_collection_place(start, event, items[0] if items else None)
        return Node(tuple(items), where, 1 + sum(item.size for item in items))

    def _read_mapping(self, start: Any, depth: int) -> Node:
        _refuse_tag(start, "map")
        pairs: dict[str, Pair] = {}
        merged: list[dict[str, Pair]] = []
        first = None
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._read_key(event, depth)
            first = first or key
            value = self._read_node(next(self._events), depth + 1)
            if key.value == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
                merged += self._iterate_merged(value)
            else:
                self._insert(pairs, Pair(key, value))
        if merged:
            # Keys of the mapping itself go before those that '<<' merges in, wherever it stands.
            own, pairs = pairs, {}
            for mapping in reversed(merged):
                pairs |= mapping
            pairs |= own
        size = sum(pair.key.size + pair.value.size for pair in pairs.values()) - len(pairs) + 1
        return Node(pairs, _find_collection_place(start, event, first), size)

    def _read_key(self, event: Any, depth: int) -> Node:
        node = self._read_node(event, depth + 1)
        if isinstance(node.value, str):
            return node
        text = f"a key must be text, not {node}"
        if not isinstance(event, yaml.ScalarEvent):
            raise UnreadableError(Problem("yaml", text, node.where))
        self._problems.add_error("wrong-type", text, node.where, f"write it in quotes: {quote(event.value)}")
        return Node(event.value, node.where)

    def _insert(self, pairs: dict[str, Pair], pair: Pair) -> None:
        name = str(pair.key.value)
        if name not in pairs:
            pairs[name] = pair
            return
        first = pairs[name].key.where
        before = f"first at {first.line}:{first.column}" if isinstance(first, Place) else ""
        self._problems.add_error("duplicate-key", f"key {quote(name)} stands twice", pair.key.where, before)

    @staticmethod
    def _iterate_merged(value: Node) -> Iterator[dict[str, Pair]]:
        for node in value.value if isinstance(value.value, tuple) else (value,):
            if not isinstance(node.value, dict):
                raise UnreadableError(Problem("yaml", f"'<<' merges mappings, not {node}", node.where))
            yield node.value


def _refuse_size(size: int, event: Any) -> None:
    if size > MAX_SIZE:
        raise UnreadableError(Problem("too-large", f"more than {MAX_SIZE:,} values", _get_place(event)))


def _read_scalar(event: Any) -> Scalar:
    tag = event.tag
    if tag is None or tag == "!":
        is_plain = event.implicit[0] and tag is None
        value = parse_scalar(event.value) if is_plain else str(event.value)
        return check_scalar(value, _get_place(event))
    if tag == f"{_TAG}str":
        return check_scalar(str(event.value), _get_place(event))
    expected = _SCALAR_TAGS.get(tag.removeprefix(_TAG))
    value = parse_scalar(event.value)
    if expected is None or not isinstance(value, expected):
        _refuse_tag(event, "")
    return check_scalar(value, _get_place(event))


def _refuse_tag(event: Any, allowed: str) -> None:
    if event.tag in {None, "!", f"{_TAG}{allowed}"}:
        return
    text = f"the tag {quote(event.tag.replace(_TAG, '!!'))} has no place in a spec"
    raise UnreadableError(Problem("yaml", text, _get_place(event)))


def _get_place(event: Any) -> Place:
    start, end = event.start_mark, event.end_mark
    width = end.column - start.column if end.line == start.line else 1
    return Place(start.line + 1, start.column + 1, max(1, width))


def _find_collection_place(start: Any, end: Any, first: Node | None) -> Place:
    """Return all of a collection that fits one line, else its first key or item."""
    begin, stop = start.start_mark, end.end_mark
    if begin.line == stop.line:
        return Place(begin.line + 1, begin.column + 1, max(1, stop.column - begin.column))
    if first is not None and isinstance(first.where, Place) and first.where.line == begin.line + 1:
        return first.where
    return Place(begin.line + 1, begin.column + 1)


def _refuse_unprintable(text: str) -> None:
    character = _UNPRINTABLE.search(text)
    if character:
        words = f"the control character U+{ord(character.group()):04X} has no place in YAML"
        raise UnreadableError(Problem("yaml", words, find_place(character.start(), text)))
