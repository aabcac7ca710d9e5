"""Trials and references that did not end well: what was raised, with which seed, and how to see it again."""

from __future__ import annotations

import json
import shlex
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from albench import rng
from albench.identity import KEY_VERSION, TrialIdentity
from albench.store.folder import REFERENCE, TRIAL
from albench.trial.random_streams import model_seed

if TYPE_CHECKING:
    import polars as pl

    from albench.spec.experiment import Experiment
    from albench.store.folder import Folder

KEY_SIGNS = 12
"""Signs of a key in a command; the run refuses to guess if several keys begin with them."""
_DEFAULT_RESULTS = Path("results")


def failures(
    experiment: Experiment, folder: Folder, labels: tuple[pl.DataFrame, pl.DataFrame]
) -> pl.DataFrame:
    """Return one row a trial or reference that failed, ran out of time or memory, or was skipped.

    Parameters
    ----------
    experiment : Experiment
    folder : Folder
    labels : tuple of DataFrame
        Of the trials and references that the experiment asks for (``Folder.read_plan``).

    Returns
    -------
    DataFrame
        The label columns, then ``status``, ``reason``, ``traceback`` (null where the process died),
        ``seed`` (``random_state`` of the task model) and ``command``, which runs it in the foreground.
    """
    import polars as pl

    found = [_of_kind(folder, kind, frame) for kind, frame in zip((TRIAL, REFERENCE), labels, strict=True)]
    together = pl.concat(found, how="diagonal_relaxed")
    seeds = pl.Series("seed", map(_seed, together["identity"]), pl.Int64())
    commands = [command(experiment, folder, key) for key in together["key"]]
    return together.drop("identity").with_columns(seeds, pl.Series("command", commands, pl.String()))


def command(experiment: Experiment, folder: Folder, key: str) -> str:
    """Return the command line that runs one trial or reference in the foreground."""
    words = ["albench", "run", str(experiment.path or "SPEC.yaml"), "--only", key[:KEY_SIGNS], "--debug"]
    home = folder.path.parent
    return shlex.join(words if home == _DEFAULT_RESULTS else [*words, "--results", str(home)])


def _of_kind(folder: Folder, kind: str, labels: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    texts = ("key", "status", "reason", "traceback", "identity")
    if not labels.height:
        return pl.DataFrame(schema=dict.fromkeys(texts, pl.String()))
    ended = folder.read(kind, None, {"key": pl.String(), "status": pl.String()})
    bad = ended.filter(pl.col("status") != "done")["key"].to_list()
    rows = folder.read(kind, bad, dict.fromkeys(texts, pl.String()))
    return labels.join(rows, on="key", how="inner").sort("key")


def _seed(identity: str) -> int | None:
    """Return ``random_state`` of the task model of a stored identity; None for another key version."""
    it: dict[str, Any] = json.loads(identity)
    if it["key_version"] != KEY_VERSION:
        return None
    if it["job"] == "reference":
        model = {name: value for name, value in it["task_model"].items() if name != "version"}
        return rng.reference_seed(
            it["random_state"], dataset=it["dataset"], split=it["split_index"], model=model
        )
    known = {field.name for field in fields(TrialIdentity)}
    trial = TrialIdentity(**{name: value for name, value in it.items() if name in known})
    return model_seed(trial, trial.task_model)
