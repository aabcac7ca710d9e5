"""Display labels: a name, and the fewest parameters that tell it from its neighbours."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Parameters = Mapping[str, Any]

# Beyond this, trying all combinations would take longer than anybody wants to read.
_TRIED = 10


def labels(bases: Sequence[str], parameters: Sequence[Parameters]) -> list[str]:
    """Label the entries of an axis.

    Parameters
    ----------
    bases : sequence of str
        Their names.
    parameters : sequence of mapping
        Their parameters that differ from the defaults, as JSON values.

    Returns
    -------
    list of str
        ``margin``, ``qbc (disagreement=kl)``; equal only where name and parameters are.
    """
    found = [""] * len(bases)
    for base in dict.fromkeys(bases):
        places = [place for place, other in enumerate(bases) if other == base]
        shown = _telling([parameters[place] for place in places])
        for place in places:
            found[place] = _label(base, parameters[place], shown)
    return found


def _telling(parameters: Sequence[Parameters]) -> Sequence[str]:
    """Return the fewest parameters by which all differ; all that vary, if some are equal."""
    names = dict.fromkeys(name for each in parameters for name in each)
    varying = [name for name in names if len({_text(each, name) for each in parameters}) > 1]
    for size in range(min(len(varying), _TRIED)):
        for chosen in combinations(varying, size):
            if len({tuple(_text(each, name) for name in chosen) for each in parameters}) == len(parameters):
                return chosen
    return varying


def _text(parameters: Parameters, name: str) -> str:
    return json.dumps(parameters[name], sort_keys=True) if name in parameters else ""


def _label(base: str, parameters: Parameters, shown: Sequence[str]) -> str:
    parts = [f"{name}={_value(parameters[name])}" for name in shown if name in parameters]
    return f"{base} ({', '.join(parts)})" if parts else base


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ".join(_value(item) for item in value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
