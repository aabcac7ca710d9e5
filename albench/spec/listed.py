"""Built-in components that are known by what the catalogue says of them, while a spec is only checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from albench.contracts import Component, Need

if TYPE_CHECKING:
    from albench.contracts import Kind


@dataclass(frozen=True, eq=False)
class ListedComponent:
    """A built-in component without parameters; its class is not imported.

    Attributes
    ----------
    facts : dict
        Its entry in the catalogue.
    """

    kind: Kind
    name: str
    facts: dict[str, Any]

    def parameters(self) -> dict[str, Any]:
        """Return those that differ from their defaults: none."""
        return {}

    def default(self, parameter: str) -> Any:
        """Return the default of a parameter; None if there is no such parameter."""
        return self.facts["parameters"].get(parameter, {}).get("default")

    def required(self) -> frozenset[Need]:
        """Return what a strategy needs."""
        return frozenset(map(Need, self.facts.get("default_needs", self.facts["needs"])))

    @property
    def needs_proba(self) -> bool:
        """Whether a metric or a signal is computed from class probabilities."""
        return bool(self.facts.get("needs_proba", self.kind == "signal"))

    def __eq__(self, other: object) -> bool:
        """Say whether something of the same axis is this component, listed or made."""
        if isinstance(other, ListedComponent):
            return other.name == self.name
        return isinstance(other, Component) and type(other).name == self.name and not other.parameters()

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self.name)
