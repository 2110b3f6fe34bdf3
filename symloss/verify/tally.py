"""Counting comparisons for one check."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from symloss.verify.verification import KEPT, Check, Failure


@dataclass
class Tally:
    """Comparisons of one function in one type, as they come in."""

    function: str
    dtype: str
    bound: str
    remedy: str = ""
    points: int = 0
    comparisons: int = 0
    skipped: int = 0
    worst: float = 0.0
    worst_point: str = ""
    failed: int = 0
    failures: list[Failure] = field(default_factory=list)

    def compare(
        self, got: float, low: float, high: float, slack: float, *, point: str, component: str = ""
    ) -> None:
        """One number that must lie in [low, high], give or take the slack."""
        self.comparisons += 1
        error = _distance(got, low, high, self.dtype)
        part = error / slack if slack else (math.inf if error else 0.0)
        if part > self.worst or math.isnan(part):
            self.worst, self.worst_point = part, point
        if not part <= 1:
            expected = f"{low!r}" if low == high else f"between {low!r} and {high!r}"
            self.fail(point, component, expected, repr(got), error, slack)

    def measure(
        self, ulps: float, allowed: float, *, point: str, component: str, expected: str, got: str
    ) -> None:
        """One error that was measured, and the bound that it is held to."""
        self.comparisons += 1
        if ulps / allowed > self.worst:
            self.worst, self.worst_point = ulps / allowed, point
        if not ulps <= allowed:
            self.fail(point, component, expected, got, ulps, allowed)

    def require(self, holds: bool, *, point: str, expected: str, got: str) -> None:
        """One fact that must hold."""
        self.comparisons += 1
        if not holds:
            self.worst = math.inf
            self.fail(point, "", expected, got, math.inf, 0.0)

    def fail(
        self, point: str, component: str, expected: str, got: str, error: float, allowed: float
    ) -> None:
        """Note a failure."""
        self.failed += 1
        if len(self.failures) < KEPT:
            self.failures.append(Failure(point, component, expected, got, error, allowed))

    def done(self) -> Check:
        """The finished check."""
        return Check(
            self.function,
            self.dtype,
            self.points,
            self.comparisons,
            self.skipped,
            self.worst,
            self.worst_point,
            self.bound,
            self.failed,
            tuple(self.failures),
            self.remedy,
        )


def _distance(got: float, low: float, high: float, dtype: str) -> float:
    """How far a number is from an interval.

    Beyond the format's largest number, infinity is right.
    """
    top = float(np.finfo(dtype or "float64").max)
    if math.isnan(got):
        return math.inf
    if low > 0.9 * top:
        return 0.0 if got > 0.9 * top else math.inf
    if high < -0.9 * top:
        return 0.0 if got < -0.9 * top else math.inf
    if got < low:
        return low - got
    return got - high if got > high else 0.0
