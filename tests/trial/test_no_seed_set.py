"""Trials that start with no label: every strategy runs, and those that then query at random say so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from albench.checking.pools import list_suitable_pools
from albench.contracts import Need
from albench.registry.lookup import get_builtin, list_names
from albench.trial.execute import run_trial
from albench.trial.seed_set import AT_RANDOM

PARAMETERS = {
    "albl": {"strategies": ["margin", "k_center"]},
    "cost_sensitive": {"costs": [[0, 1, 1], [1, 0, 1], [1, 1, 0]]},
}
# They ask the model, which says the same of every row.
AT_RANDOM_WITHOUT_LABELS = {
    "active_lab", "anchor_subsampling", "balanced_acquisition", "balanced_margin", "bald", "batch_bald",
    "cluster_margin", "contrastive_al", "cost_sensitive", "distance_to_boundary", "entropy", "epig", "epsilon_greedy",
    "expected_error_reduction", "falcun", "galaxy", "gibbs_sampling", "least_confident", "margin", "mcpal",
    "per_cost", "power_bald", "power_sampling", "qbc", "quire", "random_subsampling", "rank_sampling",
    "ratio_of_confidence", "relevance",
}  # fmt: skip


@pytest.mark.parametrize("name", list_names("strategy"))
def test_a_strategy_runs_without_a_seed_set_and_says_whether_it_began_at_random(name):
    cls = get_builtin("strategy", name)
    wrapped = {"strategy": "margin"} if "strategy" in cls.model_fields else {}
    strategy = cls.model_validate(PARAMETERS.get(name, wrapped))
    pools = {pool.name: pool for pool in list_suitable_pools(strategy)}
    pool = replace(pools["no label at the start"], rounds=1)
    record = run_trial(pool.build_task(strategy), pool.build_arrays())
    assert record.status == "done", record.traceback
    assert record.curve["n_labels"].tolist() == [pool.batch_size]
    is_noted = AT_RANDOM in (record.notes or "")
    assert is_noted == (name in AT_RANDOM_WITHOUT_LABELS)
    assert not (is_noted and Need.TRUTH in strategy.required())
