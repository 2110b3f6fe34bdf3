"""Differences that cancel, by what their terms have in common: rows of the table of rewrites."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from sympy import (
    Abs,
    Add,
    Eq,
    Expr,
    Gt,
    Indexed,
    Integer,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    cos,
    cosh,
    exp,
    expand,
    log,
    sign,
    sin,
    sinh,
    tanh,
)
from sympy.core.relational import Relational

from symloss.language import FUNCTIONS

_sigmoid: Any
_log1p: Any
_sigmoid, _expm1, _log1p, _sqrt1pm1, _xlogy = (
    FUNCTIONS[name].build for name in ("sigmoid", "expm1", "log1p", "sqrt1pm1", "xlogy")
)

FAR = Integer(2) ** 126
"""A ratio that every format holds."""
NEARER = Integer(2) ** 64
"""What numbers are multiplied by that far larger ones are divided by."""


def difference(kind: Callable[[Expr], Expr | None]) -> Callable[[Expr], Expr | None]:
    """A rewrite of `c*f - c` in a sum, where `kind` says what `f - 1` is."""

    def apply(node: Expr) -> Expr | None:
        if not isinstance(node, Add):
            return None
        for term, factor in factors_of(node):
            less = kind(factor)
            cofactor = cofactor_of(term, factor)
            beside = Add.make_args(-cofactor)  # of a sum, each term by itself
            if less is not None and {*beside} <= {*node.args}:
                return Add(*(t for t in node.args if t not in (term, *beside)), cofactor * less)
        return None

    return apply


def factors_of(total: Add) -> Iterator[tuple[Expr, Expr]]:
    """Each term of a sum with each of its factors that is no symbol or number."""
    for term in total.args:
        for factor in Mul.make_args(term):
            if factor.args:
                yield term, factor


def cofactor_of(term: Expr, factor: Expr) -> Expr:
    """A term without one of its factors; SymPy leaves `exp(x - y)/exp(x - y)` as it is."""
    rest = list(Mul.make_args(term))
    rest.remove(factor)
    return Mul(*rest)


def exponentials_of(product: Expr) -> tuple[list[Expr], Expr]:
    """A product's exponents, and what else it has: division would leave exp(x)/exp(x)."""
    factors = Mul.make_args(product)
    rest = (factor for factor in factors if not isinstance(factor, exp))
    return [factor.args[0] for factor in factors if isinstance(factor, exp)], Mul(*rest)


def exp_less_one(factor: Expr) -> Expr | None:
    """exp(x) - 1."""
    return _expm1(factor.args[0]) if isinstance(factor, exp) else None


def power_less_one(factor: Expr) -> Expr | None:
    """x**y - 1 for an exponent that is no number, so that x is not negative."""
    if isinstance(factor, Pow) and not factor.exp.is_number and not isinstance(factor, exp):
        return _expm1(_xlogy(factor.exp, factor.base))
    return None


def sigmoid_less_one(factor: Expr) -> Expr | None:
    """sigmoid(x) - 1."""
    return -_sigmoid(-factor.args[0]) if isinstance(factor, _sigmoid) else None


def reciprocal_less_one(factor: Expr) -> Expr | None:
    """1/(1 + x) - 1."""
    if isinstance(factor, Pow) and factor.exp == -1 and S.One in Add.make_args(factor.base):
        return (1 - factor.base) / factor.base
    return None


def cosh_less_one(factor: Expr) -> Expr | None:
    """cosh(x) - 1, by the half angle."""
    return 2 * sinh(factor.args[0] / 2) ** 2 if isinstance(factor, cosh) else None


def cos_less_one(factor: Expr) -> Expr | None:
    """cos(x) - 1, by the half angle."""
    return -2 * sin(factor.args[0] / 2) ** 2 if isinstance(factor, cos) else None


def root_less_one(factor: Expr) -> Expr | None:
    """sqrt(1 + x) - 1."""
    if isinstance(factor, Pow) and factor.exp == S.Half and S.One in Add.make_args(factor.base):
        return _sqrt1pm1(factor.base - 1)
    return None


def squared_tanh_less_one(factor: Expr) -> Expr | None:
    """tanh(x)**2 - 1, of which nothing is left in the tails."""
    if isinstance(factor, Pow) and factor.exp == 2 and isinstance(factor.base, tanh):
        x = 2 * factor.base.args[0]
        return -4 * _sigmoid(x) * _sigmoid(-x)
    return None


