from __future__ import annotations

import json
from dataclasses import replace

import pytest

from albench.analysis.evidence.between_slices import Transfer
from albench.analysis.evidence.cells import Interval
from albench.report import render
from albench.report.slices import build_axes, describe_slice, encode_slice, list_choices


@pytest.fixture
def slices(evidence):
    slice_ = replace(evidence.primary.slice, query_model="svm")
    return [slice_, replace(slice_, metric="log_loss"), replace(slice_, metric="log_loss", batch_size=10)]


def test_slices_are_told_apart_by_the_fewest_fields(slices):
    choices = list_choices(slices, slices[0])
    assert [(choice.field, choice.values, choice.home) for choice in choices] == [
        ("batch_size", ("5", "10"), "5"),
        ("metric", ("accuracy", "log_loss"), "accuracy"),
    ]
    assert describe_slice(slices[2], choices) == "batch size 10, metric log_loss"
    assert json.loads(encode_slice(slices[2], choices)) == ["10", "log_loss"]
    assert describe_slice(slices[0], ()) == "metric accuracy"


def test_a_query_model_is_told_with_its_model(slices):
    other = replace(slices[0], query_model=slices[0].model)
    (choice,) = list_choices([slices[0], other], other)
    assert choice.values == ("logistic_regression, queried by svm", "logistic_regression")


def test_an_axis_holds_what_differs_from_the_primary_slice_in_it_alone(evidence, slices):
    slices[0] = replace(slices[0], query_model=slices[0].model)
    scored = tuple(
        replace(evidence.primary, slice=replace(slice_, query_model=slice_.model), primary=place == 0)
        for place, slice_ in enumerate(slices)
    )
    changed = replace(evidence, slices=scored)
    chosen = list_choices([each.slice for each in scored], scored[0].slice)
    (metric,) = build_axes(changed, chosen)
    assert metric.name == "metric"
    assert [(column.value, column.primary) for column in metric.columns] == [
        ("accuracy", True),
        ("log_loss", False),
    ]
    assert json.loads(metric.columns[1].key) == ["5", "log_loss"]


def test_transfers_stand_in_a_table_for_each_pair_of_models(evidence, builder, read):
    known = Interval(0.004, 0.021, 0.95, "t")
    transfers = (
        Transfer("svm", "forest", "margin", 0.0123, known, 0.0234, None, 0.0111, known),
        Transfer("svm", "forest", "qbc", None, None, None, None, None, None),
        Transfer("knn", "forest", "margin", -0.002, None, 0.0234, None, 0.0254, None),
    )
    section = read(render(replace(evidence, transfers=transfers), builder.page())).section("slices").words
    svm, knn = section.split("Transfer from ")[1:]
    assert svm.startswith("svm to forest")
    assert "margin +0.012[+0.004, +0.021] +0.023 +0.011[+0.004, +0.021]" in svm
    assert "qbc nothing pairedno interval not run not run" in svm
    assert knn.startswith("knn to forest")
