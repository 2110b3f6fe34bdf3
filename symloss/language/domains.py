"""Domains: the sets that inputs and parameters range over.

A domain drives checking (emitted code), sampling (the judge) and sign facts (the auditor), so it is
written once, here. Interval ends are exact rationals or infinities and say whether they belong to
the set, as in scikit-learn's `Interval`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

import sympy

_INFINITY = sympy.oo
Number: TypeAlias = sympy.Expr
"""A `sympy.Rational`, or plus or minus infinity."""


@dataclass(frozen=True)
class Interval:
    """Real numbers between two ends; with `integer`, the whole numbers among them."""

    low: Number
    high: Number
    low_open: bool
    high_open: bool
    integer: bool = False

    def __str__(self) -> str:
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        kind = "integer in " if self.integer else ""
        return f"{kind}{left}{self.low}, {self.high}{right}"

    def contains(self, value: Number) -> bool:
        """Whether an exact number lies in the interval."""
        above, below = _order(self.low, value), _order(value, self.high)
        if above < self.low_open or below < self.high_open:
            return False
        return not self.integer or bool(value.is_integer)


def _order(one: Number, other: Number) -> int:
    """1 where the other number is greater, 0 where they are equal, -1 where it is less."""
    if one.is_Rational and other.is_Rational:  # SymPy compares them a hundred times slower
        left, right = one.p * other.q, other.p * one.q
        return int(left < right) - int(left > right)
    if one is not other and (one is -_INFINITY or other is _INFINITY):
        return 1
    return 1 if bool(one < other) else 0 if bool(one <= other) else -1


@dataclass(frozen=True)
class Finite:
    """A finite set of numbers, such as the labels `{-1, 1}`."""

    values: tuple[Number, ...]

    def __str__(self) -> str:
        return "{" + ", ".join(str(value) for value in self.values) + "}"

    def contains(self, value: Number) -> bool:
        """Whether an exact number is one of the values."""
        return value in self.values


@dataclass(frozen=True)
class Index:
    """Whole numbers `0 <= i < size` that select a place along a core dimension."""

    dimension: str

    def __str__(self) -> str:
        return f"index({self.dimension})"


@dataclass(frozen=True)
class Simplex:
    """Non-negative numbers that sum to one along the input's last core dimension."""

    dimension: str

    def __str__(self) -> str:
        return f"simplex({self.dimension})"


Domain = Interval | Finite | Index | Simplex

_OO = sympy.oo
NAMED: dict[str, Interval] = {
    "real": Interval(-_OO, _OO, True, True),
    "positive": Interval(sympy.S.Zero, _OO, True, True),
    "nonnegative": Interval(sympy.S.Zero, _OO, False, True),
    "negative": Interval(-_OO, sympy.S.Zero, True, True),
    "nonpositive": Interval(-_OO, sympy.S.Zero, True, False),
    "integer": Interval(-_OO, _OO, True, True, integer=True),
    "nonnegative integer": Interval(sympy.S.Zero, _OO, False, True, integer=True),
    "positive integer": Interval(sympy.S.One, _OO, False, True, integer=True),
    "probability": Interval(sympy.S.Zero, sympy.S.One, False, False),
}
FORMS = (
    ", ".join(f'"{name}"' for name in NAMED)
    + ', an interval such as "[0, 1]" or "(-1, oo)", a set such as "{-1, 1}",'
    + ' "index(K)", "simplex(K)"'
)

_NUMBER = r"[+-]?(?:oo|inf|\d{1,40}(?:/\d{1,40})?|\d{0,40}\.\d{1,40}|\d{1,40}\.)"
_INTERVAL = re.compile(rf"([(\[])\s*({_NUMBER})\s*,\s*({_NUMBER})\s*([)\]])")
_SET = re.compile(rf"\{{\s*({_NUMBER}(?:\s*,\s*{_NUMBER})*)\s*\}}")
_OVER = re.compile(r"(index|simplex)\(\s*([A-Za-z]\w*|\d{1,9})\s*\)")


def _number(text: str) -> Number:
    if text.lstrip("+-") in ("oo", "inf"):
        return -_OO if text.startswith("-") else _OO
    return sympy.Rational(text)


def signs_of_domain(domain: Domain) -> tuple[bool, bool]:
    """Whether a domain's numbers are nonnegative, and positive."""
    if isinstance(domain, Interval):
        nonnegative = bool(domain.low >= 0)
        return nonnegative, nonnegative and bool(domain.low > 0 or domain.low_open)
    if isinstance(domain, Finite):
        return bool(domain.values[0] >= 0), bool(domain.values[0] > 0)
    return isinstance(domain, (Simplex, Index)), False


def parse_domain(text: str) -> Domain:
    """The domain that a spec's text names.

    Raises:
        ValueError: the text is no domain, or describes an empty one; the message lists the forms.
    """
    text = text.strip()
    if text in NAMED:
        return NAMED[text]
    if match := _INTERVAL.fullmatch(text):
        return _interval(*match.groups(), text=text)
    if match := _SET.fullmatch(text):
        values = {_number(part.strip()) for part in match[1].split(",")}
        if any(value.is_infinite for value in values):
            raise ValueError(f"the set {text} holds an infinity; a set's values are finite numbers")
        return Finite(tuple(sorted(values)))
    if match := _OVER.fullmatch(text):
        return Index(match[2]) if match[1] == "index" else Simplex(match[2])
    raise ValueError(f"unknown domain {text!r}; a domain is one of {FORMS}")


def _interval(left: str, low_text: str, high_text: str, right: str, *, text: str) -> Interval:
    try:
        low, high = _number(low_text), _number(high_text)
    except ZeroDivisionError:
        raise ValueError(f"the interval {text} divides by zero") from None
    low_open = left == "(" or bool(low.is_infinite)
    high_open = right == ")" or bool(high.is_infinite)
    if low > high or (low == high and (low_open or high_open)):
        raise ValueError(f"the interval {text} is empty")
    return Interval(low, high, low_open, high_open)
