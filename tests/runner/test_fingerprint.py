"""The fingerprint of an environment sees an upgrade of every package that a model is computed with."""

from __future__ import annotations

import pytest

from albench.runner.environment import Environments
from albench.runner.fingerprint import _find_distributions
from albench.spec.read import load_experiment_text


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
        _find_distributions.cache_clear()

    yield install
    _find_distributions.cache_clear()


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
