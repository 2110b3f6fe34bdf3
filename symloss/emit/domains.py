"""Domains as code: a test on a number, and the data that the run-time checks with."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr

from symloss.emit.printer import Printer
from symloss.language import Domain, Finite, Index, Interval, Simplex

TOLERANCE = 1e-3
"""How far from 1 a simplex input may sum: float32 rounds, over many classes."""


def inside(domain: Domain) -> str:
    """A condition on `{x}` that holds inside the domain and fails for a NaN."""
    if isinstance(domain, Finite):
        return " | ".join(f"({{x}} == {_real(value)})" for value in domain.values)
    if isinstance(domain, Simplex):
        return "{x} >= zero"
    assert isinstance(domain, Interval)
    tests = []
    if domain.low.is_finite:
        tests.append(f"{{x}} {'>' if domain.low_open else '>='} {_real(domain.low)}")
    if domain.high.is_finite:
        tests.append(f"{{x}} {'<' if domain.high_open else '<='} {_real(domain.high)}")
    if domain.integer:
        tests.append("math.floor({x}) == {x}")
    if not tests:
        return "{x} == {x}"
    return tests[0] if len(tests) == 1 else " & ".join(f"({test})" for test in tests)


def conditions(outside: Mapping[str, Domain]) -> dict[str, str]:
    """The tests of domains, which hold inside, by the names that the kernel gives them."""
    tests = {f"outside_{name}": inside(domain) for name, domain in outside.items()}
    near = f"abs({{x}} - one) <= real({TOLERANCE})"
    sums = {
        f"off_simplex_{name}": near
        for name, domain in outside.items()
        if isinstance(domain, Simplex)
    }
    return tests | sums


def construct(domain: Domain) -> str:
    """The call that makes the run-time's own description of the domain."""
    fields = [f'"{domain}"', *_fields(domain)]
    return f"Domain({', '.join(fields)})"


def _fields(domain: Domain) -> list[str]:
    if isinstance(domain, Finite):
        return ['kind="finite"', f"values={tuple(map(float, domain.values))}"]
    if isinstance(domain, Index):
        return ['kind="index"', f'dimension="{domain.dimension}"']
    if isinstance(domain, Simplex):
        return ['kind="simplex"', f'dimension="{domain.dimension}"']
    fields = []
    for side, end, is_open in (
        ("low", domain.low, domain.low_open),
        ("high", domain.high, domain.high_open),
    ):
        if end.is_finite:
            fields += [f"{side}={float(end)!r}", *([] if is_open else [f"{side}_open=False"])]
    return [*fields, *(["integer=True"] if domain.integer else [])]


def _real(value: Expr) -> str:
    return Printer().value(value)
