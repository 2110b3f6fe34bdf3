"""The facts of a program's steps, by composition over their expressions."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any

import sympy
from sympy import Expr, Indexed, S, Symbol

from symloss.audit.composition import gaps, lengths, ranges, ratios, rules
from symloss.audit.composition.atoms import NODE
from symloss.audit.composition.entropy import paired_terms, spelled
from symloss.audit.composition.fact import Fact, closed, constant, either, least
from symloss.audit.composition.scalar import by_signs
from symloss.audit.composition.squares import TWO, as_squares
from symloss.language import BY_NODE, Interval, Simplex
from symloss.program import Program, Step, name_of


class Walk:
    """The facts of one program as a function of `wrt`; `facts` holds those of inputs and steps."""

    def __init__(
        self, program: Program, wrt: tuple[str, ...], seconds: float = 0, way: int = 0
    ) -> None:
        """Read every step in order.

        With seconds to spend, signs are decided where rules end: a step that is not convex by
        rules (way 1; -1: concave) may be so by signs.
        """
        self.way = way
        self.program = program
        self.facts: dict[str, Fact] = {}
        self.seen: dict[Expr, Fact] = {}
        self.domains = {entry.name: entry.domain for entry in program.arguments}
        self.deadline = time.process_time() + seconds
        for entry in program.arguments:
            span = ranges.of_domain(entry.domain)
            varies = entry.name in wrt
            self.facts[entry.name] = closed(Fact(span, varies, varies, constant=not varies))
        for step in program.steps:
            self.facts[step.name] = self.step(step)

    def step(self, step: Step) -> Fact:
        """The fact of a step's values."""
        body = self.of(step.expression)
        if not (body.convex or body.concave) and time.process_time() < self.deadline:
            body = by_signs(self, step.expression, body)
            self.seen[step.expression] = body
        if step.kind is None:
            return body
        whole = REDUCE[step.kind](body)
        if self._is_of_simplex(step):
            return replace(whole, range=ranges.meet(whole.range, ranges.ABOVE_ZERO))
        return whole

    def _is_of_simplex(self, step: Step) -> bool:
        """Whether it adds up powers of numbers that sum to one: not all of these are 0."""
        leaf, power = step.expression.as_base_exp()
        if step.kind != "sum" or not isinstance(leaf, Indexed) or not self.of(power).positive:
            return False
        is_simplex = isinstance(self.domains.get(name_of(leaf)), Simplex)
        return is_simplex and leaf.indices[-1] in step.bound

    def of(self, expression: Expr) -> Fact:
        """The fact of an expression; every spelling that is known is tried."""
        if expression not in self.seen:
            self.seen[expression] = self.fresh(expression)
        return self.seen[expression]

    def fresh(self, expression: Expr) -> Fact:
        """The fact as written, joined with those of other spellings where that says too little."""
        fact = self.plain(expression)
        if fact.constant or fact.convex or fact.concave or fact.log_convex or fact.log_concave:
            return fact
        for other in spelled(expression):
            found = self.plain(other)
            if found.convex or found.concave:
                return closed(Fact(fact.range, found.convex, found.concave))
        return fact

    def plain(self, expression: Expr) -> Fact:
        """The fact of an expression as it is written."""
        if isinstance(expression, (Symbol, Indexed)):
            return self.leaf(expression)
        if expression.is_number:
            return constant(ranges.point(expression))
        rule = NODES.get(expression.func)
        if rule is not None:
            return rule(self, expression)
        parts = [self.of(part) for part in expression.args if isinstance(part, Expr)]
        if len(parts) == 1 and expression.func in BY_NODE:
            return rules.apply(expression.func, parts[0])
        fixed = all(part.constant for part in parts)
        return constant(ranges.REALS) if fixed else Fact()

    def leaf(self, leaf: Expr) -> Fact:
        """The fact of an operand; a subscript that depends on `wrt` leaves nothing known."""
        if isinstance(leaf, Indexed) and not all(self.of(i).constant for i in leaf.indices):
            return Fact()
        known = self.facts.get(name_of(leaf))
        if known is not None:
            return known
        size = bool(getattr(leaf, "is_positive", False))
        return constant(ranges.ABOVE_ZERO if size else ranges.REALS)

    def condition(self, test: Any) -> bool:
        """Whether a condition does not depend on `wrt`."""
        if test in (True, False, sympy.true, sympy.false):
            return True
        if isinstance(test, (Symbol, Indexed)):
            return self.leaf(test).constant
        if isinstance(test, Expr):
            return self.of(test).constant
        return all(self.condition(part) for part in test.args)


