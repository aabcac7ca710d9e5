"""The whole page: what it says, what it holds, and that it says the same twice."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from albench.analysis.evidence.cells import Interval
from albench.analysis.evidence.conclusions import Failure
from albench.analysis.evidence.rows import Control, Versus
from albench.narrative import write_answer
from albench.report import render
from albench.report.page import flatten_mapping
from albench.report.tables.export import export_table

SECTIONS = [
    "answer", "leaderboard", "where", "curves", "saving", "datasets", "slices", "cost", "checks", "control",
    "failures", "method", "components", "spec", "environment", "files",
]  # fmt: skip


@pytest.fixture(scope="session")
def page(html, read):
    return read(html)


def board_rows(page):
    """Texts of the leaderboard's lines in their order, by strategy."""
    text = page.section("leaderboard").words
    names = ["random", "margin", "entropy", "qbc", "k_center"]
    places = sorted((text.index(f" {name} "), name) for name in names)
    return [name for _, name in places], text


def test_sections_stand_in_order_of_decision(page):
    assert [s.attributes["aria-labelledby"] for s in page.all("section")] == SECTIONS


def test_contents_lead_to_every_section(page):
    ids = {e.attributes["id"] for e in page.elements if "id" in e.attributes}
    targets = {a.attributes["href"] for a in page.all("a") if a.attributes["href"].startswith("#")}
    assert {f"#{name}" for name in SECTIONS} <= targets
    assert targets <= {f"#{name}" for name in ids}


def test_no_id_is_given_twice(page):
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(set(ids)) == len(ids)


def test_provenance_says_what_ran_when_and_on_what(page):
    head, whole = (e.words for e in page.all("p", class_="provenance"))
    for part in (
        "quickstart", "3 datasets", "5 strategies", "10 repeats", "logistic_regression", "budget 100",
    ):  # fmt: skip
        assert part in head
    for part in (
        "seed size 10 (stratified)", "batch 5", "budget 100", "perfect oracle", "180 trials", "primary of 2 slices",
        "2026-11-22 21:40 UTC", "albench 0.1.0",
    ):  # fmt: skip
        assert part in whole


def test_the_page_says_which_slice_is_the_primary_one(page, html, read, builder):
    assert "the first value of each axis but datasets and strategies" in page.section("slices").words
    alone = replace(builder.build(), slices=builder.build().slices[:1])
    words = next(e for e in read(render(alone, builder.page())).all("p") if "batch 5" in e.words).words
    assert "slice" not in words


def test_the_answer_comes_first_and_in_full(page, evidence):
    words = page.section("answer").words
    for sentence in write_answer(evidence):
        assert sentence in words


def test_random_is_pinned_above_the_ranked(page):
    names, text = board_rows(page)
    assert names == ["random", "margin", "entropy", "qbc", "k_center"]
    assert "baseline" in text
    pinned = [e for e in page.all("tbody") if e.attributes.get("class") == "pinned"]
    assert len(pinned) == 1
    assert "random" in pinned[0].text
    assert "margin" not in pinned[0].text


def test_leaderboard_holds_the_rows_numbers(page, evidence):
    _, text = board_rows(page)
    row = next(r for r in evidence.primary.rows if r.strategy == "margin")
    assert f"{row.mean_rank:.2f}" in text
    assert f"{row.difference:+.3f}" in text
    assert f"[{row.interval_these.low:+.3f}, {row.interval_these.high:+.3f}]" in text
    assert f"{100 * row.median_saving:.0f}\u202f%" in page.section("leaderboard").text
    assert f"{row.wins} / {row.ties} / {row.losses}" in text


def test_three_datasets_cannot_be_tested(page):
    text = page.section("leaderboard").words
    assert text.count("cannot be tested") == 5
    assert "0.25, and where" in text
    assert "One for datasets like these needs 8" in text


def test_nine_datasets_are_tested(builder, read):
    grid = builder.Grid(datasets={f"d{n}": (0.6, 0.9, 60) for n in range(9)})
    text = read(render(builder.build(grid), builder.page())).section("leaderboard").words
    assert "cannot be tested" not in text
    assert "0.016" in text
    assert "like these [" in text
    assert "P(better)" in text


