from __future__ import annotations

from albench.strategies.information_density import InformationDensity
from albench.strategies.uncertainty import Measure


class DensityWeighted(InformationDensity):
    """Uncertainty of any measure times density: u(x) (mean over the unlabelled of sim(x, u))^beta."""

    name = "density_weighted"
    main = "uncertainty"
    reference = "Settles, 2009, Active learning literature survey, section 3.6"

    uncertainty: Measure = "least_confident"
    """What is weighted."""

    def _get_measure(self) -> Measure:
        return self.uncertainty
