from __future__ import annotations

from typing import ClassVar

from albench.strategies.information_density import InformationDensity
from albench.strategies.uncertainty import Measure


class DensityWeighted(InformationDensity):
    """Uncertainty of any measure times density: u(x) (mean over the unlabelled of sim(x, u))^beta."""

    name: ClassVar[str] = "density_weighted"
    main: ClassVar[str | None] = "uncertainty"
    reference: ClassVar[str] = "Settles, 2009, Active learning literature survey, section 3.6"

    uncertainty: Measure = "least_confident"
    """What is weighted."""

    def _get_measure(self) -> Measure:
        return self.uncertainty
