"""The partial derivative of a scalar expression by one operand.

SymPy's `diff` is not used: it differentiates `Abs` and `Max` twice into delta functions. Here
derivatives hold almost everywhere, and at a kink the result is one element of the subdifferential:

- `Abs`: 0 at 0, as `sign` says;
- `Max`, `Min`: at a tie, the slope of an argument that varies (PyTorch's `clamp`); among several of
  the first in SymPy's order. Where one surface carries several kinks that could cancel (`Max(x, 0)
  - x*t + log(1 + exp(-Abs(x)))`), only the mean of the two sides is safe, because it is linear in
  the function: such nodes are named in `balanced`;
- a root of something that is nonnegative everywhere, or of a product with such a factor: 0 where
  that vanishes, since a minimum has 0 in its subdifferential (Fermat's rule).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy
from sympy import Add, Expr, KroneckerDelta, Mul, Piecewise, Pow, S
from sympy.functions.elementary.miscellaneous import MinMaxBase

from symloss.errors import DerivationError
from symloss.language import BY_NODE
from symloss.program import operands

Sign = Callable[[Expr], tuple[bool, bool]]
"""Tells whether an expression is nonnegative, and whether positive, for all real inputs."""


@dataclass(frozen=True)
class Differentiator:
    """Partial derivatives, given the signs of operands and which ties to balance."""

    sign: Sign
    balanced: frozenset[Expr] = frozenset()

    def partial(self, expression: Expr, operand: Expr) -> Expr:
        """The derivative of an expression by one operand, all other operands held."""
        if expression == operand:
            return S.One
        if operand not in operands(expression):
            return S.Zero
        for kind, rule in self._rules:
            if isinstance(expression, kind):
                return rule(expression, operand)
        return self._function(expression, operand)

    @property
    def _rules(self) -> tuple[tuple[type, Callable[[Expr, Expr], Expr]], ...]:
        return (
            (Add, self._sum),
            (Mul, self._product),
            (Pow, self._power),
            (Piecewise, self._choice),
            (MinMaxBase, self._extremum),
            (sympy.Abs, self._magnitude),
            (sympy.sign, self._flat),
            (KroneckerDelta, self._flat),
        )

    def _sum(self, expression: Add, operand: Expr) -> Expr:
        return Add(*(self.partial(term, operand) for term in expression.args))

    def _choice(self, expression: Piecewise, operand: Expr) -> Expr:
        return Piecewise(*((self.partial(value, operand), when) for value, when in expression.args))

    def _magnitude(self, expression: Expr, operand: Expr) -> Expr:
        (inner,) = expression.args
        return sympy.sign(inner) * self.partial(inner, operand)

    @staticmethod
    def _flat(_expression: Expr, _operand: Expr) -> Expr:
        return S.Zero

    def _product(self, expression: Mul, operand: Expr) -> Expr:
        factors = expression.args
        terms = []
        for place, factor in enumerate(factors):
            slope = self.partial(factor, operand)
            if slope is not S.Zero:
                others = Mul(*factors[:place], *factors[place + 1 :])
                if others.free_symbols and self._has_free_power(slope):
                    terms.append(weighed(slope, others))
                else:
                    terms.append(Mul(*factors[:place], slope, *factors[place + 1 :]))
        return Add(*terms)

    def _has_free_power(self, expression: Expr) -> bool:
        """Whether there is a power in it that is infinite at 0 for some exponents."""
        return any(
            not (power.exp.is_number or power.base.is_positive or self.sign(power.base)[1])
            for power in expression.atoms(Pow)
        )

    def has_root_slope(self, slope: Expr) -> bool:
        """Whether there is the slope of a root in it, infinite where what is below may vanish."""
        return any(
            power.exp.is_number
            and power.exp.is_negative
            and power.exp.is_Integer is False
            and not any(self.sign(power.base))
            for power in slope.atoms(Pow)
        )

    def _power(self, expression: Pow, operand: Expr) -> Expr:
        base, exponent = expression.args
        in_base = self.partial(base, operand)
        in_exponent = self.partial(exponent, operand)
        result = S.Zero
        if in_base is not S.Zero:
            result += self._power_slope(base, exponent) * in_base
        if in_exponent is not S.Zero:
            grown = expression * sympy.log(base) * in_exponent
            result += grown if base.is_positive else Piecewise((grown, base > 0), (S.Zero, True))
        return result

    def _power_slope(self, base: Expr, exponent: Expr) -> Expr:
        slope = exponent * base ** (exponent - 1)
        if not exponent.is_number:
            slope = Piecewise((S.Zero, sympy.Eq(exponent, 0)), (slope, True))
            nonnegative, positive = self.sign(base)
            if nonnegative and not positive:
                # Of a root a minimum again; a power with an exponent of at least 1 has a slope.
                return Piecewise((slope, sympy.Or(base > 0, exponent >= 1)), (S.Zero, True))
            return slope
        if 0 < exponent < 1:
            for part in dict.fromkeys((base, *Mul.make_args(base))):
                nonnegative, positive = self.sign(part)
                if nonnegative and not positive:
                    return Piecewise((slope, part > 0), (S.Zero, True))
        return slope

    def _extremum(self, expression: MinMaxBase, operand: Expr) -> Expr:
        varying = [part for part in expression.args if operand in operands(part)]
        moving = [part for part in expression.args if operands(part)]
        ordered = [*moving, *(part for part in expression.args if part not in moving)]
        compare = sympy.Ge if isinstance(expression, sympy.Max) else sympy.Le
        beyond = sympy.Gt if isinstance(expression, sympy.Max) else sympy.Lt
        result = S.Zero
        for part in varying:
            place = ordered.index(part)
            rest = [other for other in ordered if other != part]
            if expression in self.balanced:
                result += self._shared(expression, part, rest) * self.partial(part, operand)
                continue
            wins = [
                compare(part, other) if ordered.index(other) > place else beyond(part, other)
                for other in rest
            ]
            result += Piecewise((self.partial(part, operand), sympy.And(*wins)), (S.Zero, True))
        return result

    @staticmethod
    def _shared(expression: MinMaxBase, part: Expr, rest: list[Expr]) -> Expr:
        """The mean of the two one-sided slopes at a tie, by halves.

        (1 + sign)/2 against the best of the others.
        """
        other = expression.func(*rest)
        step = (1 + sympy.sign(part - other)) / 2
        return step if isinstance(expression, sympy.Max) else 1 - step

    def _function(self, expression: Expr, operand: Expr) -> Expr:
        if type(expression) not in BY_NODE:
            raise DerivationError(
                f"no derivative is known for {sympy.sstr(expression)}; "
                "write it with functions of the language's table"
            )
        result = S.Zero
        for place, argument in enumerate(expression.args, start=1):
            inner = self.partial(argument, operand)
            if inner is not S.Zero:
                result += expression.fdiff(place) * inner
        return result


def may_overflow(expression: Expr) -> bool:
    """Whether there are exponentials in it, or quotients that it does not guard itself."""
    if isinstance(expression, Piecewise) and selects_zero(expression):
        return bool(expression.has(sympy.exp))
    if isinstance(expression, sympy.exp):
        return True
    if isinstance(expression, Pow) and expression.exp.is_negative:
        is_count = expression.base.is_integer and expression.base.is_positive  # an axis' length
        return not is_count
    return any(may_overflow(part) for part in expression.args if isinstance(part, Expr))


def selects_zero(choice: Piecewise) -> bool:
    """Whether one of its branches is 0."""
    return any(branch == 0 for branch, _ in choice.args)


def weighed(expression: Expr, weight: Expr) -> Expr:
    """The product; 0 where the weight has vanished, however large the expression is."""
    return Piecewise((S.Zero, sympy.Eq(weight, 0)), (weight * expression, True))


def weighing(choice: Piecewise) -> tuple[Expr, Expr] | None:
    """The expression and the weight of which `weighed` made a choice; None for other choices.

    SymPy tells a condition's sign in its own way, so the weight may be the other side of 0. Where
    the weight has merged with a factor of the expression it is not found.
    """
    (nothing, condition), (product, rest) = choice.args[0], choice.args[-1]
    is_guard = isinstance(condition, sympy.Eq) and condition.rhs == 0 and nothing == 0
    if not is_guard or len(choice.args) != 2 or rest is not S.true:
        return None
    factors = Mul.make_args(product)
    for weight in (condition.lhs, -condition.lhs):
        parts = Mul.make_args(weight)
        if all(part.is_number or part in factors for part in parts):
            return product / weight, weight
    return None
