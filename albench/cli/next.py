"""`albench next`."""

from __future__ import annotations

import getpass
import shlex
from typing import TYPE_CHECKING

import click

from albench.cli import options
from albench.cli.output import print_data, print_notes, print_text
from albench.text import format_count, list_quoted

if TYPE_CHECKING:
    from pathlib import Path

    from albench.contracts import Strategy
    from albench.labelling.proposal import Proposal
    from albench.labelling.proposal_files import ProposalFormat
    from albench.spec.experiment import Experiment

FORMATS = ("csv", "jsonl", "label-studio", "argilla")


@click.command(
    "next",
    epilog="Examples: albench next my.yaml --strategy margin -n 50 -o batch.csv; "
    "albench next my.yaml --answers batch.csv",
)
@options.SPEC
@click.option(
    "--strategy",
    metavar="NAME",
    help="A strategy of the experiment, or any other as a spec would say it. The experiment's only one "
    "beside random if not given.",
)
@click.option(
    "-n", "n", type=click.IntRange(min=1), metavar="ROWS", help="How many; the first batch size if not given."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="csv",
    show_default=True,
    help="CSV with a column to fill in, JSON lines, tasks for Label Studio, records for Argilla.",
)
@click.option(
    "-o",
    "--output",
    type=options.FilePath(),
    help="A new file for the rows; standard output if not given.",
)
@click.option(
    "--answers",
    type=options.FilePath(exists=True),
    help="Write the answers in this file (.csv, .tsv, .jsonl; .json of Label Studio or Argilla) into the "
    "data. Rows are proposed then only if --strategy or -n is given, too.",
)
@click.option("--allow-new-classes", is_flag=True, help="Of answers: take classes that no row had so far.")
@click.option(
    "--show-predictions",
    is_flag=True,
    help="Say which class the model gives each row: quicker to answer, and who sees one tends to agree.",
)
@click.option("--dataset", metavar="LABEL", help="Where the experiment has several.")
@click.option("--model", metavar="LABEL", help="Where the experiment has several.")
@click.option("--by", metavar="NAME", help="Who, for the log; the name of the user if not given.")
def command(
    spec: Path,
    strategy: str | None,
    n: int | None,
    form: ProposalFormat,
    output: Path | None,
    answers: Path | None,
    dataset: str | None,
    model: str | None,
    by: str | None,
    *,
    allow_new_classes: bool,
    show_predictions: bool,
) -> None:
    """Propose the rows of a partly labelled file that are to be labelled next, and read the answers back.

    The dataset of SPEC is a CSV, TSV or Parquet file and says 'unlabelled: keep'. The model learns from all
    of its labelled rows; the rows are those that the simulated trial of the strategy would query, and the
    same ones until answers have come. Who was asked for what, and when, stands in a log beside the file.
    """
    import albench
    from albench.cli.display import show_phase
    from albench.spec.experiment import refuse_streams

    experiment = options.read_experiment(spec)
    refuse_streams(experiment, "rows to label next are", "give an experiment without 'scenario: stream'")
    who = by or _find_user()
    if answers is not None:
        checked = albench.record_answers(
            experiment, answers, dataset=dataset, allow_new_classes=allow_new_classes, by=who
        )
        print_text(f"{answers.name}: {checked.describe()}", err=True)
        if strategy is None and n is None:
            return
    _check_output(output)
    chosen = _choose_strategy(experiment, strategy)
    size = n or int(experiment.batch_sizes[0])
    with show_phase("choosing rows"):
        proposal = albench.propose(experiment, chosen, size, dataset=dataset, model=model, by=who)
    print_notes(proposal.notes)
    _write_proposal(proposal, form, output, show_predictions=show_predictions)
    print_text(_describe_proposal(proposal, spec, output), err=True)


def _find_user() -> str:
    try:
        return getpass.getuser()
    # In a container the user may have no name.
    except (KeyError, OSError) as error:
        raise click.UsageError("the system does not say who you are, and the log asks: --by NAME") from error


def _check_output(output: Path | None) -> None:
    if output is None:
        return
    if output.exists():
        message = f"'{output}' is there already, and may hold answers: name a new file"
        raise click.BadParameter(message, param_hint="--output")
    options.make_folder(output.parent, "--output")


def _choose_strategy(experiment: Experiment, text: str | None) -> Strategy | str:
    from albench.contracts import Strategy

    labels = [entry.label for entry in experiment.strategies]
    if text is None:
        others = [entry.label for entry in experiment.strategies if not entry.component.arms]
        if len(others) != 1:
            raise click.UsageError(f"say which strategy proposes: --strategy {list_quoted(others or labels)}")
        return others[0]
    if text in labels:
        return text
    from albench.cli.check import load_component

    component = load_component(text)
    if not isinstance(component, Strategy):
        raise click.BadParameter(f"'{text}' is no query strategy", param_hint="--strategy")
    return component


def _write_proposal(
    proposal: Proposal, form: ProposalFormat, output: Path | None, *, show_predictions: bool
) -> None:
    text = proposal.format(form, with_predictions=show_predictions)
    if output is None:
        print_data(text)
    else:
        output.write_text(text, encoding="utf-8", newline="")
    if form == "label-studio":
        from albench.labelling.label_studio import write_interface
        from albench.labelling.proposal_files import list_cells

        interface = write_interface(proposal, list_cells(proposal))
        print_text(f"labelling interface of the Label Studio project:\n{interface}", err=True)


def _describe_proposal(proposal: Proposal, spec: Path, output: Path | None) -> str:
    progress, data = proposal.project.progress, proposal.project.data
    n_labels = sum(map(len, progress.batches))
    n_left = int((data.whole.labels[data.pool] < 0).sum())
    rows = format_count(len(proposal.rows), "row")
    answers = shlex.join(["albench", "next", str(spec), "--answers", str(output or "FILE")])
    return (
        f"{rows} by {proposal.label}, round {progress.round + 1}: {data.path.name} has "
        f"{format_count(n_labels, 'label')}, {n_left:,} rows are without\n"
        f"fill in {list_quoted([data.source.target_name])}, then: {answers}"
    )
