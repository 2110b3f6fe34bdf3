"""Functions of sums, Phi(s) with s = sum_i g(u_i): Hessians that are a diagonal less rank one.

The Hessian by u is Phi' diag(g''_i) + Phi'' g' g'^T. Where Phi'' < 0, Cauchy and Schwarz give
(sum g'_i v_i)**2 <= (sum g'_i**2/g''_i) (sum g''_i v_i**2); so if g'**2 <= g'' (a g + b) for every
u, the form is not negative where |Phi'| + Phi'' (a s + n b) >= 0. Both are signs of functions of a
scalar. With g = exp, a = 1 this is the variance argument for log-sum-exp; with g = x**p, a =
p/(p - 1) it gives p-norms, with g = log, b = -1 geometric means.

A body in Abs(u) alone is a function of v = Abs(u) >= 0 that must also rise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Mul, S, Symbol

from symloss.audit.composition.fact import REALS, Fact
from symloss.audit.composition.local import Local, locals_of
from symloss.audit.signs import cells, chain
from symloss.audit.signs.decide import Box, Relation, decided
from symloss.audit.verdicts import Proved
from symloss.language import Interval
from symloss.program import name_of

if TYPE_CHECKING:
    from symloss.audit.composition.walk import Walk


@dataclass(frozen=True)
class Statistic:
    """One sum: its symbol in Phi, its body g as a function of u on a box, and what u is.

    `scalars` are the symbols of the body that are the same for every term.
    """

    symbol: Symbol
    body: Expr
    u: Symbol
    box: Mapping[Symbol, Interval]
    operand: Expr
    bound: tuple[Symbol, ...]
    scalars: frozenset[Symbol]
    must_rise: bool = False


def template(walk: Walk, expression: Expr, way: int, *, strict: bool = False) -> bool:
    """Whether way*expression is convex (strictly in every u) by the template."""
    forms = locals_of(walk, expression)
    return bool(forms) and all(_form(walk, form, way, strict) for form in forms or ())


def statistic_of(walk: Walk, expression: Expr) -> Expr | None:
    """The operand whose function is summed in all sums that the expression holds."""
    found = {
        one.operand
        for form in locals_of(walk, expression) or ()
        for leaf, fact in form.moving.values()
        if (one := _statistic(walk, leaf, fact)) is not None
    }
    return found.pop() if len(found) == 1 else None


def _form(walk: Walk, form: Local, way: int, strict: bool) -> bool:
    if not 1 <= len(form.moving) <= 2:
        return False
    phi, box = way * form.formula, dict(form.box)
    known: list[Statistic] = []
    for symbol, (leaf, fact) in form.moving.items():
        one = _statistic(walk, leaf, fact)
        if one is None:
            return False
        product = one.symbol.name.startswith("log ")
        phi = phi.xreplace({symbol: sympy.exp(one.symbol) if product else one.symbol})
        box[one.symbol] = REALS if product else form.box[symbol]
        known.append(one)
    if len({(one.operand, one.bound) for one in known}) > 1:
        return False
    size = _size(walk, known[0])
    box |= size[1]
    if len(known) == 1:
        return _of_one(phi, box, known[0], size[0], strict)
    return not strict and _of_two(phi, box, known, size[0])


def _size(walk: Walk, one: Statistic) -> tuple[Expr, dict[Symbol, Interval]]:
    """The number of terms, and the box of the symbols that it brings."""
    number = Mul(*(walk.program.ranges[index] for index in one.bound))
    own = {leaf: Symbol(str(leaf), real=True) for leaf in number.free_symbols}
    at_least_one = Interval(S.One, sympy.oo, False, True)
    return number.xreplace(own), dict.fromkeys(own.values(), at_least_one)


def _statistic(walk: Walk, leaf: Expr, fact: Fact) -> Statistic | None:
    """A sum's statistic; that of a product of positive factors is the sum of their logarithms."""
    step = next((s for s in walk.program.steps if s.name == name_of(leaf)), None)
    if (
        step is None
        or step.kind not in ("sum", "prod")
        or (step.kind == "prod" and not fact.positive)
    ):
        return None
    symbol = Symbol(f"sum {leaf}", real=True, positive=True if fact.nonnegative else None)
    body = step.expression.xreplace(dict(zip(step.indices, getattr(leaf, "indices", ()),
                                             strict=True)))  # fmt: skip
    if step.kind == "prod":
        symbol, body = Symbol(f"log {leaf}", real=True), sympy.log(body)
    forms = locals_of(walk, body)
    if not forms or len(forms) != 1 or len(forms[0].moving) != 1:
        return None
    ((u, (operand, inner)),) = forms[0].moving.items()
    if not inner.affine:
        return None
    bound, form = tuple(step.bound), forms[0]
    scalars = frozenset(s for s, at in form.fixed.items() if not at.free_symbols & set(bound))
    return _rising(Statistic(symbol, form.formula, u, form.box, operand, bound, scalars))


def _rising(one: Statistic) -> Statistic:
    """The statistic as a function of Abs(u) where that is all that it depends on."""
    span = one.box[one.u]
    box = {s: d for s, d in one.box.items() if s != one.u}
    v = Symbol("v", positive=True)
    swapped = one.body.xreplace({sympy.Abs(one.u): v})
    if one.body.has(sympy.Abs(one.u)) and not swapped.has(one.u):
        top = max(abs(span.low), abs(span.high))
        box[v] = Interval(S.Zero, top, False, bool(top.is_infinite))
        return replace(one, body=swapped, u=v, box=box, must_rise=True)
    if span.low >= 0:
        box[v] = span
        return replace(one, body=one.body.xreplace({one.u: v}), u=v, box=box)
    return one


