"""Four classics that come with scikit-learn: no file, no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from albench.contracts import DatasetSource

if TYPE_CHECKING:
    from albench.contracts import Table


class _Bundled(DatasetSource):
    """A dataset of scikit-learn with its feature and class names."""

    licence = "CC BY 4.0"
    source = "UCI Machine Learning Repository, as scikit-learn ships it"
    loader: ClassVar[str]

    @classmethod
    def content(cls) -> dict[str, Any]:
        """Describe the data."""
        from albench.datasets.facts import describe_table

        return describe_table(cls().load(Path()))

    def load(self, base: Path) -> Table:
        """Return the data."""
        import numpy as np
        from sklearn import datasets

        from albench.datasets.array_tables import make_numeric_table
        from albench.datasets.where import Where

        data = getattr(datasets, type(self).loader)()
        labels = np.asarray(data.target_names)[data.target].astype(str)
        return make_numeric_table(
            data.data, labels, [str(name) for name in data.feature_names], Where(type(self).name)
        )


class Iris(_Bundled):
    """Three species of iris, 150 flowers, 4 lengths and widths."""

    name = "iris"
    reference = "Fisher (1936), The use of multiple measurements in taxonomic problems"
    loader = "load_iris"


class Wine(_Bundled):
    """Three cultivars of wine, 178 bottles, 13 chemical measurements."""

    name = "wine"
    reference = "Aeberhard and Forina (1991), Wine, UCI"
    loader = "load_wine"


class BreastCancer(_Bundled):
    """Benign or malignant tumours, 569 images, 30 measurements of cell nuclei."""

    name = "breast_cancer"
    reference = (
        "Street, Wolberg and Mangasarian (1993), Nuclear feature extraction for breast tumor diagnosis"
    )
    loader = "load_breast_cancer"


class Digits(_Bundled):
    """Handwritten digits, 1797 images of 8 x 8 pixels, 10 classes."""

    name = "digits"
    reference = "Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, UCI"
    loader = "load_digits"
