"""Distances do not change when all rows are moved, however far: a column of timestamps is no mistake."""

from __future__ import annotations

import numpy as np
import pytest
from rounds import rounds_of

from albench.strategies.contrastive_al import ContrastiveAL
from albench.strategies.facility_location import FacilityLocation
from albench.strategies.graph_density import GraphDensity
from albench.strategies.information_density import InformationDensity
from albench.strategies.k_center import KCenter
from albench.strategies.k_means import KMeans
from albench.strategies.max_herding import MaxHerding
from albench.strategies.mcpal import McPal
from albench.strategies.numerics.linear_algebra import centre_if_far
from albench.strategies.prob_cover import ProbCover
from albench.strategies.quire import Quire
from albench.strategies.ranked_batch import RankedBatch
from albench.strategies.representative_sampling import RepresentativeSampling
from albench.strategies.seals import Seals
from albench.strategies.typiclust import TypiClust
from albench.strategies.uncertainty import Margin

# Sums of these are exact, so that the moved rows are exactly as far apart.
X = np.random.default_rng(0).integers(0, 2**11, size=(150, 6)) / 2**8
FAR = 2.0**30
PROBA = np.random.default_rng(1).dirichlet(np.ones(3), size=150)


def batches(strategy, features):
    labels = np.arange(9) % 3
    rounds = rounds_of(strategy, features, np.arange(9), 5, 1, proba=PROBA, labels=labels)
    return [(view.candidates[picks.candidates], picks.utilities) for view, picks in rounds]


@pytest.mark.parametrize(
    "strategy",
    [
        KCenter(),
        KCenter(one_shot=True),
        RankedBatch(),
        ContrastiveAL(neighbours=3),
        InformationDensity(),
        ProbCover(delta=4),
        TypiClust(),
        KMeans(),
        RepresentativeSampling(),
        FacilityLocation(),
        GraphDensity(metric="euclidean"),
        MaxHerding(normalise=False),
        Quire(),
        McPal(),
        Seals(strategy=Margin(), neighbours=5),
    ],
    ids=lambda strategy: type(strategy).name,
)
def test_rows_far_from_the_origin_are_told_apart(strategy):
    for (here, value), (there, moved) in zip(batches(strategy, X), batches(strategy, X + FAR), strict=True):
        np.testing.assert_array_equal(there, here)
        # Out there a cluster's centre, in the coordinates of the rows, has no more digits.
        np.testing.assert_allclose(moved, value, rtol=1e-6)


def test_k_center_far_from_the_origin_has_the_distances_of_differences():
    ((rows, utilities),) = batches(KCenter(one_shot=True), X + FAR)
    nearest = np.linalg.norm(X[:, None] - X[:9], axis=-1).min(axis=1)
    np.testing.assert_allclose(utilities, np.sort(nearest)[-5:][::-1], rtol=1e-12)
    np.testing.assert_allclose(nearest[rows], utilities, rtol=1e-12)


def test_rows_about_the_origin_stay_as_they_are():
    standardised = (X - X.mean(axis=0)) / X.std(axis=0)
    for rows in (X, standardised, np.eye(6), np.zeros((3, 2))):
        assert centre_if_far(rows) is rows
    np.testing.assert_allclose(centre_if_far(X + FAR), X - X.mean(axis=0), atol=1e-6)
