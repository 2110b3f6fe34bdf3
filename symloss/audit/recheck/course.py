"""How a loss in one variable runs: whether it is convex, which way it goes, how low it comes.

On stretches signs of derivatives are algebra; at places both sides and the value are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import sympy
from sympy import Expr, S

from symloss.audit.recheck.stretches import OneLine, Stretch, X, has_sign
from symloss.audit.recheck.witnesses import NotReplayable


def vanishes(gap: Expr) -> bool:
    """Whether algebra shows that it is 0."""
    return bool(gap == 0) or bool(sympy.simplify(gap) == 0)


def joints(line: OneLine) -> Iterator[tuple[Stretch, Expr, Stretch]]:
    """Each place, with the stretches on its two sides."""
    for (left, right), place in zip(pairwise(line.stretches), line.places, strict=True):
        yield left, place, right


def is_joined(line: OneLine, left: Stretch, place: Expr, right: Stretch) -> bool:
    """Whether limits from both sides are the value at a place."""
    here = line.formula.subs(X, place)
    return vanishes(left.limit(left.formula, upper=True) - here) and vanishes(
        right.limit(right.formula, upper=False) - here
    )


def is_continuous(line: OneLine) -> bool:
    """Whether limits from both sides are the values at all places."""
    return all(is_joined(line, *joint) for joint in joints(line)) and all(
        is_analytic(part.formula, part) for part in line.stretches
    )


def slopes_at(left: Stretch, right: Stretch) -> tuple[Expr, Expr]:
    """The slopes from both sides."""
    return (left.limit(sympy.diff(left.formula, X), upper=True),
            right.limit(sympy.diff(right.formula, X), upper=False))  # fmt: skip


def is_convex(line: OneLine, *, strictly: bool = False) -> bool:
    """Whether slopes rise on all stretches, and do not fall at places.

    Strictly: the second derivative is positive on all stretches.
    """
    wanted = "positive" if strictly else "nonnegative"
    for part in line.stretches:
        if not has_sign(part.on(sympy.diff(part.formula, X, 2)), wanted):
            return False
    for left, _, right in joints(line):
        before, after = slopes_at(left, right)
        if not has_sign(after - before, "nonnegative"):
            return False
    return is_continuous(line) and meets_ends(line)


def meets_ends(line: OneLine) -> bool:
    """Whether the values at ends that belong to the domain are the limits there."""
    first, last = line.stretches[0], line.stretches[-1]
    ends = [(line.domain.low, line.domain.low_open, first, False),
            (line.domain.high, line.domain.high_open, last, True)]  # fmt: skip
    return all(
        is_open or vanishes(part.limit(part.formula, upper=upper) - line.formula.subs(X, end))
        for end, is_open, part, upper in ends
    )


def is_quasiconvex(line: OneLine) -> bool:
    """Whether it never falls once it has risen.

    Raises:
        NotReplayable: which way it goes somewhere is not clear.
    """
    if not all(is_analytic(part.formula, part) for part in line.stretches):
        raise NotReplayable("a loss that may not be smooth between places")
    if not meets_ends(line):
        raise NotReplayable("a jump at an end")
    moves = [way_of(line.stretches[0])]
    for left, place, right in joints(line):
        here = line.formula.subs(X, place)
        moves.append(_sign(here - left.limit(left.formula, upper=True)))
        moves.append(_sign(right.limit(right.formula, upper=False) - here))
        moves.append(way_of(right))
    rises = moves.index(1) if 1 in moves else len(moves)
    return -1 not in moves[rises:]


def _sign(gap: Expr) -> int:
    if vanishes(gap):
        return 0
    for sign, way in (("positive", 1), ("negative", -1)):
        if has_sign(gap, sign):
            return way
    raise NotReplayable("which way the loss jumps at a place")


def way_of(part: Stretch) -> int:
    """1 where it rises strictly, -1 where it falls strictly, 0 where it is constant.

    Raises:
        NotReplayable: that is not clear.
    """
    slope = sympy.diff(part.formula, X)
    if vanishes(slope):
        return 0
    for sign, way in (("positive", 1), ("negative", -1)):
        if has_sign(part.on(slope), sign):
            return way
    raise NotReplayable("which way the loss goes on a stretch")


def lowest(parts: Sequence[Stretch], values: Sequence[Expr]) -> Expr:
    """The infimum over stretches, on each of which the loss goes one way, and values at places.

    Raises:
        NotReplayable: which way it goes is not clear, or which of two is less.
    """
    found = list(values)
    for part in parts:
        found.append(part.limit(part.formula, upper=way_of(part) < 0))
    least = found[0]
    for other in found[1:]:
        least = _less(least, other)
    return least


def _less(one: Expr, other: Expr) -> Expr:
    if sympy.oo in (one, other) or -sympy.oo in (one, other):
        return sympy.Min(one, other)
    for first, second in ((one, other), (other, one)):
        if has_sign(second - first, "nonnegative"):
            return first
    raise NotReplayable(f"which of {one} and {other} is less")


_ENTIRE = (sympy.Pow, sympy.exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.tanh,
           sympy.atan, sympy.asinh, sympy.erf, sympy.erfc, sympy.Add, sympy.Mul)  # fmt: skip


def is_analytic(node: Expr, part: Stretch) -> bool:
    """Whether a formula is analytic on a stretch."""
    if not node.has(X):
        return not node.has(sympy.nan, sympy.zoo, sympy.oo)
    if node == X:
        return True
    if isinstance(node, sympy.Pow) and not (node.exp.is_Integer and node.exp > 0):
        base = part.on(node.base)
        signs = ("positive", "negative") if node.exp.is_Integer else ("positive",)
        fine = any(has_sign(base, sign) for sign in signs)
    elif isinstance(node, sympy.log | sympy.loggamma):
        fine = has_sign(part.on(node.args[0]), "positive")
    else:
        fine = isinstance(node, _ENTIRE)
    return bool(fine) and all(is_analytic(arg, part) for arg in node.args)


def at(line: OneLine, place: Expr = S.Zero) -> int:
    """Which of the places it is.

    Raises:
        NotReplayable: it is none of them.
    """
    if place not in line.places:
        raise NotReplayable(f"{place} is no place of the loss")
    return line.places.index(place)
