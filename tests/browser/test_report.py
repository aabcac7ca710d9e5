"""The page in a real browser, with the network off."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import albench
from albench.report import render

FILES = Path(__file__).parents[1] / "report" / "files"
HOSTILE, PICKS = FILES / "hostile.yaml", FILES / "picks.yaml"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def html(builder):
    return render(builder.build(), builder.page())


def show(page, panel):
    page.evaluate(
        f"for (let at = document.getElementById('{panel}'); at; at = at.parentElement) "
        "if (at.tagName === 'DETAILS') at.open = true"
    )
    page.locator(f"#{panel}").scroll_into_view_if_needed()
    page.locator(f'#{panel} .plot[data-state="drawn"]').wait_for(state="attached")


def show_every_target(opened):
    for button in opened.page.locator(".stop").all():
        button.click()
        opened.scroll_through()


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (390, "dark")])
def test_every_figure_is_drawn_without_a_request_or_a_complaint(open_page, html, width, scheme):
    opened = open_page(html, width=width, scheme=scheme)
    opened.unfold()
    opened.scroll_through()
    show_every_target(opened)
    state = opened.state()
    assert len(state) == 1 + 3 + 2 + 3 + 3 + 16 + 2 + 1
    assert set(state) == {"drawn"}
    assert opened.page.locator(".plot .main-svg").count() >= len(state)
    empty = "plots => plots.filter(p => !p.querySelector('.trace path, .annotation')).map(p => p.parentElement.id)"
    assert opened.page.eval_on_selector_all(".plot", empty) == []
    assert opened.complaints == []
    assert len(opened.requests) == 1
    assert opened.requests[0].startswith("file://")


@pytest.mark.parametrize("width", [390, 768])
def test_the_page_is_never_wider_than_the_screen(open_page, html, width):
    opened = open_page(html, width=width)
    opened.unfold()
    opened.scroll_through()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_figures_wait_until_they_come_near(open_page, html):
    opened = open_page(html, width=390)
    show(opened.page, "level-0")
    assert opened.page.locator("#cost-time .plot[data-state]").count() == 0


def test_the_theme_button_repaints_page_and_figures(open_page, html):
    opened = open_page(html, scheme="light")
    page = opened.page
    show(page, "mean-level")
    ink = "getComputedStyle(document.querySelector('#mean-level .xtick text')).fill"
    paper = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ink), page.evaluate(paper)
    assert before[1] == "rgb(253, 252, 250)"
    page.click('[data-view-of="dark"]')
    opened.becomes(paper, "rgb(20, 23, 27)")
    opened.becomes(f"{ink} !== {before[0]!r}", wanted=True)
    page.click('[data-view-of="light"]')
    opened.becomes(f"[{ink}, {paper}]", list(before))


def lines_become(opened, panel, strategy, *, visible):
    lines = f"document.querySelector('#{panel} .plot').data.filter(t => t.meta === '{strategy}')"
    opened.becomes(f"[...new Set({lines}.map(t => t.visible))]", [visible])


def test_one_legend_rules_all_figures(open_page, html):
    opened = open_page(html)
    page, margin = opened.page, page_id(opened, "margin")
    for panel in ("mean-level", "mean-difference", "level-0", "difference-2", "cost-time"):
        show(page, panel)
    page.click(f'.chip[data-strategy="{margin}"]')
    for panel in ("mean-level", "mean-difference", "level-0", "difference-2", "cost-time"):
        lines_become(opened, panel, margin, visible=False)
        lines_become(opened, panel, page_id(opened, "qbc"), visible=True)
    assert page.locator(f"#saving-final-{margin}").is_hidden()
    assert page.get_attribute(f'.chip[data-strategy="{margin}"]', "aria-pressed") == "false"
    page.click("#all")
    lines_become(opened, "level-0", margin, visible=True)
    assert page.locator(f"#saving-final-{margin}").is_visible()


def page_id(opened, strategy):
    return opened.page.locator(f'.chip:text-is("{strategy}")').get_attribute("data-strategy")


def test_a_double_click_leaves_one_strategy(open_page, html):
    opened = open_page(html)
    qbc = page_id(opened, "qbc")
    opened.page.dblclick(f'.chip[data-strategy="{qbc}"]')
    pressed = "chips => chips.filter(c => c.ariaPressed === 'true').map(c => c.dataset.strategy)"
    assert opened.page.eval_on_selector_all(".chip[data-strategy]", pressed) == [qbc]


def test_figures_drawn_later_follow_the_legend(open_page, html):
    opened = open_page(html, width=390)
    show(opened.page, "level-0")
    margin = page_id(opened, "margin")
    opened.page.click(f'.chip[data-strategy="{margin}"]')
    opened.unfold()
    opened.scroll_through()
    lines_become(opened, "difference-2", margin, visible=False)


def test_of_many_strategies_the_best_are_shown_first(open_page, builder):
    gains = {"random": 1.0} | {f"s{n:02d}": 0.8 + n / 10 for n in range(14)}
    opened = open_page(render(builder.build(builder.Grid(gains=gains)), builder.page()))
    shown = "chips => chips.filter(c => c.ariaPressed === 'true').length"
    assert opened.page.eval_on_selector_all(".chip[data-strategy]", shown) == 9
    opened.page.click("#all")
    assert opened.page.eval_on_selector_all(".chip[data-strategy]", shown) == 15


def board(page):
    rows = "rows => rows.map(r => r.cells[0].textContent.trim().split(/\\s+/)[0])"
    return page.eval_on_selector_all(".board tbody tr", rows)


def test_the_leaderboard_sorts_with_random_on_top_and_the_unknown_last(open_page, builder):
    evidence = builder.build()
    rows = tuple(
        replace(r, query_s_per_label={"margin": 2.0, "qbc": 10.0, "entropy": None}.get(r.strategy, 1.0))
        for r in evidence.primary.rows
    )
    evidence = replace(evidence, slices=(replace(evidence.primary, rows=rows),))
    page = open_page(render(evidence, builder.page())).page
    assert board(page) == ["random", "margin", "entropy", "qbc", "k_center"]
    page.click("#leaderboard")
    page.click('.board th:has-text("Query")')
    assert board(page) == ["random", "k_center", "margin", "qbc", "entropy"]
    page.click('.board th:has-text("Difference")')
    assert board(page) == ["random", "margin", "entropy", "qbc", "k_center"]
    page.click('.board th:has-text("Strategy")')
    assert board(page) == ["random", "entropy", "k_center", "margin", "qbc"]


def test_no_figure_offers_to_send_data_away(open_page, html):
    opened = open_page(html)
    show(opened.page, "mean-level")
    titles = opened.page.eval_on_selector_all(
        ".modebar-btn",
        "all => all.map(b => `${b.dataset.title || ''} ${b.getAttribute('aria-label') || ''}`)",
    )
    assert titles
    assert not [
        title for title in titles if any(w in title.lower() for w in ("share", "cloud", "edit", "logo"))
    ]


def test_without_javascript_the_tables_tell_it_all(open_page, html):
    opened = open_page(html, javascript=False)
    page = opened.page
    assert page.locator(".few").is_visible()
    page.click("#leaderboard")
    assert page.locator(".board").is_visible()
    assert page.locator(".grid").first.is_visible()
    assert page.locator(".plot:visible").count() == 0
    assert page.locator(".views").is_hidden()
    assert page.get_by_text("The figures need JavaScript").is_visible()
    page.get_by_text("Levels along the way, as a table").click()
    assert page.locator("#curves ~ details table").is_visible()


def test_hostile_names_do_nothing(open_page, builder):
    image, script = "<img src=x onerror='window.hit=1'>", "</script><script>window.hit=1</script>"
    link = '<a href="https://evil.example/">x</a>'
    grid = builder.Grid(
        datasets={script: (0.5, 0.9, 60), link: (0.5, 0.9, 60)},
        gains={"random": 1.0, image: 1.5, link: 1.2, '"><b onmouseover=window.hit=1>': 1.1},
    )
    opened = open_page(render(builder.build(grid), builder.page(title=script, resolved=script)))
    opened.scroll_through()
    opened.page.hover("#cost-time .plot")
    assert opened.page.evaluate("window.hit") is None
    assert opened.page.locator(".plot a[href*=evil], .plot image").count() == 0
    assert set(opened.state()) <= {"drawn", ""}
    assert opened.complaints == []
    assert len(opened.requests) == 1


def test_hostile_classes_do_nothing_in_the_picks(open_page, tmp_path):
    """Of a real run: datasets, strategies and classes with markup and formulas in their names."""
    results = albench.run(HOSTILE, results=tmp_path / "results")
    opened = open_page(results.report().read_text(encoding="utf-8"))
    page = opened.page
    page.locator("#picks-figure").scroll_into_view_if_needed()
    page.select_option("#picks-dataset", label="hostile")
    page.locator("#picks-figure .main-svg").first.wait_for()
    page.hover("#picks-figure .main-svg >> nth=0")
    page.eval_on_selector_all("details", "all => all.forEach(d => { d.open = true; })")
    opened.settle()
    assert page.evaluate("window.hit") is None
    assert page.locator("main img, #picks-figure image").count() == 0
    assert opened.complaints == []
    assert len(opened.requests) == 1


def test_the_picks_go_back_to_the_seed_set_and_name_the_signs(open_page, tmp_path):
    """With recorded probabilities, of which a seed row has none."""
    results = albench.run(PICKS, results=tmp_path / "results")
    opened = open_page(results.report().read_text(encoding="utf-8"))
    page = opened.page
    page.locator("#picks-figure").scroll_into_view_if_needed()
    page.locator("#picks-figure .main-svg").first.wait_for()
    opened.unfold()
    assert re.search(r"(setosa|versicolor|virginica): [01]\.\d\d", page.inner_text("#picks-table"))
    page.press("#picks-round", "ArrowLeft")
    opened.becomes("document.querySelectorAll('#picks-table tbody tr').length", 6)
    assert page.inner_text("#picks-words").startswith("The seed set of trial")
    assert page.inner_text("#picks-table").count("no model yet") == 6
    assert page.inner_text("#picks-classes").split() == ["●", "setosa", "■", "versicolor", "◆", "virginica"]
    assert opened.complaints == []


def test_paper_is_white_and_has_every_figure(open_page, html):
    opened = open_page(html, scheme="dark")
    show(opened.page, "mean-level")
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.page.locator('#control-arms .plot[data-state="drawn"]').wait_for()
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    ink = "getComputedStyle(document.querySelector('#mean-level .xtick text')).fill"
    assert opened.page.evaluate(ink) == "rgb(68, 68, 68)"
    assert opened.page.locator(".contents").is_hidden()


def test_lines_are_the_mean_curves_in_the_page_and_in_a_slice(open_page, html, builder):
    """Long lists of numbers travel as steps: what Plotly holds is what the evidence says, to a pixel."""
    opened = open_page(html)
    page = opened.page
    for slice_evidence in builder.build().slices:
        page.select_option('select[data-field="metric"]', slice_evidence.slice.metric)
        opened.settle()
        show(page, "level-0")
        dataset = page.inner_text("#level-0 .words-of")
        drawn = page.evaluate("document.querySelector('#level-0 .plot').data.map(trace => [...trace.y])")
        for strategy in slice_evidence.strategies:
            wanted = slice_evidence.find_cell(dataset, strategy).curve.mean
            assert any(len(y) == wanted.size and np.allclose(y, wanted, atol=5e-4) for y in drawn)


def test_a_slice_is_chosen_in_place_and_kept_in_the_address(open_page, html):
    opened = open_page(html)
    page = opened.page
    page.select_option('select[data-field="metric"]', "f1_macro")
    page.locator("#exploratory").wait_for()
    opened.becomes("location.hash", "#metric=f1_macro")
    assert "f1_macro" in page.inner_text("#slice section:first-of-type p")
    page.locator("#level-0").scroll_into_view_if_needed()
    page.locator('#level-0 .plot[data-state="drawn"]').wait_for()
    page.click('.board th:has-text("Strategy")')
    assert board(page) == ["random", "entropy", "k_center", "margin", "qbc"]
    page.select_option('select[data-field="metric"]', "accuracy")
    page.locator("#exploratory").wait_for(state="detached")
    opened.becomes("location.hash", "")
    assert opened.complaints == []


def test_of_two_slices_chosen_at_once_the_last_is_shown(open_page, html):
    opened = open_page(html)
    opened.page.eval_on_selector(
        'select[data-field="metric"]',
        """picker => ["f1_macro", "accuracy"].forEach(metric => {
            picker.value = metric;
            picker.dispatchEvent(new Event("change"));
        })""",
    )
    opened.settle()
    assert opened.page.locator("#exploratory").count() == 0
    opened.becomes("location.hash", "")


def test_an_address_leads_to_a_slice_a_target_and_strategies(open_page, html):
    opened = open_page(html)
    margin = page_id(opened, "margin")
    opened.page.goto("about:blank")
    opened.page.goto(f"{opened.requests[0]}#saving&metric=f1_macro&target=95&show={margin}")
    opened.page.locator("#exploratory").wait_for(state="attached")
    opened.becomes("document.getElementById('target').value", "2")
    pressed = "chips => chips.filter(c => c.ariaPressed === 'true').map(c => c.dataset.strategy)"
    assert opened.page.eval_on_selector_all(".chip[data-strategy]", pressed) == [margin]
    assert opened.page.locator('[data-target-panels="95"]').is_visible()
    opened.becomes("scrollY > 500", wanted=True)


def test_the_target_slider_obeys_the_keyboard(open_page, html):
    opened = open_page(html)
    page = opened.page
    page.focus("#target")
    page.keyboard.press("ArrowRight")
    assert page.locator('[data-target-panels="90"]').is_visible()
    assert page.locator('[data-target-panels="final"]').is_hidden()
    opened.becomes("location.hash", "#target=90")
    page.keyboard.press("End")
    assert page.get_attribute('.stop[data-target="99"]', "aria-pressed") == "true"


def test_a_table_is_copied_in_three_forms(open_page, html):
    opened = open_page(html)
    opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.page.click("#control")
    opened.page.get_by_text("Random against random, as a table").click()
    copied = {}
    for form, start in (("Markdown", "| "), ("LaTeX", "\\begin"), ("CSV", "Dataset,")):
        opened.page.locator(f'section[aria-labelledby="control"] button:text-is("{form}")').click()
        opened.becomes(
            f"navigator.clipboard.readText().then(text => text.startsWith({start!r}))", wanted=True
        )
        copied[form] = opened.page.evaluate("navigator.clipboard.readText()")
    interval = "95 % interval mean over splits of the dataset"
    header = f"| Dataset | Difference in area | {interval} | Labels saved, final level |"
    assert copied["Markdown"].splitlines()[0] == header
    assert copied["Markdown"].splitlines()[2].startswith("| breast\\_cancer | ")
    assert "breast\\_cancer & " in copied["LaTeX"]
    assert copied["LaTeX"].splitlines()[0] == "\\begin{tabular}{lrrr}"
    assert copied["CSV"].splitlines()[1].startswith("breast_cancer,")


def test_a_figure_is_saved_as_svg_and_png(open_page, html):
    opened = open_page(html)
    page = opened.page
    show(page, "mean-level")
    for form, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.locator(f'#mean-level .tool:text-is("{form}")').click()
        content = download.value.path().read_bytes()
        assert content.startswith(start)
    assert opened.complaints == []


def test_views_change_by_a_key_and_sections_too(open_page, html):
    page = open_page(html).page
    page.keyboard.press("v")
    assert page.evaluate("document.documentElement.dataset.view") == "dark"
    page.keyboard.press("v")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    passed = []
    for _ in range(3):
        page.keyboard.press("j")
        passed.append(page.evaluate("document.activeElement.id"))
    assert passed == ["leaderboard", "where", "curves"]
