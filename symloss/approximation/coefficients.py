"""Out of the tables of polynomials and constants: the text of the run-time's coefficients."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import flint
import numpy as np

from symloss.approximation.polynomials import CONSTANTS, POLYNOMIALS, Constant, Polynomial
from symloss.approximation.remez import BITS, rounded, sampled

FORMATS: dict[int, Callable[[float], Any]] = {32: np.float32, 64: np.float64}
HEAD = '''"""Numbers of the elementary functions, as `python -m symloss.approximation` writes them.

Each for float32, then for float64.
"""
'''


def polynomial_text(row: Polynomial) -> str:
    """The assignment of a polynomial's coefficients, a tuple for each format."""
    formats = "".join(f"    {_listed(coefficients_of(row, width))},\n" for width in FORMATS)
    return f"# {row.meaning}.\n{row.name} = (\n{formats})\n"


def coefficients_of(row: Polynomial, width: int) -> list[float]:
    """The coefficients for one format, constant first."""
    degree = row.degrees[width == 64]
    with flint.ctx.workprec(BITS):
        target = sampled(row.function, row.weight, row.interval, degree)
        return rounded(target, degree, lambda value: float(FORMATS[width](float(value))))


def _listed(numbers: list[float]) -> str:
    return "(\n" + "".join(f"        {number!r},\n" for number in numbers) + "    )"


def constant_text(row: Constant) -> str:
    """The assignment of a constant, a number for each format."""
    with flint.ctx.workprec(BITS):
        pair = tuple(_cut(row, width) for width in FORMATS)
    return f"# {row.meaning}.\n{row.name} = {pair!r}\n"


def _cut(row: Constant, width: int) -> float:
    """The constant to its first bits; for a negative number of bits, what comes after those."""
    exact = row.exact()
    kept = row.bits[width == 64] if row.bits else 0
    unit = flint.arb(2) ** (abs(kept) - 1 - (abs(exact).log() / flint.arb(2).log()).floor())
    head = (exact * unit).floor() / unit
    value = head if kept > 0 else exact - head if kept < 0 else exact
    return float(FORMATS[width](float(value)))


def coefficients_text() -> str:
    """The whole file."""
    parts = [*map(constant_text, CONSTANTS), *map(polynomial_text, POLYNOMIALS)]
    return HEAD + "\n" + "".join(parts)


def write_coefficients() -> None:
    """Write the run-time's coefficients in place."""
    with resources.as_file(resources.files("symloss") / "runtime" / "coefficients.py") as path:
        path.write_text(coefficients_text(), "utf-8")
