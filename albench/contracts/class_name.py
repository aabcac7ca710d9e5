"""A class of a dataset as a parameter, by its name."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator


def _name_class(value: Any) -> Any:
    """Return what a class is called that a spec writes without quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


ClassName = Annotated[str, BeforeValidator(_name_class, json_schema_input_type=str | int | bool)]
"""Name of a class of the dataset."""
