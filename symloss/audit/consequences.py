"""What follows from what was found, and what cannot be true together: in one place.

A rule says: if the left finding says so, so does the right one. A rule whose left side is found and
whose right side is found otherwise is an alarm: one of the two proofs is wrong, and neither stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import sympy

from symloss.audit.findings import Finding, Verdict
from symloss.audit.subject import Subject
from symloss.audit.verdicts import Proved, Refuted, Unknown
from symloss.language import Interval

Test = Callable[[Finding], bool]


@dataclass(frozen=True)
class Rule:
    """If `one` passes `test`, then `other` has the verdict; and the reverse for plain pairs.

    A constant has the value, too, exactly.
    """

    one: str
    test: Test
    other: str
    verdict: Verdict
    value: str = ""


def _is(verdict: Verdict) -> Test:
    return lambda finding: finding.verdict == verdict


def _is_class(*names: str) -> Test:
    return lambda finding: finding.verdict == "PROVED" and finding.value in names


def _is_smooth(finding: Finding) -> bool:
    known = finding.verdict == "PROVED" and finding.value.startswith("C")
    return known and finding.value not in ("C0", "")


def _is_finite(finding: Finding) -> bool:
    return finding.verdict == "PROVED" and finding.value not in ("oo", "-oo", "")


def _is_infinite(finding: Finding) -> bool:
    return finding.verdict == "PROVED" and finding.value in ("oo", "-oo")


def _is_steep(finding: Finding) -> bool:
    """Whether slopes are unbounded; a jump alone leaves them bounded where they exist."""
    data = finding.answer.certificate if isinstance(finding.answer, Proved) else {}
    return _is_infinite(finding) and data.get("class") != "discontinuous"


def _is_positive(finding: Finding) -> bool:
    if not _is_finite(finding):
        return False
    value = finding.formula if finding.formula is not None else sympy.sympify(finding.value)
    return value.is_positive is True


def _is_fast(finding: Finding) -> bool:
    """Whether the loss grows faster than every line, so that no slope bounds it."""
    words = ("quadratic", "exponential", "faster than every power")
    is_at_infinity = "oo" in finding.detail
    return finding.verdict == "PROVED" and is_at_infinity and any(w in finding.value for w in words)


_IMPLIES = (
    ("strongly_convex", "strictly_convex"),
    ("strictly_convex", "convex"),
    ("convex", "quasiconvex"),
    ("affine", "convex"),
    ("affine", "concave"),
    ("differentiable", "continuous"),
    ("scale_invariant", "homogeneous"),
    ("strictly_proper", "proper"),
)
"""If the first is proved, so is the second; if the second is refuted, so is the first."""

RULES = (
    *(Rule(one, _is("PROVED"), other, "PROVED") for one, other in _IMPLIES),
    *(Rule(other, _is("REFUTED"), one, "REFUTED") for one, other in reversed(_IMPLIES)),
    Rule("smoothness", _is_smooth, "differentiable", "PROVED"),
    Rule("smoothness", _is_class("C0"), "continuous", "PROVED"),
    Rule("smoothness", _is_class("discontinuous"), "continuous", "REFUTED"),
    Rule("strong_convexity_constant", _is_positive, "strongly_convex", "PROVED"),
    Rule("strong_convexity_constant", _is_class("0"), "strongly_convex", "REFUTED"),
    Rule("smoothness", _is_class("C0", "discontinuous"), "gradient_lipschitz", "PROVED", "oo"),
    Rule("smoothness", _is_class("discontinuous"), "lipschitz", "PROVED", "oo"),
    Rule("zero_at_match", _is("PROVED"), "lower_bound", "PROVED", "0"),
    Rule("gradient_lipschitz", _is_finite, "differentiable", "PROVED"),
    Rule("lipschitz", _is_finite, "continuous", "PROVED"),
    Rule("lipschitz", _is_finite, "bounded_influence", "PROVED"),
    Rule("lipschitz", _is_steep, "bounded_influence", "REFUTED"),
    Rule("growth", _is_fast, "bounded_influence", "REFUTED"),
)
_UNBOUNDED = tuple(
    Rule(name, _is_finite, "strong_convexity_constant", "PROVED", "0")
    for name in ("lipschitz", "upper_bound")
)
"""What holds where inputs may be anywhere on a ray: strongly convex losses grow quadratically."""


def rules_of(subject: Subject) -> tuple[Rule, ...]:
    """The rules that hold for a loss."""
    domains = {entry.name: entry.domain for entry in subject.program.arguments}
    own = [domains[name] for name in subject.wrt]
    endless = any(
        isinstance(d, Interval) and (d.low.is_infinite or d.high.is_infinite) for d in own
    )
    return (*RULES, *_UNBOUNDED) if endless else RULES


def completed(
    found: Mapping[str, Finding], rules: Sequence[Rule] = RULES, *, has_parameters: bool = True
) -> dict[str, Finding]:
    """The findings with all that follows from them; nothing that was found is changed."""
    known = dict(found) if has_parameters else _weak(dict(found))
    changed = True
    while changed:
        changed = False
        for rule in rules:
            new = _applied(rule, known)
            if new is not None:
                known[rule.other], changed = new, True
    return _both(known)


def _applied(rule: Rule, known: Mapping[str, Finding]) -> Finding | None:
    """The finding that the rule adds, if it adds one."""
    one = known.get(rule.one)
    other = known.get(rule.other)
    if one is None or not _says(rule, one) or (other is not None and not _is_open(rule, other)):
        return None
    because = f"{one.name} is {one.value or one.verdict.lower()}"
    data = one.answer.certificate if isinstance(one.answer, Proved) else {}
    if rule.verdict == "PROVED":
        follows = {"kind": "consequence", "of": one.name}
        follows |= {"class": one.value} if one.name == "smoothness" else {}
        answer: Proved | Refuted = Proved(f"follows: {because}", (because,), follows)
    else:
        witness = one.answer.witness if isinstance(one.answer, Refuted) else data
        answer = Refuted(f"follows: {because}", {**witness, "of": one.name})
        one = replace(one, condition="", exact=False)  # what fails for some values, fails
    formula = sympy.sympify(rule.value) if rule.value else None
    return replace(one, name=rule.other, answer=answer, value=rule.value, formula=formula,
                   detail="", region=(), tight=True, statement="")  # fmt: skip


def _is_open(rule: Rule, other: Finding) -> bool:
    """Whether the rule may say more than what is known; an exact value than some bound."""
    return other.verdict == "UNKNOWN" or (bool(rule.value) and not other.tight)


def _says(rule: Rule, one: Finding) -> bool:
    """Whether the finding is what the rule starts from; values hold for all parameters."""
    return rule.test(one) and not (rule.value and one.condition)


def _weak(known: dict[str, Finding]) -> dict[str, Finding]:
    """What is not strongly convex has the constant 0; with parameters it may be so for some."""
    name = "strong_convexity_constant"
    other = known.get(name)
    because = next((known[n] for n in ("strongly_convex", "strictly_convex", "convex")
                    if n in known and known[n].verdict == "REFUTED"), None)  # fmt: skip
    is_open = other is None or other.verdict == "UNKNOWN"
    if is_open and because is not None and isinstance(because.answer, Refuted):
        told = f"follows: {because.name} is refuted"
        data = {
            "kind": "not strongly convex",
            "of": because.name,
            "witness": because.answer.witness,
        }
        known[name] = replace(because, name=name, answer=Proved(told, (told,), data), value="0",
                              formula=sympy.S.Zero, detail="", region=(), statement="")  # fmt: skip
    return known


def _both(known: dict[str, Finding]) -> dict[str, Finding]:
    """Convex and concave is affine."""
    parts = [known.get(name) for name in ("convex", "concave", "affine")]
    convex, concave, affine = parts
    open_ = affine is None or affine.verdict == "UNKNOWN"
    if convex is None or concave is None or not open_:
        return known
    if convex.verdict == concave.verdict == "PROVED" and not convex.condition + concave.condition:
        data = {"kind": "consequence", "of": "convex, concave"}
        answer = Proved("follows: convex and concave", (), data)
        known["affine"] = replace(convex, name="affine", answer=answer)
    return known


def disagreements(
    found: Mapping[str, Finding], rules: Sequence[Rule] = RULES
) -> dict[tuple[str, str], str]:
    """Pairs of findings that cannot both be true, and why: a mistake of symloss."""
    told = {}
    for rule in rules:
        one, other = found.get(rule.one), found.get(rule.other)
        if one is None or other is None or one.condition or other.condition:
            continue
        if rule.test(one) and not _fits(rule, other):
            shown = f"{one.name} is {one.value or one.verdict.lower()}"
            told[one.name, other.name] = f"{shown}, but {other.name} is {other.verdict.lower()}"
    return {**told, **_crossed(found)}


def _fits(rule: Rule, other: Finding) -> bool:
    """Whether a finding is one that the rule allows."""
    if other.verdict == "UNKNOWN" or not rule.value:
        return other.verdict in (rule.verdict, "UNKNOWN")
    return other.verdict == rule.verdict and other.value == rule.value


def _crossed(found: Mapping[str, Finding]) -> dict[tuple[str, str], str]:
    """A lower bound above the upper one."""
    low, high = found.get("lower_bound"), found.get("upper_bound")
    if low is None or high is None or not (_is_finite(low) and _is_finite(high)):
        return {}
    if low.formula is None or high.formula is None:
        return {}
    if sympy.simplify(low.formula - high.formula).is_positive:
        return {("lower_bound", "upper_bound"): f"{low.value} exceeds {high.value}"}
    return {}


CONTRADICT = "two findings contradict each other"


def withdrawn(found: Mapping[str, Finding], names: set[str], why: str) -> dict[str, Finding]:
    """The findings with those of these names taken back."""
    unknown = Unknown((f"{why}: a mistake of symloss",))
    return {
        name: Finding(name, unknown, wrt=one.wrt) if name in names else one
        for name, one in found.items()
    }


def resting(found: Mapping[str, Finding], names: set[str]) -> set[str]:
    """The names, and those of all findings that follow from them."""
    more = {name for name, one in found.items() if _base(one) in names} - names
    return resting(found, names | more) if more else names


def _base(finding: Finding) -> str:
    answer = finding.answer
    data = getattr(answer, "certificate", None) or getattr(answer, "witness", None) or {}
    return str(data.get("of", ""))
