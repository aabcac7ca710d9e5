"""Plain values to YAML that says the same to a YAML 1.2 reader and to a YAML 1.1 reader."""

from __future__ import annotations

from typing import Any

import yaml

from albench.spec.yaml_reader import parse_scalar


class _Dumper(yaml.SafeDumper):
    """Quotes every text that a YAML 1.2 reader would take for a number; never writes an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = None if isinstance(parse_scalar(text), str) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_number(dumper: yaml.SafeDumper, value: float) -> yaml.Node:
    # PyYAML would write 1e-05 as 1.0e-05, and so does any reader understand it.
    return dumper.represent_scalar("tag:yaml.org,2002:float", _format_float(value))


def _format_float(value: float) -> str:
    text = repr(value)
    mantissa, e, exponent = text.partition("e")
    return text if not e or "." in mantissa else f"{mantissa}.0e{exponent}"


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(float, _represent_number)


def format_yaml(data: Any) -> str:
    """Return plain values as YAML; short lists and mappings on one line each."""
    return yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None
    )
