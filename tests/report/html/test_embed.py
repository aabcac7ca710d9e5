from __future__ import annotations

import base64
import csv
import io
import json
import math
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from albench.report.html.embed import (
    build_csv_download,
    encode_steps,
    format_csv,
    format_json,
    format_table_csv,
)

HOSTILE = "</script><script>alert('1')</script>\u2028&amp;"


def test_long_lists_of_numbers_are_written_as_steps():
    values = [0.5, 0.75, None, 0.5001, *np.linspace(0.5, 0.9, 20).tolist(), math.nan]
    encoded = encode_steps(values)
    assert encoded["steps"][:5] == [5000, 2500, None, -2499, -1]
    sums = np.cumsum([step or 0 for step in encoded["steps"]]) / encoded["unit"]
    assert sums[[0, 1, 3]] == pytest.approx([0.5, 0.75, 0.5001])
    assert encoded["steps"][-1] is None
    # Of a range of 0.4, ten-thousandths.
    assert encoded["unit"] == 10_000


def test_whole_numbers_are_exact_and_what_is_no_list_of_numbers_stays():
    labels = list(range(10, 10_000_010, 500_000))
    assert encode_steps(labels) == {"steps": [10] + [500_000] * 19, "unit": 1}
    for other in (labels[:5], [0.5] * 40, ["a", *labels], [True, *labels], [[1.5], *labels]):
        assert encode_steps(other) is None


def test_json_holds_nothing_that_html_would_read():
    text = format_json({"name": HOSTILE})
    assert not set("<>&'\u2028") & set(text)
    assert json.loads(text) == {"name": HOSTILE}


def test_json_rounds_floats_and_says_null_for_what_is_none():
    assert format_json([0.1234567, 2.0, float("nan"), True, 3, (1.5,)]) == "[0.1235,2,null,true,3,[1.5]]"


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@sum", "\tx", "\rx"])
def test_csv_fields_that_a_spreadsheet_would_run_are_quoted(text):
    rows = list(csv.reader(io.StringIO(format_csv(["name"], [[text]]), newline="")))
    assert rows == [["name"], ["'" + text]]


def test_csv_keeps_negative_numbers_and_leaves_missing_ones_empty():
    assert format_csv(["a", "b", "c"], [[-0.5, None, 'x,"y"']]) == 'a,b,c\r\n-0.5,,"x,""y"""\r\n'


def test_csv_header_is_guarded_too():
    assert format_csv(["=a"], []) == "'=a\r\n"


def test_link_holds_the_text():
    link, suffix = build_csv_download("a,b\r\nµ,1\r\n")
    head, _, data = link.partition(",")
    assert suffix == ".csv"
    assert head == "data:text/csv;charset=utf-8;base64"
    assert base64.b64decode(data).decode() == "a,b\r\nµ,1\r\n"


def test_a_long_table_is_packed_and_read_as_it_is():
    text = "a,b\r\n" + "1,2\r\n" * 20_000
    link, suffix = build_csv_download(text)
    head, _, data = link.partition(",")
    assert (head, suffix) == ("data:application/gzip;base64", ".csv.gz")
    assert pl.read_csv(base64.b64decode(data)).shape == (20_000, 2)
    assert len(link) < 2000


def test_frames_as_csv_are_guarded_and_hold_their_lists():
    frame = pl.DataFrame(
        {
            "name": ["=cmd()", "margin", None],
            "area": [-0.5, 0.25, None],
            "proba": [[0.5, 0.5], [1.0, 0.0], None],
            "at": [datetime(2026, 1, 2, tzinfo=UTC)] * 3,
        }
    )
    assert format_table_csv(frame).split("\r\n")[:4] == [
        "name,area,proba,at",
        "'=cmd(),-0.5,0.5 0.5,2026-01-02T00:00:00.000000+0000",
        "margin,0.25,1.0 0.0,2026-01-02T00:00:00.000000+0000",
        ",,,2026-01-02T00:00:00.000000+0000",
    ]
