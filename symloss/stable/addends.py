"""Rewrites of sums with a few exponentials in them: their logarithms, and one term's share."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sympy import Add, Expr, Mul, S, exp, log

from symloss.language import FUNCTIONS
from symloss.stable.differences import exponentials_of, factors_of

_logaddexp: Any
_log1p: Any
_softplus, _sigmoid, _logaddexp, _log1p = (
    FUNCTIONS[name].build for name in ("softplus", "sigmoid", "logaddexp", "log1p")
)


def log_of_sum(node: Expr) -> Expr | None:
    """log(c + exp(x) + exp(y)), which overflows long before its value does; c may be 0.

    The sum may be a factor, with an exponent, beside what is positive.
    """
    inside = node.args[0] if isinstance(node, log) else S.One
    for factor in Mul.make_args(inside):
        total, power = factor.as_base_exp()
        exponents = _exponents(total) if isinstance(total, Add) and power.is_number else None
        rest = inside / factor
        if exponents and rest.is_positive:
            return log(rest) + power * _logarithm(exponents)
    return None


def log1p_of_sum(node: Expr) -> Expr | None:
    """log(1 + exp(x) + exp(y))."""
    inside = node.args[0] if isinstance(node, _log1p) else None
    exponents = _exponents(inside) if isinstance(inside, Add) else None
    return _softplus(_logarithm(exponents)) if exponents else None


def share_of_sum(node: Expr) -> Expr | None:
    """exp(x)/(exp(x) + exp(y)), and powers of it."""
    factors = node.args if isinstance(node, Mul) else ()
    for share in factors:
        total, power = share.as_base_exp()
        times = -power if power.is_Integer and power.is_negative else 0
        for term in Add.make_args(total) if times else ():
            exponents, coefficient = exponentials_of(term)
            others = _exponents(total - term)
            own = exp(times * Add(*exponents))
            if exponents and own in factors and coefficient.is_positive and others:
                rest = (part for part in factors if part not in (share, own))
                gap = Add(*exponents, log(coefficient)) - _logarithm(others)
                return Mul(*rest) / coefficient**times * _sigmoid(gap) ** times
    return None


def less_addend(node: Expr) -> Expr | None:
    """logaddexp(x, y) - x, which has no digits where x is by far the larger; y may be 0."""
    if not isinstance(node, Add):
        return None
    for term, factor in factors_of(node):
        if isinstance(factor, _logaddexp | _softplus):
            others = node - term
            pair = factor.args if isinstance(factor, _logaddexp) else (*factor.args, S.Zero)
            for one, other in (pair, pair[::-1]):
                if one == 0:
                    continue
                rest = others + term / factor * one
                if _terms(rest) + _terms(one) == _terms(others):
                    return rest + term / factor * _softplus(other - one)
    return None


def _logarithm(exponents: list[Expr]) -> Expr:
    """The logarithm of the sum of exponentials."""
    first, *others = exponents
    return _softplus(_logarithm(others)) if first == 0 and others else reduce(_logaddexp, exponents)


def _terms(expression: Expr) -> int:
    return 0 if expression == 0 else len(Add.make_args(expression))


def _exponents(total: Expr) -> list[Expr] | None:
    """The logarithms of positive terms, at least one an exponential; others are taken together."""
    found, rest = [], []
    for term in Add.make_args(total):
        exponents, factor = exponentials_of(term)
        if not exponents:
            rest.append(term)
        elif factor.is_positive:
            found.append(Add(*exponents, log(factor)))
        else:
            return None
    constant = Add(*rest)
    if not found or constant == 0:
        return found or None
    is_plain = constant.is_positive and constant.is_finite and not constant.has(exp)
    return [log(constant), *found] if is_plain else None
