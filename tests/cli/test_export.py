"""`albench export`: the leaderboard as text, the figures as files."""

import csv
import io
import shutil
import struct
from importlib.util import find_spec

import pytest

SPEC = """\
datasets: iris
models: gaussian_nb
strategies: [random, margin, {least_confident: {}, label: "=5%_|<b>\\\\"}]
seed_sizes: 6
batch_sizes: 12
budgets: 30
repeats: 3
execution: {n_jobs: 1, backend: inline}
"""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)


@pytest.fixture(scope="module")
def albench(albench_in):
    return albench_in


@pytest.fixture(scope="module")
def place(tmp_path_factory, albench):
    folder = tmp_path_factory.mktemp("export")
    (folder / "small.yaml").write_text(SPEC, encoding="utf-8")
    done = albench(folder, "run", "small.yaml", "--quiet")
    assert done.returncode == 0, done.stderr
    return folder


def test_markdown_has_as_many_cells_in_every_line_and_no_markup_from_names(albench, place):
    lines = albench(place, "export", "small.yaml", "table").stdout.splitlines()
    cells = [line.replace("\\\\", "").replace("\\|", "").count("|") for line in lines]
    assert set(cells) == {9}
    assert lines[2].startswith("| random |")
    assert any(line.startswith("| =5%\\_\\|&lt;b>\\\\ |") for line in lines)


def test_latex_is_a_booktabs_table_with_escaped_names(albench, place):
    text = albench(place, "export", "small.yaml", "table", "--format", "latex").stdout
    lines = text.splitlines()
    assert lines[0] == (
        "% accuracy, gaussian_nb, seed size 6 (stratified), batch 12, budget 30, perfect oracle; "
        "3 repeats on iris"
    )
    assert lines[1:3] == [r"\begin{tabular}{lrrrrrrr}", r"\toprule"]
    assert lines[-2:] == [r"\bottomrule", r"\end{tabular}"]
    assert r"=5\%\_\textbar{}$<$b$>$\textbackslash{} & " in text
    assert all(line.replace(r"\&", "").count("&") == 7 for line in lines if line.endswith(r"\\"))
    assert all(sign not in text for sign in "\u2212\u2013\u202f\u00b5")


def test_csv_has_all_numbers_and_no_formula(albench, place):
    out = place / "board.csv"
    assert albench(place, "export", "small.yaml", "table", "--format", "csv", "-o", out).returncode == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert {row["strategy"] for row in rows} == {"random", "margin", "'=5%_|<b>\\"}
    margin = next(row for row in rows if row["strategy"] == "margin")
    assert float(margin["low"]) <= float(margin["difference"]) <= float(margin["high"])


def test_folders_on_the_way_to_a_file_are_made(albench, place):
    out = place / "paper" / "tables" / "board.md"
    assert albench(place, "export", "small.yaml", "table", "-o", out).returncode == 0
    assert out.read_text(encoding="utf-8") == albench(place, "export", "small.yaml", "table").stdout


@pytest.mark.parametrize(
    ("command", "output", "says"),
    [
        (("export", "small.yaml", "table"), ".", "'.' is a folder: name a file for the table"),
        (("export", "small.yaml", "table"), "small.yaml/x.md", "the folder 'small.yaml' cannot be made: "),
        (
            ("export", "small.yaml", "table"),
            "small.yaml/x/y.md",
            "the folder 'small.yaml/x' cannot be made: ",
        ),
        (("export", "small.yaml", "figures"), "small.yaml", "the folder 'small.yaml' cannot be made: "),
        (("report", "small.yaml"), "small.yaml/x.html", "the folder 'small.yaml' cannot be made: "),
    ],
)
def test_an_output_that_cannot_be_is_a_mistake(albench, place, command, output, says):
    process = albench(place, *command, "-o", output)
    assert process.returncode == 2
    assert f"--output: {says}" in process.stderr
    assert "Traceback" not in process.stderr


