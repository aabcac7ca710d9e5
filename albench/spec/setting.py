"""What a setting is: a mapping of a spec, whose fields are its keys and say what they mean."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from albench.spec.field_types import limit_to

Count = Annotated[int, Field(ge=1), limit_to(10**6)]
"""A whole number from 1."""


_JSON_TYPES = {"string": str, "integer": int, "number": float}


def describe_fields(schema: dict[str, Any], cls: Any) -> None:
    """Put into a JSON schema what the string below each field says; leave out what no spec may name."""
    from albench.registry.build import read_field_docs

    texts, fields = read_field_docs(cls), schema["properties"]
    for name, info in cls.__pydantic_fields__.items():
        if info.exclude:
            del fields[name]
            continue
        fields[name] |= {"description": texts[name]} if name in texts else {}
        default = fields[name].pop("default", None)
        # An editor may write a default into a spec: it has to be what a spec can hold.
        if default != "" and isinstance(default, _JSON_TYPES.get(fields[name].get("type"), ())):
            fields[name]["default"] = default


# Validators are built when a spec is read: listing and help need none.
CONFIG = ConfigDict(extra="forbid", defer_build=True, json_schema_extra=describe_fields)


class Setting(BaseModel):
    """Base of settings that are mappings."""

    model_config = ConfigDict(frozen=True, **CONFIG)
