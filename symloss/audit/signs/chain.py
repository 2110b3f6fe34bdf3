"""Signs on the positive half-line by derivatives and end limits.

If g' >= 0 there and g has a limit at 0 that is not negative, then g >= 0; likewise from infinity.
Factors of known sign are stripped first, and g is divided by positive parts of its terms.
"""

from __future__ import annotations

import itertools

import flint
import sympy
from sympy import Expr, Rational, Symbol

from symloss.audit.signs import balls, samples, worker
from symloss.audit.signs.memory import remembered
from symloss.audit.signs.structure import (
    ANY,
    NEGATIVE,
    NOT_NEGATIVE,
    NOT_POSITIVE,
    POSITIVE,
    ZERO,
    _times,
    shown,
    tried,
)
from symloss.language import Interval

DEPTH = 5
NEAR, CLOSE = Rational(2) ** 100, Rational(2) ** 300
BITS = 2048
POINTS = 24
LIMIT_SECONDS = 1.0
"""Most limits are found in milliseconds; with symbolic exponents SymPy's search may never end."""
_HALF_LINE = Interval(sympy.S.Zero, sympy.oo, True, True)


@remembered
def sign(expression: Expr, symbol: Symbol, depth: int = DEPTH) -> str:
    """The sign on symbol > 0, all other symbols positive too; "?" if the chain does not end."""
    found = shown(expression)
    if found == ANY and is_mixed(expression):
        return ANY
    found = tried(expression)
    if found != ANY or depth == 0:
        return found
    if not expression.has(symbol):
        return ANY
    result = POSITIVE
    above, below = sympy.fraction(sympy.together(expression))
    for factor in (*_factors(above), *_factors(below)):
        result = _times(result, _of_factor(factor, symbol, depth))
        if result == ANY:
            return ANY
    return result


def _of_factor(factor: Expr, symbol: Symbol, depth: int) -> str:
    known = tried(factor)
    if known != ANY or is_mixed(factor):
        return known
    if factor.is_polynomial(symbol):
        known = _sturm(factor, symbol)
    return known if known != ANY else _by_derivative(factor, symbol, depth)


def is_mixed(expression: Expr) -> bool:
    """Whether balls show both signs at positive numbers: then no search finds one.

    Most slopes that a chain comes to are such, and searches for their signs are what takes long.
    """
    box = dict.fromkeys(expression.free_symbols, _HALF_LINE)
    seen: set[bool] = set()
    for point in itertools.islice(samples.points(box, POINTS), POINTS) if box else ():
        ball = balls.value(expression, point)
        if ball is not None and (ball > 0 or ball < 0):
            seen.add(bool(ball > 0))
        if len(seen) == 2:
            return True
    return False


def _factors(expression: Expr) -> tuple[Expr, ...]:
    return sympy.Mul.make_args(sympy.factor(sympy.expand(expression)))


def _sturm(expression: Expr, symbol: Symbol) -> str:
    """Roots counted exactly, square-free factor by factor; only for rational coefficients."""
    polynomial = sympy.Poly(expression, symbol)
    if not polynomial.domain.is_ZZ and not polynomial.domain.is_QQ:
        return ANY
    touching = False
    constant, factors = polynomial.sqf_list()
    at_one = constant
    for factor, multiplicity in factors:
        roots = factor.count_roots(0, None) - (1 if factor.eval(0) == 0 else 0)
        if roots and multiplicity % 2:
            return ANY
        touching |= bool(roots)
        if multiplicity % 2:
            at_one *= factor.eval(1)
    if touching:
        return NOT_NEGATIVE if at_one > 0 else NOT_POSITIVE
    return POSITIVE if at_one > 0 else NEGATIVE


def _by_derivative(expression: Expr, symbol: Symbol, depth: int) -> str:
    for divisor in _divisors(expression, symbol):
        scaled = sympy.expand(expression / divisor)
        slope = sympy.diff(scaled, symbol)
        if sympy.count_ops(slope) > 400:
            continue
        way = sign(slope, symbol, depth - 1)
        if way in (POSITIVE, NOT_NEGATIVE):
            found = _rising(scaled, symbol, way)
        elif way in (NEGATIVE, NOT_POSITIVE):
            found = _falling(scaled, symbol, way)
        elif way == ZERO:
            found = shown(sympy.simplify(scaled))
        else:
            found = ANY
        if found != ANY:
            return found
    return ANY


