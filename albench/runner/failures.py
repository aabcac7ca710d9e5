"""Failed trials and references: what was raised, with which seed, and the command that shows it again."""

from __future__ import annotations

import json
import shlex
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench import rng
from albench.identity import KEY_VERSION, STREAM, TrialIdentity, drop_version
from albench.store.folder import REFERENCE, TRIAL
from albench.trial.random_streams import derive_random_state

if TYPE_CHECKING:
    import polars as pl

    from albench.spec.experiment import Experiment
    from albench.store.folder import ResultsFolder

KEY_PREFIX = 12
"""Length of the key prefix in a command; the run refuses to guess if several keys begin with it."""
_DEFAULT_RESULTS = Path("results")


def list_failures(
    experiment: Experiment, folder: ResultsFolder, labels: tuple[pl.DataFrame, pl.DataFrame]
) -> pl.DataFrame:
    """Return one row a trial or reference that failed, ran out of time or memory, or was skipped.

    Parameters
    ----------
    labels : tuple of DataFrame
        Of the trials and references that the experiment asks for (``ResultsFolder.read_plan``).

    Returns
    -------
    DataFrame
        The label columns, then ``status``, ``reason``, ``traceback`` (null where the process died),
        ``seed`` (``random_state`` of the task model) and ``command``, which runs it in the foreground.
    """
    import polars as pl

    kinds = zip((TRIAL, REFERENCE), labels, strict=True)
    failures = pl.concat([_read_failures(folder, *kind) for kind in kinds], how="diagonal_relaxed")
    seeds = pl.Series("seed", map(_compute_seed, failures["identity"]), pl.Int64())
    commands = [format_command(experiment, folder, key) for key in failures["key"]]
    return failures.drop("identity").with_columns(seeds, pl.Series("command", commands, pl.String()))


def format_command(experiment: Experiment, folder: ResultsFolder, key: str) -> str:
    """Return the command line that runs one trial or reference in the foreground."""
    words = ["albench", "run", str(experiment.path or "SPEC.yaml"), "--only", key[:KEY_PREFIX], "--debug"]
    home = folder.path.parent
    return shlex.join(words if home == _DEFAULT_RESULTS else [*words, "--results", str(home)])


def _read_failures(folder: ResultsFolder, kind: str, labels: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    texts = ("key", "status", "reason", "traceback", "identity")
    if not labels.height:
        return pl.DataFrame(schema=dict.fromkeys(texts, pl.String()))
    # Statuses first: of all but the failures, the long texts need not be read.
    statuses = folder.read_columns(kind, None, {"key": pl.String(), "status": pl.String()})
    keys = statuses.filter(pl.col("status") != "done")["key"].to_list()
    rows = folder.read_columns(kind, keys, dict.fromkeys(texts, pl.String()))
    return labels.join(rows, on="key", how="inner").sort("key")


def _compute_seed(identity: str) -> int | None:
    """Return ``random_state`` of the task model of a stored identity; None for another key version."""
    values: dict[str, Any] = json.loads(identity)
    if values["key_version"] != KEY_VERSION:
        return None
    if values["job"] == "reference":
        model = drop_version(values["task_model"])
        return rng.reference_seed(
            values["random_state"], dataset=values["dataset"], split=values["split_index"], model=model
        )
    if values["job"] == STREAM:
        return rng.stream_model_seed(
            values["random_state"],
            dataset=values["dataset"],
            repeat=values["repeat"],
            model=drop_version(values["task_model"]),
        )
    field_names = {field.name for field in fields(TrialIdentity)}
    trial = TrialIdentity(**{name: value for name, value in values.items() if name in field_names})
    return derive_random_state(trial, trial.task_model)
