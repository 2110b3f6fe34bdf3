"""A line's parameters as formulas in symbols that may be any number of their sign.

SymPy knows the sign of a symbol and nothing else of its range: a parameter of (0, 1) becomes
a/(1 + a) with a > 0, so that what is shown for all a is shown for the whole domain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sympy
from sympy import Dummy, Expr, Rational, S, Symbol

from symloss.audit.hessians.flat import FAR
from symloss.audit.hessians.lines import Line, T, parameters_at
from symloss.language import Interval


@dataclass(frozen=True)
class Free:
    """Parameters in free symbols.

    Attributes:
        forms: each parameter as a formula in its own symbol.
        numbers: ordinary values of those symbols.
    """

    forms: Mapping[Symbol, Expr]
    numbers: Mapping[Dummy, Rational]

    @property
    def far(self) -> Expr:
        """A place beyond which choices are settled, also those by the parameters' sizes."""
        sizes = [s for s in self.numbers if s.is_nonnegative]
        return FAR + sympy.Add(*sizes, *(1 / s for s in sizes if s.is_positive))


def freed(line: Line, bounds: tuple[Expr, ...] = (), by: Symbol = T) -> Free | None:
    """The parameters of a line, and of bounds; None where a domain has two ends of its own.

    `by` is another symbol of the line's formula that is none.
    """
    values = next(parameters_at(line), None)
    if values is None:
        return None
    forms: dict[Symbol, Expr] = {}
    numbers: dict[Dummy, Rational] = {}
    for symbol in sorted(_symbols(line.formula, *bounds) - {T, by}, key=str):
        domain = line.box.get(symbol)
        form = None if domain is None else _form(symbol, domain)
        if form is None:
            return None
        own, forms[symbol], inverse = form
        numbers[own] = inverse(values[symbol])
    return Free(forms, numbers)


def _symbols(*formulas: Expr) -> set[Symbol]:
    return set().union(*(formula.free_symbols for formula in formulas))


def _form(
    symbol: Symbol, domain: Interval
) -> tuple[Dummy, Expr, Callable[[Rational], Rational]] | None:
    """A symbol of known sign, the parameter in it, and it as a function of the parameter."""
    low, high = domain.low, domain.high
    if low.is_infinite and high.is_infinite:
        own = Dummy(symbol.name, real=True)
        return own, own, lambda value: value
    if low.is_infinite:
        own = _above_zero(symbol, is_open=domain.high_open)
        return own, high - own, lambda value: high - value
    if high.is_infinite:
        own = _above_zero(symbol, is_open=domain.low_open)
        return own, low + own, lambda value: value - low
    if not domain.high_open:
        return None
    own = _above_zero(symbol, is_open=domain.low_open)
    form = low + (high - low) * own / (S.One + own)
    return own, form, lambda value: (value - low) / (high - value)


def _above_zero(symbol: Symbol, *, is_open: bool) -> Dummy:
    return Dummy(symbol.name, positive=True) if is_open else Dummy(symbol.name, nonnegative=True)
