"""Write ``strategies.md`` from the classes of the query strategies: ``python docs/make_strategies.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from albench.registry.aliases import list_aliases
from albench.registry.catalogue import describe_large_pool_advice, load_catalogue

TARGET = Path(__file__).with_name("strategies.md")
FAMILIES = {
    "baseline": "What everything is measured against.",
    "uncertainty": "One model is unsure of the row.",
    "committee": "Several models disagree about the row.",
    "density": "The row is like many others.",
    "diversity": "The row is unlike what is labelled; labels and models are not looked at.",
    "hybrid": "Several of these at once.",
    "lookahead": "What the label would change is computed before it is bought.",
    "wrapper": "Around any other strategy: `{power_sampling: bald}`, or "
    "`{random_subsampling: {strategy: {qbc: kl}, share: 0.1}}`.",
    "control": "They look at hidden labels: bounds and controls, shown apart and never ranked.",
}
HEAD = """\
# Query strategies

Written from the classes by `python docs/make_strategies.py`; a test holds it current.
`albench show strategy NAME` says the same in a terminal, and `albench check NAME` measures what a query costs
on your machine.

The work of a round is given in n candidates, L labelled rows, a batch of b, C classes, d features and M
members of a committee, beside the fit and the predictions of the query model. *Cost* says how it grows with
the pool: `linear` strategies were run at 200,000 rows; those that are `quadratic` or refit the model want a
smaller pool, and each says what makes it smaller.
"""
TAIL = """\
## scikit-activeml

With `pip install 'albench[skactiveml]'` every class of `skactiveml.pool` that runs on a classifier is a
strategy under its own name, with the parameters of its constructor:

```yaml
strategies:
  - skactiveml.pool.FourDs
  - skactiveml.pool.UncertaintySampling: {{method: expected_average_precision}}
  - skactiveml.pool.QueryByCommittee: {{method: vote_entropy, members: 10}}
```

{classes}.

They are given the query model (`ProbabilisticAL` and `EpistemicUncertaintySampling` a Parzen window, `FourDs`
a mixture model, committees `members` bagged copies of it). Inner clusterings are seeded, batches are freed of
duplicates and filled up, a fit that fails is a failed trial, and a class that makes an n x n matrix refuses a
pool of more than `max_pool` rows (10,000).
"""


def page() -> str:
    """Return the whole page."""
    strategies = load_catalogue()["strategy"]
    unknown = {facts["family"] for facts in strategies.values()} - set(FAMILIES)
    if unknown:
        raise ValueError(f"no words for the families {sorted(unknown)}")
    parts = [HEAD, _contents(strategies)]
    for family, words in FAMILIES.items():
        members = {name: facts for name, facts in strategies.items() if facts["family"] == family}
        parts.append(f"## {family}\n\n{words}\n")
        parts += [_section(name, facts) for name, facts in members.items()]
    from albench.strategies.skactiveml.adapter import CLASSES

    parts.append(TAIL.format(classes=", ".join(f"`{name}`" for name in CLASSES)))
    return "\n".join(parts)


def _contents(strategies: dict[str, Any]) -> str:
    lines = ["| strategy | what it queries | asks for | cost |", "|---|---|---|---|"]
    for family in FAMILIES:
        lines.append(f"| **{family}** | | | |")
        for name, facts in strategies.items():
            if facts["family"] == family:
                needs = ", ".join(facts["needs"]) or "features"
                lines.append(f"| [{name}](#{name}) | {_cell(facts['summary'])} | {needs} | {facts['cost']} |")
    return "\n".join(lines) + "\n"


def _section(name: str, facts: dict[str, Any]) -> str:
    lines = [f"### {name}", "", _escape(facts["doc"].strip()), ""]
    if facts["reference"]:
        lines.append(f"- *Reference*: {facts['reference']}")
    if aliases := list_aliases("strategy", name):
        lines.append(f"- *Also called*: {', '.join(aliases)}")
    lines.append(f"- *Asks for*: {', '.join(facts['needs']) or 'features alone'}")
    if facts.get("asks_again"):
        lines.append("- *Asks again*: rows that are labelled already, for another answer")
    lines.append(f"- *Work of a round*: {facts['complexity']} ({facts['cost']})")
    if advice := describe_large_pool_advice(facts):
        lines.append(f"- *Large pools*: {advice}")
    if facts["parameters"]:
        lines += ["", "| parameter | | default |", "|---|---|---|"]
        lines += [_parameter(key, schema, facts) for key, schema in facts["parameters"].items()]
    return "\n".join(lines) + "\n"


def _parameter(name: str, schema: dict[str, Any], facts: dict[str, Any]) -> str:
    required = name in facts["required"]
    default = "required" if required else f"`{json.dumps(schema.get('default'))}`"
    main = " (main)" if facts["main"] == name else ""
    text = _cell(" ".join(schema.get("description", "").split()))
    choices = f" One of {', '.join(f'`{choice}`' for choice in schema['enum'])}." if "enum" in schema else ""
    return f"| `{name}`{main} | {text}{choices} | {default} |"


def _cell(text: str) -> str:
    return _escape(text).replace("|", "\\|")


def _escape(text: str) -> str:
    """Return the text of a formula such as a[i][j], which would be a link otherwise."""
    return text.replace("][", "]\\[")


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
