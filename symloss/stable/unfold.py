"""Definitions are looked through where a rewrite needs to see what stands behind a name.

`p = sigmoid(x)` and `log(p)` is `log(sigmoid(x))` in two lines. A definition is only written out in
the node that gains by it: a logarithm, log-gamma, a difference from a constant, a power; everywhere
else its name stays, and its value is shared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import (
    Abs,
    Add,
    Dummy,
    Expr,
    Indexed,
    Integer,
    Le,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    exp,
    log,
)

from symloss.language import FUNCTIONS, Interval
from symloss.program import Program, Step, name_of, operands
from symloss.stable.differences import exponentials_of
from symloss.stable.rewrites import rewritten

_log1p: Any = FUNCTIONS["log1p"].build
_loggamma: Any = FUNCTIONS["loggamma"].build
LARGE = Integer(2) ** 60
"""What 1 is lost beside, in every type."""
MOST_OPERATIONS = 60
"""Longer definitions stay behind their names."""


@dataclass(frozen=True)
class Unfolding:
    """What is known of names.

    Attributes:
        known: the definitions so far, as they grow.
        signs: stand-ins with a sign, where one must be known.
    """

    known: Mapping[str, Step]
    signs: Signs

    def __call__(self, expression: Expr) -> Expr:
        """The expression with definitions written out in the nodes that gain by it."""
        if isinstance(expression, (Symbol, Indexed)) or not expression.args:
            return expression
        if isinstance(expression, Piecewise):
            return Piecewise(*((self(value), condition) for value, condition in expression.args))
        parts = [self(part) if isinstance(part, Expr) else part for part in expression.args]
        node = expression if tuple(parts) == expression.args else expression.func(*parts)
        if isinstance(node, Pow):
            return self._power(node)
        if isinstance(node, (log, _log1p, Mul)):
            node = self._with_exponentials(node)
        return self._gaining(node) if isinstance(node, (log, _log1p, _loggamma, Add)) else node

    def _with_exponentials(self, node: Expr) -> Expr:
        """A node with all names of exponentials written out, if a rewrite needs to see them."""
        bodies = {leaf: self.definition(leaf) for leaf in operands(node)}
        swaps = {leaf: body for leaf, body in bodies.items() if body and exponentials_of(body)[0]}
        if len(swaps) < 2:
            return node
        whole = node.xreplace(swaps)
        found = self._rewritten(whole)
        return node if found == whole else self(found)

    def _gaining(self, node: Expr) -> Expr:
        """A node with the definitions of those operands that make a rewrite fire."""
        for leaf in _candidates(node):
            body = self.definition(leaf)
            if body is None:
                continue
            whole = node.xreplace({leaf: body})
            found = self._rewritten(whole)
            if found != whole or (isinstance(node, log) and not isinstance(whole, log)):
                return self(found)
        return node if isinstance(node, Add) else self._rewritten(node)

    def _rewritten(self, node: Expr) -> Expr:
        """The rewrites, with signs known within a logarithm."""
        if not isinstance(node, (log, _log1p)):
            return rewritten(node)
        stand_ins = self.signs(node)
        signed = node.xreplace(stand_ins)
        found = _apart(rewritten(signed))
        if found == signed and isinstance(signed, (log, _log1p)):
            return node
        return found.xreplace({one: other for other, one in stand_ins.items() if one.is_Symbol})

    def _power(self, node: Pow) -> Expr:
        """Powers of an exponential or sigmoid, even ones of a root, those of what is held above 0.

        With the name in between, the first multiply what overflows by what vanishes; the second
        round twice; of the last, the slope at 0 may be infinite, and must not be met.
        """
        body = self.definition(node.base)
        if isinstance(body, exp):
            return exp(node.exp * body.args[0])
        if node.exp.is_Integer:
            if isinstance(body, Pow) and body.exp == S.Half and node.exp.is_even:
                return Pow(body.base, node.exp / 2)
            return node
        whole = node if body is None else Pow(body, node.exp)
        is_gain = rewritten(whole) != whole or whole.base.has(Max, Min, Piecewise, Abs)
        return whole if is_gain else node

    def definition(self, leaf: Expr) -> Expr | None:
        """What an operand stands for, if a short formula and no constant of derivatives."""
        if not isinstance(leaf, (Symbol, Indexed)):
            return None
        step = self.known.get(name_of(leaf))
        if step is None or step.kind or step.held:
            return None
        if step.expression.count_ops() > MOST_OPERATIONS:
            return None
        places = tuple(leaf.indices) if isinstance(leaf, Indexed) else ()
        return step.expression.xreplace(dict(zip(step.indices, places, strict=True)))


def _apart(node: Expr) -> Expr:
    """log1p(r*exp(x)), whose product may overflow: of large numbers, the logarithm is a sum."""
    product = node.args[0] if isinstance(node, _log1p) else None
    exponents, rest = exponentials_of(product or Integer(1))
    if product is None or not exponents:
        return node
    if rest == 1 or not rest.is_nonnegative:
        return node
    sizes = (factor.as_base_exp() for factor in Mul.make_args(rest))
    logarithm = Add(*(power * log(Abs(base)) for base, power in sizes))
    large = logarithm + Add(*exponents)
    return Piecewise((node, Le(product, LARGE)), (large, True))


@dataclass(frozen=True)
class Signs:
    """Tells what is positive in an expression by the domains of arguments, given by name."""

    domains: Mapping[str, Interval]

    @classmethod
    def of_arguments(cls, program: Program) -> Signs:
        """What the domains of a program's arguments tell."""
        domains = {entry.name: entry.domain for entry in program.arguments}
        return cls({name: one for name, one in domains.items() if isinstance(one, Interval)})

    def __call__(self, expression: Expr) -> dict[Expr, Expr]:
        """Stand-ins with a sign: for arguments, and for what they are above and below an end."""
        found: dict[Expr, Expr] = {}
        for leaf in operands(expression):
            domain = self.domains.get(name_of(leaf))
            if domain is None or domain.integer:
                continue
            if domain.low > 0 or (domain.low == 0 and domain.low_open):
                found[leaf] = Dummy(positive=True)
            for end, is_open, side in (
                (domain.low, domain.low_open, 1),
                (domain.high, domain.high_open, -1),
            ):
                if is_open and end.is_finite and end != 0:
                    gap = Dummy(positive=True)
                    found |= {side * (leaf - end): gap, side * (end - leaf): -gap}
        return found


def _candidates(node: Expr) -> tuple[Expr, ...]:
    """The operands that stand where rewrites look: alone, or as multiples that a sum may cancel."""
    if not isinstance(node, Add):
        return tuple(operands(node))
    return tuple(
        factor
        for term in node.args
        for factor in Mul.make_args(term)
        if isinstance(factor, (Symbol, Indexed)) and -term / factor in node.args
    )