_WALKS: dict[object, Walk] = {}


def walked(program: Program, seconds: float, way: int) -> Walk:
    """A walk that decides signs; the last few are kept, since many questions need the same one."""
    key = (program.steps, program.inputs, program.parameters, program.wrt, way)
    walk = _WALKS.get(key)
    if walk is None:
        walk = Walk(program, program.wrt, seconds, way)
        if len(_WALKS) > 16:
            _WALKS.clear()
        _WALKS[key] = walk
    walk.deadline = time.process_time() + seconds
    return walk


def _add(walk: Walk, node: Expr) -> Fact:
    facts = [walk.of(part) for part in node.args]
    span = facts[0].range
    for fact in facts[1:]:
        span = ranges.add(span, fact.range)
    span = ranges.meet(span, gaps.span(walk, node))
    whole = rules.total(facts, span)
    if whole.constant or whole.affine or (whole.root is not None and whole.root >= TWO):
        return whole
    squares = as_squares(walk, node, span)
    if squares is not None or whole.convex or whole.concave:
        return squares or whole
    rest, paired = paired_terms(walk, node)
    if not paired:
        return whole
    parts = [*paired, *(walk.of(part) for part in rest)]
    return closed(Fact(span, all(p.convex for p in parts), all(p.concave for p in parts)))


def _mul(walk: Walk, node: Expr) -> Fact:
    whole = rules.product([walk.of(part) for part in node.args])
    spans = (_of_mean(walk, node), ratios.span(walk, node), lengths.span(walk, node))
    span = reduce(ranges.meet, spans)
    whole = replace(whole, range=ranges.meet(whole.range, span))
    if whole.convex or whole.concave:
        return whole
    rest, paired = paired_terms(walk, node)
    if len(paired) == 1 and not rest:
        return closed(Fact(whole.range, paired[0].convex, paired[0].concave))
    return whole


def _of_mean(walk: Walk, node: Expr) -> Interval:
    """Where a sum over its number of terms lies: where each of these does."""
    for leaf in node.args:
        step = walk.program.by_name.get(name_of(leaf)) if _is_operand(leaf) else None
        if step is not None and step.kind == "sum":
            rest = node / leaf * sympy.Mul(*(walk.program.ranges[index] for index in step.bound))
            if not any(s.is_integer for s in rest.free_symbols):
                return ranges.multiply(walk.of(step.expression).range, walk.of(rest).range)
    return ranges.REALS


def _is_operand(node: Expr) -> bool:
    return isinstance(node, Symbol | Indexed)


def _pow(walk: Walk, node: Expr) -> Fact:
    base, exponent = walk.of(node.base), walk.of(node.exp)
    if exponent.constant:
        return rules.power(base, exponent, node.exp)
    if not (base.constant and base.positive):
        return Fact()
    rate = rules.apply(sympy.log, base)
    return rules.apply(sympy.exp, rules.product([rate, exponent]))


def _maximum(walk: Walk, node: Expr) -> Fact:
    facts = [walk.of(part) for part in node.args]
    low = max(facts, key=lambda f: (f.range.low, f.range.low_open)).range
    high = max(facts, key=lambda f: (f.range.high, not f.range.high_open)).range
    span = Interval(low.low, high.high, low.low_open, high.high_open)
    roots = [closed(Fact(f.range, f.convex, constant=f.constant)) for f in facts]
    return closed(
        Fact(
            span,
            all(f.convex for f in roots),
            constant=all(f.constant for f in facts),
            log_convex=all(f.log_convex for f in facts),
            root=least([f.root for f in facts]),
        )
    )


