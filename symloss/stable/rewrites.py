"""Rewrites of one expression, with names: the table that `rewritten` applies and tests walk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import (
    Add,
    Expr,
    Indexed,
    KroneckerDelta,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    acos,
    acosh,
    asin,
    asinh,
    cos,
    cosh,
    erf,
    exp,
    log,
    sin,
    sqrt,
    tanh,
)
from sympy.core.relational import Relational

from symloss.language import FUNCTIONS
from symloss.stable.addends import less_addend, log1p_of_sum, log_of_sum, share_of_sum
from symloss.stable.denominators import over_one
from symloss.stable.differences import (
    cofactor_of,
    common_factor,
    compared,
    cos_less_one,
    cosh_less_one,
    difference,
    exp_less_one,
    exponentials_of,
    factors_of,
    logarithms_apart,
    one_power_less,
    power_less_one,
    reciprocal_less_one,
    root_less_one,
    roots_apart,
    sigmoid_less_one,
    squared_tanh_less_one,
)
from symloss.stable.remainders import less_tangent, logarithm_less_tangent

_erfc: Any
_sigmoid: Any
_loggamma: Any = FUNCTIONS["loggamma"].build
_softplus, _sigmoid, _log1p, _expm1, _logcosh, _log1mexp, _xlogy, _erfc, _log_ndtr = (
    FUNCTIONS[name].build
    for name in (
        *("softplus", "sigmoid", "log1p", "expm1", "logcosh"),
        *("log1mexp", "xlogy", "erfc", "log_ndtr"),
    )
)

MOST_TURNS = 8
"""Up to which multiple the cosine of an angle is written as a polynomial of that of the angle."""


@dataclass(frozen=True)
class Rewrite:
    """One identity: `naive` on the left, what `apply` makes of such a node on the right.

    `naive` is an instance over x and y, with an interval on which it is defined, for tests and
    documentation.
    """

    name: str
    naive: str
    low: float
    high: float
    apply: Callable[[Expr], Expr | None]


def rewritten(expression: Expr, *, last: bool = False) -> Expr:
    """The expression with every rewrite of the table applied, from the leaves up.

    The `last` ones are those that nothing will be differentiated after.
    """
    if not expression.args or isinstance(expression, (Symbol, Indexed)):
        return expression
    parts = [
        rewritten(part, last=last) if isinstance(part, sympy.Basic) else part
        for part in expression.args
    ]
    node = expression if tuple(parts) == expression.args else expression.func(*parts)
    if isinstance(node, Relational):
        return compared(node)
    for row in (*REWRITES, *LAST) if last else REWRITES:
        found = row.apply(node) if isinstance(node, Expr) else None
        if found is not None:
            return rewritten(found, last=last)
    return node


def _logarithm_near_one(node: Expr) -> Expr | None:
    if isinstance(node, log) and isinstance(node.args[0], Add) and S.One in node.args[0].args:
        return _log1p(node.args[0] - 1)
    return None


def _softplus_of(node: Expr) -> Expr | None:
    power = _argument(node, _log1p)
    return _softplus(power.args[0]) if isinstance(power, exp) else None


def _log1p_of_expm1(node: Expr) -> Expr | None:
    inside = _argument(node, _log1p)
    return None if inside is None else _argument(inside, _expm1)


def _log1mexp_of(node: Expr) -> Expr | None:
    power = _argument(node, _log1p)
    if power is not None and isinstance(-power, exp):
        return _log1mexp(-(-power).args[0])
    return None


def _logarithm_of_product(node: Expr) -> Expr | None:
    """log(r*exp(x)), where the product may overflow or vanish; r may be 1."""
    if not isinstance(node, log):
        return None
    exponents, rest = exponentials_of(node.args[0])
    if not exponents or not rest.is_positive:
        return None
    return Add(*exponents, log(rest))


def _logarithm_of_reciprocal(node: Expr) -> Expr | None:
    """log(1/x), which vanishes beside log(x) to the last bit when it is spelled -log(x)."""
    inside = node.args[0] if isinstance(node, log) else None
    if isinstance(inside, Pow) and inside.exp == -1:
        return -log(inside.base)
    return None


def _logarithm_of_choice(node: Expr) -> Expr | None:
    """The logarithm of one of several, if one of them has another form for it."""
    choice = node.args[0] if isinstance(node, log) else None
    if not isinstance(choice, Piecewise):
        return None
    branches = [(rewritten(log(value)), condition) for value, condition in choice.args]
    return None if all(isinstance(value, log) for value, _ in branches) else Piecewise(*branches)


def _sigmoid_of_softplus(node: Expr) -> Expr | None:
    """exp(-softplus(x)), and with expm1 the other way round."""
    for function, build in ((exp, lambda x: _sigmoid(-x)), (_expm1, lambda x: -_sigmoid(x))):
        power = _argument(node, function)
        inside = _argument(-power, _softplus) if power is not None else None
        if inside is not None:
            return build(inside)
    return None


def _acosh_near_one(node: Expr) -> Expr | None:
    """acosh(1 + x), whose argument rounds x away, and whose slope at 0 is infinite."""
    inside = _argument(node, acosh)
    if isinstance(inside, Add) and S.One in inside.args:
        return 2 * asinh(sqrt((inside - 1) / 2))
    return None


def _tail(kind: Any, above: Callable[[Expr], Expr]) -> Callable[[Expr], Expr | None]:
    """What is left of a tail: c + c*f(x), for an odd f of that kind, where `above` is 1 + f."""

    def apply(node: Expr) -> Expr | None:
        if not isinstance(node, Add):
            return None
        for term, factor in factors_of(node):
            cofactor = term / factor
            for sign in (1, -1):
                if isinstance(factor, kind) and sign * cofactor in node.args:
                    rest = Add(*(t for t in node.args if t not in (term, sign * cofactor)))
                    return rest + sign * cofactor * above(sign * factor.args[0])
        return None

    return apply


def _other_tail(node: Expr) -> Expr | None:
    """2*c - c*erfc(x), all but one tail."""
    if not isinstance(node, Add):
        return None
    for term, factor in factors_of(node):
        both = -2 * term / factor
        if isinstance(factor, _erfc) and both in node.args:
            rest = Add(*(t for t in node.args if t not in (term, both)))
            return rest + both / 2 * _erfc(-factor.args[0])
    return None


def _logarithm_of_tail(node: Expr) -> Expr | None:
    """log(c*erfc(x)) with a number c, far out where erfc underflows."""
    if not isinstance(node, log):
        return None
    tails = [part for part in Mul.make_args(node.args[0]) if isinstance(part, _erfc)]
    rest = 2 * node.args[0] / Mul(*tails)
    if len(tails) != 1 or not rest.is_number or not rest.is_positive:
        return None
    return log(rest) + _log_ndtr(-sqrt(2) * tails[0].args[0])


def _logarithm_of_cosh(node: Expr) -> Expr | None:
    inside = node.args[0] if isinstance(node, log) else None
    return _logcosh(inside.args[0]) if isinstance(inside, cosh) else None


def _logarithm_of_sigmoid(node: Expr) -> Expr | None:
    """log(y*sigmoid(x)), where the product may vanish; y may be 1."""
    factors = Mul.make_args(node.args[0]) if isinstance(node, log) else ()
    for place, factor in enumerate(factors):
        inside = _argument(factor, _sigmoid)
        if inside is not None:
            return log(Mul(*factors[:place], *factors[place + 1 :])) - _softplus(-inside)
    return None


def _logarithm_between_sigmoids(node: Expr) -> Expr | None:
    """log(sigmoid(x) - sigmoid(y)), what a logistic distribution has between two places."""
    inside = node.args[0] if isinstance(node, log) else None
    if not isinstance(inside, Add) or len(inside.args) != 2:
        return None
    for upper, lower in (inside.args, inside.args[::-1]):
        x, y = _argument(upper, _sigmoid), _argument(-lower, _sigmoid)
        if x is not None and y is not None:
            gap = min((x - y, sympy.expand(x - y)), key=sympy.count_ops)
            return _log1mexp(gap) - _softplus(-x) - _softplus(y)
    return None


def _own_logarithm(node: Expr) -> Expr | None:
    """x*log(x), which is 0 at 0."""
    if not isinstance(node, Mul):
        return None
    for factor in node.args:
        if isinstance(factor, log) and factor.args[0] in node.args:
            x = factor.args[0]
            return node / (x * factor) * _xlogy(x, x)
    return None


def _known_angle(node: Expr) -> Expr | None:
    """Cos and sin of n*acos(x) + y or asin(x) + y, in x itself.

    A slope of acos is infinite at 1, one of what becomes of it here need not be.
    """
    if not isinstance(node, (cos, sin)):
        return None
    for term in Add.make_args(node.args[0]):
        count, angle = term.as_coeff_Mul()
        if not count.is_Integer or abs(count) > MOST_TURNS:
            continue
        if isinstance(angle, acos):
            x, rest = angle.args[0], node.args[0] - term
            sign, turns = (1 if count > 0 else -1), abs(count)
            cosine = sympy.chebyshevt(turns, x)
            sine = sign * sqrt(1 - x**2) * sympy.chebyshevu(turns - 1, x)
        elif isinstance(angle, asin) and abs(count) == 1:
            x, rest = angle.args[0], node.args[0] - term
            cosine, sine = sqrt(1 - x**2), count * x
        else:
            continue
        if isinstance(node, cos):
            return cosine * cos(rest) - sine * sin(rest)
        return sine * cos(rest) + cosine * sin(rest)
    return None


def _logistic(node: Expr) -> Expr | None:
    """(1 + exp(x))**-n."""
    if isinstance(node, Pow) and node.exp.is_Integer and node.exp.is_negative:
        rest = node.base - 1 if isinstance(node.base, Add) else node.base
        x = _argument(rest, exp)
        return None if x is None else _sigmoid(-x) ** -node.exp
    return None


def _power_of_logistic(node: Expr) -> Expr | None:
    """sigmoid(x)**y, of whose rounding a large exponent would make much."""
    if not isinstance(node, Pow) or node.exp.is_number or isinstance(node, exp):
        return None
    inside, power = _argument(node.base, _sigmoid), _argument(node.base - 1, exp)
    if power is not None:
        return exp(node.exp * _softplus(power))
    return None if inside is None else exp(-node.exp * _softplus(-inside))


def _logistic_product(node: Expr) -> Expr | None:
    """exp(x)*sigmoid(-x)."""
    if not isinstance(node, Mul):
        return None
    for factor in node.args:
        if isinstance(factor, exp):
            for other in node.args:
                inside = _argument(other, _sigmoid)
                if inside is not None and inside == -factor.args[0]:
                    rest = cofactor_of(cofactor_of(node, factor), other)
                    return rest * _sigmoid(factor.args[0])
    return None


def _selected(node: Expr) -> Expr | None:
    """A factor that selects 0 selects before the product is taken: 0 times infinity is no 0."""
    if not isinstance(node, Mul):
        return None
    for factor in node.args:
        if not isinstance(factor, Piecewise) or len(factor.args) != 2:
            continue
        (first, condition), (last, _) = factor.args
        kept = [other for other in node.args if isinstance(other, KroneckerDelta)]
        moved = [other for other in node.args if other not in (factor, *kept)]
        steep = any(map(_may_be_infinite, (*moved, first, last)))
        if not (moved and steep and S.Zero in (first, last)):
            continue
        first, last = (Mul(branch, *moved) for branch in (first, last))
        return Mul(Piecewise((first, condition), (last, True)), *kept)
    return None


def _one_power(node: Expr) -> Expr | None:
    """x**(a - 1)*x, which SymPy keeps apart, and which is no number at 0."""
    if not isinstance(node, Mul):
        return None
    exponents: dict[Expr, list[Expr]] = {}
    for factor in node.args:
        base, exponent = factor.as_base_exp()
        exponents.setdefault(base, []).append(exponent)
    for base, found in exponents.items():
        symbolic = not all(exponent.is_number for exponent in found)
        if len(found) > 1 and symbolic and not base.is_number:
            rest = (factor for factor in node.args if factor.as_base_exp()[0] != base)
            return Mul(*rest, Pow(base, Add(*found)))
    return None


def _may_be_infinite(node: Expr) -> bool:
    return node.has(log, _xlogy) or any(
        not (power.exp.is_Integer and power.exp.is_positive) for power in node.atoms(Pow)
    )


def _loggamma_of_vanishing(node: Expr) -> Expr | None:
    """The log-gamma function of what may underflow, near which it is -log of that."""
    x = _argument(node, _loggamma)
    factors = () if x is None else Mul.make_args(x)
    small = [factor for factor in factors if isinstance(factor, exp | _sigmoid)]
    if not small:
        return None
    logarithms = (f.args[0] if isinstance(f, exp) else -_softplus(-f.args[0]) for f in small)
    return _loggamma(1 + Mul(*factors)) - Add(log(Mul(*factors) / Mul(*small)), *logarithms)


def _argument(node: Expr, function: Any) -> Expr | None:
    """The argument of a call of that function."""
    return node.args[0] if isinstance(node, function) else None


REWRITES: tuple[Rewrite, ...] = (
    Rewrite("log1p", "log(1 + x)", -0.9, 50.0, _logarithm_near_one),
    Rewrite("softplus", "log(1 + exp(x))", -50.0, 50.0, _softplus_of),
    Rewrite("log1p of expm1", "log1p(expm1(x))", -50.0, 50.0, _log1p_of_expm1),
    Rewrite("log1mexp", "log(1 - exp(-x))", 1e-6, 50.0, _log1mexp_of),
    Rewrite("logaddexp", "log(exp(x) + exp(y))", -50.0, 50.0, log_of_sum),
    Rewrite("logaddexp with 1", "log(1 + exp(x) + exp(y))", -50.0, 50.0, log1p_of_sum),
    Rewrite("logaddexp less a term", "log(2*exp(x) + exp(y)) - x", -50.0, 50.0, less_addend),
    Rewrite("share of a sum", "exp(x)/(exp(x) + 2*exp(y) + 3)", -50.0, 50.0, share_of_sum),
    Rewrite("log of a product", "log(2*exp(x))", 0.1, 50.0, _logarithm_of_product),
    Rewrite("log of a reciprocal", "log(1/x)", 0.1, 50.0, _logarithm_of_reciprocal),
    Rewrite(
        "log of a choice",
        "log(Piecewise((1/(1 + exp(-x)), x < y), (y, True)))",
        0.1,
        9.0,
        _logarithm_of_choice,
    ),
    Rewrite("sigmoid of softplus", "exp(-log(1 + exp(x)))", -50.0, 50.0, _sigmoid_of_softplus),
    Rewrite("acosh near one", "acosh(1 + x)", 1e-6, 50.0, _acosh_near_one),
    Rewrite("tail of erf", "y + y*erf(x)", -3.0, 3.0, _tail(erf, lambda x: _erfc(-x))),
    Rewrite("tail of tanh", "y + y*tanh(x)", -9.0, 9.0, _tail(tanh, lambda x: 2 * _sigmoid(2 * x))),
    Rewrite("other tail of erf", "2*y - y*(1 - erf(x))", -3.0, 3.0, _other_tail),
    Rewrite("log of a tail of erf", "log(1 - erf(x))", -3.0, 5.0, _logarithm_of_tail),
    Rewrite("logcosh", "log(cosh(x))", -50.0, 50.0, _logarithm_of_cosh),
    Rewrite("logsigmoid", "log(y/(1 + exp(-x)))", 0.1, 50.0, _logarithm_of_sigmoid),
    Rewrite(
        "log between sigmoids",
        "log(1/(1 + exp(-x)) - 1/(1 + exp(x)))",
        0.1,
        9.0,
        _logarithm_between_sigmoids,
    ),
    Rewrite("sigmoid", "1/(1 + exp(-x))", -50.0, 50.0, _logistic),
    Rewrite("sigmoid of a quotient", "exp(x)/(1 + exp(x))", -50.0, 50.0, _logistic_product),
    Rewrite("complement", "1 - 1/(1 + exp(-x))", -50.0, 50.0, difference(sigmoid_less_one)),
    Rewrite("complement of a share", "1 - 1/(1 + x)", 0.1, 9.0, difference(reciprocal_less_one)),
    Rewrite("power of sigmoid", "(1/(1 + exp(-x)))**y", 0.1, 9.0, _power_of_logistic),
    Rewrite("slope of tanh", "y - y*tanh(x)**2", -9.0, 9.0, difference(squared_tanh_less_one)),
    Rewrite("powers", "y/sqrt(1 + x**2) - y*x**2/sqrt(1 + x**2)**3", -9.0, 9.0, one_power_less),
    Rewrite("roots", "(sqrt(x) - 3*sqrt(y))/sqrt(x)", 0.1, 9.0, roots_apart),
    Rewrite("expm1", "y*exp(x) - y", -5.0, 5.0, difference(exp_less_one)),
    Rewrite("power less one", "1 - y**x", 0.1, 3.0, difference(power_less_one)),
    Rewrite("sqrt1pm1", "sqrt(1 + x**2) - 1", -5.0, 5.0, difference(root_less_one)),
    Rewrite("half angle of cosh", "cosh(x) - 1", -5.0, 5.0, difference(cosh_less_one)),
    Rewrite("half angle of cos", "1 - cos(x)", -5.0, 5.0, difference(cos_less_one)),
    Rewrite("known angle", "cos(3*acos(x) + y)", 0.1, 0.9, _known_angle),
    Rewrite("one power", "x**(y - 1)*x", 0.1, 3.0, _one_power),
    Rewrite("selection", "log(x)*Piecewise((0, x < 1), (y, True))", 0.1, 3.0, _selected),
    Rewrite("xlogy", "x*log(x)", 1e-6, 5.0, _own_logarithm),
    Rewrite("loggamma that vanishes", "loggamma(y*exp(x))", 0.1, 3.0, _loggamma_of_vanishing),
)
LAST: tuple[Rewrite, ...] = (
    Rewrite("exponential less its tangent", "y*exp(x) - y - x*y", -5.0, 5.0, less_tangent),
    Rewrite("log less its tangent", "log(x) - x + 1", 0.1, 9.0, logarithm_less_tangent),
    Rewrite("log and a reciprocal", "log(x/y) + y/x - 1", 0.1, 9.0, logarithm_less_tangent),
    Rewrite("relative entropy", "x*log(x/y) - x + y", 0.1, 9.0, logarithm_less_tangent),
    Rewrite("one denominator", "x/(x + y)**2 - 1/(x + y)", 0.1, 9.0, over_one),
    Rewrite("log of a ratio", "log(x) - log(y)", 0.1, 9.0, logarithms_apart),
    Rewrite("log1p of a ratio", "y*log(1 + x) - y*log(1 + y)", 0.1, 9.0, logarithms_apart),
    Rewrite("common factor", "x*exp(y) - y*exp(y)", 0.1, 9.0, common_factor),
)
"""For what is not differentiated any more: they have kinks that cancel."""
