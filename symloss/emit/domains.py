"""Domains as code: a test on a number, and the data that the run-time checks with."""

from __future__ import annotations

from typing import Any

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


def as_data(domain: Domain) -> dict[str, Any]:
    """The domain in plain Python values."""
    if isinstance(domain, Interval):
        return {
            "kind": "interval",
            "low": float(domain.low),
            "high": float(domain.high),
            "low_open": domain.low_open,
            "high_open": domain.high_open,
            "integer": domain.integer,
        }
    if isinstance(domain, Finite):
        return {"kind": "finite", "values": tuple(map(float, domain.values))}
    return {"kind": "index" if isinstance(domain, Index) else "simplex", "dimension": domain.dimension}


def _like(value: Expr) -> str:
    return f"like(x, {value if value.is_Integer else repr(float(value))})"
