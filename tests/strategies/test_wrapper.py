"""Strategies inside strategies: the grammar of an entry, identities, recipes, needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from albench.contracts import Need, Shared, Strategy
from albench.registry.lookup import make_recipe, restore_component
from albench.spec.read import load_experiment
from albench.strategies.albl import Albl
from albench.strategies.balanced_random import BalancedRandom
from albench.strategies.bald import Bald
from albench.strategies.epsilon_greedy import EpsilonGreedy
from albench.strategies.k_center import KCenter
from albench.strategies.power_sampling import PowerSampling
from albench.strategies.qbc import Qbc
from albench.strategies.random_subsampling import RandomSubsampling
from albench.strategies.rank_sampling import RankSampling
from albench.strategies.seals import Seals
from albench.strategies.uncertainty import Margin
from albench.strategies.wrapper import UnimportedStrategy

USERS = """\
from typing import ClassVar
from albench import Need, Strategy


class Mine(Strategy):
    '''Largest first feature, times a weight.'''

    version: ClassVar[int] = 7
    needs = frozenset({Need.DECISION})
    weight: float = 1.0

    def utilities(self, pool, state):
        return self.weight * pool.features[pool.candidates, 0]
"""


@pytest.fixture
def users(tmp_path):
    (tmp_path / "mine.py").write_text(USERS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("entry", "strategy"),
    [
        ("bald", Bald()),
        ({"bald": None}, Bald()),
        ({"bald": {"members": 7}}, Bald(members=7)),
        ({"qbc": "kl"}, Qbc(disagreement="kl")),
        ({"qbc": {"disagreement": "kl", "members": 3}}, Qbc(disagreement="kl", members=3)),
        (Bald(members=4), Bald(members=4)),
        ("albench.strategies.committee.Bald", Bald()),
        ({"power_sampling": "margin"}, PowerSampling(strategy=Margin())),
    ],
)
def test_an_inner_strategy_is_read_like_an_entry(entry, strategy):
    assert RandomSubsampling(strategy=entry).strategy == strategy


def test_the_short_form_of_a_wrapper():
    assert PowerSampling.model_validate({"qbc": "kl"}) == PowerSampling(strategy=Qbc(disagreement="kl"))
    with pytest.raises(ValidationError) as caught:
        EpsilonGreedy.model_validate({"epsilonn": 0.2})
    assert (("epsilonn",), "extra_forbidden") in [
        (error["loc"], error["type"]) for error in caught.value.errors()
    ]


@pytest.mark.parametrize(
    "wrapper",
    [
        PowerSampling(strategy="bald", beta=2),
        RandomSubsampling(strategy={"qbc": {"disagreement": "kl", "models": ["gaussian_nb", {"knn": {"n_neighbors": 3}}]}}),
        EpsilonGreedy(strategy={"power_sampling": {"strategy": {"qbc": "kl"}}}, epsilon=0.5),
        Albl(strategies=["margin", {"qbc": "kl"}, {"seals": {"strategy": "margin", "neighbours": 3}}]),
    ],
)  # fmt: skip
def test_a_wrapper_survives_its_own_form(wrapper):
    assert type(wrapper).model_validate(wrapper.model_dump(mode="json")) == wrapper
    assert type(wrapper).model_validate(wrapper.parameters()) == wrapper
    assert type(wrapper).model_validate_json(json.dumps(wrapper.parameters()), strict=True) == wrapper
    assert restore_component(json.loads(json.dumps(make_recipe(wrapper)))) == wrapper


def test_defaults_that_are_written_out_make_no_other_identity():
    plain = PowerSampling(strategy="bald")
    assert PowerSampling(strategy={"bald": {"members": 5}}, beta=1).fragment() == plain.fragment()
    assert plain.identity() == {"name": "power_sampling", "params": {"strategy": "bald"}}


def test_a_raised_version_of_what_is_wrapped_changes_the_fragment(monkeypatch):
    wrapper = EpsilonGreedy(strategy={"power_sampling": "margin"})
    before = wrapper.fragment()
    monkeypatch.setattr(Margin, "version", 2)
    assert wrapper.fragment() != before
    assert wrapper.identity() == EpsilonGreedy(strategy={"power_sampling": "margin"}).identity()
    bandit = Albl(strategies=["margin", "random"])
    raised = bandit.fragment()
    monkeypatch.setattr(Margin, "version", 1)
    assert bandit.fragment() != raised


def test_needs_are_those_of_the_wrapper_and_of_what_it_wraps():
    assert RandomSubsampling(strategy="margin").required() == {Need.PROBA}
    assert RandomSubsampling(strategy="random").required() == set()
    assert RandomSubsampling(strategy={"qbc": "vote_entropy"}).required() == {Need.COMMITTEE}
    assert Need.TRUTH in EpsilonGreedy(strategy=BalancedRandom()).required()
    assert (
        Albl(strategies=["k_center", "distance_to_boundary"]).required()
        == {
            Need.PROBA,
            Need.LABELS,
            Need.DECISION,
        }
        | KCenter().required()
    )


class Whatever(Shared):
    """Nothing at all."""


class Sharing(Margin):
    """Margin that shares something."""

    def shares(self):
        return (Whatever(),)


def test_what_is_wrapped_may_share():
    assert RandomSubsampling(strategy=Sharing()).shares() == (Whatever(),)
    assert Albl(strategies=[Sharing(), Margin(), Seals(strategy=Sharing())]).shares() == (Whatever(),)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("margn", "no strategy 'margn'; did you mean 'margin'?"),
        ({"qbc": {"membrs": 3}}, "'qbc': no parameter 'membrs'; did you mean 'members'?"),
        ({"qbc": {"members": 1}}, "'qbc': 'members' must be at least 2, not 1"),
        ({"qbc": {"members": "a"}}, "'qbc': 'members' must be a whole number, not the text 'a'"),
        ({"power_sampling": {}}, "'power_sampling' needs 'strategy'"),
        ({"albl": ["margin"]}, "'albl': 'strategies' must list at least 2, not 1"),
        ({"power_sampling": {"strategy": Margin(), "beta": -1}}, "'power_sampling': 'beta' must be"),
        ({"margin": 3}, "'margin' has no main parameter"),
        ({"margin": {}, "bald": {}}, "a strategy is a name or"),
        (3, "a strategy is a name or"),
        ("no.such.Thing", "cannot import 'no.such'"),
        ("pathlib.Path", "is not a subclass of albench.Strategy"),
        ({"power_sampling": "margn"}, "did you mean 'margin'?"),
    ],
)
def test_what_is_no_strategy_is_told(entry, message):
    with pytest.raises(ValidationError) as caught:
        RandomSubsampling(strategy=entry)
    (error,) = caught.value.errors()
    assert message in str(error["ctx"]["error"])


@pytest.mark.parametrize("wrapper", [PowerSampling, RankSampling])
def test_sampling_by_utility_needs_utilities(wrapper):
    with pytest.raises(ValueError, match="'k_center' builds batches and gives no utilities"):
        wrapper(strategy="k_center")


def test_a_users_strategy_from_a_file_beside_the_spec(users, monkeypatch):
    wrapper = PowerSampling.model_validate(
        {"strategy": {"./mine.py:Mine": {"weight": 3}}}, context={"folder": users}
    )
    assert wrapper.strategy.weight == 3
    assert Need.DECISION in wrapper.required()
    assert wrapper.identity()["params"] == {"strategy": {"mine.py:Mine": {"weight": 3.0}}}
    assert str(users) not in json.dumps(wrapper.fragment())
    assert wrapper.fragment()["inner"]["version"] == 7
    monkeypatch.chdir(Path.cwd().root)
    assert restore_component(make_recipe(wrapper)) == wrapper


def test_validating_imports_no_code_of_the_users(users):
    (users / "mine.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    wrapper = PowerSampling.model_validate(
        {"strategy": "./mine.py:Mine"}, context={"import_user_code": False}
    )
    assert isinstance(wrapper.strategy, UnimportedStrategy)
    assert wrapper.identity()["params"] == {"strategy": "./mine.py:Mine"}


SPEC = """\
datasets: iris
models: gaussian_nb
strategies:
  - random
  - power_sampling: bald
  - epsilon_greedy: {strategy: {qbc: kl}, epsilon: 0.2}
  - random_subsampling: {strategy: {power_sampling: {strategy: margin, beta: 2}}, share: 0.5}
  - albl: [margin, random]
  - qbc: {models: [gaussian_nb, {knn: {n_neighbors: 3}}], disagreement: consensus_entropy}
seed_sizes: 5
batch_sizes: 5
budgets: 20
repeats: 2
"""


def test_a_spec_names_wrappers(tmp_path):
    path = tmp_path / "wrapped.yaml"
    path.write_text(SPEC, encoding="utf-8")
    strategies = [entry.component for entry in load_experiment(path, import_user_code=True).strategies]
    assert strategies[1] == PowerSampling(strategy=Bald())
    assert strategies[2] == EpsilonGreedy(strategy=Qbc(disagreement="kl"), epsilon=0.2)
    assert strategies[3].strategy == PowerSampling(strategy=Margin(), beta=2)
    assert strategies[4] == Albl(strategies=("margin", "random"))
    assert [model.estimator.rpartition(".")[2] for model in strategies[5].models] == [
        "GaussianNB",
        "KNeighborsClassifier",
    ]


def test_a_user_defined_base_is_still_a_strategy():
    assert issubclass(PowerSampling, Strategy)
