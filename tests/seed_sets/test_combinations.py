"""Every pair of an oracle, a seed set, a stopping rule and a family of strategies runs, or says why not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from pairwise import count_pairs, cover_pairs, list_families, make_strategy

import albench
from albench.registry.catalogue import load_catalogue

COMPONENTS = load_catalogue()
ORACLES_FOLDER = Path(__file__).parent.parent / "oracles"
ORACLES = yaml.safe_load((ORACLES_FOLDER / "examples.yaml").read_text(encoding="utf-8"))
SEED_PARAMETERS = {"skewed": {"classes": 2}, "rows": {"list": list(range(0, 150, 4))}}
RULE_PARAMETERS = {"budget": {"labels": 10}, "target": {"value": 0.9}, "patience": {"rounds": 1}}
NOTHING = "nothing"
COLUMNS = {name: f"p_{name}" for name in ("setosa", "versicolor", "virginica")}
SPEC = {
    "datasets": [
        {
            "csv": {
                "path": str(ORACLES_FOLDER / "iris.csv"),
                "target": {"columns": COLUMNS},
                "answers": ["llm", "species"],
            }
        }
    ],
    "models": ["logistic_regression"],
    "budgets": 14,
    "batch_sizes": 4,
    "repeats": 1,
    "baseline": {"arms": 1},
    "validation": 0.1,
    "split": {"holdout": {"max_pool": 50, "max_test": 20}},
    "execution": {"n_jobs": 1},
}


FAMILIES = list_families()
ROWS = cover_pairs(
    {
        "oracle": list(range(len(ORACLES))),
        "seed_set": [NOTHING, *COMPONENTS["seed_set"]],
        "rule": [
            (name, is_enforced) for name in COMPONENTS["stopping_rule"] for is_enforced in (False, True)
        ],
        "family": list(FAMILIES),
    }
)


def build_spec(place):
    """The experiment of a row; its family sends another strategy each time that it comes."""
    oracle, seed_set, (rule, is_enforced), family = ROWS[place]
    names = FAMILIES[family]
    name = names[sum(row[3] == family for row in ROWS[:place]) % len(names)]
    strategies = ["random"] if name == "random" else ["random", make_strategy(name)]
    start = {"seed_sizes": 0} if seed_set == NOTHING else {
        "seed_sizes": 6, "seed_sets": [{seed_set: SEED_PARAMETERS.get(seed_set, {})}],
    }  # fmt: skip
    stopping = [{rule: {**RULE_PARAMETERS.get(rule, {}), "enforce": is_enforced}}]
    return SPEC | start | {"oracles": [ORACLES[oracle]], "strategies": strategies, "stopping": stopping}


def check_row(place, folder):
    """Run a row: all of its trials are done, or the spec is refused in words about what does not go together."""
    spec = build_spec(place)
    try:
        albench.plan(spec, results=folder)
    except albench.SpecError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert any(word in refusal for word in REFUSALS), (ROWS[place], refusal)
        return
    results = albench.run(spec, results=folder)
    failed = results.trials.filter(results.trials["status"] != "done")
    assert failed.is_empty(), (ROWS[place], failed["reason"].to_list())


REFUSALS = ("dropout to sample from", "takes no rules that are enforced")
"""Words of all refusals: strategies that sample dropout need a network."""


def test_rows_hold_every_pair():
    assert [len(set(values)) for values in zip(*ROWS, strict=True)] == [
        len(ORACLES), 1 + len(COMPONENTS["seed_set"]), 2 * len(COMPONENTS["stopping_rule"]), len(FAMILIES),
    ]  # fmt: skip
    pairs, wanted = count_pairs(ROWS)
    assert pairs == wanted


@pytest.mark.parametrize("place", range(0, len(ROWS), 60))
def test_a_few_pairs_run_or_say_why_not(place, tmp_path):
    check_row(place, tmp_path)


@pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s hostile")
@pytest.mark.parametrize("place", range(len(ROWS)), ids=["-".join(map(str, row)) for row in ROWS])
def test_every_pair_runs_or_says_why_not(place, tmp_path):
    check_row(place, tmp_path)
