"""Arrays that strategies share about a split: computed once without labels, memory-mapped by every trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from albench.canonical import digest
from albench.contracts.source_code import describe_class
from albench.models.stacking import stack_rows
from albench.prepared.matrices import VisibleFeatures, map_array
from albench.rng import shared_stream

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from albench.contracts import Floats, Shared

Arrays = Mapping[str, "NDArray[Any]"]


def _name_folder(need: Shared) -> str:
    # Two files of one name may each have a class of one name.
    return digest({**need.identity(), "code": describe_class(type(need))})


class SharedArrays(Mapping["Shared", Arrays]):
    """Read-only arrays of one split by need: mapped where they were saved, else computed at their first use.

    Parameters
    ----------
    features : ndarray of shape (n_pool, n_features)
    random_state, dataset, split : int, str, int
        Which split it is; with the need they key the stream of what is random in a computation.
    folder : Path, optional
        Where :meth:`save` wrote.
    unlabelled : ndarray of shape (n_unlabelled, n_features), optional
        Features of rows that take part in the density of the pool.
    """

    def __init__(
        self,
        features: Floats,
        *,
        n_classes: int,
        random_state: int,
        dataset: str,
        split: int,
        folder: Path | None = None,
        unlabelled: Floats | None = None,
    ) -> None:
        self._features = features
        self._unlabelled = unlabelled
        self._n_classes = n_classes
        self._split_id = (random_state, dataset, split)
        self._folder = folder
        self._arrays: dict[Shared, Arrays] = {}

    def __getitem__(self, need: Shared) -> Arrays:
        if need not in self._arrays:
            saved_arrays = self._load(need)
            self._arrays[need] = MappingProxyType(
                self._compute(need) if saved_arrays is None else saved_arrays
            )
        return self._arrays[need]

    def __iter__(self) -> Iterator[Shared]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def save(self, need: Shared, folder: Path) -> None:
        """Compute what is needed and write one ``.npy`` file an array, in a folder of its own."""
        arrays = self._compute(need)
        target = folder / _name_folder(need)
        target.mkdir(parents=True, exist_ok=True)
        for name, array in arrays.items():
            np.save(target / f"{name}.npy", array)

    def _compute(self, need: Shared) -> dict[str, NDArray[Any]]:
        random_state, dataset, split = self._split_id
        stream = shared_stream(random_state, dataset=dataset, split=split, need=need.identity())
        rng = np.random.default_rng(stream)
        is_of_both = self._unlabelled is not None and bool(type(need).row_arrays)
        features = stack_rows([self._features, self._unlabelled]) if is_of_both else self._features
        view = VisibleFeatures(features, type(need).__name__, accepts_sparse=type(need).accepts_sparse)
        arrays = need.compute(view.features, n_classes=self._n_classes, rng=rng)
        if is_of_both:
            arrays |= {name: arrays[name][: self._features.shape[0]] for name in type(need).row_arrays}
        for array in arrays.values():
            array.flags.writeable = False
        return arrays

    def _load(self, need: Shared) -> dict[str, NDArray[Any]] | None:
        folder = self._folder / _name_folder(need) if self._folder else None
        if folder is None or not folder.is_dir():
            return None
        return {file.stem: map_array(file) for file in sorted(folder.glob("*.npy"))}