def _rising(expression: Expr, symbol: Symbol, way: str) -> str:
    start = end(expression, symbol, sympy.S.Zero)
    if start in (POSITIVE, NOT_NEGATIVE, ZERO):
        return POSITIVE if way == POSITIVE or start == POSITIVE else NOT_NEGATIVE
    stop = end(expression, symbol, sympy.oo)
    if stop in (NEGATIVE, NOT_POSITIVE, ZERO):
        return NEGATIVE if way == POSITIVE or stop == NEGATIVE else NOT_POSITIVE
    return ANY


def _falling(expression: Expr, symbol: Symbol, way: str) -> str:
    opposite = {POSITIVE: NEGATIVE, NOT_NEGATIVE: NOT_POSITIVE, NEGATIVE: POSITIVE,
                NOT_POSITIVE: NOT_NEGATIVE, ANY: ANY}  # fmt: skip
    return opposite[_rising(-expression, symbol, opposite[way])]


def end(expression: Expr, symbol: Symbol, place: Expr) -> str:
    """The sign of the limit at an end of the half-line."""
    found = limit(expression, symbol, place)
    if found is None:
        return ANY
    if found in (sympy.oo, -sympy.oo):
        return POSITIVE if found == sympy.oo else NEGATIVE
    known = tried(found)
    return known if known != ANY else tried(sympy.simplify(found))


@remembered
def limit(expression: Expr, symbol: Symbol, place: Expr) -> Expr | None:
    """The limit from inside, or None; SymPy's answers are believed only if they are numbers."""
    if place == 0:
        direct = expression.subs(symbol, 0)
        if direct.is_finite and not direct.has(sympy.nan, sympy.zoo, sympy.oo):
            return direct
    try:
        with worker.step(LIMIT_SECONDS):
            found = sympy.limit(expression, symbol, place, "+" if place == 0 else "-")
    except worker.StepEnded:
        return None
    except (NotImplementedError, ValueError, TypeError, RecursionError, AttributeError):
        return None
    except Exception as error:
        del error
        return None
    if found.has(sympy.nan, sympy.zoo, sympy.AccumBounds, sympy.Limit, sympy.I, symbol):
        return None
    return None if _is_belied(expression, symbol, place, found) else found


def _is_belied(expression: Expr, symbol: Symbol, place: Expr, found: Expr) -> bool:
    """Whether values near the place go away from the limit that SymPy tells."""
    others = (expression.free_symbols | found.free_symbols) - {symbol}
    point = dict.fromkeys(others, Rational(3, 2))
    values = [
        balls.value(expression, {**point, symbol: at if place == sympy.oo else 1 / at}, BITS)
        for at in (NEAR, CLOSE)
    ]
    near, close = values
    if near is None or close is None:
        return False
    if found in (sympy.oo, -sympy.oo):
        way = 1 if found == sympy.oo else -1
        return bool(way * close < 0) or bool(way * close < way * near)
    aim = balls.value(found, point, BITS)
    if aim is None:
        return False
    with flint.ctx.workprec(BITS):
        gaps = [abs(value - aim) for value in (near, close)]
        return bool(gaps[1] > gaps[0]) and bool(gaps[1] > balls.exact(1 / NEAR))


def _divisors(expression: Expr, symbol: Symbol) -> list[Expr]:
    """1, and positive cofactors of the terms, simplest first."""
    found: list[Expr] = []
    for term in sympy.Add.make_args(expression):
        moving = term.as_independent(symbol, as_Add=False)[1]
        for part in sympy.Mul.make_args(moving):
            if isinstance(part, sympy.log | sympy.erf | sympy.atan | sympy.exp):
                rest = moving / part
                found += [rest] if not isinstance(part, sympy.exp) else [part, rest]
        found.append(moving)
    positive = {part for part in found if part != 1 and shown(part) == POSITIVE}
    ordered = sorted(positive, key=lambda part: (sympy.count_ops(part), str(part)))
    return [sympy.S.One, *ordered[:4]]
