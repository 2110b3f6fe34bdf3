"""The gradient as it is emitted, at a place on a line: choices are made as the code makes them."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, S
from sympy.core.relational import Relational

from symloss.audit.recheck.stretches import OneLine, X, has_sign
from symloss.audit.recheck.whole import Whole
from symloss.audit.recheck.witnesses import NotReplayable
from symloss.derive import derive, gradient_name
from symloss.program import Program
from symloss.stable import stabilise


def gradient_on(program: Program, line: OneLine) -> Expr:
    """The emitted gradient of a loss in one variable, as a formula on a line."""
    derived = derive(stabilise(program)).gradient
    (name,) = program.wrt
    return line.read(Whole(derived, {}, {}, {}).element(gradient_name(name), ()))


def at_place(node: Any, place: Expr) -> Any:
    """The value of a formula at a place.

    Raises:
        NotReplayable: a choice is not settled there.
    """
    if isinstance(node, sympy.Piecewise):
        return next(at_place(value, place) for value, test in node.args if _holds(test, place))
    if not node.args:
        return place if node == X else node
    parts = [at_place(part, place) for part in node.args]
    if isinstance(node, sympy.sign):
        return S(_sign(parts[0]))
    if isinstance(node, sympy.Abs):
        return _sign(parts[0]) * parts[0]
    found = node.func(*parts)
    if found.has(sympy.nan, sympy.zoo):
        raise NotReplayable("the gradient at a place")
    return found


def _holds(test: Any, place: Expr) -> bool:
    if test in (sympy.true, sympy.false):
        return bool(test)
    if isinstance(test, sympy.And | sympy.Or):
        parts = [_holds(part, place) for part in test.args]
        return all(parts) if isinstance(test, sympy.And) else any(parts)
    if isinstance(test, sympy.Not):
        return not _holds(test.args[0], place)
    if not isinstance(test, Relational):
        raise NotReplayable(str(test))
    sign = _sign(at_place(test.lhs, place) - at_place(test.rhs, place))
    return bool(test.func(S(sign), S.Zero))


def _sign(gap: Expr) -> int:
    gap = sympy.simplify(gap)
    if gap == 0:
        return 0
    for sign, number in (("positive", 1), ("negative", -1)):
        if has_sign(gap, sign):
            return number
    raise NotReplayable("a choice at a place")