def test_mean_rank_and_median_saving_have_their_intervals_from_enough_datasets_on(builder, read):
    grid = builder.Grid(datasets={f"d{n}": (0.6, 0.9, 60) for n in range(9)})
    evidence = builder.build(grid)
    primary = evidence.primary
    always = replace(
        next(r for r in primary.rows if r.strategy == "margin"), mean_rank=1.0, interval_rank=None
    )
    rows = tuple(always if r.strategy == "margin" else r for r in primary.rows)
    page = read(render(replace(evidence, slices=(replace(primary, rows=rows),)), builder.page()))
    lines = {row.strategy: page.all("tr", id=f"row-s{i}")[0].words for i, row in enumerate(rows) if i}
    assert "[1.25, 3.50]" in lines["qbc"]
    assert "% [< \u2212100 %, 40 %] 7 of 9 censored" in lines["qbc"]
    assert "1.00 on all 9" in lines["margin"]
    assert (
        "those of the mean rank and of the median saving, of datasets like these"
        in page.section("leaderboard").words
    )
    assert "[1.25, 3.50]" not in read(render(builder.build(), builder.page())).section("leaderboard").words


def test_exported_tables_have_the_same_intervals(builder):
    evidence = builder.build(builder.Grid(datasets={f"d{n}": (0.6, 0.9, 60) for n in range(9)}))
    experiment = SimpleNamespace(repeats=SimpleNamespace(total=10))
    text = export_table(SimpleNamespace(evidence=evidence, experiment=experiment), "latex")
    row = next(r for r in evidence.primary.rows if r.strategy == "qbc")
    line = next(of for of in text.splitlines() if of.startswith("qbc"))
    assert line.split(" & ")[1] == f"{row.mean_rank:.2f} [1.25, 3.50]"
    assert line.split(" & ")[4] == rf"{100 * row.median_saving:.0f}\,\% [$<$ $-$100\,\%, 40\,\%]"


def test_numbers_that_are_not_there_are_words(builder, evidence, read):
    rows = tuple(
        replace(
            r,
            mean_rank=None,
            median_saving=None,
            difference=None,
            interval_these=None,
            query_s_per_label=None,
        )
        if r.strategy == "qbc"
        else r
        for r in evidence.primary.rows
    )
    html = render(replace(evidence, slices=(replace(evidence.primary, rows=rows),)), builder.page())
    line = next(e for e in read(html).all("tr", id="row-s3"))
    for words in ("not ranked", "undefined", "nothing paired", "no interval", "not measured"):
        assert words in line.words
    assert not re.search(r"None|nan|NaN", line.words)


def test_the_reasons_of_undefined_savings_are_counted(builder, evidence, read):
    primary = evidence.primary
    reasons = {"wine": "no_reference", "digits": "not_reached"}
    cells = tuple(
        replace(
            c,
            savings=tuple(
                replace(s, saving=None, interval=None, undefined=reasons.get(c.dataset, reasons["digits"]))
                for s in c.savings
            ),
        )
        if c.strategy == "qbc"
        else c
        for c in primary.cells
    )
    rows = tuple(replace(r, median_saving=None) if r.strategy == "qbc" else r for r in primary.rows)
    changed = replace(evidence, slices=(replace(primary, cells=cells, rows=rows),))
    line = read(render(changed, builder.page())).all("tr", id="row-s3")[0].words
    not_reached = "neither curve gets there within the budget (2 datasets)"
    assert f"undefined: {not_reached}; there is no reference (1 dataset)" in line


def test_the_grid_says_difference_interval_and_verdict_of_each_cell(page, evidence):
    text = page.section("where").words
    marks = {"win": "▲", "loss": "▼", "tie": "", "undecided": "?"}
    for cell in evidence.primary.cells:
        if cell.strategy != "random":
            number = f"{cell.difference:+.3f}".replace("-", "\u2212")
            low, high = (
                f"{end:+.3f}".replace("-", "\u2212") for end in (cell.interval.low, cell.interval.high)
            )
            assert f"{number}{marks[cell.verdict]}[{low}, {high}]" in text.replace(" ▲", "▲")


