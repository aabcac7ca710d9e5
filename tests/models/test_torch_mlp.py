"""The network in PyTorch: against a plain loop, its dropout samples, its embedding, trials that use them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits

from albench.api import run
from albench.contracts import Model
from albench.errors import ModelError
from albench.models.fitting import fit_model
from albench.spec.read import load_experiment_text

torch = pytest.importorskip("torch", reason="the extra albench[torch] is not installed")

PIXELS, DIGITS = load_digits(return_X_y=True)
X, Y = PIXELS[:200] / 16, DIGITS[:200]
MODEL = Model(
    estimator="albench.models.torch_mlp.TorchMLP",
    params={"hidden": [32, 16], "dropout": 0.3, "epochs": 5, "batch_size": 20},
)


@pytest.fixture(scope="module")
def fitted():
    return fit_model(MODEL, X, Y, n_classes=12, seed=8)


def plain_loop(X, y, seed):
    """The same network by torch alone."""
    torch.manual_seed(seed)
    network = torch.nn.Sequential(
        torch.nn.Linear(64, 32),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.3),
        torch.nn.Linear(32, 16),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.3),
        torch.nn.Linear(16, 10),
    )
    adam = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-4)
    X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    for _ in range(5):
        order = torch.randperm(200)
        for start in range(0, 200, 20):
            batch = order[start : start + 20]
            adam.zero_grad()
            torch.nn.functional.cross_entropy(network(X[batch]), y[batch]).backward()
            adam.step()
    return network.eval()


def test_probabilities_are_those_of_a_plain_loop(fitted):
    network = plain_loop(X, Y, 8)
    with torch.no_grad():
        logits = network(torch.tensor(X, dtype=torch.float32)).double().numpy()
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert_allclose(fitted.proba(X)[:, :10], raised / raised.sum(axis=1, keepdims=True), rtol=1e-12)
    assert (fitted.proba(X)[:, 10:] == 0).all()
    assert_array_equal(fitted.predict(X), logits.argmax(axis=1))


def test_the_embedding_is_the_last_hidden_layer(fitted):
    network = plain_loop(X, Y, 8)
    with torch.no_grad():
        hidden = network[:5](torch.tensor(X, dtype=torch.float32)).numpy()
    assert_array_equal(fitted.embedding(X), hidden)
    assert fitted.embedding(X).dtype == np.float64


def test_torch_s_own_stream_is_not_moved():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    fit_model(MODEL, X[:40], Y[:40], n_classes=10, seed=8)
    assert torch.equal(torch.rand(3), expected)


def test_dropout_samples_are_reproducible_masks_for_all_rows(fitted):
    sample, same, other = fitted.sample_dropout([3, 3, 4])
    assert_array_equal(sample.proba(X), same.proba(X))
    assert not np.array_equal(sample.proba(X), other.proba(X))
    assert_allclose(sample.proba(X[:7]), sample.proba(X)[:7], rtol=1e-5)
    assert_array_equal(sample.predict(X), sample.proba(X).argmax(axis=1))
    generator = torch.Generator().manual_seed(3)
    kept = [(torch.rand(width, generator=generator) >= 0.3).numpy() for width in (32, 16)]
    weights = [parameter.detach().numpy() for parameter in fitted.estimator.network_.parameters()]
    hidden = X.astype(np.float32)
    for layer, mask in enumerate(kept):
        hidden = (
            np.maximum(hidden @ weights[2 * layer].T + weights[2 * layer + 1], 0) * mask / np.float32(0.7)
        )
    logits = (hidden @ weights[4].T + weights[5]).astype(np.float64)
    raised = np.exp(logits)
    assert_allclose(sample.proba(X)[:, :10], raised / raised.sum(axis=1, keepdims=True), rtol=1e-4)


def test_the_mean_of_many_samples_is_near_the_network(fitted):
    samples = fitted.sample_dropout(range(300))
    mean = np.mean([sample.proba(X) for sample in samples], axis=0)
    assert np.abs(mean - fitted.proba(X)).max() < 0.15


def test_a_model_without_dropout_is_refused():
    knn = fit_model(Model(estimator="sklearn.neighbors.KNeighborsClassifier"), X, Y, n_classes=10, seed=0)
    with pytest.raises(ModelError, match="KNeighborsClassifier has no dropout to sample from"):
        knn.sample_dropout([1])
    assert knn.embedding(X) is None


@pytest.mark.parametrize("params", [{"hidden": []}, {"dropout": 1}])
def test_impossible_networks_are_refused(params):
    with pytest.raises(ValueError, match="'hidden' needs a layer"):
        fit_model(Model(estimator=MODEL.estimator, params=params), X, Y, n_classes=10, seed=0)


def test_bald_badge_and_k_center_run_on_it(tmp_path):
    spec = {
        "datasets": "digits",
        "models": "torch_mlp",
        "strategies": [
            {"bald": {"committee": "mc_dropout", "members": 10}},
            {"badge": {"space": "embedding"}},
            {"k_center": {"space": "embedding"}},
        ],
        "seed_sizes": 20,
        "batch_sizes": 10,
        "budgets": 120,
        "repeats": 1,
        "execution": {"backend": "inline"},
    }
    results = run(load_experiment_text(spec), results=tmp_path)
    assert results.trials.filter(pl.col("status") != "done").is_empty()
    assert results.trials["rounds"].unique().to_list() == [11]
    last = results.curves.filter(pl.col("n_labels") == 120)
    assert last["accuracy"].min() > 0.8
