from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

LONGEST_MS = 120_000


@pytest.fixture(scope="session")
def builder():
    name = "albench_tests_report_builder"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            name, Path(__file__).parents[1] / "report" / "builder.py"
        )
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """A Chromium of the machine, with an empty profile of its own."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip(f"no Chromium on this machine: none of {', '.join(CHROMIUM)} is on the path")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=ARGUMENTS, timeout=LONGEST_MS)
        yield browser
        browser.close()


@pytest.fixture
def print_pdf(tmp_path):
    """Print HTML to a PDF as a command does: as soon as it is loaded, and never scrolled."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip(f"no Chromium on this machine: none of {', '.join(CHROMIUM)} is on the path")

    def printed(html):
        file, target = tmp_path / "report.html", tmp_path / "report.pdf"
        file.write_text(html, encoding="utf-8", newline="")
        own = [f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={target}"]
        command = [program, *ARGUMENTS, *own, file.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=LONGEST_MS / 1000)
        return target

    return printed


@dataclass
class Opened:
    """A page in the browser, with what it asked for and what it complained of."""

    page: object
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def state(self):
        return self.page.eval_on_selector_all(".plot", "plots => plots.map(p => p.dataset.state || '')")

    def becomes(self, expression, wanted):
        """Wait until an expression of the page has a value; Playwright's own wait needs eval."""
        until = monotonic() + LONGEST_MS / 1000
        while (value := self.page.evaluate(expression)) != wanted and monotonic() < until:
            self.page.wait_for_timeout(50)
        assert value == wanted

    def settle(self):
        """Wait until nothing that was asked for is still being unpacked."""
        busy = "[aria-busy], details[open] .lazy > script"
        self.becomes(f"document.querySelectorAll('{busy}').length", 0)

    def unfold(self):
        """Open everything that is folded."""
        self.page.eval_on_selector_all("details", "all => all.forEach(part => { part.open = true; })")
        self.settle()

    def scroll_through(self):
        """Bring every figure that is not hidden into view, and wait until it is drawn."""
        self.settle()
        for plot in self.page.locator(".plot:visible").all():
            plot.scroll_into_view_if_needed()
            plot.and_(self.page.locator('[data-state="drawn"], [data-state="failed"]')).wait_for()


@pytest.fixture
def open_page(chromium, tmp_path):
    """Open HTML from a file, without a network; what is asked for is written down and refused."""
    contexts = []

    def opened(html, *, width=1400, scheme="light", javascript=True):
        file = tmp_path / "report.html"
        file.write_text(html, encoding="utf-8", newline="")
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=javascript,
            offline=True,
        )
        contexts.append(context)
        context.set_default_timeout(LONGEST_MS)
        opened_page = Opened(context.new_page())
        context.route(
            "**/*", lambda route: route.continue_() if route.request.url == file.as_uri() else route.abort()
        )
        opened_page.page.on("request", lambda request: opened_page.requests.append(request.url))
        opened_page.page.on("pageerror", lambda error: opened_page.complaints.append(str(error)))
        opened_page.page.on(
            "console",
            lambda line: (
                opened_page.complaints.append(line.text) if line.type in {"error", "warning"} else None
            ),
        )
        opened_page.page.goto(file.as_uri())
        return opened_page

    yield opened
    for context in contexts:
        context.close()
