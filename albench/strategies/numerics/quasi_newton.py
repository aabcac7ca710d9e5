"""Many smooth convex problems of one shape, minimised together by a limited-memory quasi-Newton method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from albench.contracts import Floats, Rows

# Last steps from which the curvature is estimated.
_MEMORY = 8
# Share of the promised decrease that a step must bring, after Armijo.
_ARMIJO = 1e-4
_ROUNDING = 1e-13
_SHORTEST = 1e-9
_CROWDED = 0.75


class ConvexProblems(Protocol):
    """What is minimised; ``rows`` says which of the problems are meant."""

    def evaluate(self, at: Floats, rows: Rows) -> tuple[Floats, Floats]:
        """Return losses (n,) and slopes (n, ...) at the given points."""
        ...

    def scale(self, slope: Floats, rows: Rows) -> Floats:
        """Return slopes multiplied by an approximate inverse Hessian."""
        ...


class QuasiNewton:
    """The problems that have not converged, with their last steps.

    Parameters
    ----------
    at : ndarray of shape (n_problems, ...)
        Where they start.
    tolerance : ndarray of shape (n_problems,)
        A problem has converged when the decrease that its next step promises, twice over, is at most this.
    memory : bool
        False for steps by the approximate inverse Hessian alone.

    Reference
    ---------
    Nocedal, Wright, 2006, Numerical optimization, algorithm 7.4.
    """

    def __init__(
        self, problems: ConvexProblems, at: Floats, tolerance: Floats, *, memory: bool = True
    ) -> None:
        self.at = at.copy()
        self._problems = problems
        self._rows = np.arange(at.shape[0])
        self._tolerance = tolerance
        self._memory = _MEMORY if memory else 0
        self._history: list[tuple[Floats, Floats, Floats]] = []
        self._point = self.at
        self._loss, self._slope = problems.evaluate(self._point, self._rows)

    def run(self, max_steps: int, first: Floats | None = None) -> Rows:
        """Step until all have converged, or so many times; return those that have not."""
        step = self._compute_direction() if first is None else first
        late: Rows
        for _ in range(max_steps):
            promise = -_multiply_inner(step, self._slope)
            active = promise > self._tolerance[self._rows]
            if not active.any():
                self.at[self._rows] = self._point
                return np.empty(0, np.intp)
            # Leaving problems behind copies all arrays of the others: not worth it for a few.
            if active.mean() < _CROWDED:
                step = self._drop(active, step)
            self._advance(step)
            step = self._compute_direction()
        self.at[self._rows] = self._point
        late = self._rows[-_multiply_inner(step, self._slope) > self._tolerance[self._rows]]
        return late

    def _drop(self, active: NDArray[np.bool_], step: Floats) -> Floats:
        """Leave the converged problems behind."""
        self.at[self._rows[~active]] = self._point[~active]
        self._rows, self._point = self._rows[active], self._point[active]
        self._loss, self._slope = self._loss[active], self._slope[active]
        self._history = [(s[active], y[active], rho[active]) for s, y, rho in self._history]
        return step[active]

    def _advance(self, step: Floats) -> None:
        """Go along the step, half as far for as long as the loss does not fall enough."""
        descent = _multiply_inner(step, self._slope)
        point = self._point + step
        loss, slope = self._problems.evaluate(point, self._rows)
        length = np.ones(loss.size)
        # Near the minimum, losses differ by less than they are rounded.
        room = _ROUNDING * np.abs(self._loss)
        high = np.flatnonzero(loss > self._loss + _ARMIJO * descent + room)
        while high.size:
            length[high] /= 2
            point[high] = self._point[high] + _reshape_like(length[high], step) * step[high]
            loss[high], slope[high] = self._problems.evaluate(point[high], self._rows[high])
            limit = self._loss[high] + _ARMIJO * length[high] * descent[high] + room[high]
            high = high[(loss[high] > limit) & (length[high] > _SHORTEST)]
        self._remember(point - self._point, slope - self._slope)
        self._point, self._loss, self._slope = point, loss, slope

    def _remember(self, point_change: Floats, slope_change: Floats) -> None:
        if self._memory:
            product = _multiply_inner(point_change, slope_change)
            # A step along which the slope does not grow tells no curvature: rho 0 leaves it out.
            rho = np.divide(1, product, out=np.zeros(product.size), where=product > np.finfo(float).tiny)
            self._history = [*self._history, (point_change, slope_change, rho)][-self._memory :]

    def _compute_direction(self) -> Floats:
        direction = self._slope.copy()
        weights = []
        for point_change, slope_change, rho in reversed(self._history):
            weight = rho * _multiply_inner(point_change, direction)
            direction -= _reshape_like(weight, slope_change) * slope_change
            weights.append(weight)
        direction = self._problems.scale(direction, self._rows)
        for (point_change, slope_change, rho), weight in zip(self._history, reversed(weights), strict=True):
            direction += (
                _reshape_like(weight - rho * _multiply_inner(slope_change, direction), point_change)
                * point_change
            )
        return -direction


def _multiply_inner(a: Floats, b: Floats) -> Floats:
    products: Floats = np.einsum("ij,ij->i", a.reshape(a.shape[0], -1), b.reshape(b.shape[0], -1))
    return products


def _reshape_like(values: Floats, like: Floats) -> Floats:
    reshaped: Floats = values.reshape(-1, *[1] * (like.ndim - 1))
    return reshaped