def _of_one(
    phi: Expr, whole: Mapping[Symbol, Interval], one: Statistic, size: Expr, strict: bool
) -> bool:
    first, second = sympy.diff(phi, one.symbol), sympy.diff(phi, one.symbol, 2)
    box = {**whole, one.symbol: _inside(whole[one.symbol])}
    if not _holds(second, box, "<="):
        return False
    way = next((w for w in (1, -1) if _holds(w * first, box, ">=")), None)
    if way is None or not _is_continuous(phi, one.symbol, whole):
        return False
    for a, b in _candidates(way * one.body, one):
        if (a.free_symbols | b.free_symbols) - one.scalars:
            continue
        bound = way * first + second * (a * way * one.symbol + size * b)
        clean = bound if bound.is_number else sympy.powsimp(sympy.simplify(bound))
        if _pointwise(one, way, a, b, ">=") and _holds(clean, box, ">="):
            return not strict or _is_strict(one, way, (a, b), clean, box)
    return False


def _is_strict(one: Statistic, way: int, pair: tuple[Expr, Expr], bound: Expr, box: Box) -> bool:
    if one.must_rise or not _holds(way * sympy.diff(one.body, one.u, 2), one.box, ">"):
        return False
    return _holds(bound, box, ">") or _pointwise(one, way, *pair, ">")


def _pointwise(one: Statistic, way: int, a: Expr, b: Expr, relation: Relation) -> bool:
    """G'' (a G + b) - G'**2 on the open range, with G = way*g convex (and rising if it must)."""
    body = way * one.body
    first, second = sympy.diff(body, one.u), sympy.diff(body, one.u, 2)
    box = {**one.box, one.u: _inside(one.box[one.u])}
    if one.must_rise and not _holds(first, box, ">="):
        return False
    gap = sympy.simplify(second * (a * body + b) - first**2)
    return (
        _holds(second, box, ">=")
        and _holds(gap, box, relation)
        and _is_continuous(body, one.u, one.box)
    )


def _candidates(body: Expr, one: Statistic) -> Iterator[tuple[Expr, Expr]]:
    """Constants a >= 0 and b for the bound, from the forms that the ratio takes."""
    first, second = sympy.diff(body, one.u), sympy.diff(body, one.u, 2)
    if second == 0:
        return
    ratio = sympy.simplify(first**2 / second)
    share = sympy.simplify(ratio / body)
    if not share.has(one.u):
        yield share, S.Zero
    if not ratio.has(one.u):
        yield S.Zero, ratio
    if not share.has(one.u) or not ratio.has(one.u):
        return
    yield S.One, S.Zero
    y = sympy.Dummy(positive=True)
    for form in (y, -y):
        slope = chain.limit(share.xreplace({one.u: form}), y, sympy.oo)
        if slope is not None and slope.is_Rational and slope >= 0:
            rest = chain.limit((ratio - slope * body).xreplace({one.u: form}), y, sympy.oo)
            yield slope, S.Zero
            if rest is not None and rest.is_Rational:
                yield slope, rest


def _of_two(phi: Expr, box: Mapping[Symbol, Interval], known: list[Statistic], size: Expr) -> bool:
    """Phi without mixed curvature: the diagonal must outweigh n g'**2 where Phi bends down."""
    symbols = [one.symbol for one in known]
    hessian = sympy.hessian(phi, symbols)
    if sympy.simplify(hessian[0, 1]) != 0 or any(one.must_rise for one in known):
        return False
    u, whole = known[0].u, {**box, **known[0].box, **known[1].box}
    bodies = [one.body.xreplace({one.u: u}) for one in known]
    rest = S.Zero
    for place, (symbol, body) in enumerate(zip(symbols, bodies, strict=True)):
        rest += sympy.diff(phi, symbol) * sympy.diff(body, u, 2)
        if not _holds(hessian[place, place], whole, ">="):
            rest += size * hessian[place, place] * sympy.diff(body, u) ** 2
            if not _holds(hessian[place, place], whole, "<="):
                return False
    return _holds(sympy.simplify(rest), whole, ">=")


def _inside(span: Interval) -> Interval:
    return Interval(span.low, span.high, True, True)


def _holds(expression: Expr, box: Box, relation: Relation) -> bool:
    if expression.has(sympy.zoo, sympy.nan, sympy.Derivative, sympy.Subs):
        return False
    used = {s: d for s, d in box.items() if expression.has(s)}
    return isinstance(decided(expression, used, relation), Proved)


def _is_continuous(formula: Expr, symbol: Symbol, box: Box) -> bool:
    """Whether the formula has its limits at the ends that belong to the range."""
    span = box[symbol]
    ends = [(span.low, 1)] * (not span.low_open) + [(span.high, -1)] * (not span.high_open)
    rest = {s: d for s, d in box.items() if s != symbol and formula.has(s)}
    return all(
        _reaches(formula.subs(cell), symbol, place, way)
        for cell in cells.cells(rest)
        for place, way in ends
    )


def _reaches(formula: Expr, symbol: Symbol, place: Expr, way: int) -> bool:
    y = sympy.Dummy(positive=True)
    near = chain.limit(formula.subs(symbol, place + way * y), y, S.Zero)
    here = formula.subs(symbol, place)
    return near is not None and near.is_finite and sympy.simplify(near - here) == 0
