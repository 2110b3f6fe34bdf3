"""Findings as sentences: "huber is convex in prediction for all delta > 0"."""

from __future__ import annotations

from symloss.audit.findings import Finding
from symloss.audit.subject import Subject
from symloss.language import Domain, Finite, Interval, Property, property_of

_WORDS = {"oo": "infinite", "-oo": "minus infinity"}
_DETAILED = (
    "symmetric", "homogeneous", "scale_invariant", "translation_invariant", "permutation_symmetric",
    "zero_at_match",
)  # fmt: skip
_BELOW = ("lower_bound", "strong_convexity_constant")


def statement(subject: Subject, finding: Finding) -> str:
    """One plain sentence that says what was found."""
    row = property_of(finding.name)
    where = _where(finding, row, subject)
    if finding.verdict == "UNKNOWN":
        return _unknown(row, subject.spec.name, where)
    scope = _under(finding) if finding.condition else _scope(subject, finding)
    if row.kind != "whether":
        return f"{row.yes} of {subject.spec.name}{where} is {_valued(row, finding)}{scope}"
    told = row.yes if finding.verdict == "PROVED" else row.no
    if finding.value:
        told += _with_value(row, finding)
    if row.name in _DETAILED and finding.detail:
        told += f" {finding.detail}"
    return f"{subject.spec.name} {told}{where}{scope}"


def _under(finding: Finding) -> str:
    return f" {'exactly ' if finding.exact else ''}where {finding.condition}"


def _with_value(row: Property, finding: Finding) -> str:
    if row.name == "homogeneous":
        return f" of degree {finding.value}"
    if row.name == "upper_bounds_zero_one":
        return f" with the factor {finding.value}"
    return f" ({finding.value})"


def _valued(row: Property, finding: Finding) -> str:
    value = _WORDS.get(finding.value, finding.value or "not there")
    if finding.tight:
        return value
    return f"at {'least' if row.name in _BELOW else 'most'} {value}"


def _unknown(row: Property, loss: str, where: str) -> str:
    if row.kind == "whether":
        return f"it is not known whether {loss} {row.yes}{where}"
    return f"{row.yes} of {loss}{where} is not known"


_OF_WRT = (
    "continuous", "smoothness", "differentiable", "convex", "strictly_convex", "strongly_convex",
    "concave", "affine", "quasiconvex", "lipschitz", "gradient_lipschitz",
    "strong_convexity_constant", "growth",
)  # fmt: skip


def _where(finding: Finding, row: Property, subject: Subject) -> str:
    """What the property is about, for those that depend on what varies."""
    names = finding.wrt or subject.wrt
    if row.name not in _OF_WRT:
        return ""
    jointly = " jointly" if len(names) > 1 and row.kind == "whether" else ""
    return f"{jointly} in {' and '.join(names)}"


def _scope(subject: Subject, finding: Finding) -> str:
    """The parameters that a proof holds for; a refutation needs one value of them only."""
    refuted = finding.verdict == "REFUTED"
    ranges = [
        _range(entry.name, entry.domain)
        for entry in subject.program.parameters
        if entry.name not in subject.wrt
    ]
    told = [text for text in ranges if text]
    if not told:
        return ""
    return f" for {'some' if refuted else 'all'} {' and '.join(told)}"


def _range(name: str, domain: Domain) -> str:
    if isinstance(domain, Finite):
        return f"{name} in {domain}"
    if not isinstance(domain, Interval) or (domain.low.is_infinite and domain.high.is_infinite):
        return name
    over = "<" if domain.low_open else "<="
    under = "<" if domain.high_open else "<="
    if domain.low.is_infinite:
        return f"{name} {under} {domain.high}"
    if domain.high.is_infinite:
        return f"{name} {'>' if domain.low_open else '>='} {domain.low}"
    return f"{domain.low} {over} {name} {under} {domain.high}"
