"""What a hunt found, against what is allowed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Record = Sequence[Mapping[str, Any]]
"""Rows in short, as `Row.to_record` makes them and JSON keeps them."""


@dataclass(frozen=True)
class Extreme:
    """The worst error of a kind, and where it occurs; `exact` says where, to be read again."""

    ulps: float
    component: str
    point: str
    got: float
    expected: float
    exact: Mapping[str, Any]


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

    def to_record(self) -> dict[str, Any]:
        """The row in short: errors, and the points at which they are to be measured again."""
        kept = [one.exact for one in (self.mixed, self.first_lost, self.plain) if one]
        return {
            "function": self.function,
            "type": self.dtype,
            "points": self.points,
            "lost": self.lost,
            "mixed": _short(self.mixed),
            "plain": _short(self.plain),
            "bound": self.bound,
            "holds": self.holds,
            "at": [dict(one) for n, one in enumerate(kept) if one not in kept[:n]],
        }


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
        return summary([row.to_record() for row in self.rows])

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


def summary(rows: Record) -> str:
    """A line on the rows of a record: the worst mixed error of every function."""
    worst: dict[str, float] = {}
    for row in rows:
        ulps = math.inf if row["lost"] else row["mixed"]
        worst[row["function"]] = max(ulps, worst.get(row["function"], 0.0))
    shown = ", ".join(f"{name} {_told(ulps)}" for name, ulps in worst.items())
    points = sum(row["points"] for row in rows)
    return f"{shown} ulp of mixed error at worst, at {points} points"


def _told(ulps: float) -> str:
    return "lost" if math.isinf(ulps) else f"{ulps:.2g}"


def _short(extreme: Extreme | None) -> float:
    return float(f"{extreme.ulps:.3g}") if extreme else 0.0


def _plain(value: Any) -> Any:
    if isinstance(value, Extreme):
        return vars(value)
    return list(value) if isinstance(value, tuple) else value