def logarithms_apart(node: Expr) -> Expr | None:
    """c*log(x) - c*log(y), by how far x and y are apart; log1p likewise."""
    if not isinstance(node, Add):
        return None
    for term, factor in factors_of(node):
        if isinstance(factor, (log, _log1p)) and factor.free_symbols:
            for other in node.args:
                opposite = -other * factor / term
                if isinstance(opposite, type(factor)) and opposite.free_symbols:
                    rest = Add(*(part for part in node.args if part not in (term, other)))
                    return rest + term / factor * _logarithm_of_ratio(factor, opposite)
    return None


def _logarithm_of_ratio(one: Expr, other: Expr) -> Expr:
    x, y = one.args[0], other.args[0]
    gap = Abs(x - y)
    if isinstance(one, _log1p):
        return sign(x - y) * _log1p(gap / (1 + Min(x, y)))
    # The quotient by a number near the smallest would overflow. Beside one this large 1 is nothing.
    far = Gt(gap / FAR, Min(x, y))
    larger = Piecewise((NEARER, far), (S.One, True))
    more = Piecewise((log(NEARER), far), (S.Zero, True))
    return sign(x - y) * (_log1p(gap / (Min(x, y) * larger)) + more)


def one_power_less(node: Expr) -> Expr | None:
    """c*(k + y)**n - c*y*(k + y)**(n - 1), of which k is left."""
    if not isinstance(node, Add):
        return None
    for term, factor in factors_of(node):
        if isinstance(factor, Pow) and isinstance(factor.base, Add) and not factor.exp.is_Integer:
            for other in node.args:
                left = expand(factor.base + other * factor.base / term)
                if left.is_number and left != 0 and other != term:
                    rest = (part for part in node.args if part not in (term, other))
                    return Add(*rest) + left * term / factor.base
    return None


def roots_apart(node: Expr) -> Expr | None:
    """(c*sqrt(x) + d*sqrt(y))/sqrt(x), which has a value where both vanish."""
    if not isinstance(node, Mul):
        return None
    for under in node.args:
        if isinstance(under, Pow) and under.exp == -S.Half:
            root = Pow(under.base, S.Half)
            for total in node.args:
                if isinstance(total, Add) and all(map(_has_root, total.args)):
                    own = [term for term in total.args if root in Mul.make_args(term)]
                    rest = total - Add(*own)
                    if own and rest != 0:
                        quotient = Piecewise((S.Zero, Eq(rest, 0)), (rest * under, True))
                        return node / (total * under) * (Add(*own) / root + quotient)
    return None


def _has_root(term: Expr) -> bool:
    factors = Mul.make_args(term)
    return any(isinstance(factor, Pow) and factor.exp == S.Half for factor in factors)


def compared(relation: Relational) -> Relational:
    """A comparison without what both sides share, which rounding would make equal.

    `1 - x < 1` is `-x < 0`, and `Max(0, x) < 1` is `x < 1`. `x < 1 + h` is `x - 1 < h`: where both
    are about as large, x - 1 is exact, and 1 + h is not.
    """
    turned = relation.reversed if relation.lhs.is_number else relation
    side, number = turned.args
    if not number.is_number:
        shift = [one.as_coeff_Add()[0] for one in (side, number)]
        if S.Zero in shift and any(shift) and all(one.is_Number and one.is_finite for one in shift):
            return turned.func(side - shift[0] - shift[1], number - shift[0] - shift[1])
        return relation
    if isinstance(side, (Max, Min)):
        beyond = Max if isinstance(side, Min) else Min
        kept = [a for a in side.args if not a.is_number or a == number or beyond(a, number) != a]
        if len(kept) < len(side.args):
            return compared(turned.func(side.func(*kept), number))
    if isinstance(side, Add) and side.args[0].is_number and side.args[0] == number:
        return turned.func(side - number, S.Zero)
    return relation


def common_factor(node: Expr) -> Expr | None:
    """c*x - c*y, of which c*(x - y) rounds the difference alone, for operands x and y."""
    if not isinstance(node, Add):
        return None
    split = [(t, t / leaf, leaf) for t in node.args for leaf in Mul.make_args(t) if _is_leaf(leaf)]
    for (term, factor, x), (other, opposite, y) in combinations(split, 2):
        if term != other and factor == -opposite and not factor.is_number:
            rest = (part for part in node.args if part not in (term, other))
            return Add(*rest) + factor * (x - y)
    return None


def _is_leaf(factor: Expr) -> bool:
    return isinstance(factor, (Symbol, Indexed)) and not factor.is_integer
