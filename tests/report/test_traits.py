"""What the page says of each dataset beside the gains, in every slice."""

from __future__ import annotations

import base64
import gzip
from shutil import copytree
from types import SimpleNamespace

import polars as pl
import pytest

import albench
from albench.report.page import _list_datasets

SPEC = """\
datasets: [iris, wine]
models: [logistic_regression, gaussian_nb]
strategies: [random, margin]
seed_sizes: 6
batch_sizes: 12
budgets: 30
metrics: [accuracy, log_loss]
repeats: 3
execution: {n_jobs: 1, backend: inline}
"""
SIZES = {"iris": "10543", "wine": "125133"}  # rows of the pool, columns and classes


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    place = tmp_path_factory.mktemp("traits")
    (place / "two.yaml").write_text(SPEC, encoding="utf-8")
    return albench.run(place / "two.yaml", results=place / "results")


def rows_of_datasets(results, read, words):
    """The rows of "Where it helps" in the slice that the page tells as exploratory with these words."""
    page = read(results.report().read_text(encoding="utf-8"))
    packed = [element.text for element in page.all("script", class_="slice")]
    bodies = [read(gzip.decompress(base64.b64decode(text)).decode()) for text in packed]
    body = next(
        part for part in bodies if f"Exploratory: {words}." in part.all("p", id="exploratory")[0].words
    )
    rows = [element.words for element in body.all("tr")]
    return {
        name: next(row for row in rows if row.startswith(f"{name}{size}")) for name, size in SIZES.items()
    }


def imbalance(results, dataset):
    """Most over fewest of the labels that random bought in the primary slice."""
    trials = results.trials.filter(dataset=dataset, strategy="random", model="logistic_regression")
    bought = results.queries.filter(pl.col("key").is_in(trials["key"].implode()), pl.col("round") > 0)
    counts = bought["label_true"].value_counts()["count"]
    return counts.max() / counts.min()


def headroom(results, dataset):
    """Log loss of naive Bayes on 6 labels less that on the whole pool."""
    trials = results.trials.filter(dataset=dataset, strategy="random", model="gaussian_nb")
    seed = results.curves.filter(pl.col("key").is_in(trials["key"].implode()), n_labels=6)["log_loss"]
    reference = results.references.filter(dataset=dataset, model="gaussian_nb", labels="true")["log_loss"]
    return seed.mean() - reference.mean()


def test_a_slice_has_the_traits_of_its_datasets_and_its_own_headroom(results, read):
    rows = rows_of_datasets(results, read, "model gaussian_nb, metric log_loss")
    for name, size in SIZES.items():
        assert rows[name].startswith(
            f"{name}{size}{imbalance(results, name):.1f}{headroom(results, name):.3f}"
        )


def test_of_a_slice_only_what_has_no_reference_is_said_to_have_none(results, tmp_path, read):
    copytree(results.folder.path.parent, tmp_path / "results")
    less = albench.open_results(results.experiment.path, results=tmp_path / "results")
    for key in results.references.filter(dataset="wine", model="gaussian_nb")["key"]:
        less.folder.get_part_file("reference", key).unlink()
    rows = rows_of_datasets(less, read, "model gaussian_nb, metric log_loss")
    assert rows["wine"].startswith(f"wine{SIZES['wine']}{imbalance(results, 'wine'):.1f}no reference")
    assert f"{headroom(results, 'iris'):.3f}" in rows["iris"]
    others = rows_of_datasets(less, read, "model logistic_regression, metric log_loss")
    assert "no reference" not in str(others)


def test_sizes_of_a_dataset_are_the_largest_where_splits_differ():
    trials = pl.DataFrame(
        {"dataset": ["a", "a"], "split": [0, 1], "n_pool": [70, 70], "n_test": [30, 30], "n_features": [8, 9]}
    ).with_columns(n_classes=pl.lit(2))
    (sizes,) = _list_datasets(SimpleNamespace(datasets=[SimpleNamespace(label="a")]), trials, {})
    assert (sizes.n_pool, sizes.n_features) == (70, 9)