def test_levels_are_a_table_too(page, evidence):
    text = page.section("curves").words
    curve = evidence.primary.find_cell("digits", "margin").curve
    assert f"{curve.mean[0]:.3f}10" in text
    assert f"{curve.mean[-1]:.3f}100" in text
    # a quarter of the way from 10 to 100 labels is 32.5: the last round within it is at 30
    assert f"{curve.mean[4]:.3f}30" in text


def test_savings_are_a_table_too(page, evidence):
    text = page.section("saving").words
    known = next(s for s in evidence.primary.find_cell("wine", "margin").savings if s.target == "final")
    labels = f"{known.labels_strategy:.0f} labels instead of {known.labels_random:.0f}"
    assert f"{labels}, for random's final level" in text


def test_a_saving_that_was_corrected_says_what_the_curves_give(builder, evidence, read):
    (cell,) = [of for of in evidence.primary.cells if (of.dataset, of.strategy) == ("wine", "margin")]
    savings = [replace(of, read_off=0.441) if of.target == "final" else of for of in cell.savings]
    cells = tuple(replace(of, savings=tuple(savings)) if of is cell else of for of in evidence.primary.cells)
    slices = (replace(evidence.primary, cells=cells), *evidence.slices[1:])
    page = read(render(replace(evidence, slices=slices), builder.page()))
    words = page.section("saving").words
    assert words.count("final level; read off the curves 44 %, which a paired t test rejects") == 1
    assert page.section("answer").words.count("corrected on 1") == 1
    assert page.section("leaderboard").words.count("corrected on 1") == 1


def test_a_partial_run_says_so_on_top(builder, read):
    partial = builder.build(n_done=120, n_failed=5, n_missing=25)
    words = read(render(partial, builder.page())).all("span", id="partial")[0].words
    assert words == "Partial: 120 of 150 trials done, 5 failed, 25 missing"


def test_a_whole_run_is_not_called_partial(page):
    assert not page.all("span", id="partial")


def test_a_control_that_fires_withholds_every_verdict(builder, evidence, read):
    fired = replace(evidence.primary.control, fired=True, p=0.01)
    slices = tuple(replace(s, control=fired) for s in evidence.slices)
    html = render(replace(evidence, slices=slices), builder.page())
    page = read(html)
    assert page.all("p", class_="lede")[0].words.startswith("Verdicts are withheld")
    assert page.section("leaderboard").words.count("withheld") >= 8
    assert not re.search(r"\d / \d / \d", page.section("leaderboard").words + page.section("slices").words)
    assert "▲" not in page.section("where").words.replace("▲ and ▼", "")
    assert (
        "withheld: random's arms differ significantly from each other on 3 datasets (smallest p = 0.010, "
        "Holm over 4 tests)." in page.section("control").words
    )
    board = base64.b64decode(re.search(r'base64,([^"]+)" download="quickstart-leaderboard', html)[1]).decode()
    rows = list(csv.DictReader(io.StringIO(board)))
    assert {(row["wins"], row["testable"], row["p_holm"], row["p_better"]) for row in rows} == {("",) * 4}
    assert all(row["area"] for row in rows)


def test_without_a_second_arm_there_is_no_control_and_the_page_says_why(builder, evidence, read):
    none = Control(False, {}, {}, None, 0, unavailable="one_arm")
    html = render(replace(evidence, slices=(replace(evidence.primary, control=none),)), builder.page())
    words = read(html).section("control").words
    assert "There is no control: random has one arm only, so it cannot be compared with itself." in words


def test_failures_are_listed_with_their_reasons(builder, read):
    lost = Failure("ab" * 32, "wine", "svm_rbf", "qbc", 3, 1, "timeout", "over 60 s in round 4")
    page = read(render(builder.build(failures=(lost,), n_failed=1), builder.page()))
    words = page.section("failures").words
    for part in ("wine", "svm_rbf", "qbc", "3", "1", "timeout", "over 60 s in round 4", "abababababab"):
        assert part in words


