"""Curvature, monotonicity and image of the language's functions, one row each.

A row lists the intervals on which each property holds; a function has it on an argument whose range
lies in one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import S

from symloss.audit.composition.ranges import ABOVE_ZERO, AT_LEAST_ZERO, REALS
from symloss.language import FUNCTIONS, Interval

NODE = {name: row.node for name, row in FUNCTIONS.items() if row.node is not None}
"""The SymPy classes of the language's functions, by the names that specs use."""

AT_MOST_ZERO = Interval(-sympy.oo, S.Zero, True, False)
ABOVE_MINUS_ONE = Interval(-S.One, sympy.oo, True, True)
AT_LEAST_ONE = Interval(S.One, sympy.oo, False, True)
NOWHERE: tuple[Interval, ...] = ()
EVERYWHERE = (REALS,)


@dataclass(frozen=True)
class Atom:
    """What is true of one function of one argument."""

    convex: tuple[Interval, ...] = NOWHERE
    concave: tuple[Interval, ...] = NOWHERE
    increasing: tuple[Interval, ...] = NOWHERE
    decreasing: tuple[Interval, ...] = NOWHERE
    image: Interval = REALS
    fixes_zero: bool = False
    log_concave: bool = False


UP, DOWN = (AT_LEAST_ZERO,), (AT_MOST_ZERO,)
BELOW_ONE = Interval(-S.One, S.One, True, True)
ZERO_ONE = Interval(S.Zero, S.One, True, True)
UNIT = Interval(-S.One, S.One, False, False)

ATOMS: dict[type, Atom] = {
    sympy.exp: Atom(EVERYWHERE, NOWHERE, EVERYWHERE, image=ABOVE_ZERO),
    sympy.log: Atom(NOWHERE, UP, UP),
    sympy.Abs: Atom(EVERYWHERE, NOWHERE, UP, DOWN, AT_LEAST_ZERO, True),
    sympy.sin: Atom(image=UNIT),
    sympy.cos: Atom(image=UNIT),
    sympy.sinh: Atom(UP, DOWN, EVERYWHERE, fixes_zero=True),
    sympy.cosh: Atom(EVERYWHERE, NOWHERE, UP, DOWN, AT_LEAST_ONE),
    sympy.tanh: Atom(DOWN, UP, EVERYWHERE, image=BELOW_ONE, fixes_zero=True),
    sympy.asinh: Atom(DOWN, UP, EVERYWHERE, fixes_zero=True),
    sympy.acosh: Atom(NOWHERE, (AT_LEAST_ONE,), (AT_LEAST_ONE,), image=AT_LEAST_ZERO),
    sympy.atan: Atom(DOWN, UP, EVERYWHERE, fixes_zero=True),
    sympy.erf: Atom(DOWN, UP, EVERYWHERE, image=BELOW_ONE, fixes_zero=True, log_concave=False),
    NODE["erfc"]: Atom(
        UP, DOWN, NOWHERE, EVERYWHERE, Interval(S.Zero, S(2), True, True), log_concave=True
    ),
    NODE["loggamma"]: Atom((ABOVE_ZERO,)),
    NODE["log1p"]: Atom(NOWHERE, (ABOVE_MINUS_ONE,), (ABOVE_MINUS_ONE,), fixes_zero=True),
    NODE["expm1"]: Atom(EVERYWHERE, NOWHERE, EVERYWHERE, image=ABOVE_MINUS_ONE, fixes_zero=True),
    NODE["log1pmx"]: Atom(
        NOWHERE,
        (ABOVE_MINUS_ONE,),
        (Interval(-S.One, S.Zero, True, False),),
        UP,
        AT_MOST_ZERO,
        True,
    ),
    NODE["expm1mx"]: Atom(EVERYWHERE, NOWHERE, UP, DOWN, AT_LEAST_ZERO, True),
    NODE["sigmoid"]: Atom(DOWN, UP, EVERYWHERE, image=ZERO_ONE, log_concave=True),
    NODE["softplus"]: Atom(EVERYWHERE, NOWHERE, EVERYWHERE, image=ABOVE_ZERO, log_concave=True),
    NODE["logcosh"]: Atom(EVERYWHERE, NOWHERE, UP, DOWN, AT_LEAST_ZERO, True),
    NODE["log1mexp"]: Atom(
        NOWHERE, (ABOVE_ZERO,), (ABOVE_ZERO,), image=Interval(-sympy.oo, S.Zero, True, True)
    ),
    NODE["sqrt1pm1"]: Atom(NOWHERE, (ABOVE_MINUS_ONE,), (ABOVE_MINUS_ONE,), fixes_zero=True),
}


def within(inner: Interval, intervals: tuple[Interval, ...]) -> bool:
    """Whether an interval lies in one of several."""
    return any(_inside(inner, outer) for outer in intervals)


def _inside(inner: Interval, outer: Interval) -> bool:
    low = inner.low > outer.low or (
        inner.low == outer.low and (inner.low_open or not outer.low_open)
    )
    high = inner.high < outer.high or (
        inner.high == outer.high and (inner.high_open or not outer.high_open)
    )
    return bool(low) and bool(high)
