"""An audit: each property in a worker, within its budget, then what follows and what is claimed."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Rational

from symloss.audit import properties
from symloss.audit.claims import contradictions
from symloss.audit.consequences import completed
from symloss.audit.findings import Audit, Finding
from symloss.audit.signs import worker
from symloss.audit.subject import Subject, subject
from symloss.audit.verdicts import Unknown
from symloss.spec import Spec

BUDGET = 10.0
_PROPERTIES = (
    (properties.smoothness, ("smoothness", "continuous", "differentiable")),
    (properties.shape, ("convex", "concave", "affine")),
    (properties.bounds, ("lower_bound", "upper_bound")),
    (properties.slopes, ("lipschitz", "gradient_lipschitz", "strong_convexity_constant")),
)


def audit(
    spec: Spec, setting: Mapping[str, Rational] | None = None, budget: float = BUDGET
) -> Audit:
    """What is true of a loss.

    Args:
        spec: the loss.
        setting: numbers for some of its parameters; the others stay symbols, and a finding holds
            for all their values.
        budget: seconds for each group of properties.

    Raises:
        SymlossError: `setting` names no parameter, or leaves nothing to vary.
    """
    setting = setting or {}
    known = subject(spec, setting)
    found: dict[str, Finding] = {}
    for find, names in _PROPERTIES:
        found |= {one.name: one for one in _within(find, names, known, budget)}
    found = completed(found)
    told = {name: str(number) for name, number in setting.items()}
    return Audit(spec.name, spec.hash, told, found, contradictions(spec, setting, found))


def _within(
    find: properties.Property, names: tuple[str, ...], known: Subject, budget: float
) -> list[Finding]:
    try:
        return list(worker.run(find, known, budget * 0.9, seconds=budget))
    except worker.OutOfTime:
        unknown = Unknown((f"out of time after {budget:g} s",))
    except RuntimeError as error:
        unknown = Unknown((str(error),))
    return [Finding(name, unknown) for name in names]
