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


def make_labels(bases: Sequence[str], parameters: Sequence[Parameters]) -> list[str]:
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
    labels = [""] * len(bases)
    for base in dict.fromkeys(bases):
        places = [place for place, other in enumerate(bases) if other == base]
        names = _find_distinguishing([parameters[place] for place in places])
        for place in places:
            labels[place] = _make_label(base, parameters[place], names)
    return labels


def _find_distinguishing(parameters: Sequence[Parameters]) -> Sequence[str]:
    """Return the fewest parameters by which all differ; all that vary, if some are equal."""

    def count_different(names: Sequence[str]) -> int:
        return len({tuple(_encode_parameter(entry, name) for name in names) for entry in parameters})

    names = dict.fromkeys(name for entry in parameters for name in entry)
    varying = [name for name in names if count_different([name]) > 1]
    for size in range(min(len(varying), _TRIED)):
        for chosen in combinations(varying, size):
            if count_different(chosen) == len(parameters):
                return chosen
    return varying


def _encode_parameter(parameters: Parameters, name: str) -> str:
    return json.dumps(parameters[name], sort_keys=True) if name in parameters else ""


def _make_label(base: str, parameters: Parameters, names: Sequence[str]) -> str:
    parts = [f"{name}={_format_value(parameters[name])}" for name in names if name in parameters]
    return f"{base} ({', '.join(parts)})" if parts else base


def _format_value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ".join(_format_value(item) for item in value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
