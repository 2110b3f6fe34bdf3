"""The table of functions: every word that a spec may apply to numbers, one row each.

Parsing (name, arity), checking (domain), printing (code) and the judge's reference (ball,
definition) all read this table, and one parametrised test tries every column of every row. Adding a
function is adding a row.

A row has either `ball`, the name of python-flint's ball-arithmetic method for it, or `definition`,
its meaning in functions that have one; the judge evaluates that, so the emitted spelling is tested
against mathematics and not against itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy
from sympy import Expr

from symloss.language import primitives
from symloss.language.domains import NAMED, Interval

REAL = NAMED["real"]
POSITIVE = NAMED["positive"]
NONNEGATIVE = NAMED["nonnegative"]
UNIT = Interval(-sympy.S.One, sympy.S.One, False, False)
ABOVE_MINUS_ONE = Interval(-sympy.S.One, sympy.oo, True, True)
ABOVE_ONE = Interval(sympy.S.One, sympy.oo, False, True)
INSIDE_UNIT = Interval(-sympy.S.One, sympy.S.One, True, True)
INSIDE_ZERO_ONE = Interval(sympy.S.Zero, sympy.S.One, True, True)


@dataclass(frozen=True)
class Function:
    """One word of the language.

    Attributes:
        name: how a spec spells it.
        meaning: one line of mathematics.
        build: makes the SymPy expression; for a row without `node`, out of other rows' functions.
        domain: one interval per argument; the last repeats for functions of any number of
            arguments.
        variadic: takes two or more arguments.
        node: the SymPy class that expressions hold, or None where `build` expands.
        code: the emitted spelling, `{0}` and `{1}` standing for the arguments ("" where `build`
            expands).
        ball: python-flint's method name, or "" where `definition` says what it means.
        definition: the meaning in functions that have a ball method.
    """

    name: str
    meaning: str
    build: Callable[..., Expr]
    domain: tuple[Interval, ...] = (REAL,)
    variadic: bool = False
    node: type | None = None
    code: str = ""
    ball: str = ""
    definition: Callable[..., Expr] | None = None

    @property
    def arity(self) -> int:
        """The number of arguments; the least number for a variadic function."""
        return 2 if self.variadic else len(self.domain)


def _atom(
    name: str,
    meaning: str,
    node: type,
    *,
    domain: tuple[Interval, ...] = (REAL,),
    code: str = "",
    ball: str = "",
    definition: Callable[..., Expr] | None = None,
    variadic: bool = False,
) -> Function:
    """A row whose SymPy class appears in expressions and is printed as `code` (default.

    `name(arguments)`).
    """
    spelled = code or f"{name}({', '.join(f'{{{n}}}' for n in range(len(domain)))})"
    return Function(name, meaning, node, domain, variadic, node, spelled, ball, definition)


def _sugar(
    name: str, meaning: str, build: Callable[..., Expr], domain: tuple[Interval, ...] = (REAL,)
) -> Function:
    """A row that expands into other rows' functions while it is parsed."""
    return Function(name, meaning, build, domain, definition=build)


