"""A small checker of convexity by composition: fewer rules than the prover has, written apart.

A proof is confirmed if these rules find the same for the whole program; where they say nothing the
proof is neither confirmed nor rejected. The rules (Boyd and Vandenberghe 2004, sections 3.2 and
3.5): sums, products with constants of a known sign, maxima, powers, an outer function that is
convex and monotone of an inner one that is convex (or concave, where it falls), sums of log-convex
terms, and powers of norms (Minkowski's inequality).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import sympy
from sympy import Expr, Indexed, S, Symbol

from symloss.audit.recheck import gaps
from symloss.audit.recheck.choices import CHOICES, Unclear, agreeing, formulas
from symloss.audit.recheck.masks import unmasked
from symloss.language import FUNCTIONS, Finite, Interval, Simplex
from symloss.program import Program, Step, name_of, operands

_OO = sympy.oo


@dataclass(frozen=True)
class Known:
    """What is known of a value as a function of `wrt`.

    Attributes:
        low: a lower bound, which `above` says is not reached.
        high: an upper bound, which `below` says is not reached.
        convex: whether it is convex.
        concave: whether it is concave.
        fixed: whether it does not depend on `wrt`.
        log_convex: whether it is positive with a convex logarithm.
        norm: a degree d >= 1 such that the value is g**d with g convex and g >= 0; infinite for
            a constant, which is so for every d.
    """

    low: Expr = -_OO
    high: Expr = _OO
    above: bool = True
    below: bool = True
    convex: bool = False
    concave: bool = False
    fixed: bool = False
    log_convex: bool = False
    norm: Expr | None = None

    @property
    def positive(self) -> bool:
        """Whether it is above 0."""
        return bool(self.low > 0) or (self.low == 0 and self.above)


NOTHING = Known()


def settled(known: Known) -> Known:
    """With what follows from it."""
    if known.fixed:
        known = replace(known, convex=True, concave=True, log_convex=known.positive)
    if known.fixed and known.low >= 0:
        return replace(known, norm=_OO)
    if known.log_convex or known.norm is not None:
        known = replace(known, convex=True)
    if known.convex and known.low >= 0 and known.norm is None:
        known = replace(known, norm=S.One)
    return known


LONGEST = 120
_MEANING: dict[Any, Any] = {
    FUNCTIONS["softplus"].node: lambda x: sympy.log(1 + sympy.exp(x)),
    FUNCTIONS["logcosh"].node: lambda x: sympy.log(sympy.cosh(x)),
    FUNCTIONS["sigmoid"].node: lambda x: 1 / (1 + sympy.exp(-x)),
    FUNCTIONS["expm1"].node: lambda x: sympy.exp(x) - 1,
    FUNCTIONS["log1p"].node: lambda x: sympy.log(1 + x),
    FUNCTIONS["log1pmx"].node: lambda x: sympy.log(1 + x) - x,
    FUNCTIONS["expm1mx"].node: lambda x: sympy.exp(x) - 1 - x,
}
_ENTIRE = (sympy.exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.tanh, sympy.atan,
           sympy.erf, sympy.Add, sympy.Mul)  # fmt: skip


def is_smooth(formula: Expr) -> bool:
    """Whether a formula is defined and analytic for all values that its symbols may have."""
    if not formula.args:
        return bool(formula.is_Symbol or formula.is_finite)
    if isinstance(formula, sympy.Pow):
        whole = formula.exp.is_Integer
        safe = formula.base.is_nonzero if whole else formula.base.is_positive
        fine = (whole and formula.exp > 0) or safe
    else:
        fine = isinstance(formula, _ENTIRE) or (
            isinstance(formula, sympy.log) and formula.args[0].is_positive
        )
    return bool(fine) and all(map(is_smooth, formula.args))


class Plain(NamedTuple):
    """A formula in plain symbols: u, which varies, stands for `leaf`, and all for what is told."""

    formula: Expr
    u: Symbol
    leaf: Expr
    told: dict[Symbol, Expr]


class Rules:
    """What the rules say of each step of a program."""

    def __init__(self, program: Program) -> None:
        """Read the steps in order."""
        self.program = program
        self.known: dict[str, Known] = {}
        self.domains = {entry.name: entry.domain for entry in program.arguments}
        for entry in program.arguments:
            varies = entry.name in program.wrt
            self.known[entry.name] = settled(_of_domain(entry.domain, varies=varies))
        for step in program.steps:
            self.known[step.name] = settled(self._of_step(step))

    def _of_step(self, step: Step) -> Known:
        body = self.of(unmasked(step, self.program))
        if step.kind is None:
            return body
        if step.kind == "sum":
            return _repeated(body)
        if step.kind == "max":
            return replace(body, concave=body.fixed, log_convex=body.log_convex)
        if step.kind == "min":
            return replace(body, convex=body.fixed, log_convex=False, norm=None)
        if step.kind == "logsumexp":
            return Known(convex=body.convex, fixed=body.fixed)
        return Known(fixed=body.fixed)

    def of(self, node: Expr) -> Known:
        """What is known of an expression."""
        if isinstance(node, Symbol | Indexed):
            return self._leaf(node)
        if node.is_number:
            return settled(_number(node))
        rule = _RULES.get(node.func)
        if rule is not None:
            known = settled(rule(self, node))
            return known if known.convex or known.concave else settled(self._bent(node, known))
        parts = [self.of(part) for part in node.args if isinstance(part, Expr)]
        if parts and all(part.fixed for part in parts):
            return settled(replace(_range_of(node.func), fixed=True))
        if len(parts) == 1 and node.func in _ATOMS:
            return settled(_composed(node.func, parts[0]))
        return NOTHING

    def _leaf(self, leaf: Expr) -> Known:
        if isinstance(leaf, Indexed) and not all(self.of(at).fixed for at in leaf.indices):
            return NOTHING
        found = self.known.get(name_of(leaf))
        if found is not None:
            return found
        low = S.One if leaf.is_positive else -_OO  # a core dimension, or an index
        return settled(Known(low=low, above=low != 1, fixed=True))

    def _bent(self, node: Expr, known: Known) -> Known:
        """What second derivatives say of an expression in one operand, affine in what varies.

        All of its formulas have second derivatives of one sign, and agree with their slopes where
        they may meet.
        """
        found = None if sympy.count_ops(node) > LONGEST else self.in_one_operand(node)
        if found is None or not (self.of(found.leaf).convex and self.of(found.leaf).concave):
            return known
        try:
            if node.has(*CHOICES) and agreeing(found.formula, found.u) < 1:
                return known
            every = formulas(found.formula, found.u, None)
        except Unclear:
            return known
        if not all(is_smooth(one) for one in every):
            return known
        bends = [sympy.factor(sympy.diff(one, found.u, 2)) for one in every]
        return replace(known, convex=all(bend.is_nonnegative for bend in bends),
                       concave=all(bend.is_nonpositive for bend in bends))  # fmt: skip

    def in_one_operand(self, node: Expr) -> Plain | None:
        """An expression of one operand that varies in plain symbols; None if several do."""
        moving = [leaf for leaf in operands(node) if not self.of(leaf).fixed]
        if len(moving) != 1 or any(
            at.has(moving[0]) for leaf in node.atoms(Indexed) for at in leaf.indices
        ):
            return None
        swap = {leaf: self._symbol(leaf) for leaf in operands(node)}
        told = {symbol: leaf for leaf, symbol in swap.items()}
        formula = node.xreplace(swap).replace(
            lambda at: at.func in _MEANING, lambda at: _MEANING[at.func](*at.args)
        )
        return Plain(formula, swap[moving[0]], moving[0], told)

    def _symbol(self, leaf: Expr) -> Symbol:
        """A symbol of the sign that an operand has."""
        known, domain = self.of(leaf), self.domains.get(name_of(leaf))
        signs: dict[str, bool] = {}
        if known.positive:
            signs = {"positive": True}
        elif known.low >= 0:
            signs = {"nonnegative": True}
        elif isinstance(domain, Finite) and S.Zero not in domain.values:
            signs = {"nonzero": True}
        return sympy.Dummy(str(leaf), real=True, **signs)


def _of_domain(domain: Any, *, varies: bool) -> Known:
    low, high, above, below = -_OO, _OO, True, True
    if isinstance(domain, Interval):
        low, high = domain.low, domain.high
        above, below = domain.low_open, domain.high_open
    elif isinstance(domain, Finite):
        low, high, above, below = min(domain.values), max(domain.values), False, False
    elif isinstance(domain, Simplex):
        low, high, above, below = S.Zero, S.One, False, False
    flat = varies and (isinstance(domain, Simplex) or
                       (isinstance(domain, Interval) and not domain.integer))  # fmt: skip
    return Known(low, high, above, below, flat, flat, fixed=not varies)


def _number(node: Expr) -> Known:
    if node.is_Rational:
        return Known(node, node, False, False, fixed=True)
    if node.is_finite and node.is_positive:
        return Known(S.Zero, _OO, True, True, fixed=True)
    if node.is_finite and node.is_negative:
        return Known(-_OO, S.Zero, True, True, fixed=True)
    return Known(above=False, below=False, fixed=bool(node.is_finite))


def _add(rules: Rules, node: Expr) -> Known:
    found = _total([rules.of(part) for part in node.args])
    if found.low == -_OO:
        rest, factors = gaps.apart(rules.program, node.args)
        if factors and all(rules.of(factor).low >= 0 for factor in factors):
            found = replace(found, low=sum((rules.of(part).low for part in rest), S.Zero),
                            above=any(rules.of(part).above for part in rest))  # fmt: skip
    if found.high == _OO:
        rest, factors = gaps.apart(rules.program, tuple(-part for part in node.args))
        if factors and all(rules.of(factor).low >= 0 for factor in factors):
            found = replace(found, high=-sum((rules.of(part).low for part in rest), S.Zero),
                            below=any(rules.of(part).above for part in rest))  # fmt: skip
    return found


def _total(parts: list[Known]) -> Known:
    return Known(
        sum((p.low for p in parts), S.Zero),
        sum((p.high for p in parts), S.Zero),
        any(p.above for p in parts),
        any(p.below for p in parts),
        all(p.convex for p in parts),
        all(p.concave for p in parts),
        all(p.fixed for p in parts),
        all(p.log_convex for p in parts),
        _common([p.norm for p in parts]),
    )


def _common(degrees: list[Expr | None]) -> Expr | None:
    """A sum of values of one degree has that degree; of several, it is but convex."""
    if None in degrees:
        return None
    known = {d for d in degrees if d is not None and d != _OO}
    if not known:
        return _OO
    return known.pop() if len(known) == 1 else S.One


def _repeated(body: Known) -> Known:
    low = body.low if body.low >= 0 else -_OO
    high = body.high if body.high <= 0 else _OO
    return replace(body, low=low, high=high, above=body.above or low == -_OO,
                   below=body.below or high == _OO)  # fmt: skip


def _mul(rules: Rules, node: Expr) -> Known:
    parts = [(part, rules.of(part)) for part in node.args]
    moving = [known for _, known in parts if not known.fixed]
    fixed = [known for _, known in parts if known.fixed]
    scale = _product(fixed)
    if not moving:
        return replace(scale, fixed=True)
    if len(moving) > 1:
        whole = _product([known for _, known in parts])
        return replace(whole, log_convex=all(known.log_convex for _, known in parts))
    return _scaled(moving[0], scale)


def _scaled(inner: Known, scale: Known) -> Known:
    span = _product([inner, scale])
    if scale.low >= 0:
        log_convex = inner.log_convex and scale.positive
        return replace(span, convex=inner.convex, concave=inner.concave, log_convex=log_convex,
                       norm=inner.norm if inner.low >= 0 else None)  # fmt: skip
    if scale.high <= 0:
        return replace(span, convex=inner.concave, concave=inner.convex)
    return replace(span, convex=inner.convex and inner.concave, concave=inner.convex
                   and inner.concave)  # fmt: skip


def _bare(known: Known) -> Known:
    """Its bounds alone."""
    return Known(known.low, known.high, known.above, known.below)


def _product(parts: list[Known]) -> Known:
    """Signs of a product; its size is not followed, but for numbers."""
    strict, sign = True, 1
    for part in parts:
        if part.low >= 0:
            strict &= part.positive
        elif part.high <= 0:
            sign = -sign
            strict &= bool(part.high < 0) or part.below
        else:
            return Known()
    scale = sympy.Mul(*(part.low for part in parts if part.low == part.high))
    others = [part for part in parts if part.low != part.high]
    if not others:
        return Known(scale, scale, False, False)
    if len(others) == 1 and scale > 0:
        return replace(_bare(others[0]), low=scale * others[0].low, high=scale * others[0].high)
    if len(others) == 1 and scale < 0:
        one = others[0]
        return Known(scale * one.high, scale * one.low, one.below, one.above)
    return Known(S.Zero, _OO, strict, True) if sign > 0 else Known(-_OO, S.Zero, True, strict)


def _pow(rules: Rules, node: Expr) -> Known:
    base, exponent = rules.of(node.base), node.exp
    if node.base == S.Exp1:
        return _exp(rules, sympy.exp(exponent, evaluate=False))
    power = rules.of(exponent)
    if base.fixed and power.fixed:
        positive = base.positive or bool(exponent.is_even)
        return Known(S.Zero if positive or base.low >= 0 else -_OO, _OO,
                     base.positive, True, fixed=True)  # fmt: skip
    if not exponent.is_Rational:
        return Known(S.Zero, _OO, base.positive) if base.low >= 0 else NOTHING
    return _power(base, exponent)


def _power(base: Known, p: Expr) -> Known:
    span = Known()
    if p.is_even or base.low >= 0:
        strict = base.positive or (p < 0)
        span = Known(S.Zero, _OO, bool(strict), True)
    if p.is_Integer and p.is_even and p > 0 and base.convex and base.concave:
        return replace(span, norm=p)  # |affine|**p
    if p < 0:
        good = base.positive and base.concave
        return replace(span, convex=good, log_convex=good)
    if base.low >= 0 and base.norm is not None and base.norm * p >= 1:
        return replace(span, norm=base.norm * p)
    if base.low >= 0 and 0 < p <= 1 and base.concave:
        return replace(span, concave=True)
    if p.is_even and base.high <= 0 and base.concave:
        return replace(span, convex=True)
    return span


def _exp(rules: Rules, node: Expr) -> Known:
    inner = rules.of(node.args[0])
    return Known(S.Zero, sympy.exp(inner.high), True, inner.below or inner.high == _OO,
                 log_convex=inner.convex, fixed=inner.fixed)  # fmt: skip


def _log(rules: Rules, node: Expr) -> Known:
    inner = rules.of(node.args[0])
    if not (inner.positive or inner.log_convex):
        return NOTHING
    low = S.Zero if inner.low >= 1 else -_OO
    return Known(low, _OO, not (inner.low == 1 and not inner.above), True,
                 convex=inner.log_convex, concave=inner.concave, fixed=inner.fixed)  # fmt: skip


def _abs(rules: Rules, node: Expr) -> Known:
    inner = rules.of(node.args[0])
    convex = (inner.convex and inner.concave) or (inner.convex and inner.low >= 0) or (
        inner.concave and inner.high <= 0
    )  # fmt: skip
    return Known(S.Zero, _OO, False, True, convex=bool(convex), fixed=inner.fixed)


def _max(rules: Rules, node: Expr) -> Known:
    parts = [rules.of(part) for part in node.args]
    low = max(p.low for p in parts)
    reached = [p for p in parts if p.low == low]
    return Known(low, _OO, all(p.above for p in reached) and low != -_OO, True,
                 convex=all(p.convex for p in parts), fixed=all(p.fixed for p in parts),
                 log_convex=all(p.log_convex for p in parts))  # fmt: skip


def _min(rules: Rules, node: Expr) -> Known:
    parts = [rules.of(part) for part in node.args]
    low = min(p.low for p in parts)
    above = low != -_OO and all(p.above for p in parts if p.low == low)
    return Known(low, above=above, concave=all(p.concave for p in parts),
                 fixed=all(p.fixed for p in parts))  # fmt: skip


def _piecewise(rules: Rules, node: Expr) -> Known:
    if not all(_is_fixed(rules, pair.cond) for pair in node.args):
        values = [rules.of(pair.expr) for pair in node.args]
        low = min(value.low for value in values)
        return Known(low=low, above=all(v.above for v in values if v.low == low))
    parts = [rules.of(pair.expr) for pair in node.args]
    return Known(
        min(p.low for p in parts), max(p.high for p in parts),
        False, False,
        all(p.convex for p in parts), all(p.concave for p in parts), all(p.fixed for p in parts),
        all(p.log_convex for p in parts),
        _common([p.norm for p in parts]) if len({p.norm for p in parts}) == 1 else None,
    )  # fmt: skip


def _is_fixed(rules: Rules, test: Any) -> bool:
    if test in (sympy.true, sympy.false):
        return True
    if isinstance(test, Expr):
        return rules.of(test).fixed
    return all(_is_fixed(rules, part) for part in test.args)


_RULES: dict[Any, Callable[[Rules, Expr], Known]] = {
    sympy.Add: _add, sympy.Mul: _mul, sympy.Pow: _pow, sympy.exp: _exp, sympy.log: _log,
    sympy.Abs: _abs, sympy.Max: _max, sympy.Min: _min, sympy.Piecewise: _piecewise,
}  # fmt: skip

_UP, _EVEN = "rises", "even"
_BY_NAME: dict[str, tuple[str, str, Expr, bool]] = {
    # name: curvature, monotonicity, lower bound, whether that is not reached
    "softplus": ("convex", _UP, S.Zero, True),
    "expm1": ("convex", _UP, S.NegativeOne, True),
    "log1p": ("concave", _UP, -_OO, True),
    "log1pmx": ("concave", "", -_OO, True),
    "expm1mx": ("convex", _EVEN, S.Zero, False),
    "cosh": ("convex", _EVEN, S.One, False),
    "logcosh": ("convex", _EVEN, S.Zero, False),
    "sigmoid": ("", _UP, S.Zero, True),
}
_ATOMS = {FUNCTIONS[name].node: row for name, row in _BY_NAME.items() if name in FUNCTIONS}


def _range_of(node: Any) -> Known:
    row = _ATOMS.get(node)
    high = S.One if node == FUNCTIONS["sigmoid"].node else _OO
    return NOTHING if row is None else Known(row[2], high, row[3])


def _composed(node: Any, inner: Known) -> Known:
    curvature, way, _, _ = _ATOMS[node]
    flat = inner.convex and inner.concave
    rising = way == _UP or (way == _EVEN and inner.low >= 0)
    convex = curvature == "convex" and (flat or (inner.convex and rising))
    concave = curvature == "concave" and (flat or (inner.concave and rising))
    return replace(_range_of(node), convex=bool(convex), concave=bool(concave))