def test_strategies_that_look_at_labels_are_apart(builder, evidence, read):
    rows = tuple(replace(r, label_looking=r.strategy == "margin") for r in evidence.primary.rows)
    html = render(replace(evidence, slices=(replace(evidence.primary, rows=rows),)), builder.page())
    page = read(html)
    ranked = next(e for e in page.all("tbody") if e.attributes.get("class") == "ranked")
    apart = next(e for e in page.all("tbody") if e.attributes.get("class") == "apart")
    assert "margin" not in ranked.text
    assert "margin" in apart.text
    assert "look at hidden labels" in apart.words


def test_a_second_baseline_has_its_own_table(builder, evidence, read):
    primary = evidence.primary
    row = replace(primary.rows[3], difference=-0.0123, interval_these=Interval(-0.02, -0.004, 0.95, "t"))
    second = Versus("margin", primary.cells, (row,))
    html = render(replace(evidence, slices=(replace(primary, second=second),)), builder.page())
    words = read(html).section("second").words
    assert "qbc" in words
    assert "\u22120.012" in words


def test_other_slices_are_told_as_exploratory_in_the_words_that_tell_them_apart(page):
    words = page.section("slices").words
    assert "exploratory" in words
    assert "metric f1_macro" in words
    assert "batch size" not in words


def test_lower_is_better_is_said(builder, evidence, read):
    slice_ = replace(evidence.primary.slice, metric="log_loss")
    primary = replace(evidence.primary, slice=slice_, greater_is_better=False)
    page = read(render(replace(evidence, slices=(primary,)), builder.page()))
    assert "lower is better" in page.section("leaderboard").words
    assert "lower is better" in page.section("curves").words


def test_before_any_trial_the_page_says_that_there_is_no_answer(builder, read):
    html = render(builder.build(slices=(), n_done=0, n_missing=180), builder.page(newest=None))
    page = read(html)
    assert "There is no answer yet" in page.section("answer").words
    assert "180 missing" in page.all("span", id="partial")[0].words
    assert len(html) < 70_000


# --- what it is made of ----------------------------------------------------------------------------------


def test_plotly_is_inside_once_and_whole(page):
    from plotly.offline import get_plotlyjs

    packed = page.all("script", id="plotly")
    assert len(packed) == 1
    source = gzip.decompress(base64.b64decode(packed[0].text)).decode()
    assert source == get_plotlyjs()
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    assert (
        f"'sha256-{digest}'"
        in page.all("meta", http_equiv_="Content-Security-Policy")[0].attributes["content"]
    )


def test_the_policy_allows_no_network_and_only_the_pages_own_scripts(page):
    policy = page.all("meta", http_equiv_="Content-Security-Policy")[0].attributes["content"]
    assert policy.startswith("default-src 'none';")
    script_part = next(part for part in policy.split(";") if "script-src" in part)
    assert "unsafe" not in script_part
    inline = [e for e in page.all("script") if "type" not in e.attributes]
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].text.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in script_part


def test_the_share_button_and_the_logo_are_off(page):
    config = json.loads(page.all("script", id="config")[0].text)
    assert config["showSendToCloud"] is False
    assert config["plotlyServerURL"] == ""
    assert config["displaylogo"] is False


def test_nothing_is_loaded_from_anywhere(page):
    for element in page.elements:
        assert "src" not in element.attributes
        for name in ("href", "action", "srcset", "poster"):
            value = element.attributes.get(name, "")
            assert not re.match(r"(?i)\s*(https?:|//|ftp:)", value)
    assert all(e.attributes["href"] == "data:," for e in page.all("link"))


def test_one_template_serves_all_figures(page):
    themes = json.loads(page.all("script", id="themes")[0].text)
    assert set(themes) == {"light", "dark", "paper"}
    assert themes["light"]["layout"]["font"]["color"] != themes["dark"]["layout"]["font"]["color"]


def test_the_page_is_about_two_megabytes(html):
    assert len(html.encode()) < 2_300_000


def test_the_same_evidence_gives_the_same_bytes(builder, html):
    assert render(builder.build(), builder.page()) == html


