"""The scenarios of an experiment, pool and stream, and which words of a spec belong to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from albench.spec.messages import suggest_closest
from albench.text import list_quoted, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from albench.spec.context import Context
    from albench.spec.document import Node, Pair

SCENARIO = "scenario"
Scenario = Literal["pool", "stream"]
SCENARIOS: tuple[Scenario, ...] = get_args(Scenario)
_NO_TEST = "each row of a stream is predicted and scored before its label may be bought"
POOL_WORDS = {
    "seed_sizes": "a stream starts from its first rows, as 'start: 10' says",
    "seed_sets": "a stream starts from its first rows, as they arrive",
    "batch_sizes": "each row of a stream is decided on by itself",
    "split": _NO_TEST,
    "validation": _NO_TEST,
    "preprocessing": "it is learned from a whole pool; streams are scaled and filled by the rows so far",
    "preprocessings": "they are learned from a whole pool; streams are scaled and filled by the rows so far",
    "metrics": "a stream has accuracy, kappa and kappa_temporal, always",
    "signals": "they are for stopping rules, and a stream ends with its last row",
    "stopping": "a stream ends with its last row",
    "baseline": "each strategy on a stream is compared with random sampling of as many labels",
    "ties": "rows of a stream are not compared with each other",
    "costs": "budgets of streams are shares of the rows, and labels have no prices",
    "relabel": "each row of a stream is decided on once",
    "pilot": "it asks what more labels of a pool will give",
    "expected": "published numbers are compared with those of pools alone",
}
"""Keys that a spec of streams may not have, and why."""


def read_scenario(root: Node, context: Context) -> Scenario:
    """Return what a spec says of its scenario, pool if nothing; note a problem if it is none."""
    pairs = root.value
    if not isinstance(pairs, dict) or SCENARIO not in pairs:
        return "pool"
    pair = pairs[SCENARIO]
    value = pair.value.value
    if value in SCENARIOS:
        return value
    text = f"{quote(SCENARIO)} must be {list_quoted(SCENARIOS, 'or')}, not {pair.value}"
    hint = suggest_closest(value, SCENARIOS) if isinstance(value, str) else ""
    context.problems.add_error("wrong-value", text, pair.where, hint)
    return "pool"


def note_words_of_pools(pairs: Mapping[str, Pair], context: Context) -> None:
    """Note the words of a spec of streams that only pools have."""
    for key in pairs.keys() & POOL_WORDS.keys():
        text = f"{quote(key)} is a word of pools: {POOL_WORDS[key]}"
        context.problems.add_error("other-scenario", text, pairs[key].key.where, "leave it out")
