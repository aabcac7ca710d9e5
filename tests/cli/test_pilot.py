"""`albench pilot`: from a file of which some rows are labelled to an answer, and to a spec that its user owns."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
import yaml

from albench.spec.read import load_experiment

N_ROWS, N_LABELLED = 300, 100


def make_frame(seed=0, n_labelled=N_LABELLED, classes=("no", "yes")):
    """Return two numbers, a category, an id and a class that most rows lack."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N_ROWS, 2)).round(3)
    ranks = np.argsort(np.argsort(X.sum(axis=1) + rng.normal(scale=0.3, size=N_ROWS)))
    labels = np.asarray(classes)[ranks * len(classes) // N_ROWS]
    return pl.DataFrame(
        {
            "case_id": 1000 + rng.permutation(N_ROWS) * 3,
            "x": X[:, 0],
            "y": X[:, 1],
            "colour": rng.choice(["red", "green"], N_ROWS),
            "label": [str(label) if row < n_labelled else None for row, label in enumerate(labels)],
        }
    )


@pytest.fixture
def folder(tmp_path):
    make_frame().write_csv(tmp_path / "mine.csv")
    return tmp_path


@pytest.fixture(scope="module")
def pilot(albench_in, tmp_path_factory):
    """A folder in which a pilot has run, and how the command ended."""
    folder = tmp_path_factory.mktemp("pilot")
    make_frame().write_csv(folder / "mine.csv")
    ended = albench_in(folder, "pilot", "mine.csv", "--target", "label", "--time", "1s", "-j", 1)
    return folder, ended


def test_rows_that_a_strategy_chose_are_said_to_be_no_random_sample(folder, albench_in):
    (folder / "next.yaml").write_text(
        "datasets: {csv: {path: mine.csv, target: label, id: case_id, unlabelled: keep}}\n"
        "models: gaussian_nb\nstrategies: [random, margin]\nbudgets: 40\n"
    )
    albench_in(folder, "next", "next.yaml", "--strategy", "margin", "-n", 20, "-o", "batch.csv")
    batch = pl.read_csv(folder / "batch.csv", infer_schema=False).with_columns(label=pl.lit("yes"))
    batch.write_csv(folder / "batch.csv")
    ended = albench_in(folder, "next", "next.yaml", "--answers", "batch.csv")
    assert "20 labels written" in ended.stderr
    ended = albench_in(folder, "pilot", "mine.csv", "--target", "label", "--time", "1s", "-j", 1)
    assert ended.returncode == 0, ended.stderr
    answer = " ".join(ended.stderr.split())
    assert "Of the 120 labelled rows 20 were chosen by margin (mine.csv.labelling.jsonl): the" in answer


def test_one_command_leads_from_a_file_to_a_sentence_a_page_and_a_spec(pilot):
    folder, ended = pilot
    assert ended.returncode == 0, ended.stderr
    assert "wrote mine.yaml: 100 rows with a label, 200 without" in ended.stderr
    # Of the data once, though the first repeats run before the others.
    assert ended.stderr.count("100 rows are labelled, 200 are not") == 1
    assert re.search(r"(100 labels\s+more|100 labelled\s+rows)", ended.stderr)
    assert "ALB014" not in ended.stderr
    assert re.search(r"Next: label\s", ended.stderr)
    assert "page: results/mine/report.html; experiment: mine.yaml; took " in ended.stderr
    assert re.search(
        r"next: albench next mine.yaml --strategy \w+ -n 20 -o batch1.csv$", ended.stderr.strip()
    )
    page = (folder / "results" / "mine" / "report.html").read_text(encoding="utf-8")
    assert "accuracy: tried on the labelled rows, and expected (dashed, 90 % bands)" in page
    assert "Tried on the labelled rows alone:" in page
    # Their number goes by the time that the first ones took, not by what came out.
    assert "Declared otherwise" not in page


def test_the_spec_says_why_in_comments_and_runs_again_without_a_trial_repeated(pilot, albench_in):
    folder, _ = pilot
    text = (folder / "mine.yaml").read_text(encoding="utf-8")
    spec = yaml.safe_load(text)
    assert spec["datasets"] == [
        {"csv": {"path": "mine.csv", "target": "label", "unlabelled": "keep", "id": ["case_id"]}}
    ]
    assert spec["pilot"] == {"budget": 200, "pools": ["25%", "50%"]}
    assert 6 <= len(spec["strategies"]) <= 8
    assert spec["repeats"] == 3
    chosen = [line for line in text.splitlines() if re.match(r"(\s+- |\w+: \d)", line)]
    assert all("#" in line for line in chosen if not line.rstrip().endswith("csv:")), chosen
    assert albench_in(folder, "validate", "mine.yaml").returncode == 0
    again = albench_in(folder, "run", "mine.yaml")
    assert again.returncode == 0
    assert re.search(r"0 trials to run, \d+ reused", again.stderr)


def test_the_same_command_again_goes_on_with_its_spec_and_repeats_nothing(pilot, albench_in):
    folder, _ = pilot
    before = (folder / "mine.yaml").read_bytes()
    again = albench_in(folder, "pilot", "mine.csv", "--target", "label", "--time", "1s", "-j", 1)
    assert again.returncode == 0
    assert "0 trials to run" in again.stderr
    assert (folder / "mine.yaml").read_bytes() == before


def test_the_report_of_the_spec_is_the_page_of_the_pilot(pilot, albench_in):
    folder, _ = pilot
    page = folder / "results" / "mine" / "report.html"
    before = page.read_bytes()
    assert albench_in(folder, "report", "mine.yaml").returncode == 0
    assert page.read_bytes() == before


def test_another_spec_is_not_overwritten(folder, albench_in):
    (folder / "mine.yaml").write_text("datasets: iris\n", encoding="utf-8")
    ended = albench_in(folder, "pilot", "mine.csv", "--target", "label")
    assert ended.returncode == 2
    assert "'mine.yaml' is there already, and is another experiment: `albench run mine.yaml`" in ended.stderr
    assert (folder / "mine.yaml").read_text(encoding="utf-8") == "datasets: iris\n"


def test_a_dry_run_writes_the_spec_and_runs_nothing(folder, albench_in):
    arguments = ("--output", "specs/own.yaml", "--budget", 150, "--dry-run")
    ended = albench_in(folder, "pilot", "mine.csv", "--target", "label", *arguments)
    assert ended.returncode == 0, ended.stderr
    assert not (folder / "results").exists()
    experiment = load_experiment(folder / "specs" / "own.yaml", import_user_code=False)
    assert experiment.pilot.budget == 150
    assert experiment.datasets[0].component.path == "../mine.csv"
    assert (folder / "specs" / "albench.schema.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--target", "lable"), "there is no target column 'lable'; did you mean 'label'?"),
        (("--target", "label", "--budget", 100), "100 rows of mine.csv have a label already: 100 in all are no more; a budget can be 200"),
        (("--target", "label", "--budget", 301), "mine.csv has 300 rows: there cannot be 301 labels in all"),
        (("--target", "label", "--time", "soon"), "'soon' is not a positive number with a unit"),
        (("--target", "label", "--read", "sheet: 2"), "'sheet': Extra inputs are not permitted: `albench show dataset csv` lists what can be declared"),
        (("--target", "label", "--read", "target: x"), "'target' is given by the command itself"),
        (("--target", "label", "--read", "[:"), "is no YAML"),
        (("--target", "colour"), "every row has a value in 'colour': a pilot is about rows that have none yet"),
    ],
    ids=["no such column", "no more labels", "more than rows", "no time", "no such option", "twice", "no YAML", "all labelled"],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence_with_what_to_do(folder, albench_in, arguments, words):
    ended = albench_in(folder, "pilot", "mine.csv", *arguments, "--dry-run")
    assert ended.returncode == 2
    assert words in " ".join(ended.stderr.split()), ended.stderr
    assert not (folder / "mine.yaml").exists()


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (make_frame(n_labelled=40), "40 rows of 2 classes have a value in 'label', too few to tell anything of the others: label 45 more, drawn at random, so that there are 85"),
        (make_frame(n_labelled=0), "none of the 300 rows has a target value"),
        (make_frame(classes=("yes",)), "there is only one class, 'yes'; two are needed"),
        (make_frame(classes=[f"{k}.5" for k in range(150)]), "is the target a number rather than a class?"),
    ],
    ids=["too few", "none", "one class", "numbers"],
)  # fmt: skip
def test_labels_that_allow_no_pilot_are_one_sentence_with_what_to_do(tmp_path, albench_in, frame, words):
    frame.write_csv(tmp_path / "mine.csv")
    ended = albench_in(tmp_path, "pilot", "mine.csv", "--target", "label", "--dry-run")
    assert ended.returncode == 2
    assert words in " ".join(ended.stderr.split()), ended.stderr


