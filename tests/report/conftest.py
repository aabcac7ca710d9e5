from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def builder():
    name = "albench_tests_report_builder"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("builder.py"))
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def evidence(builder):
    return builder.build()


@pytest.fixture(scope="session")
def html(builder, evidence):
    from albench.report import render

    return render(evidence, builder.page())


class Reader(HTMLParser):
    """Elements of a page in order: tag, attributes, text inside."""

    VOID = frozenset({"meta", "link", "br", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element_of_tag = Element(tag, dict(attrs))
        self.elements.append(element_of_tag)
        if tag == "a":
            for element in self._open:
                element.links.append(element_of_tag)
        if tag not in self.VOID:
            self._open.append(element_of_tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data):
        for element in self._open:
            element.text += data

    def all(self, tag, **attributes):
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.elements if e.tag == tag and wanted.items() <= e.attributes.items()]

    def section(self, heading):
        return next(e for e in self.all("section") if e.attributes["aria-labelledby"] == heading)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""
    links: list[Element] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


@pytest.fixture(scope="session")
def read():
    return Reader
