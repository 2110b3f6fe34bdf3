"""Best polynomials: the exchange algorithm of Remez on a dense grid, in ball arithmetic.

Remez (1934), Sur un procédé convergent d'approximations successives pour déterminer les polynômes
d'approximation. A grid in place of the interval costs less than one part in a thousand of the
error, and makes every step deterministic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import flint

Real = Any  # flint.arb
BITS = 400
GRID = 40  # points of the grid for each one of the reference


@dataclass(frozen=True)
class Target:
    """What to approximate, on a grid: values, and how much an error there weighs (positive)."""

    xs: list[Real]
    values: list[Real]
    weights: list[Real]

    def without(self, constant: Real) -> Target:
        """The target of the polynomial that is left when its constant term is settled."""
        values = [(v - constant) / x for x, v in zip(self.xs, self.values, strict=True)]
        weights = [w * abs(x) for x, w in zip(self.xs, self.weights, strict=True)]
        return Target(self.xs, values, weights)


def sampled(
    function: Callable[[Real], Real],
    weight: Callable[[Real], Real],
    interval: tuple[float, float],
    degree: int,
) -> Target:
    """A function on a Chebyshev grid of the interval; no grid point is 0."""
    low, high = map(flint.arb, interval)
    count = GRID * (degree + 2)
    turns = [flint.arb.cos_pi_fmpq(flint.fmpq(k, count)) for k in range(count + 1)]
    xs = [(low + high) / 2 - (high - low) / 2 * turn for turn in turns]
    xs = [x if abs(x) > 1e-12 else flint.arb(1e-12) for x in xs]
    return Target(xs, [function(x) for x in xs], [abs(weight(x)) for x in xs])


def minimax(target: Target, degree: int) -> tuple[list[Real], float]:
    """Coefficients, constant first, of the least maximal weighted error, and that error.

    Raises:
        ArithmeticError: the exchange did not settle: the grid cannot resolve this degree.
    """
    last = len(target.xs) - 1
    reference = [round(k * last / (degree + 1)) for k in range(degree + 2)]
    for _ in range(60):
        coefficients, level = _levelled(target, reference, degree)
        errors = _errors(target, coefficients)
        worst = max(map(abs, errors))
        if worst <= abs(level) * 1.001:
            return coefficients, worst
        reference = _exchanged(errors, degree + 2)
    raise ArithmeticError(f"no best polynomial of degree {degree} was found in 60 exchanges")


def rounded(target: Target, degree: int, nearest: Callable[[Real], float]) -> list[float]:
    """Coefficients of the format: each is rounded in turn, and the later ones make up for it."""
    found = []
    for left in range(degree, -1, -1):
        found.append(nearest(minimax(target, left)[0][0]))
        target = target.without(found[-1])
    return found


def _levelled(target: Target, reference: Sequence[int], degree: int) -> tuple[list[Real], float]:
    """The polynomial whose weighted errors on the reference are equal and alternate, and theirs."""
    rows = [
        [target.xs[n] ** k for k in range(degree + 1)] + [(-1) ** place / target.weights[n]]
        for place, n in enumerate(reference)
    ]
    right = [target.values[n] for n in reference]
    solved = flint.arb_mat(rows).solve(flint.arb_mat(len(right), 1, right))
    *coefficients, level = (value.mid() for value in solved.entries())
    return coefficients, float(level)


def _errors(target: Target, coefficients: Sequence[Real]) -> list[float]:
    polynomial = flint.arb_poly(list(coefficients))
    return [
        float((value - polynomial(x)) * weight)
        for x, value, weight in zip(target.xs, target.values, target.weights, strict=True)
    ]


def _exchanged(errors: Sequence[float], count: int) -> list[int]:
    """The largest error of each run of one sign; of too many runs, the least are left out."""
    runs = [list(run) for _, run in groupby(range(len(errors)), lambda n: errors[n] > 0)]
    peaks = [max(run, key=lambda n: abs(errors[n])) for run in runs]
    while len(peaks) > count:
        least = min(range(len(peaks)), key=lambda place: abs(errors[peaks[place]]))
        if len(peaks) == count + 1:
            least = min(0, len(peaks) - 1, key=lambda place: abs(errors[peaks[place]]))
        _leave_out(peaks, least, errors)
    if len(peaks) < count:
        raise ArithmeticError(f"the error has {len(peaks)} extrema where {count} were expected")
    return peaks


def _leave_out(peaks: list[int], place: int, errors: Sequence[float]) -> None:
    """Drop a peak; its neighbours, now side by side with one sign, leave the larger of them."""
    inside = 0 < place < len(peaks) - 1
    del peaks[place]
    if inside:
        del peaks[min(place - 1, place, key=lambda n: abs(errors[peaks[n]]))]
