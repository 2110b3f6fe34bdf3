"""Signs and zeros of a derivative between two rationals: boxes are cut until Taylor forms tell."""

from __future__ import annotations

import time
from collections.abc import Iterator

import flint
import sympy
from flint import arb, fmpq
from sympy import Expr

from symloss.audit.signs import roots
from symloss.audit.signs.view import (
    MULTIPLICITY,
    PRECISIONS,
    NoPattern,
    View,
    Zero,
    ball_about,
    number,
    sign_of_ball,
    vanish,
)

MOST_BOXES = 6000
SMALLEST = fmpq(1, 2**70)
WIDTHS = (fmpq(1, 2**40), fmpq(1, 2**220))
_FRACTION = fmpq(4877, 10000)


def cover(line: View, low: fmpq, high: fmpq) -> Iterator[str | Zero]:
    """Signs and zeros from left to right."""
    waiting = [(low, high)]
    while waiting:
        one, other = waiting.pop()
        line.boxes += 1
        if line.boxes > MOST_BOXES or time.process_time() > line.until:
            raise NoPattern("too many boxes")
        found = _settle(line, one, other)
        if found is not None:
            yield from found
            continue
        middle = between(one, other)
        waiting += [(middle, other), (one, middle)]


def between(low: fmpq, high: fmpq) -> fmpq:
    """A place between, off the simple numbers at which zeros are common."""
    if low > 0 and high > 4 * low:
        steps = (_bits(high / low) - 1) // 2
        return _rounded(low * 2 ** max(1, steps) * fmpq(1021, 1024), low)
    if high < 0 and low < 4 * high:
        return -between(-high, -low)
    return _rounded(low + (high - low) * _FRACTION, high - low)


def _bits(value: fmpq) -> int:
    """The number of binary digits before the point; 0 or less for small numbers."""
    return int(value.p).bit_length() - int(value.q).bit_length() + 1


def _rounded(value: fmpq, scale: fmpq) -> fmpq:
    bits = max(0, 1 - _bits(scale)) + 12
    return fmpq(int((value * 2**bits).floor()) * 2 + 1, 2 ** (bits + 1))


def _settle(line: View, low: fmpq, high: fmpq) -> list[str | Zero] | None:
    """Signs and zeros on a box, or None if it has to be cut."""
    whole, half = ball_about(low).union(ball_about(high)), ball_about((high - low) / 2)
    box = line.jet(whole, 4)
    if box is None:
        if high - low < SMALLEST:
            raise NoPattern(f"the formula is not defined near {low}")
        return None
    value, slope = _enclosed(line, box, ball_about((low + high) / 2), half)
    if value > 0 or value < 0:
        sign = "+" if value > 0 else "-"
        line.tell("box", low, high, sign)
        return [sign]
    if slope > 0 or slope < 0:
        return _monotone(line, low, high)
    if box[2] > 0 or box[2] < 0:
        found = _one_extremum(line, low, high, box)
        if found is not None:
            return found
    if high - low < fmpq(1, 2**6):
        return _multiple(line, low, high, whole)
    return None


def _enclosed(line: View, box: list[arb], middle: arb, half: arb) -> tuple[arb, arb]:
    """The tighter of the plain and the Taylor enclosures of value and slope."""
    centre = line.jet(middle, 3)
    if centre is None:
        return box[0], box[1]
    step = arb(0).union(half).union(-half)
    square = arb(0).union(half * half)
    value = centre[0] + centre[1] * step + box[2] * square / 2
    slope = centre[1] + centre[2] * step + box[3] * square / 2
    return _tighter(box[0], value), _tighter(box[1], slope)


def _tighter(one: arb, other: arb) -> arb:
    return one if one.rad() < other.rad() else other


def _monotone(line: View, low: fmpq, high: fmpq) -> list[str | Zero] | None:
    ends = [line.sign_at(low), line.sign_at(high)]
    if None in ends or 0 in ends:
        if high - low > SMALLEST:
            return None
        raise NoPattern("a zero on the border of a box")
    names = ["+" if end == 1 else "-" for end in ends]
    line.tell("monotone", low, high, names[0] if ends[0] == ends[1] else "".join(names))
    if ends[0] == ends[1]:
        return [names[0]]
    return [names[0], _narrowed(line, low, high), names[1]]


