"""The command line: every command parses, calls the Python API, prints, and ends with an exit code."""

from __future__ import annotations

import gc
import os
from importlib import import_module

import click

from albench import __version__
from albench.cli.exits import explain_system_exit, run_and_exit

COMMANDS = {
    "init": "Write a commented experiment to start from.",
    "validate": "Find mistakes in an experiment file; run nothing.",
    "plan": "Say what a run would do, why, and for what price.",
    "run": "Run what is missing, then write the page.",
    "status": "Say what is done, failed and missing.",
    "report": "Write the page and the tables again.",
    "list": "List what is built in.",
    "show": "Show a component, a dataset, or one trial pick by pick.",
    "schema": "Print the JSON schema of an experiment, for editors.",
    "fetch": "Download the datasets once: run needs no network then.",
    "pilot": "Say what more labels of a file would give.",
    "next": "Propose the rows to label next, and read the answers back.",
    "verify": "Compare with published numbers, seed for seed.",
    "check": "Test a strategy, metric or model of your own.",
    "compare": "Compare two results folders cell by cell.",
    "merge": "Merge the results folders of many machines.",
    "export": "Write tables and figures for a paper.",
}

EPILOG = """\b
A first experiment:
  albench init my.yaml          write a commented experiment
  albench validate my.yaml      find mistakes without running anything
  albench plan my.yaml          what will run, why, and for what price
  albench run my.yaml           run it; the page is results/my/report.html

\b
Exit codes: 0 done, 1 internal error, 2 usage or invalid spec or data,
3 trials failed or missing, 4 a gate failed, 130 interrupted."""


class Commands(click.Group):
    """Imports a command's module when the command is looked up."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a user meets them."""
        del ctx
        # Not `list`: that is the module of the command of that name, once it was looked up.
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"albench.cli.{cmd_name}").command
        command.short_help = COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command is for, without its module."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is asked for; of an unknown one, the closest is named."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from albench.text import quote, suggest_word

            if hint := suggest_word(args[0], COMMANDS):
                raise click.UsageError(f"no command {quote(args[0])}: {hint}", ctx) from error
            raise

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; code that a spec names cannot end it as if it were done."""
        try:
            return super().invoke(ctx)
        except SystemExit as error:
            raise explain_system_exit(error) from error


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="albench")
def cli() -> None:
    """Benchmark active-learning query strategies from one YAML file to one HTML page."""


def main() -> None:
    """Run the command line and exit."""
    # Before numpy is first imported: this process drives, workers compute, and threads cost time to start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Looking for plugins of pydantic reads the metadata of every package that is installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # What start-up makes stays until the end: looking through it again and again only costs time.
    gc.set_threshold(50_000)
    run_and_exit(cli)