def _minimum(walk: Walk, node: Expr) -> Fact:
    return rules.negated(_maximum_of([rules.negated(walk.of(part)) for part in node.args]))


def _maximum_of(facts: list[Fact]) -> Fact:
    low = max(f.range.low for f in facts)
    high = max(f.range.high for f in facts)
    span = Interval(
        low,
        high,
        any(f.range.low_open for f in facts if f.range.low == low),
        all(f.range.high_open for f in facts if f.range.high == high),
    )
    return closed(Fact(span, all(f.convex for f in facts), constant=all(f.constant for f in facts)))


def _piecewise(walk: Walk, node: Expr) -> Fact:
    if not all(walk.condition(pair.cond) for pair in node.args):
        return Fact()
    return either([walk.of(pair.expr) for pair in node.args])


def _logaddexp(walk: Walk, node: Expr) -> Fact:
    facts = [walk.of(part) for part in node.args]
    if all(f.constant for f in facts):
        return constant(ranges.REALS)
    return closed(Fact(ranges.REALS, all(f.convex for f in facts)))


def _xlogy(walk: Walk, node: Expr) -> Fact:
    x, y = node.args
    if walk.of(x).constant and walk.of(y).constant:
        return constant(ranges.REALS)
    return walk.of(x * sympy.log(y)) if walk.of(y).nonnegative else Fact()


def _hypot(walk: Walk, node: Expr) -> Fact:
    return walk.of(sympy.sqrt(sum(part**2 for part in node.args)))


def _sum(body: Fact) -> Fact:
    if body.constant:
        return constant(ranges.repeated(body.range))
    return rules.total([body], ranges.repeated(body.range))


def _largest(body: Fact) -> Fact:
    if body.constant:
        return body
    return closed(Fact(body.range, body.convex, log_convex=body.log_convex, root=body.root))


def _smallest(body: Fact) -> Fact:
    return body if body.constant else rules.negated(_largest(rules.negated(body)))


def _logsumexp(body: Fact) -> Fact:
    if body.constant:
        return constant(ranges.REALS)
    return closed(Fact(ranges.REALS, body.convex))


def _product(body: Fact) -> Fact:
    sign = ranges.REALS
    if body.nonnegative:
        sign = ranges.ABOVE_ZERO if body.positive else ranges.AT_LEAST_ZERO
    if body.constant:
        return constant(sign)
    return closed(Fact(sign, log_convex=body.log_convex, log_concave=body.log_concave))


def _place(body: Fact) -> Fact:
    return constant(ranges.AT_LEAST_ZERO) if body.constant else Fact(ranges.AT_LEAST_ZERO)


REDUCE: dict[str, Callable[[Fact], Fact]] = {
    "sum": _sum,
    "max": _largest,
    "min": _smallest,
    "logsumexp": _logsumexp,
    "prod": _product,
    "argmax": _place,
    "argmin": _place,
}
NODES: dict[Any, Callable[[Walk, Expr], Fact]] = {
    sympy.Add: _add,
    sympy.Mul: _mul,
    sympy.Pow: _pow,
    sympy.Max: _maximum,
    sympy.Min: _minimum,
    sympy.Piecewise: _piecewise,
    NODE["logaddexp"]: _logaddexp,
    NODE["xlogy"]: _xlogy,
    NODE["hypot"]: _hypot,
    sympy.log: lambda walk, node: _log(walk, node.args[0]),
    NODE["log1p"]: lambda walk, node: _log1p(walk, node.args[0]),
}


def _log(walk: Walk, argument: Expr) -> Fact:
    inner = walk.of(argument)
    if inner.constant or inner.nonnegative:
        return rules.apply(sympy.log, inner)
    return Fact()


def _log1p(walk: Walk, argument: Expr) -> Fact:
    return _log(walk, S.One + argument)