def _narrowed(line: View, low: fmpq, high: fmpq, beside: fmpq | None = None) -> Zero:
    """The single zero of a box, in a bracket that is narrow and far from a place beside it."""
    start = line.sign_at(low)
    width = fmpq(1, 2**40) * (abs(low) if abs(low) > 1 else 1)
    while high - low > width or beside in (low, high):
        middle = _rounded((low + high) / 2, high - low)
        sign = line.sign_at(middle)
        if sign in (0, None):
            break
        low, high = (middle, high) if sign == start else (low, middle)
    return Zero(number(low), number(high), crossing=True)


def _one_extremum(line: View, low: fmpq, high: fmpq, box: list[arb]) -> list[str | Zero] | None:
    """Where the curvature has one sign: the extremum's own sign decides."""
    slopes = [line.slope_at(place) for place in (low, high)]
    ends = [line.sign_at(low), line.sign_at(high)]
    if {None, 0} & {*slopes, *ends}:
        return None
    if slopes[0] == slopes[1]:
        return _monotone(line, low, high)
    if {1 if box[2] > 0 else -1} != {*ends}:
        return None
    one, other = low, high
    for width in WIDTHS:
        one, other = _bracket_extremum(line, one, other, width)
        found = _about_extremum(line, (low, high), (one, other), width)
        if found is not None:
            return found
    raise NoPattern(f"a zero or nearly one near {float(int(one.p) / int(one.q))}")


def _about_extremum(
    line: View, box: tuple[fmpq, fmpq], bracket: tuple[fmpq, fmpq], width: fmpq
) -> list[str | Zero] | None:
    """The signs on a box whose single extremum lies in a narrow bracket."""
    (low, high), (one, other) = box, bracket
    middle = (one + other) / 2
    start = line.sign_at(low)
    outside, inside = ("+", "-") if start == 1 else ("-", "+")
    if line.sign_at(middle) == (-1 if start == 1 else 1):
        line.tell("extremum", low, high, outside, inside=str(middle))
        first, last = (_narrowed(line, low, middle, middle), _narrowed(line, middle, high, middle))
        return [outside, first, inside, last, outside]
    inner = line.jet(_hull(one, other), 1, PRECISIONS[-1])
    if inner is not None and sign_of_ball(inner[0]):
        line.tell("extremum", low, high, outside, between=[str(one), str(other)])
        return [outside]
    for place in line.zeros(number(one - width), number(other + width)):
        if _touches(line, place):
            line.tell("touching", low, high, outside, place=str(place))
            zero = Zero(number(low), number(high), crossing=False, exact=place)
            return [outside, zero, outside]
    return None


def _hull(one: fmpq, other: fmpq) -> arb:
    with flint.ctx.workprec(PRECISIONS[-1]):
        return ball_about(one).union(ball_about(other))


def _touches(line: View, place: Expr) -> bool:
    slope = sympy.diff(line.derivative, line.symbol)
    return all(roots.is_zero(g, line.symbol, place) for g in (line.derivative, slope))


def _bracket_extremum(line: View, low: fmpq, high: fmpq, width: fmpq) -> tuple[fmpq, fmpq]:
    """A bracket of the slope's single zero."""
    start = line.slope_at(low)
    while high - low > width:
        middle = _rounded((low + high) / 2, high - low)
        sign = line.slope_at(middle)
        if sign == 0:
            return middle, middle
        if sign is None:
            break
        low, high = (middle, high) if sign == start else (low, middle)
    return low, high


def _multiple(line: View, low: fmpq, high: fmpq, whole: arb) -> list[str | Zero] | None:
    """A zero of higher order, known exactly, with the first derivative that is not 0 there."""
    for place in line.zeros(number(low), number(high)):
        found = line.jet(whole, MULTIPLICITY)
        for n in range(2, MULTIPLICITY if found else 0):
            value = found[n]  # type: ignore[index]
            if (value > 0 or value < 0) and vanish(line, place, n):
                right = "+" if value > 0 else "-"
                left = right if n % 2 == 0 else ("-" if right == "+" else "+")
                line.tell("multiple", low, high, left, place=str(place), order=n)
                return [
                    left,
                    Zero(number(low), number(high), crossing=n % 2 == 1, exact=place),
                    right,
                ]
    if high - low < SMALLEST:
        raise NoPattern(f"a zero that was not settled near {float(int(low.p) / int(low.q))}")
    return None
