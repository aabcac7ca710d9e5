"""The fingerprint of an environment sees an upgrade of every package that a model is computed with."""

from __future__ import annotations

import pytest

from albench.api import plan_experiment
from albench.errors import MixedEnvironmentsError
from albench.packages import find_distributions
from albench.runner.environment import Environments
from albench.runner.fingerprint import describe_environment
from albench.spec.read import load_experiment, load_experiment_text


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a distribution of some version, in which there are modules of other names."""

    def install(distribution, version, *modules):
        info = tmp_path / version / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", encoding="utf-8"
        )
        (info / "top_level.txt").write_text("\n".join(modules), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path / version)
        find_distributions.cache_clear()

    yield install
    find_distributions.cache_clear()


def describe(model):
    spec = {"datasets": "iris", "models": [model], "strategies": "margin", "budgets": 20}
    (entry,) = load_experiment_text(spec, import_user_code=False).models
    return Environments().describe(entry)


@pytest.mark.parametrize(
    "model",
    [
        {"seldom_learn.Ensemble": {}},
        {"sklearn.pipeline.Pipeline": {"steps": [["model", {"seldom_learn.Ensemble": {}}]]}},
    ],
)
def test_a_package_is_found_by_what_is_imported_of_it(installed, model):
    assert describe(model)["versions"]["seldom_learn"] == "unknown"
    fingerprints = []
    for version in ("1.0", "1.1"):
        installed("seldom-seen", version, "seldom_learn")
        environment = describe(model)
        assert environment["versions"]["seldom_learn"] == f"seldom-seen {version}"
        fingerprints.append(environment["fingerprint"])
    assert len(set(fingerprints)) == 2


def test_a_network_of_ours_is_computed_by_torch(installed):
    plain = describe("mlp")["fingerprint"]
    fingerprints = []
    for version in ("98.1", "98.2"):
        installed("torch", version, "torch")
        environment = describe("torch_mlp")
        assert environment["versions"]["torch"] == version
        fingerprints.append(environment["fingerprint"])
        assert describe("mlp")["fingerprint"] == plain
    assert len(set(fingerprints)) == 2


CODE = """
from albench.strategies.uncertainty import Margin
from sklearn.preprocessing import MinMaxScaler


class Mine(Margin):
    name = ""


class Scaled(MinMaxScaler):
    pass
"""
MINE = {
    "strategies": {"strategies": ["random", "seldom_tools.Mine"]},
    "within another": {"strategies": ["random", {"random_subsampling": {"strategy": "seldom_tools.Mine"}}]},
    "steps": {"preprocessing": {"numeric": ["seldom_tools.Scaled"]}},
    "axis": {"preprocessings": ["standard", {"numeric": ["seldom_tools.Scaled"]}]},
}
COLUMN = {
    "strategies": "strategy",
    "within another": "strategy",
    "steps": "strategy",
    "axis": "preprocessing",
}
UNCHANGED = {"strategies": ["random"], "within another": ["random"], "steps": [], "axis": ["standard"]}


@pytest.mark.parametrize("place", MINE)
def test_an_upgrade_of_what_a_component_comes_from_is_named(run, installed, tmp_path, monkeypatch, place):
    (tmp_path / "seldom_tools.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    spec = {"datasets": "iris", "budgets": 10, "repeats": 1, **MINE[place]}
    installed("seldom-tools", "1.0", "seldom_tools")
    before = run(**spec)
    installed("seldom-tools", "1.1", "seldom_tools")
    with pytest.raises(MixedEnvironmentsError, match=r"seldom_tools 1\.0 there, 1\.1 here"):
        run(**spec | {"repeats": 2})
    # What does not use it is of the same environment as ever, and of one with what does.
    plain = describe_environment()["fingerprint"]
    environments = dict(before.trials.select(COLUMN[place], "environment").iter_rows())
    assert [name for name, fingerprint in environments.items() if fingerprint == plain] == UNCHANGED[place]
    assert len(environments) > len(UNCHANGED[place])
    assert before.evidence.run.n_environments == 1


def test_an_upgrade_of_what_embeds_texts_is_seen(installed, tmp_path):
    (tmp_path / "texts.csv").write_text(
        "text,label\n" + "".join(f"words of row {i},{'ab'[i % 2]}\n" for i in range(40)), encoding="utf-8"
    )
    (tmp_path / "texts.yaml").write_text(
        "datasets: {csv: {path: texts.csv, target: label, text: text}}\nmodels: logistic_regression\n"
        "strategies: margin\npreprocessing: {text: sentences}\nbudgets: 12\nbatch_sizes: 2\nseed_sizes: 2\n",
        encoding="utf-8",
    )
    trial = plan_experiment(load_experiment(tmp_path / "texts.yaml", import_user_code=False))[0].trials[0]
    fingerprints = []
    for version in ("5.0", "5.1"):
        installed("sentence-transformers", version, "sentence_transformers")
        environment = Environments().describe_job(trial)
        assert environment["versions"]["sentence_transformers"] == version
        fingerprints.append(environment["fingerprint"])
    assert len(set(fingerprints)) == 2


METRIC = """
from albench.metrics.classification import Accuracy


class Share(Accuracy):
    name = "share"
"""


def test_an_upgrade_of_what_a_metric_comes_from_scores_the_stored_picks_again(
    run, plan, installed, tmp_path, monkeypatch
):
    (tmp_path / "seldom_scores.py").write_text(METRIC, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    spec = {"datasets": "iris", "strategies": ["random"], "budgets": 10, "repeats": 1}
    spec |= {"metrics": ["accuracy", "seldom_scores.Share"]}
    installed("seldom-scores", "1.0", "seldom_scores")
    before = run(**spec)
    assert not plan(**spec).reasons
    installed("seldom-scores", "1.1", "seldom_scores")
    assert plan(**spec).reasons == {"changed metric: share": 2}
    assert run(**spec).trials["key"].to_list() == before.trials["key"].to_list()
