"""Domains as code: a test on a number, and the data that the run-time checks with."""

from __future__ import annotations

from sympy import Expr

from symloss.language import Domain, Finite, Index, Interval, Simplex


def inside(domain: Domain) -> str:
    """A condition on `x` that holds inside the domain and fails for a NaN."""
    if isinstance(domain, Finite):
        return " | ".join(f"(x == {_like(value)})" for value in domain.values)
    if isinstance(domain, Simplex):
        return "x >= like(x, 0)"
    assert isinstance(domain, Interval)
    tests = []
    if domain.low.is_finite:
        tests.append(f"x {'>' if domain.low_open else '>='} {_like(domain.low)}")
    if domain.high.is_finite:
        tests.append(f"x {'<' if domain.high_open else '<='} {_like(domain.high)}")
    if domain.integer:
        tests.append("math.floor(x) == x")
    if not tests:
        return "x == x"
    return tests[0] if len(tests) == 1 else " & ".join(f"({test})" for test in tests)


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


def _like(value: Expr) -> str:
    return f"like(x, {value if value.is_Integer else repr(float(value))})"
