"""Every pair of an oracle, a family of strategies and a kind of model runs, or is refused with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from pairwise import count_pairs, cover_pairs, list_families, make_strategy

import albench
from albench.errors import AlbenchError


def get_label(entry):
    """The label that an entry of an oracle has, or the name of the oracle."""
    name, params = (entry, None) if isinstance(entry, str) else next(iter(entry.items()))
    return params.get("label", name) if isinstance(params, dict) else name


FILES = Path(__file__).parent
EXAMPLES = yaml.safe_load(FILES.joinpath("examples.yaml").read_text(encoding="utf-8"))
ORACLES = {get_label(entry): entry for entry in EXAMPLES}
MODELS = {
    "probabilities and decisions": "logistic_regression",
    "probabilities alone": "gaussian_nb",
    "decisions alone": "ridge_classifier",
    "no weights of rows": {"knn": {"n_neighbors": 2}},
    "ensemble": {"random_forest": {"n_estimators": 4}},
    "semi-supervised": "label_spreading",
    "calibrated": {"svm_linear": {"calibrated": "sigmoid"}},
    "warm start": {"logistic_regression": {"warm_start": True}},
    "another one queries": {"task": "gaussian_nb", "query": "logistic_regression"},
}
LACKS = {
    "decisions alone": ["probabilities"],
    "probabilities alone": ["decision"],
    "no weights of rows": ["decision", "weight"],
    "ensemble": ["decision"],
    "semi-supervised": ["decision", "weight"],
    "calibrated": ["decision", "weight"],
}
"""What a refusal may say that a kind of model has not; a kind that is not here is never refused."""
COLUMNS = {name: f"p_{name}" for name in ("setosa", "versicolor", "virginica")}
SPEC = {
    "datasets": [
        {
            "csv": {
                "path": str(FILES / "iris.csv"),
                "target": {"columns": COLUMNS},
                "answers": ["llm", "species"],
            }
        },
    ],
    "seed_sizes": 6,
    "budgets": 14,
    "repeats": 1,
    "baseline": {"arms": 1},
    "metrics": ["accuracy"],
    "split": {"holdout": {"max_pool": 50, "max_test": 20}},
    "execution": {"n_jobs": 1},
}


FAMILIES = list_families()
ROWS = cover_pairs(
    {"oracle": list(ORACLES), "family": list(FAMILIES), "model": list(MODELS), "batch": [1, 4]}
)


def build_spec(place):
    """The experiment of a row; its family sends another strategy each time that it comes."""
    oracle, family, model, batch = ROWS[place]
    names = FAMILIES[family]
    turn = sum(row[1] == family for row in ROWS[:place])
    strategy = make_strategy(names[turn % len(names)])
    return SPEC | {
        "oracles": [ORACLES[oracle]],
        "strategies": ["random", strategy] if family != "baseline" else ["random"],
        "models": [MODELS[model]],
        "batch_sizes": batch,
    }


def check_row(place, folder):
    """Run a row: all of its trials are done, or plan says what its model has not."""
    oracle, family, model, _ = ROWS[place]
    spec = build_spec(place)
    try:
        albench.plan(spec, results=folder)
    except AlbenchError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert any(word in refusal for word in LACKS[model]), refusal
        assert family not in ("baseline", "diversity") or "weight" in refusal
        return
    results = albench.run(spec, results=folder)
    failed = results.trials.filter(results.trials["status"] != "done")
    assert failed.is_empty(), (ROWS[place], failed["reason"].to_list())
    assert set(results.trials["oracle"].str.split(" ").list.first()) == {oracle}


def test_rows_hold_every_pair():
    assert [len(set(values)) for values in zip(*ROWS, strict=True)] == [
        len(EXAMPLES), len(FAMILIES), len(MODELS), 2,
    ]  # fmt: skip
    pairs, wanted = count_pairs(ROWS)
    assert pairs == wanted


@pytest.mark.parametrize("place", range(0, len(ROWS), 27))
def test_a_few_pairs_run_or_are_refused_with_a_reason(place, tmp_path):
    check_row(place, tmp_path)


@pytest.mark.skipif("ALBENCH_FAULTS" not in os.environ, reason="slow: nox -s hostile")
@pytest.mark.parametrize("place", range(len(ROWS)), ids=["-".join(map(str, row)) for row in ROWS])
def test_every_pair_runs_or_is_refused_with_a_reason(place, tmp_path):
    check_row(place, tmp_path)
