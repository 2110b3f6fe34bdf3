"""SymPy becomes text here and nowhere else.

Values are printed for a kernel of either float type: a constant is `real(c)`, or one of the names
in `CONSTANTS`, because a bare Python float would promote a whole float32 kernel to float64.
Subscripts, and comparisons between indices, are printed as integers: unsigned ones, because a
subscript that could be negative keeps LLVM from vectorising a loop.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sympy
from sympy import Add, Eq, Expr, Indexed, Mul, Piecewise, Pow, Rational, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanFalse, BooleanFunction, BooleanTrue, Not, Or

from symloss.emit.names import safe
from symloss.errors import DerivationError
from symloss.language import BY_NODE, quotient
from symloss.lower import NAN, exp_to_one, finite, grouped

_CHOICE, _LOGIC, _SUM, _PRODUCT, _ATOM = range(5)
Text = tuple[str, int]
"""Printed code and the precedence of its outermost operator."""
CONSTANTS = {
    "zero": "real(0)",
    "half": "real(0.5)",
    "one": "real(1)",
    "two": "real(2)",
    "infinity": "real(math.inf)",
    "nan": "real(math.nan)",
}
"""Constants that kernels give a name at their top."""
_NAMED = {"0": "zero", "0.5": "half", "1": "one", "2": "two"}


@dataclass(frozen=True)
class Printer:
    """Prints expressions.

    `arrays` gives the spelling of arrays that hold all items, and the subscript of the item;
    `conditions` spells the kernel's tests of domains; `lane` is the last subscript of arrays that
    hold several items abreast.
    """

    arrays: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    lane: str = ""

    def value(self, expression: Expr) -> str:
        """The expression as floating-point code."""
        return self._value(expression)[0]

    def factor(self, expression: Expr) -> str:
        """The expression as an operand of a product."""
        return _inside(self._value(expression), _PRODUCT)

    def place(self, expression: Expr) -> str:
        """The expression as an integer: a subscript."""
        return self._integer(expression)[0]

    def size(self, expression: Expr) -> str:
        """The expression as a number of turns of a loop."""
        text = self.place(expression)
        return text if isinstance(expression, Symbol) else f"unsigned({text})"

    def element(self, name: str, subscripts: tuple[Expr, ...]) -> str:
        """An array element."""
        spelled, item = self.arrays.get(name, (safe(name), ""))
        places = [item, *map(self.place, subscripts), self.lane]
        places = [place for place in places if place]
        return f"{spelled}[{', '.join(places)}]"

    def condition(self, expression: Expr) -> str:
        """A truth value; `&` and `|` keep loops free of branches."""
        if isinstance(expression, (BooleanTrue, BooleanFalse)):
            return str(bool(expression))
        if isinstance(expression, (And, Or)):
            sign = " & " if isinstance(expression, And) else " | "
            return sign.join(f"({self.condition(part)})" for part in expression.args)
        if isinstance(expression, Not):
            return f"not ({self.condition(expression.args[0])})"
        if isinstance(expression, Relational):
            return self._domain(expression) or self._comparison(expression)
        if isinstance(expression, BooleanFunction):  # ITE and its like: SymPy makes them itself
            return self.condition(expression.to_nnf(simplify=False))
        return safe(str(expression))

    def _domain(self, relation: Relational) -> str:
        """The test of a domain that `outside(x) == 0` means."""
        test = relation.lhs if isinstance(relation.lhs, AppliedUndef) else relation.rhs
        if not isinstance(relation, Eq) or not isinstance(test, AppliedUndef):
            return ""
        return self.conditions[test.name].format(x=self.value(test.args[0]))

    def _comparison(self, relation: Relational) -> str:
        show = self._integer if _is_integral(relation) else self._value
        left, right = (_inside(show(side), _SUM) for side in (relation.lhs, relation.rhs))
        return f"{left} {relation.rel_op} {right}"

    def _value(self, expression: Expr) -> Text:
        if expression.is_number:
            return _constant(expression)
        for kind, rule in self._rules:
            if isinstance(expression, kind):
                return rule(expression)
        return self._call(expression), _ATOM

    @property
    def _rules(self) -> tuple[tuple[type | tuple[type, ...], Callable[[Expr], Text]], ...]:
        return (
            ((Symbol, Indexed), self._leaf),
            (Add, self._sum),
            (Mul, self._product),
            (Pow, self._power),
            (Piecewise, self._choice),
            ((Relational, BooleanFunction), self._truth),
            (AppliedUndef, self._outside),
            (quotient, self._divided),
        )

    def _truth(self, expression: Expr) -> Text:
        return self.condition(expression), _CHOICE

    def _divided(self, expression: Expr) -> Text:
        above, below = (self._value(part) for part in expression.args)
        return f"{_inside(above, _PRODUCT)} / {_inside(below, _ATOM)}", _PRODUCT

    def _outside(self, test: Expr) -> Text:
        """1 outside of a domain, 0 inside."""
        inside = self.conditions[test.name].format(x=self.value(test.args[0]))
        return f"zero if {inside} else one", _CHOICE

    def _leaf(self, leaf: Expr) -> Text:
        if leaf == NAN:
            return "nan", _ATOM
        if leaf.is_integer:
            return f"real({self.place(leaf)})", _ATOM
        if isinstance(leaf, Indexed):
            return self.element(str(leaf.base.label.name), tuple(leaf.indices)), _ATOM
        return safe(leaf.name), _ATOM

    def _sum(self, expression: Add) -> Text:
        if _content(expression)[0] != 1:
            return self._product(Mul(1, expression, evaluate=False))
        first, *rest = sorted(expression.as_ordered_terms(), key=_is_negative)
        text = _inside(self._value(first), _SUM)
        for term in rest:
            sign, shown = (" - ", -term) if _is_negative(term) else (" + ", term)
            text += sign + _inside(self._value(shown), _PRODUCT if sign == " - " else _SUM)
        return text, _SUM

    def _product(self, expression: Mul) -> Text:
        coefficient, factors = expression.as_coeff_mul()
        if not isinstance(coefficient, Rational):
            coefficient, factors = Rational(1), expression.args
        contents = [_content(factor) for factor in factors]
        coefficient *= Mul(*(common for common, _ in contents))
        text = self._quotient(abs(coefficient), [rest for _, rest in contents])
        return (f"-{_inside(text, _PRODUCT)}", _PRODUCT) if coefficient < 0 else text

    def _quotient(self, coefficient: Rational, factors: list[Expr]) -> Text:
        """A positive number times factors, those with negative exponents under a fraction bar."""
        upper = [factor for factor in factors if not _is_below(factor)]
        lower = [1 / factor for factor in factors if _is_below(factor)]
        upper, lower = _with_coefficient(coefficient, upper, lower)
        top = [_inside(self._value(part), _PRODUCT) for part in upper] or ["one"]
        if not lower:
            return (" * ".join(top), _PRODUCT) if len(top) > 1 else self._value(upper[0])
        bottom = [
            _inside(self._value(part), _ATOM if len(lower) == 1 else _PRODUCT) for part in lower
        ]
        below = bottom[0] if len(bottom) == 1 else f"({' * '.join(bottom)})"
        return f"{' * '.join(top)} / {below}", _PRODUCT

    def _power(self, expression: Pow) -> Text:
        base, exponent = expression.args
        if _is_below(expression):
            return f"one / {_inside(self._value(1 / expression), _ATOM)}", _PRODUCT
        if exponent == Rational(1, 2):
            return f"sqrt({self.value(base)})", _ATOM
        if exponent.is_Integer:
            return self._whole_power(base, int(exponent))
        if exponent.is_Rational and exponent.q == 2:
            return self._value(Mul(base ** sympy.floor(exponent), sympy.sqrt(base), evaluate=False))
        return f"power({self.value(base)}, {self.value(exponent)})", _ATOM

    def _whole_power(self, base: Expr, exponent: int) -> Text:
        if exponent == 1:
            return self._value(base)
        half, odd = divmod(exponent, 2)
        inner = self._whole_power(base, half)[0]
        squared = (f"{inner} * {inner}", _PRODUCT) if inner.isidentifier() else None
        squared = squared or (f"square({inner})", _ATOM)
        if not odd:
            return squared
        return f"{squared[0]} * {_inside(self._value(base), _PRODUCT)}", _PRODUCT

    def _choice(self, expression: Piecewise) -> Text:
        *branches, (last, _) = expression.args
        text = (
            _inside(self._value(last), _LOGIC)
            if not isinstance(last, Piecewise)
            else self.value(last)
        )
        for branch, condition in reversed(branches):
            text = (
                f"{_inside(self._value(branch), _LOGIC)} if {self.condition(condition)} else {text}"
            )
        return text, _CHOICE

    def _call(self, expression: Expr) -> str:
        row = BY_NODE.get(type(expression))
        shown = [self.value(argument) for argument in expression.args]
        if row is not None:
            text = row.code.format(*shown[: row.arity])
            for argument in shown[row.arity :]:
                text = row.code.format(text, argument)
            return text
        if isinstance(expression, grouped):
            return f"({shown[0]})"
        if isinstance(expression, (exp_to_one, finite)):
            return f"{type(expression).__name__}({shown[0]})"
        raise DerivationError(f"{sympy.sstr(expression)} has no spelling in emitted code")

    def _integer(self, expression: Expr) -> Text:
        if isinstance(expression, Symbol):
            return safe(expression.name), _ATOM
        if isinstance(expression, Indexed):
            element = self.element(str(expression.base.label.name), tuple(expression.indices))
            return f"unsigned({element})", _ATOM
        if expression.is_Integer:
            return str(expression), _ATOM if expression >= 0 else _SUM
        sign = {Add: " + ", Mul: " * "}.get(type(expression))
        if sign is None:
            raise DerivationError(f"{sympy.sstr(expression)} is no integer that code can compute")
        level = _SUM if sign == " + " else _PRODUCT
        return sign.join(_inside(self._signed(part), level) for part in expression.args), level

    def _signed(self, expression: Expr) -> Text:
        """The expression as an integer that may be subtracted from."""
        text = self._integer(expression)
        return text if expression.is_Integer or expression.args else (f"signed({text[0]})", _ATOM)


def _inside(text: Text, level: int) -> str:
    return text[0] if text[1] >= level else f"({text[0]})"


def _is_negative(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def _content(factor: Expr) -> tuple[Rational, Expr]:
    """A sum as common number and rest: SymPy has multiplied 2*(x - y) out."""
    if isinstance(factor, Add):
        sizes = {abs(term.as_coeff_Mul()[0]) for term in factor.args}
        if len(sizes) == 1 and sizes != {1}:
            (common,) = sizes
            return common, Add(*(term / common for term in factor.args))
    return Rational(1), factor


def _is_below(factor: Expr) -> bool:
    """Whether a factor belongs under the fraction bar."""
    return isinstance(factor, Pow) and bool(factor.exp.is_number) and bool(factor.exp.is_negative)


def _with_coefficient(
    coefficient: Rational, upper: list[Expr], lower: list[Expr]
) -> tuple[list[Expr], list[Expr]]:
    """Binary fractions multiply exactly; other denominators divide, which rounds once."""
    if coefficient == 1:
        return upper, lower
    if coefficient.q & (coefficient.q - 1) == 0:
        return [coefficient, *upper], lower
    top = upper if coefficient.p == 1 and upper else [Rational(coefficient.p), *upper]
    return top, [Rational(coefficient.q), *lower]


def _constant(number: Expr) -> Text:
    if number is sympy.oo or number is -sympy.oo:
        return ("infinity", _ATOM) if number is sympy.oo else ("-infinity", _PRODUCT)
    if number is sympy.zoo:
        return "nan", _ATOM  # the reciprocal of a choice that may be 0, at its 0
    if number.is_Integer and abs(number) < 2**53:
        return _NAMED.get(str(number), f"real({number})"), _ATOM
    value = float(number)
    if not math.isfinite(value):
        raise DerivationError(f"the constant {number} is beyond double precision")
    return _NAMED.get(repr(value), f"real({value!r})"), _ATOM


def _is_integral(relation: Relational) -> bool:
    """Whether both sides are made of indices, labels and sizes alone."""
    sides = (relation.lhs, relation.rhs)
    return all(side.is_integer and not side.has(sympy.Function) for side in sides) and any(
        leaf.free_symbols for leaf in sides
    )
