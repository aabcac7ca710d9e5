"""How long a person waits for a whole run, from YAML to page, and how long it may take.

    python benchmarks/whole_runs.py [--data FOLDER]

The quickstart; a text data set by TF-IDF (needs the folder with text/sms-spam.parquet); BADGE and BALD on a
PyTorch network (needs albench[torch]). What cannot be run here is said. Meant: two quiet cores.
Exit code 1 if a run fails or takes longer.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUICKSTART = Path(__file__).parents[1] / "experiments" / "quickstart.yaml"
SMS_SPAM = {
    "models": "logistic_regression",
    "strategies": "margin",
    "seed_sizes": 10,
    "batch_sizes": 10,
    "budgets": 210,
    "repeats": 5,
    "execution": {"n_jobs": 2},
}
TORCH = {
    "datasets": "digits",
    "models": "torch_mlp",
    "strategies": ["badge", {"bald": {"committee": "mc_dropout"}}],
    "seed_sizes": 20,
    "batch_sizes": 10,
    "budgets": 120,
    "repeats": 1,
    "execution": {"n_jobs": 2},
}


def specs(data, scratch):
    """Yield name, spec file and the seconds that a run may take, or why it cannot be run here."""
    yield "quickstart", QUICKSTART, 60
    file = Path(data or "", "text", "sms-spam.parquet").resolve()
    if file.is_file():
        source = {"parquet": {"path": str(file), "target": "label", "text": ["text"]}}
        yield "sms_spam", written(scratch / "sms_spam.yaml", {"datasets": [source], **SMS_SPAM}), 60
    else:
        yield "sms_spam", "not run: --data names no folder with text/sms-spam.parquet", None
    if importlib.util.find_spec("torch"):
        yield "torch", written(scratch / "torch.yaml", TORCH), 120
    else:
        yield "torch", "not run: the extra albench[torch] is not installed", None


def written(path, spec):
    path.write_text(json.dumps(spec), encoding="utf-8")
    return path


def seconds(spec, results):
    """Run a spec into an empty folder, and return how long it took."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "albench", "run", str(spec), "--results", str(results)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{spec.name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="a folder that holds text/sms-spam.parquet")
    late = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, spec, bar in specs(parser.parse_args().data, Path(scratch)):
            if bar is None:
                print(f"{name:12} {spec}")
                continue
            took = seconds(spec, Path(scratch) / f"{name}-results")
            print(f"{name:12} {took:5.1f} s, may take {bar} s", flush=True)
            late += [name] if took > bar else []
    print("late:", ", ".join(late) or "none")
    return int(bool(late))


if __name__ == "__main__":
    sys.exit(main())
