"""A small checker of convexity by composition: fewer rules than the prover has, written apart.

A proof is confirmed if these rules find the same for the whole program; where they say nothing the
proof is neither confirmed nor rejected. The rules (Boyd and Vandenberghe 2004, sections 3.2 and
3.5): sums, products with constants of a known sign, maxima, powers, an outer function that is
convex and monotone of an inner one that is convex (or concave, where it falls), sums of log-convex
terms, and powers of norms (Minkowski's inequality).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import sympy
from sympy import Expr, Indexed, S, Symbol

from symloss.audit.recheck import entropy, gaps, known, spans
from symloss.audit.recheck.choices import CHOICES, Unclear, agreeing, formulas
from symloss.audit.recheck.known import NOTHING, Known, settled
from symloss.audit.recheck.masks import unmasked
from symloss.language import FUNCTIONS, Finite
from symloss.program import Program, Step, name_of, operands

_OO = sympy.oo
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
            self.known[entry.name] = settled(known.of_domain(entry.domain, varies=varies))
        for step in program.steps:
            self.known[step.name] = settled(self._of_step(step))

    def _of_step(self, step: Step) -> Known:
        body = self.of(unmasked(step, self.program))
        if step.kind is None:
            return body
        if step.kind == "sum":
            return known.met(known.repeated(body), spans.of_simplex(self, step))
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
            return settled(known.number(node))
        rule = _RULES.get(node.func)
        if rule is not None:
            found = settled(rule(self, node))
            return found if found.convex or found.concave else settled(self._bent(node, found))
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


def _add(rules: Rules, node: Expr) -> Known:
    found = known.total([rules.of(part) for part in node.args])
    if found.low == -_OO:
        rest, factors = gaps.apart(rules.program, node.args)
        if factors and all(rules.of(factor).low >= 0 for factor in factors):
            found = replace(found, low=sum((rules.of(part).low for part in rest), S.Zero),
                            above=any(rules.of(part).above for part in rest))  # fmt: skip
    if not (found.convex or found.concave):
        found = replace(found, convex=entropy.is_convex(rules, node))
    if found.high == _OO:
        rest, factors = gaps.apart(rules.program, tuple(-part for part in node.args))
        if factors and all(rules.of(factor).low >= 0 for factor in factors):
            found = replace(found, high=-sum((rules.of(part).low for part in rest), S.Zero),
                            below=any(rules.of(part).above for part in rest))  # fmt: skip
    return found


def _mul(rules: Rules, node: Expr) -> Known:
    parts = [rules.of(part) for part in node.args]
    moving = [part for part in parts if not part.fixed]
    scale = known.product([part for part in parts if part.fixed])
    span = spans.of_product(rules, node)
    if not moving:
        return known.met(replace(scale, fixed=True), span)
    if len(moving) > 1:
        whole = replace(known.product(parts), log_convex=all(part.log_convex for part in parts))
        return known.met(replace(whole, convex=entropy.is_convex(rules, node)), span)
    return known.met(known.scaled(moving[0], scale), span)


def _pow(rules: Rules, node: Expr) -> Known:
    base, exponent = rules.of(node.base), node.exp
    if node.base == S.Exp1:
        return _exp(rules, sympy.exp(exponent, evaluate=False))
    power = rules.of(exponent)
    if base.fixed and power.fixed:
        return known.constant_power(base, power, is_even=bool(exponent.is_even))
    if not exponent.is_Rational:
        return Known(S.Zero, _OO, base.positive) if base.low >= 0 else NOTHING
    return known.power(base, exponent)


def _exp(rules: Rules, node: Expr) -> Known:
    inner = rules.of(node.args[0])
    above, below = inner.above or inner.low == -_OO, inner.below or inner.high == _OO
    return Known(sympy.exp(inner.low), sympy.exp(inner.high), above, below,
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
    size = known.either([inner, known.product([known.number(S.NegativeOne), inner])])
    return Known(S.Zero, size.high, False, size.below, convex=bool(convex), fixed=inner.fixed)


def _max(rules: Rules, node: Expr) -> Known:
    parts = [rules.of(part) for part in node.args]
    low = max(p.low for p in parts)
    above = low == -_OO or any(p.above for p in parts if p.low == low)
    most = known.either(parts)
    return Known(low, most.high, above, most.below,
                 convex=all(p.convex for p in parts), fixed=all(p.fixed for p in parts),
                 log_convex=all(p.log_convex for p in parts))  # fmt: skip


def _min(rules: Rules, node: Expr) -> Known:
    parts = [rules.of(part) for part in node.args]
    least = known.either(parts)
    return Known(least.low, above=least.above, concave=all(p.concave for p in parts),
                 fixed=all(p.fixed for p in parts))  # fmt: skip


def _piecewise(rules: Rules, node: Expr) -> Known:
    if not all(_is_fixed(rules, pair.cond) for pair in node.args):
        return known.either([rules.of(pair.expr) for pair in node.args])
    parts = [rules.of(pair.expr) for pair in node.args]
    return replace(
        known.either(parts),
        convex=all(p.convex for p in parts),
        concave=all(p.concave for p in parts),
        fixed=all(p.fixed for p in parts),
        log_convex=all(p.log_convex for p in parts),
        norm=known.common([p.norm for p in parts]) if len({p.norm for p in parts}) == 1 else None,
    )


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