@pytest.mark.parametrize(("what", "form"), [("table", "svg"), ("figures", "csv")])
def test_a_format_of_the_other_kind_is_a_mistake(albench, place, what, form):
    process = albench(place, "export", "small.yaml", what, "--format", form)
    assert process.returncode == 2
    assert f"'{form}' is none of" in process.stderr


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None or find_spec("kaleido") is None, reason="needs kaleido and a Chromium")
def test_figures_are_files_named_by_content_and_a_png_is_placed_in_the_size_of_print(albench, place):
    arguments = ("export", "small.yaml", "figures", "--format", "png", "--columns", "2", "-o", "png")
    process = albench(place, *arguments, BROWSER_PATH=CHROMIUM)
    assert process.returncode == 0, process.stderr
    files = sorted((place / "png").iterdir())
    assert sorted(process.stdout.split()) == [str(file.relative_to(place)) for file in files]
    assert {"curves-iris", "saving", "query-time"} <= {file.stem for file in files}
    for file in files:
        image = file.read_bytes()
        assert image.startswith(b"\x89PNG")
        (width,) = struct.unpack(">I", image[16:20])
        at = image.index(b"pHYs") + 4
        dots_per_metre = struct.unpack(">II", image[at : at + 8])
        assert [width / dots * 1000 for dots in dots_per_metre] == pytest.approx([178, 178], abs=0.5)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("table", "--columns", "2"), "only figures have a width"),
        (("figures", "--kind", "levels"), "only a table has a kind"),
        (("table", "--kind", "area", "--at", "20"), "only levels are taken at a number of labels"),
        (
            ("table", "--kind", "levels", "--at", "31"),
            "no levels at 31 labels: the curves on 'iris' are from 6",
        ),
    ],
)
def test_options_that_do_not_go_together_are_a_mistake(albench, place, arguments, says):
    process = albench(place, "export", "small.yaml", *arguments)
    assert (process.returncode, says in process.stderr) == (2, True), process.stderr


def test_a_table_of_levels_is_written_to_a_file(albench, place):
    arguments = ("table", "--kind", "levels", "--format", "latex", "-o", "levels.tex")
    assert albench(place, "export", "small.yaml", *arguments).returncode == 0
    text = (place / "levels.tex").read_text(encoding="utf-8")
    assert r"\caption{accuracy at 30 labels: mean and standard deviation (gaussian\_nb, " in text


@pytest.fixture(scope="module")
def many(albench, tmp_path_factory):
    """Results of several slices, and two specs of which each has another primary one."""
    folder = tmp_path_factory.mktemp("slices")
    base = SPEC.replace("models: gaussian_nb\n", "name: same\n")
    models, primary = ["gaussian_nb", "logistic_regression"], ["accuracy", "log_loss"]
    for name, order in (("one", 1), ("other", -1)):
        first = f"models: [{', '.join(models[::order])}]\nprimary_metric: {primary[::order][0]}\n"
        (folder / f"{name}.yaml").write_text(base + first, encoding="utf-8")
        assert albench(folder, "run", f"{name}.yaml", "--quiet").returncode == 0
    return folder


@pytest.mark.parametrize("form", ["csv", "markdown", "latex"])
def test_a_slice_is_what_it_is_where_it_is_the_primary_one(albench, many, form):
    def export(name, *values):
        slices = [option for value in values for option in ("--slice", value)]
        return albench(many, "export", f"{name}.yaml", "table", "--format", form, *slices).stdout

    chosen = export("one", "model=logistic_regression", "metric=log_loss")
    # Both specs have one folder, and its last run has another primary slice than the first.
    assert chosen == export("other") == export("one")
    assert chosen != export("one", "model=gaussian_nb", "metric=accuracy")


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        ("metric=f1", "no slice has metric 'f1'; there are accuracy, balanced_accuracy, f1_macro, "),
        ("colour=red", "slices have no 'colour'; they have model, query_model, seed_size, "),
        ("metric", "'metric' is no AXIS=VALUE"),
    ],
)
def test_a_slice_that_is_not_there_is_a_mistake(albench, many, axis, message):
    done = albench(many, "export", "one.yaml", "table", "--slice", axis)
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr
