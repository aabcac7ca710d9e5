"""Fragments of the components of a grid: a hundred thousand trials have few, and each is described once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.contracts import Oracle
from albench.identity import SharedFragment

if TYPE_CHECKING:
    from albench.contracts import Component
    from albench.datasets.facts import DatasetFacts


class Fragments:
    """The fragments of the components of an experiment on one dataset."""

    def __init__(self, facts: DatasetFacts) -> None:
        self._hashes = dict(facts.answers)
        self._fragments: dict[int, SharedFragment] = {}

    def get(self, component: Component) -> SharedFragment:
        """Return the fragment of a component of the experiment, the same object each time.

        Of an oracle that gives recorded answers it holds what these are on the dataset.
        """
        if id(component) not in self._fragments:
            self._fragments[id(component)] = SharedFragment(self._describe(component))
        return self._fragments[id(component)]

    def _describe(self, component: Component) -> dict[str, object]:
        columns = component.recorded_columns() if isinstance(component, Oracle) else ()
        recorded = {"recorded": {column: self._hashes.get(column, "") for column in columns}}
        return {**component.fragment(), **(recorded if columns else {})}
