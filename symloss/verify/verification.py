"""What the judge found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

KEPT = 5


@dataclass(frozen=True)
class Failure:
    """A comparison that failed: where, what was expected, what came, and what was allowed."""

    point: str
    component: str
    expected: str
    got: str
    error: float
    allowed: float


@dataclass(frozen=True)
class Check:
    """All comparisons of one kind for one function.

    Attributes:
        function: "value", "gradient", ...
        dtype: "float32" or "float64", or "" where both are meant.
        points: points tried.
        comparisons: numbers compared.
        skipped: points at which the mathematics has no finite value.
        worst: the largest error as a part of what was allowed; above 1 fails.
        worst_point: where that was.
        bound: how what is allowed is derived.
        failed: the number of failed comparisons.
        failures: the first of them.
        remedy: what to do about them, where that can be said.
    """

    function: str
    dtype: str
    points: int
    comparisons: int
    skipped: int
    worst: float
    worst_point: str
    bound: str
    failed: int
    failures: tuple[Failure, ...]
    remedy: str = ""

    @property
    def passed(self) -> bool:
        """Whether something was compared, and nothing failed."""
        return self.comparisons > 0 and self.failed == 0


@dataclass(frozen=True)
class Verification:
    """The judge's findings about one loss."""

    loss: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether there were checks, and all passed."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def count(self) -> int:
        """The number of comparisons."""
        return sum(check.comparisons for check in self.checks)

    def summary(self) -> str:
        """One line."""
        worst = max((check.worst for check in self.checks), default=0.0)
        state = "passed" if self.passed else "FAILED"
        points = sum(check.points for check in self.checks)
        tried = f"{self.count} comparisons at {points} points"
        return f"{state}: {tried}, worst error {worst:.2g} of the bound"

    def table_rows(self) -> list[tuple[str, str, int, str, str]]:
        """Function, type, points, worst error, bound: a row for each check."""
        return [
            (
                check.function,
                check.dtype,
                check.points,
                f"{check.worst:.2g} of the bound",
                check.bound,
            )
            for check in self.checks
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        checks = [asdict(check) | {"passed": check.passed} for check in self.checks]
        return {
            "loss": self.loss,
            "passed": self.passed,
            "comparisons": self.count,
            "checks": checks,
        }

    def __str__(self) -> str:
        """What failed, with points."""
        lines = [f"{self.loss}: {self.summary()}"]
        for check in self.checks:
            if check.passed:
                continue
            reason = f"{check.failed} of {check.comparisons} comparisons failed"
            shown = reason if check.comparisons else "nothing was compared"
            lines.append(f"  {check.function} {check.dtype}: {shown}")
            lines.append(f"    bound: {check.bound}")
            for failure in check.failures:
                lines.append(
                    f"    {failure.component} at {failure.point}: expected {failure.expected}, "
                    f"got {failure.got}, error {failure.error:.3g}, allowed {failure.allowed:.3g}"
                )
            lines += [f"    {check.remedy}"] if check.remedy else []
        return "\n".join(lines)
