"""Which slice some values name."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from albench.errors import UnknownSliceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from albench.analysis.evidence.conclusions import SliceEvidence
    from albench.analysis.streams.evidence.conclusions import StreamSliceEvidence


S = TypeVar("S", "SliceEvidence", "StreamSliceEvidence")


def choose_slice(
    slices: Sequence[S],
    primary: object,
    axes: Mapping[str, object],
    is_preferred: Callable[[S], bool] = lambda _: False,
) -> S:
    """Return the slice that has some values, and else those of the primary one as far as there is such.

    Raises
    ------
    UnknownSliceError
        If no slice has them.
    """
    home = _format_values(primary).items()
    wanted = {name: str(value) for name, value in axes.items()}
    matches = [of for of in slices if wanted.items() <= _format_values(of.slice).items()]
    if not matches:
        raise UnknownSliceError(_explain_unknown([of.slice for of in slices], wanted))
    return max(matches, key=lambda of: (is_preferred(of), len(_format_values(of.slice).items() & home)))


def _format_values(name: Any) -> dict[str, str]:
    return {axis: str(value) for axis, value in asdict(name).items()}


def _explain_unknown(slices: Sequence[object], wanted: Mapping[str, str]) -> str:
    """Say which value there is not, or that there are no such together."""
    formatted = [_format_values(name) for name in slices]
    for name, value in wanted.items():
        values = list(dict.fromkeys(texts[name] for texts in formatted if name in texts))
        if not values:
            return f"slices have no '{name}'; they have {', '.join(formatted[0])}"
        if value not in values:
            # What a growing batch size is called has a comma in it.
            there = ("; " if any("," in text for text in values) else ", ").join(values)
            return f"no slice has {name} '{value}'; there are {there}"
    return f"no slice has {' and '.join(f'{name} {value}' for name, value in wanted.items())} together"
