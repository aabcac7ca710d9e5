"""Write ``metrics.md`` from the classes of the metrics: ``python docs/make_metrics.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from albench.registry.aliases import list_aliases
from albench.registry.catalogue import load_catalogue
from albench.registry.lookup import get_builtin

TARGET = Path(__file__).with_name("metrics.md")
HEAD = """\
# Metrics

Written from the classes by `python docs/make_metrics.py`; a test holds it current.

A metric is computed on the test part in every round, from the predictions of the task model. Those that are
recorded *always* need no mention in the spec; the others are recorded when `metrics` names them, also later:
a finished trial is then fitted again on its stored picks, and queries nothing. `primary_metric` names the one
of the verdicts. Each is a column of the tables [curves and references](tables.md), null where it is
undefined, with the reason in `trials.reason`.

```yaml
metrics: [average_precision, {recall: {class: fraud}}, {precision: {class: fraud}}]
primary_metric: recall_fraud
```

## Rare classes

Accuracy hardly moves when a class of one row in a hundred is found. What moves is recall, precision and F1 of
that class: `{recall: {class: fraud}}`, or in short `{recall: fraud}`, has the column `recall_fraud`. They are
scikit-learn's with `zero_division=nan`: a share of no rows is undefined and never 0. A class that no dataset
has is an error of the plan; on a dataset without it the metric is undefined, and the plan says so. `f1_macro`
and `balanced_accuracy` count all classes alike, and `average_precision` takes the rarer of two classes as
positive. `found` counts the rows of a class that were queried: [rare classes](rare_classes.md).
"""
TAIL = """\
## Signals

What stopping rules watch, computed on a fixed part of the pool without its labels; recorded when `signals`
names them.

{signals}

## A metric of your own

One class in a file beside the experiment; nothing is registered. `outputs` holds `labels`, `predicted`,
`proba` (if `needs_proba`), `confusion` (true class by predicted class), `n_classes` and `classes`, the names
of the codes.

```python
import numpy as np
from pydantic import Field

from albench import Metric


class FBeta(Metric):
    \"\"\"Mean over the classes of F_beta: (1 + b^2) tp / ((1 + b^2) tp + b^2 fn + fp).\"\"\"

    name = "f_beta"
    bounds = (0.0, 1.0)

    beta: float = Field(default=2.0, gt=0)
    \"\"\"Weight of recall beside precision.\"\"\"

    @property
    def column(self):
        \"\"\"Name of the column; without it, `f_beta` could stand in an experiment only once.\"\"\"
        return f"f_beta_{{self.beta:g}}"

    def score(self, outputs):
        \"\"\"Return a number within the bounds; None where it is undefined.\"\"\"
        right = outputs.confusion.diagonal()
        weight = self.beta**2
        total = weight * outputs.confusion.sum(axis=1) + outputs.confusion.sum(axis=0)
        seen = total > 0
        return float(np.mean((1 + weight) * right[seen] / total[seen]))
```

```sh
albench check ./my_metric.py:FBeta
albench check '{{./my_metric.py:FBeta: {{beta: 0.5}}}}'
```

In the YAML it is `metrics: [./my_metric.py:FBeta]`. Class variables say what it is:

| class variable | default | |
|---|---|---|
| `name` | required | what its column is called; `column` may add parameters to it |
| `greater_is_better` | `True` | `False` where lower is better |
| `needs_proba` | `False` | `True` if it reads `outputs.proba`; undefined for models without probabilities |
| `bounds` | `(0.0, 1.0)` | what a score outside of is an error; `None` for no upper one |
| `version` | `1` | once you set it, it alone says whether stored scores are kept when you edit the class |

`speaks_of()` names the classes that its parameters mean: the plan sees that there are such. Where `score`
returns None, `explain_undefined(outputs)` says why. When you edit the class, `albench plan` names it as a
changed metric, and `albench run` scores the stored picks again.
"""


def format_page() -> str:
    """Return the whole page."""
    metrics = load_catalogue()["metric"]
    order = sorted(metrics, key=lambda name: (not metrics[name]["cheap"], name))
    parts = [HEAD, "## Built-in metrics\n", _format_contents(order), *map(_format_section, order)]
    signals = "\n".join(
        f"- `{name}`: {facts['summary']}" for name, facts in load_catalogue()["signal"].items()
    )
    return "\n".join([*parts, TAIL.format(signals=signals)])


def _format_contents(names: list[str]) -> str:
    lines = ["| metric | | better | recorded |", "|---|---|---|---|"]
    for name in names:
        facts = load_catalogue()["metric"][name]
        better = "higher" if facts["greater_is_better"] else "lower"
        recorded = "always" if facts["cheap"] else "when declared"
        lines.append(f"| [{name}](#{name}) | {_escape(facts['summary'])} | {better} | {recorded} |")
    return "\n".join(lines) + "\n"


def _format_section(name: str) -> str:
    facts = load_catalogue()["metric"][name]
    lines = [f"### {name}", "", facts["doc"].strip(), ""]
    if facts["reference"]:
        lines.append(f"- *Reference*: {facts['reference']}")
    low, high = get_builtin("metric", name).bounds  # type: ignore[attr-defined]
    bounds = f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
    lines.append(f"- *Values*: {bounds}, {'higher' if facts['greater_is_better'] else 'lower'} is better")
    lines.append(f"- *From*: {'class probabilities' if facts['needs_proba'] else 'predicted classes'}")
    if aliases := list_aliases("metric", name):
        lines.append(f"- *Also called*: {', '.join(aliases)}")
    lines += [f"- {_format_parameter(key, facts)}" for key in facts["parameters"]]
    return "\n".join(lines) + "\n"


def _format_parameter(key: str, facts: dict[str, Any]) -> str:
    text = " ".join(facts["parameters"][key].get("description", "").split())
    return f"*Parameter* `{key}`{' (required)' if key in facts['required'] else ''}: {text}"


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(format_page(), encoding="utf-8")