_ROWS = (
    _atom("exp", "e to the x", sympy.exp, ball="exp"),
    _atom("log", "natural logarithm", sympy.log, domain=(POSITIVE,), ball="log"),
    _atom("Abs", "absolute value", sympy.Abs, code="abs({0})", ball="__abs__"),
    _atom("sign", "-1, 0 or 1, the sign", sympy.sign, ball="sgn"),
    _atom(
        "Max",
        "the larger",
        sympy.Max,
        domain=(REAL, REAL),
        variadic=True,
        code="larger({0}, {1})",
        ball="max",
    ),
    _atom(
        "Min",
        "the smaller",
        sympy.Min,
        domain=(REAL, REAL),
        variadic=True,
        code="smaller({0}, {1})",
        ball="min",
    ),
    _atom("sin", "sine", sympy.sin, ball="sin"),
    _atom("cos", "cosine", sympy.cos, ball="cos"),
    _atom("tan", "tangent", sympy.tan, ball="tan"),
    _atom("asin", "inverse sine", sympy.asin, domain=(UNIT,), ball="asin"),
    _atom("acos", "inverse cosine", sympy.acos, domain=(UNIT,), ball="acos"),
    _atom("atan", "inverse tangent", sympy.atan, ball="atan"),
    _atom("sinh", "hyperbolic sine", sympy.sinh, ball="sinh"),
    _atom("cosh", "hyperbolic cosine", sympy.cosh, ball="cosh"),
    _atom("tanh", "hyperbolic tangent", sympy.tanh, ball="tanh"),
    _atom("asinh", "inverse hyperbolic sine", sympy.asinh, ball="asinh"),
    _atom("acosh", "inverse hyperbolic cosine", sympy.acosh, domain=(ABOVE_ONE,), ball="acosh"),
    _atom("atanh", "inverse hyperbolic tangent", sympy.atanh, domain=(INSIDE_UNIT,), ball="atanh"),
    _atom("erf", "error function", sympy.erf, ball="erf"),
    _atom("erfc", "complementary error function", primitives.erfc, ball="erfc"),
    _atom(
        "log_ndtr",
        "log of the normal distribution function",
        primitives.log_ndtr,
        definition=lambda x: sympy.log(primitives.erfc(-x / sympy.sqrt(2)) / 2),
    ),
    _atom(
        "ndtr_hazard",
        "the normal density over the distribution function",
        primitives.ndtr_hazard,
        definition=lambda x: (
            sympy.sqrt(2 / sympy.pi) * sympy.exp(-(x**2) / 2) / primitives.erfc(-x / sympy.sqrt(2))
        ),
    ),
    _atom(
        "loggamma",
        "log of the gamma function",
        primitives.loggamma,
        domain=(POSITIVE,),
        ball="lgamma",
    ),
    _atom(
        "polygamma",
        "n-th derivative of digamma, n a number",
        primitives.polygamma,
        domain=(NAMED["nonnegative integer"], POSITIVE),
        ball="polygamma",
    ),
    _atom("log1p", "log(1 + x)", primitives.log1p, domain=(ABOVE_MINUS_ONE,), ball="log1p"),
    _atom("expm1", "exp(x) - 1", primitives.expm1, ball="expm1"),
    _atom(
        "log1pmx",
        "log(1 + x) - x",
        primitives.log1pmx,
        domain=(ABOVE_MINUS_ONE,),
        definition=lambda x: sympy.log(1 + x) - x,
    ),
    _atom(
        "expm1mx",
        "exp(x) - 1 - x",
        primitives.expm1mx,
        definition=lambda x: sympy.exp(x) - 1 - x,
    ),
    _atom(
        "sigmoid",
        "1/(1 + exp(-x))",
        primitives.sigmoid,
        definition=lambda x: 1 / (1 + sympy.exp(-x)),
    ),
    _atom(
        "softplus",
        "log(1 + exp(x))",
        primitives.softplus,
        definition=lambda x: sympy.log(1 + sympy.exp(x)),
    ),
    _atom(
        "logcosh", "log(cosh(x))", primitives.logcosh, definition=lambda x: sympy.log(sympy.cosh(x))
    ),
    _atom(
        "log1mexp",
        "log(1 - exp(-x))",
        primitives.log1mexp,
        domain=(POSITIVE,),
        definition=lambda x: sympy.log(1 - sympy.exp(-x)),
    ),
    _atom(
        "sqrt1pm1",
        "sqrt(1 + x) - 1",
        primitives.sqrt1pm1,
        domain=(ABOVE_MINUS_ONE,),
        definition=lambda x: sympy.sqrt(1 + x) - 1,
    ),
    _atom(
        "logaddexp",
        "log(exp(x) + exp(y))",
        primitives.logaddexp,
        domain=(REAL, REAL),
        definition=lambda x, y: sympy.log(sympy.exp(x) + sympy.exp(y)),
    ),
    _atom(
        "xlogy",
        "x*log(y), 0 at x = 0",
        primitives.xlogy,
        domain=(REAL, POSITIVE),
        definition=lambda x, y: sympy.Piecewise((0, sympy.Eq(x, 0)), (x * sympy.log(y), True)),
    ),
    _atom(
        "hypot",
        "sqrt(x**2 + y**2)",
        primitives.hypot,
        domain=(REAL, REAL),
        definition=lambda x, y: sympy.sqrt(x**2 + y**2),
    ),
    _sugar("sqrt", "square root", sympy.sqrt, (NONNEGATIVE,)),
    _sugar("square", "x**2", lambda x: x**2),
    _sugar("relu", "Max(x, 0)", lambda x: sympy.Max(x, 0)),
    _sugar(
        "clip",
        "x held between two bounds",
        lambda x, low, high: sympy.Min(sympy.Max(x, low), high),
        (REAL,) * 3,
    ),
    _sugar("logsigmoid", "log(sigmoid(x))", lambda x: -primitives.softplus(-x)),
    _sugar(
        "logit", "log(p/(1 - p))", lambda p: sympy.log(p) - primitives.log1p(-p), (INSIDE_ZERO_ONE,)
    ),
    _sugar(
        "digamma",
        "derivative of loggamma",
        lambda x: primitives.polygamma(sympy.S.Zero, x),
        (POSITIVE,),
    ),
    _sugar(
        "trigamma",
        "derivative of digamma",
        lambda x: primitives.polygamma(sympy.S.One, x),
        (POSITIVE,),
    ),
    _sugar("log2", "logarithm to base 2", lambda x: sympy.log(x) / sympy.log(2), (POSITIVE,)),
    _sugar("log10", "logarithm to base 10", lambda x: sympy.log(x) / sympy.log(10), (POSITIVE,)),
)

FUNCTIONS: dict[str, Function] = {row.name: row for row in _ROWS}
BY_NODE: dict[type, Function] = {row.node: row for row in _ROWS if row.node is not None}
CONSTANTS: dict[str, Expr] = {"pi": sympy.pi, "E": sympy.E, "oo": sympy.oo}
