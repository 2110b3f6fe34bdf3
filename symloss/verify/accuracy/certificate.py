"""What a hunt found, against what is allowed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from symloss.spec import Allowance, Spec

BOUND = 4.0
"""Ulps of mixed error for items without core dimensions; log2 of the item's size is added."""


@dataclass(frozen=True)
class Extreme:
    """The worst error of a kind, and where it occurs."""

    ulps: float
    component: str
    point: str
    got: float
    expected: float


@dataclass(frozen=True)
class Row:
    """One function in one format.

    Attributes:
        function: "value", "gradient", ...
        dtype: "float32" or "float64".
        points: points at which the mathematics has a number.
        skipped: points at which it has none.
        lost: points at which the result is NaN, or overflows, though the truth does not.
        mixed: the worst mixed error: ulps of the result, inputs off by as many.
        plain: the worst error in ulps of the result; at another point, as a rule.
        first_lost: the first of the lost points.
        bound: the mixed error that is allowed.
        reasons: those of the exceptions that the spec makes.
    """

    function: str
    dtype: str
    points: int
    skipped: int
    lost: int
    mixed: Extreme | None
    plain: Extreme | None
    first_lost: Extreme | None
    bound: float
    reasons: tuple[str, ...]

    @property
    def worst(self) -> float:
        """The worst mixed error; infinite if a result was lost."""
        if self.lost:
            return math.inf
        return self.mixed.ulps if self.mixed else 0.0

    @property
    def holds(self) -> bool:
        """Whether there were points, and all errors are within the bound."""
        return self.points > 0 and self.worst <= self.bound


@dataclass(frozen=True)
class Certificate:
    """The measured accuracy of one loss."""

    loss: str
    rows: tuple[Row, ...]

    @property
    def holds(self) -> bool:
        """Whether every function keeps its bound in every format."""
        return bool(self.rows) and all(row.holds for row in self.rows)

    def summary(self) -> str:
        """A line: the worst mixed error of every function."""
        functions = dict.fromkeys(row.function for row in self.rows)
        worst = {
            name: max(row.worst for row in self.rows if row.function == name) for name in functions
        }
        shown = ", ".join(f"{name} {ulps:.2g}" for name, ulps in worst.items())
        points = sum(row.points for row in self.rows)
        return f"{shown} ulp of mixed error at worst, at {points} points"

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        rows = [
            {
                **{key: _plain(value) for key, value in vars(row).items()},
                "worst": row.worst,
                "holds": row.holds,
            }
            for row in self.rows
        ]
        return {"loss": self.loss, "holds": self.holds, "rows": rows}


def allowances(spec: Spec, function: str, dtype: str) -> tuple[Allowance, ...]:
    """The exceptions of a spec that concern a function in a format."""
    return tuple(
        entry for entry in spec.accuracy if function in entry.functions and dtype in entry.types
    )


def bound(granted: tuple[Allowance, ...], size: int) -> float:
    """The mixed error that is allowed for items of a size."""
    bounds = [entry.bound for entry in granted if entry.bound is not None]
    return max([BOUND + math.log2(max(size, 1)), *bounds])


def _plain(value: Any) -> Any:
    if isinstance(value, Extreme):
        return vars(value)
    return list(value) if isinstance(value, tuple) else value
