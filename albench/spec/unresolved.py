"""Components of the user's that are named, but not imported."""

from __future__ import annotations

from typing import Any

from albench.contracts import Component


class UnresolvedComponent(Component):
    """A component of the user's under its import path, kept until code may be imported."""

    path: str
    """``package.module.Class`` or ``./file.py:Class``."""
    params: dict[str, Any] = {}  # noqa: RUF012 - pydantic copies it
    """Its parameters, unchecked."""
    main_value: Any = None
    """The value of its main parameter, if the spec gives that alone."""
    known_name: str | None = None
    """What it is called when it is imported; None if nothing but its import tells."""

    def parameters(self) -> dict[str, Any]:
        """Return what the spec gives."""
        return {**self.params, **({} if self.main_value is None else {"main": self.main_value})}

    def identity(self) -> dict[str, Any]:
        """Return import path and parameters."""
        return {"name": self.path, "params": self.parameters()}

    @property
    def asks_again(self) -> bool:
        """Whether it asks rows again, if it is a strategy: nothing but its import tells."""
        return False

    def has_several_annotators(self) -> bool:
        """Say whether several annotators answer, if it is an oracle: nothing but its import tells."""
        return False

    @property
    def column(self) -> str:
        """Name of its column, if it is a metric; empty where nothing but its import tells."""
        return self.known_name or ""

    def default_label(self) -> str:
        """Return the name of the class."""
        return self.known_name or get_class_name(self.path)


def get_class_name(path: str) -> str:
    """Return the last part of an import path."""
    return path.replace(":", ".").rpartition(".")[2]