def test_the_bytes_do_not_hang_on_the_hash_seed():
    program = (
        "import sys, hashlib, importlib.util as u;"
        "s = u.spec_from_file_location('builder', sys.argv[1]); m = u.module_from_spec(s);"
        "sys.modules['builder'] = m; s.loader.exec_module(m);"
        "from albench.report import render;"
        "print(hashlib.sha256(render(m.build(), m.page()).encode()).hexdigest())"
    )
    builder = str(Path(__file__).with_name("builder.py"))
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, builder],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_embedded_csv_holds_the_leaderboard_in_ten_digits(html, evidence):
    data = re.search(r'base64,([^"]+)" download="quickstart-leaderboard', html)[1]
    lines = base64.b64decode(data).decode().split("\r\n")
    header = lines[0].split(",")
    margin = dict(zip(header, lines[2].split(","), strict=True))
    row = next(r for r in evidence.primary.rows if r.strategy == "margin")
    assert lines[1].startswith("random,")
    assert margin["strategy"] == "margin"
    assert float(margin["difference"]) == pytest.approx(row.difference, rel=1e-9)
    assert float(margin["these_low"]) == pytest.approx(row.interval_these.low, rel=1e-9)
    assert margin["p_holm"] == ""
    assert margin["testable"] == "False"


def test_environments_are_shown_flat():
    nested = {"python": "3.11", "versions": {"numpy": "2.4"}, "libraries": ["a", "b"], "processor": ""}
    assert flatten_mapping(nested) == [
        ("python", "3.11"),
        ("versions.numpy", "2.4"),
        ("libraries", "a, b"),
        ("processor", "unknown"),
    ]


def test_spec_environment_and_references_are_printed(page, builder):
    assert builder.RESOLVED in page.section("spec").text
    assert "openblas 0.3.30 Haswell" in page.section("environment").words
    assert "Scheffer, Decomain, Wrobel, 2001" in page.section("components").words
    assert "Wilcoxon (1945)" in page.section("method").words


def test_tables_beside_the_page_are_linked(builder, evidence, read):
    page = builder.page(files=("tables/curves.csv", "tables/my trials.parquet"))
    links = [a.attributes["href"] for a in read(render(evidence, page)).all("a")]
    assert "tables/curves.csv" in links
    assert "tables/my%20trials.parquet" in links


def nothing(cell):
    """A cell of which every trial failed."""
    return replace(
        cell, n_repeats=0, n_paired=0, n_failed=10, area=None, difference=None, interval=None,
        verdict="undecided", win_rate=None, savings=(), curve=None, difference_curve=None,
        fit_s=None, query_s=None,
    )  # fmt: skip


def no_row(row):
    return replace(
        row, n_datasets=0, mean_rank=None, area=None, difference=None, interval_these=None, wins=0, ties=0,
        losses=0, undecided=0, win_rate=None, median_saving=None, n_censored=0, fit_s=None, query_s=None,
        query_s_per_label=None, sensitivity=None,
    )  # fmt: skip


def test_a_run_in_which_everything_failed_still_has_a_page(builder, evidence, read):
    primary = evidence.primary
    control = Control(False, {}, {}, None, 0, unavailable="few_repeats")
    part = replace(
        primary, references={}, cells=tuple(map(nothing, primary.cells)),
        rows=tuple(map(no_row, primary.rows)), control=control, smallest_p=None, complete=(),
    )  # fmt: skip
    gone = builder.with_means(part)
    html = render(builder.build(slices=(gone,), n_done=0, n_failed=180), builder.page(newest=None))
    page = read(html)
    assert "nothing paired, 10 failed" in page.section("where").words
    assert "undefined: no curve to compare" in page.section("leaderboard").words
    assert "there is nothing to pair" in page.section("leaderboard").words
    assert not page.all("table", class_="few")
    assert not re.search(r"\bNone\b|\bnan\b", " ".join(s.words for s in page.all("section")))


def test_a_dataset_without_trials_is_told_and_the_others_are_shown(builder, evidence, read):
    primary = evidence.primary
    cells = tuple(c for c in primary.cells if c.dataset != "wine")
    part = builder.with_means(replace(primary, cells=cells))
    page = read(render(replace(evidence, slices=(part,), n_missing=60), builder.page()))
    assert page.section("where").words.count("no trial") == 4
    assert "undefined: no curve on this dataset" in page.section("saving").words
    assert "Not over wine: there is no curve of random." in page.section("curves").words