def test_a_column_of_decimal_commas_is_asked_about_and_not_left_out(tmp_path, albench_in):
    frame = make_frame().with_columns(
        pl.col("x").map_elements(lambda x: f"{x:.3f}".replace(".", ","), pl.String)
    )
    frame.write_csv(tmp_path / "mine.csv", separator=";")
    command = ["pilot", "mine.csv", "--target", "label", "--dry-run", "--read"]
    ended = albench_in(tmp_path, *command, "separator: ';'")
    assert ended.returncode == 2
    assert "mine.csv: column 'x' holds numbers with a decimal comma" in ended.stderr
    assert '--read \'separator: ";", decimal: ","\'' in ended.stderr
    ended = albench_in(tmp_path, *command, "separator: ';', decimal: ','")
    assert ended.returncode == 0, ended.stderr
    assert "'x'" not in ended.stderr


def test_dates_are_no_categories_and_commands_can_be_copied_whatever_the_file_is_called(tmp_path, albench_in):
    dates = pl.Series("since", [f"{1 + n % 28:02}.{1 + n % 12:02}.2023" for n in range(N_ROWS)])
    make_frame().with_columns(dates).write_csv(tmp_path / "our plants.csv")
    ended = albench_in(tmp_path, "pilot", "our plants.csv", "--target", "label", "--dry-run")
    assert ended.returncode == 0, ended.stderr
    assert "column 'since': 84 dates: no feature unless they are written as numbers" in ended.stderr
    spec = (tmp_path / "our plants.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(spec)["datasets"][0]["csv"]["drop"] == ["since"]
    assert "albench run 'our plants.yaml'" in spec
    assert "albench plan 'our plants.yaml', albench run 'our plants.yaml'" in ended.stdout


def test_a_file_of_another_kind_is_told_what_is_read(tmp_path, albench_in):
    (tmp_path / "mine.xlsx").write_bytes(b"PK")
    ended = albench_in(tmp_path, "pilot", "mine.xlsx", "--target", "label")
    assert ended.returncode == 2
    assert "a pilot reads files that end in .csv, .tsv, .parquet or .arff" in ended.stderr


def test_no_more_labels_are_asked_for_than_half_of_the_other_rows(folder, albench_in):
    rows = (folder / "mine.csv").read_text(encoding="utf-8").splitlines()
    # 100 labelled rows and 61 others.
    (folder / "few.csv").write_text("\n".join(rows[:162]), encoding="utf-8")
    ended = albench_in(folder, "pilot", "few.csv", "--target", "label", "--dry-run")
    assert ended.returncode == 0, ended.stderr
    spec = yaml.safe_load((folder / "few.yaml").read_text(encoding="utf-8"))
    assert spec["pilot"]["budget"] == 130
