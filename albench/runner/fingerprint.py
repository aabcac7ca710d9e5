"""The environment of a result: packages, linear algebra, processor; and its fingerprint."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

from albench.canonical import digest
from albench.packages import find_version

PACKAGES = ("albench", "numpy", "scipy", "scikit-learn", "joblib", "polars", "threadpoolctl")
DECIDING_PACKAGES = ("numpy", "scipy", "scikit-learn")
SEPARATOR = "+"


def describe_environment(
    estimator_packages: tuple[str, ...] = (), component_packages: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Describe this process; ``fingerprint`` condenses what can change the last bits of a number.

    Parameters
    ----------
    estimator_packages : tuple of str
        Import names of the packages that the experiment's estimators come from.
    component_packages : tuple of str
        Likewise of strategies, preprocessing steps and the like: what they add to the fingerprint stands
        behind a plus, so that trials with and without them are seen to be of one environment.
    """
    import numpy as np  # noqa: F401 - its linear algebra must be loaded to be seen
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_info

    versions = {name: find_version(name) for name in (*PACKAGES, *estimator_packages, *component_packages)}
    libraries = sorted(
        {
            (lib["internal_api"], lib["version"] or "", lib.get("architecture") or "")
            for lib in threadpool_info()
            if _is_ours(lib)
        }
    )
    deciding = {name: versions[name] for name in (*DECIDING_PACKAGES, *estimator_packages)}
    additional = {name: versions[name] for name in component_packages}
    suffix = f"{SEPARATOR}{digest(additional)[:6]}" if additional else ""
    machine = {"system": platform.system(), "machine": platform.machine()}
    return {
        "fingerprint": digest([deciding, machine, [list(lib) for lib in libraries]])[:12] + suffix,
        "python": platform.python_version(),
        "versions": versions,
        "libraries": [" ".join(lib).strip() for lib in libraries],
        **machine,
        "processor": _get_processor(),
    }


def _is_ours(library: dict[str, Any]) -> bool:
    """Say whether numpy and scipy compute with a library: not what other packages bring along and load.

    Else the fingerprint would depend on what else was imported before it was taken.
    """
    parts = Path(library["filepath"]).parts
    is_in_package = "site-packages" in parts
    owner = parts[parts.index("site-packages") + 1] if is_in_package else ""
    return bool(library["user_api"] == "blas" and (not is_in_package or owner.startswith(("numpy", "scipy"))))


def _get_processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.is_file():
        return platform.processor()
    lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
