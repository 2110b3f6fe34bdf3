"""Softmaxes behind a gate: sigmoid(u)*p[k], where u is the logsumexp of p's own exponents and more.

Derivatives of softplus(logsumexp(x) - y) hold them: they are shares in a softmax that y is in, too.
Such a share moves as any softmax does, by its exponent's rate less the mean of all rates. As a
product it has two rates of either sign, of which sigmoid(u) is left where that is small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Indexed, Mul, Piecewise

from symloss.language import FUNCTIONS
from symloss.program import Step, name_of, operands

_sigmoid: Any = FUNCTIONS["sigmoid"].build


@dataclass(frozen=True)
class Gate:
    """A multiple of sigmoid(u).

    Attributes:
        factor: the multiple.
        whole: the logsumexp in u, as a step.
        more: what u has beside it.
    """

    factor: Expr
    whole: Step
    more: Expr

    @property
    def outside(self) -> Expr:
        """The u."""
        return self.whole.element() + self.more

    def rate(self, mean: Expr, apart: Expr) -> Expr:
        """Its rate, from the same two rates that shares behind it move by."""
        u = self.outside
        return self.factor * _sigmoid(u) * _sigmoid(-u) * (apart + mean)


@dataclass(frozen=True)
class Gated:
    """A product with a softmax behind a gate.

    Attributes:
        gate: what opens it.
        name: the gate, as an operand.
        share: the softmax, as an operand.
        cofactor: all other factors.
    """

    gate: Gate
    name: Expr
    share: Expr
    cofactor: Expr

    def rate(self, spread: Expr, mean: Expr, apart: Expr, aside: Expr) -> Expr:
        """What the share's logarithm moves by.

        Args:
            spread: the rate of the share's exponent less that of the largest.
            mean: the softmax's mean of all such spreads.
            apart: the rate of the largest exponent and of what u has beside the logsumexp.
            aside: that of the share's own exponent and of what u has beside.

        Where u is positive, rates are taken from the largest exponent's on, else from that on which
        takes the gate's place in the softmax, which is the negative of what is beside.
        """
        ajar = spread - self.name * mean + _sigmoid(-self.gate.outside) * apart
        shut = aside - self.name * (mean + apart)
        return Piecewise((ajar, self.gate.outside > 0), (shut, True))


def gate_of(expression: Expr, wholes: Iterable[Step]) -> Gate | None:
    """A multiple of a sigmoid of one of these logsumexps and more; None for all else."""
    factor, node = expression.as_coeff_Mul()
    if not isinstance(node, _sigmoid):
        return None
    for whole in wholes:
        more = node.args[0] - whole.element()
        places = {symbol for symbol in more.free_symbols if symbol.is_integer}
        if whole.element() not in operands(more) and places <= set(whole.indices):
            return Gate(factor, whole, more)
    return None


def gated(product: Expr, find: Callable[[str], Step | None]) -> Gated | None:
    """The softmax behind a gate in a product; None where there is none at plain indices."""
    factors = Mul.make_args(product)
    for share in factors:
        step = find(name_of(share)) if isinstance(share, Indexed) else None
        whole = find(step.softmax_of) if step is not None and step.softmax_of else None
        if step is None or whole is None or share != step.element():
            continue
        for name in factors:
            opens = find(name_of(name)) if operands(name) == (name,) else None
            if opens is not None and not opens.kind and name == opens.element():
                gate = gate_of(opens.expression, [whole])
                if gate is not None and gate.factor == 1:
                    rest = Mul(*(one for one in factors if one not in (name, share)))
                    return Gated(gate, name, share, rest)
    return None
