"""Which strategies a page always shows: those that the spec names, and those that are not built in."""

from __future__ import annotations

import pytest

from albench.api import plan_experiment
from albench.errors import SpecError
from albench.spec.differences import list_differences
from albench.spec.highlight import list_highlighted
from albench.spec.read import check_spec, load_experiment
from albench.spec.resolved import render_resolved

OWN = """\
from albench import Need, Strategy


class Mine(Strategy):
    '''Least confident.'''

    needs = frozenset({Need.PROBA})
    power: float = 1.0

    def utilities(self, pool, state):
        return 1 - pool.proba.max(axis=1) ** self.power
"""
SPEC = """\
datasets: [iris]
models: [logistic_regression]
strategies: [random, margin, qbc: kl, qbc: {disagreement: vote_entropy, label: votes}, %s]
seed_sizes: 6
batch_sizes: 4
budgets: 10
repeats: 2
%s
"""


@pytest.fixture
def write_spec(tmp_path):
    (tmp_path / "my.py").write_text(OWN, encoding="utf-8")

    def written(line, own="{./my.py:Mine: {power: 2}}"):
        file = tmp_path / "own.yaml"
        file.write_text(SPEC % (own, line), encoding="utf-8")
        return file

    return written


def load(file):
    return load_experiment(file, import_user_code=True)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ("Mine",)),
        ("highlight: []", ("Mine",)),
        ("highlight: [margin]", ("margin", "Mine")),
        ("highlight: margin", ("margin", "Mine")),
        ("highlight: [./my.py:Mine, margin]", ("Mine", "margin")),
        ("highlight: [my.py:Mine, margin]", ("Mine", "margin")),
        ("highlight: [votes]", ("votes", "Mine")),
        ("highlight: [qbc]", ("qbc", "Mine")),
        ("highlight: [random, Mine]", ("random", "Mine")),
    ],
)
def test_labels_names_and_paths_mean_strategies_and_own_ones_come_of_themselves(write_spec, line, expected):
    assert list_highlighted(load(write_spec(line))) == expected


def test_built_in_ones_alone_leave_nothing_highlighted(write_spec):
    assert list_highlighted(load(write_spec("", own="entropy"))) == ()


@pytest.mark.parametrize("read", [check_spec, load])
@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("highlight: [./my.py:Mine, margn]", "8:27", "did you mean 'margin'?"),
        ("highlight: [./my.py:Yours]", "8:13", "is not among the strategies"),
        ("highlight: [badge]", "8:13", "'badge' is to be highlighted and is not among the strategies"),
        ("highlight: badge", "8:12", "is not among the strategies"),
        ("highlight: [3]", "8:13", "must be one line of text"),
        ("highlight: {margin: 1}", "8:12", "must be a list"),
    ],
)
def test_what_is_no_strategy_of_the_spec_is_told_at_its_place(write_spec, read, line, place, words):
    with pytest.raises(SpecError) as error:
        read(write_spec(line))
    assert f"own.yaml:{place}: error" in str(error.value)
    assert words in str(error.value)


def test_no_key_depends_on_it_and_a_resolved_spec_has_it(write_spec):
    plain, marked = (load(write_spec(line)) for line in ("", "highlight: [margin]"))
    plans = [plan_experiment(experiment)[0] for experiment in (plain, marked)]
    assert len({tuple(trial.identity.key for trial in plan.trials) for plan in plans}) == 1
    assert not list(list_differences(plain, marked))
    assert "highlight: [margin]" in render_resolved(marked)
