"""Write ``stopping.md`` from the classes of the stopping rules: ``python docs/make_stopping.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from albench.registry.aliases import list_aliases
from albench.registry.catalogue import load_catalogue

TARGET = Path(__file__).with_name("stopping.md")
HEAD = """\
# When to stop

Written from the classes by `python docs/make_stopping.py`; a test holds it current.

A labelling project has no test part to look at, and has to stop by something else. `stopping` names rules
for that:

```yaml
validation: 0.1        # for the rules that pay for labels to look at
stopping:
- stabilizing_predictions
- overall_uncertainty: 0.1
- {patience: 5}
- {budget: {labels: 200, enforce: true}}
```

A rule **watches**: it is asked in every round, and nothing changes by its answer. No key and no number of a
trial depends on the rules that are watched, and trials that are stored already are fitted again on their
stored picks, as for a metric that is declared later. With other thresholds nothing is computed again. What
a rule would have done stands in the table [`stops`](tables.md#stops).

With `enforce: true` a rule **ends** the trial in the round in which the watching rule would have said so,
before the batch is bought that was chosen in it. The rule is part of the trial's key then, and a larger
budget does not run it again.

## What rules look at

The rows of the *stop set* that have no label: at most 2,000 rows of the pool, drawn once for each split
from a stream of their own, so that all strategies are judged on the same ones. A pool of up to 2,000 rows
is looked at whole. What the model says of the rows that it was fitted on says little; they are left out
(`contradictory_information` alone looks at the whole stop set).
Where a strategy has asked for the probabilities of the same rows, they are not computed again. Rules of
probabilities cannot be watched with a model that gives none.

`target` and `patience` look at the **validation part**, whose labels somebody has to pay for: they are
counted among the labels of these rules. `budget` looks at nothing.

What it costs: `benchmarks/watching.py` runs a trial with ten rules beside the same trial without (digits,
logistic regression, 20 rounds of 10; CPU time, one thread, medians of alternating pairs). On 2026-12-01, with
Python 3.11.7, numpy 2.4.6 and scikit-learn 1.9.1 on two busy cores, the six strategies of the quickstart
together take 3.1 % more: 4.1 to 4.6 % with margin, 3 % with least_confident and entropy and 1 % with qbc,
which ask for the same probabilities anyway; 7.5 to 8.5 % with random and 6 % with k_center, which ask for
none, so that they are computed for the rules alone. Without any rule these probabilities take 8.1 to 8.4 % of
random's trial by scikit-learn's `predict_proba`, 3.4 to 4.0 % by the call of a trial, which gives the same to
the last bit. `error_stability` adds 2 to 4 %. With a logistic regression, rules that only watch are asked
after the last round, about all rounds in their order, which is cheaper.

## Where their formulas are from

The papers, but for two. `error_stability` is that of the code that its authors published in 2021
(`hideaki-ishibashi/stopping_AL`): both divergences between the posteriors, their bounds added, over the least
of the first ones. They add one label at a time and let the least of the first 11 bounds count, which is
`window: 11`; here the first batch counts. Theirs are regressions; here the targets are indicators
of the classes, whose divergences add up.

`contradictory_information` is Vlachos's criterion (2008) as others have it, since the paper itself could not
be had. Two independent sources agree that it is the confidence on a set that stays the same, and that it
must not rise over several rounds in a row. They are the survey of Olsson (2009: on an "external possibly
unannotated test set" it "remains at the same level or drops for a number of consecutive iterations"), and
the code of Kurlandski, who compared stopping methods and their sets with Bloodgood (2022, "Impact of stop
sets"; `lkurlandski/ActiveLearning`): the sum or mean over a sample of the pool, which keeps its rows when
they are labelled, must be less than in the round before three times in a row. Here it is as in that code;
later forms of it let users choose whether each must be below the one before or below the first. The code of
Pullar-Strecker et al. (2022, `zacps/al-stopping-conditions`) has three falls, too, but they need not follow
each other, and are falls of another number: the uncertainty of the rows just labelled that the model had
wrong.

## How they are judged

Against **hindsight**, trial by trial, on the curve of the primary metric on the test part, made monotone by
isotonic regression (Barlow et al., 1972), so that a lucky round is not taken for a rise. In hindsight one
stops with the fewest labels whose metric on that curve is within 0.005 of its best. *Labels too many* are
those at the stop (with the validation part's, if the rule looks at it) less those in hindsight; *metric
lost* is that curve in hindsight less that curve at the stop. Both may be negative: who stops too early has
fewer labels, and loses metric. A rule that never stops within the budget buys it all, and the page counts
how often.

Against the **price** of a point of the metric, as no rule is best everywhere (Pullar-Strecker et al.,
2022). If a point (0.01) of the metric is worth r labels, stopping with n labels costs n + 100 r (best -
metric(n)). The *regret* of a rule is its cost less the least there is on that curve, in labels; that of who
stops there is 0 by definition. The page draws the mean regret of each rule over r from 0.1 to 1,000 labels
a point, and says which rule has the least where; a rule that never stops is the whole budget. Means are
over repeats and then over datasets, with 95 % intervals [on these datasets](statistics.md). What more
labels would have given a trial that an enforced rule has ended is not known: such trials are not judged.

## Built-in rules
"""
TAIL = """\
## A rule of your own

One class in a file beside the experiment; nothing is registered. `observe` returns a number a round, which
is stored; `stops` decides from the numbers so far.

```python
from albench import StoppingRule


class Certain(StoppingRule):
    \"\"\"Stop when the least certain row is certain: min max p > least.\"\"\"

    needs_proba = True
    observed_parameters = ()

    least: float = 0.9
    \"\"\"Probability that counts as certain.\"\"\"

    def observe(self, seen, memory):
        \"\"\"Return the number of this round; None where it is undefined.\"\"\"
        return float(seen.top.min()) if seen.top.size else None

    def stops(self, course):
        \"\"\"Say whether labelling stops in the last round of the course.\"\"\"
        return bool(course.values[-1] > self.least)
```

```sh
albench check ./my_rule.py:Certain
```

In the YAML it is `stopping: [./my_rule.py:Certain]`.

- `seen` holds `proba`, `predicted`, `previous_predicted` (by the last round's model, for the same rows;
  None in the first round), `top`, `mean_top`, `mean_top_of_stop_set` (with its rows that have a label),
  `mean_entropy`, `batch_proba` (of the rows that are queried next; None in the last round), `n_classes`,
  `n_labels`, and the pool's `features` with `labelled` and `labels`. Arrays are read-only.
- `memory` is what `start()` returns, one for each trial.
- `course` holds `values`, `n_labels` and `get_gains(metric)`: a metric of the validation part, more is
  better.
- `observed_parameters` names the parameters that `observe` depends on, all unless given: when others
  change, nothing is observed again. `is_paid = True` says that a rule looks at the validation part.
- When you edit the class, `albench plan` says so, and `albench run` asks it again on the stored picks.
"""
FAMILIES = {
    "How certain is the model?": ("overall_uncertainty", "max_confidence", "min_expected_error"),
    "Does its confidence still grow?": ("contradictory_information", "performance_gradient"),
    "Do its predictions still change?": ("classification_change", "stabilizing_predictions"),
    "Can its error still change?": ("error_stability",),
    "Budgets, and labels that are paid for": ("budget", "target", "patience"),
}


def format_page() -> str:
    """Return the whole page.

    Raises
    ------
    ValueError
        If a rule stands in no family.
    """
    listed = sorted(name for names in FAMILIES.values() for name in names)
    if listed != sorted(load_catalogue()["stopping_rule"]):
        raise ValueError("every rule stands in one family of docs/make_stopping.py")
    parts = [HEAD]
    for title, names in FAMILIES.items():
        parts += [f"### {title}\n", *map(_format_rule, names)]
    return "\n".join([*parts, TAIL])


def _format_rule(name: str) -> str:
    facts = load_catalogue()["stopping_rule"][name]
    lines = [f"#### {name}", "", facts["doc"].strip(), ""]
    if facts["reference"]:
        lines.append(f"- *Reference*: {facts['reference']}")
    if aliases := list_aliases("stopping_rule", name):
        lines.append(f"- *Also called*: {', '.join(aliases)}")
    lines += [f"- {_format_parameter(key, facts)}" for key in facts["parameters"] if key != "enforce"]
    return "\n".join(lines) + "\n"


def _format_parameter(key: str, facts: dict[str, Any]) -> str:
    parameter = facts["parameters"][key]
    default = "required" if key in facts["required"] else f"default {parameter.get('default')}"
    main = ", may stand alone" if key == facts["main"] else ""
    return f"`{key}` ({default.replace('default ,', 'default none,')}{main}): {parameter['description']}"


if __name__ == "__main__":
    TARGET.write_text(format_page(), encoding="utf-8")
