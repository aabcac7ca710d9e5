"""Display labels: a name, and the fewest parameters that tell it from its neighbours."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Parameters = Mapping[str, Any]

# Beyond this, trying all combinations would take longer than anybody wants to read.
_TRIED = 10
_MOST_COMPARED = 1_000_000


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
    places_by_base: dict[str, list[int]] = defaultdict(list)
    for place, base in enumerate(bases):
        places_by_base[base].append(place)
    for base, places in places_by_base.items():
        names = _find_distinguishing([parameters[place] for place in places])
        for place in places:
            labels[place] = _make_label(base, parameters[place], names)
    return labels


def _find_distinguishing(parameters: Sequence[Parameters]) -> Sequence[str]:
    """Return the fewest parameters by which all differ; all that vary, if some are equal."""
    names = dict.fromkeys(name for entry in parameters for name in entry)
    columns = {name: [_encode_parameter(entry, name) for entry in parameters] for name in names}
    varying = [name for name in names if len(set(columns[name])) > 1]
    tried = (chosen for size in range(1, min(len(varying), _TRIED)) for chosen in combinations(varying, size))
    for chosen in islice(tried, 1 + _MOST_COMPARED // len(parameters)):
        if len(set(zip(*(columns[name] for name in chosen), strict=True))) == len(parameters):
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
