from __future__ import annotations

import pytest
from stream_tables import read_stream_tables

import albench
from albench.spec.stream_experiment import StreamExperiment
from albench.tables import list_volatile

SPEC = {
    "datasets": ["iris", "wine"],
    "models": ["gaussian_nb"],
    "strategies": ["random", "margin", "qbc"],
    "seed_sizes": 5,
    "batch_sizes": 5,
    "budgets": 30,
    "repeats": 2,
    "execution": {"n_jobs": 1},
}


@pytest.fixture
def write(tmp_path):
    """Write a spec, changed from the common one; return its path."""
    import yaml

    def written(name="small.yaml", **changes):
        spec = {key: value for key, value in {**SPEC, **changes}.items() if value is not None}
        path = tmp_path / name
        path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
        return path

    return written


@pytest.fixture
def run(write, tmp_path):
    """Run the common spec with changes, in the results folder of this test."""

    def ran(name="small.yaml", *, rerun="missing", n_jobs=None, where="results", how=None, **changes):
        path = write(name, **changes)
        return albench.run(path, results=tmp_path / where, rerun=rerun, n_jobs=n_jobs, **(how or {}))

    return ran


@pytest.fixture
def plan(write, tmp_path):
    """Plan the common spec with changes against the results folder of this test."""

    def planned(name="small.yaml", *, rerun="missing", **changes):
        return albench.plan(write(name, **changes), results=tmp_path / "results", rerun=rerun)

    return planned


@pytest.fixture
def tables():
    """Every table of a result without its volatile columns, in order of key."""

    def comparable(results):
        if isinstance(results.experiment, StreamExperiment):
            return read_stream_tables(results)
        comparable_tables = {}
        for name in ("trials", "curves", "queries", "annotations", "references"):
            frame = getattr(results, name).drop(list_volatile(name))
            keys = ("key", "round", "rank", "row", "annotator", "k")
            order = [column for column in keys if column in frame.columns]
            comparable_tables[name] = frame.select(sorted(frame.columns)).sort(order)
        return comparable_tables

    return comparable


@pytest.fixture
def assert_same():
    """Compare tables cell by cell."""
    from polars.testing import assert_frame_equal

    def compare(left, right):
        assert left.keys() == right.keys()
        for name in left:
            assert_frame_equal(left[name], right[name], check_exact=True)

    return compare
