"""Draw the pictures of the docs: ``python docs/make_pictures.py``, or only some: ``... own_table terminal``.

Runs the experiments of the gallery, what of them is not in ``results`` yet, and the tutorial; then takes the
first screen of each page, and what a terminal shows. Needs a Chromium, and
``pip install -e '.[test]' pillow pyte``.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import albench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from pyte.screens import Char

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PICTURES = DOCS / "pictures"
EXPERIMENTS = ROOT / "experiments"
FETCHED = ("openml",)
"""Experiments that are drawn only when they are named: `albench fetch` has to come first."""
SIZE = {"width": 1400, "height": 760}
COLUMNS, LINES = 100, 60
FILE = re.compile(r"^```\w+ title=\"([^\"]+)\"\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SESSION = ("albench validate tumours.yaml", "albench plan tumours.yaml", "albench run tumours.yaml")
TERMINAL = """\
<body style="margin: 0; background: #16181d; color: #e6e6e6; display: inline-block">
<pre id="terminal" style="font: 15px/1.35 'DejaVu Sans Mono', monospace; margin: 0; padding: 18px">{}</pre>
"""


def list_experiments() -> list[str]:
    """Return the names of the experiments that need no network."""
    return sorted(path.stem for path in EXPERIMENTS.glob("*.yaml") if path.stem not in FETCHED)


def draw_pictures(names: list[str]) -> None:
    """Draw the pictures of these names."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        sys.exit("no Chromium is on the path")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name in names:
            if name in {"tutorial", "terminal", "paper"}:
                continue
            picture = DOCS / "page.png" if name == "quickstart" else PICTURES / f"{name}.png"
            _draw_page(browser, _run_experiment(name), picture)
        if {"tutorial", "terminal"} & set(names):
            with tempfile.TemporaryDirectory() as folder:
                _draw_tutorial(browser, Path(folder))
        browser.close()
    if "paper" in names:
        _draw_figure_for_paper()


def _run_experiment(name: str) -> Path:
    """Run what is missing of an experiment of the gallery; return its page."""
    if not (EXPERIMENTS / "data").is_dir():
        subprocess.run([sys.executable, EXPERIMENTS / "make_data.py"], check=True)
    results = albench.run(EXPERIMENTS / f"{name}.yaml", results=ROOT / "results")
    return Path(results.report())


def _draw_page(browser: Browser, page: Path, picture: Path) -> None:
    tab = browser.new_page(viewport=SIZE, color_scheme="light")
    tab.goto(page.resolve().as_uri())
    tab.wait_for_timeout(2500)  # figures are drawn once they are seen
    _save(tab.screenshot(), picture)
    tab.close()


def _draw_figure_for_paper() -> None:
    """Export the learning curves of the quickstart, as `albench export` writes them."""
    from PIL import Image

    results = albench.run(EXPERIMENTS / "quickstart.yaml", results=ROOT / "results")
    with tempfile.TemporaryDirectory() as folder:
        files = albench.export_figures(results, Path(folder), "png")
        figure = Image.open(next(file for file in files if file.stem == "curves"))
        small = figure.resize((SIZE["width"], round(SIZE["width"] * figure.height / figure.width)))
    picture = io.BytesIO()
    small.save(picture, "png")
    _save(picture.getvalue(), PICTURES / "paper.png")


def _draw_tutorial(browser: Browser, folder: Path) -> None:
    """Do what the tutorial says up to the first page; draw the terminal and the page."""
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    files = dict(reversed(FILE.findall(text)))  # of several versions of a file, the first
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    subprocess.run([sys.executable, "make_table.py"], cwd=folder, check=True)
    screens = [_format_screen(command, folder) for command in SESSION]
    tab = browser.new_page(viewport=SIZE)
    tab.set_content(TERMINAL.format("\n".join(screens)))
    _save(tab.locator("#terminal").screenshot(), PICTURES / "terminal.png")
    tab.close()
    _draw_page(browser, folder / "results" / "tumours" / "report.html", PICTURES / "tutorial.png")


def _format_screen(command: str, folder: Path) -> str:
    """Run a command on a terminal; return what stands there at the end, as HTML."""
    import pyte

    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    for piece in _read_terminal(command, folder):
        stream.feed(piece)
    lines = ["".join(_format_cell(screen.buffer[y][x]) for x in range(COLUMNS)) for y in range(LINES)]
    shown = "\n".join(line.rstrip() for line in lines).rstrip()
    return f'<span style="color: #7fb2ff">$ {escape(command)}</span>\n{shown}\n'


def _read_terminal(command: str, folder: Path) -> Iterator[bytes]:
    driver, terminal = pty.openpty()
    environment = os.environ | {"COLUMNS": str(COLUMNS), "LINES": str(LINES), "TERM": "xterm-256color"}
    environment.pop("CI", None)
    words = [sys.executable, "-m", *command.split()]
    with subprocess.Popen(words, cwd=folder, stdout=terminal, stderr=terminal, env=environment):
        os.close(terminal)
        while piece := _read_piece(driver):
            yield piece
    os.close(driver)


def _read_piece(driver: int) -> bytes:
    try:
        return os.read(driver, 65536)
    except OSError:  # the terminal is closed: the command has ended
        return b""


def _format_cell(cell: Char) -> str:
    text = escape(cell.data)
    if cell.fg == "default" and not cell.bold:
        return text
    colour = f"#{cell.fg}" if re.fullmatch("[0-9a-f]{6}", cell.fg) else cell.fg.replace("default", "inherit")
    return f'<span style="color: {colour}; font-weight: {"bold" if cell.bold else "normal"}">{text}</span>'


def _save(screenshot: bytes, picture: Path) -> None:
    """Write a screenshot with 256 colours, a third of its size."""
    from PIL import Image

    image = Image.open(io.BytesIO(screenshot)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    image.save(picture, optimize=True)
    print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    draw_pictures(sys.argv[1:] or [*list_experiments(), "tutorial", "paper"])
