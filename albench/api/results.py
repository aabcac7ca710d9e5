"""Opening what a run has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from albench.api.experiment import RESULTS, load_experiment, open_folder
from albench.errors import ResultsError
from albench.stream_results import read_results

if TYPE_CHECKING:
    from pathlib import Path

    from albench.api.experiment import Spec
    from albench.results import Results


def open_results(spec: Spec, *, results: str | Path = RESULTS, import_user_code: bool = True) -> Results:
    """Open what a run has left, finished or not, of the experiment that was run: the spec may have changed.

    Parameters
    ----------
    spec : path, str, mapping or Experiment
        As for :func:`load_experiment`.
    results : path
        Folder that holds the results folders.
    import_user_code : bool
        Whether modules that the spec of that run names may be imported: without them there is no page.

    Raises
    ------
    ResultsError
        If nothing was run.
    """
    experiment = load_experiment(spec)
    folder = open_folder(experiment, results)
    if not folder.exists():
        from albench.store.neighbours import find_folder_of_spec

        other = find_folder_of_spec(folder, experiment.text)
        hint = f"; '{other}' holds a run of the same spec under another name" if other else ""
        raise ResultsError(f"nothing was run yet: '{folder.path}' is not there; `albench run` makes it{hint}")
    return read_results(experiment, folder, import_user_code=import_user_code)
