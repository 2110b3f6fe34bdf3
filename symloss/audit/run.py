"""An audit: each property in a worker, within its budget, then what follows and what is claimed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

import sympy
from sympy import Rational

from symloss.audit import properties
from symloss.audit.attack import fallen
from symloss.audit.claims import contradictions
from symloss.audit.conditions import NAMES as CONDITIONED
from symloss.audit.conditions import conditions, ends_of, opened, under
from symloss.audit.consequences import (
    CONTRADICT,
    completed,
    disagreements,
    resting,
    rules_of,
    withdrawn,
)
from symloss.audit.findings import Audit, Finding
from symloss.audit.signs import worker
from symloss.audit.statements import statement
from symloss.audit.subject import Subject, subject, uncased
from symloss.audit.verdicts import Proved, Refuted, Unknown
from symloss.language import PROPERTIES, property_of
from symloss.spec import Spec

BUDGET = 10.0


@dataclass(frozen=True)
class Group:
    """Properties that are found together, within one budget.

    Attributes:
        find: finds them.
        names: the properties.
        first: whether it is asked only if no group before it looked at all of them; otherwise it
            is asked unless all are decided.
        betters: whether it is asked, too, for bounds that are not known to be the best.
        chooses: whether it is told which of them are wanted, and spends no time on the others.
    """

    find: Callable[..., list[Finding]]
    names: tuple[str, ...]
    first: bool = False
    betters: bool = False
    chooses: bool = False


_ON_LINE = (*properties.SHAPES, *properties.BOUNDS, *properties.SLOPES)
_WITHOUT_ENDS = (
    "domain", "continuous", "smoothness", "differentiable", "kinks", *_ON_LINE,
    "strongly_convex", "gradient_informative", "bounded_influence", "zero_at_match", "minimiser",
    "growth", "redescending",
)  # fmt: skip
"""What is asked again without the ends of parameters' domains where it stays open with them."""
_SHARE_WITHOUT_ENDS = 0.35
"""How much of the budget a second look may take: what it finds, it mostly finds soon."""
GROUPS = (
    Group(properties.smoothness, ("smoothness", "continuous", "differentiable", "kinks")),
    Group(properties.line, _ON_LINE, chooses=True),
    Group(properties.shape, ("convex", "concave", "affine")),
    Group(properties.bounds, properties.BOUNDS, first=True, chooses=True),
    Group(properties.slopes, properties.SLOPES, first=True, chooses=True),
    Group(properties.domain, ("domain",)),
    Group(properties.gradients, ("gradient_informative", "bounded_influence")),
    Group(properties.matches, ("zero_at_match", "minimiser")),
    Group(properties.tails, ("growth", "redescending")),
    Group(properties.in_one, properties.IN_ONE, betters=True),
    Group(properties.invariances, ("homogeneous", "scale_invariant", "translation_invariant")),
    Group(properties.symmetries, ("symmetric", "permutation_symmetric")),
    Group(properties.margins, ("classification_calibrated", "upper_bounds_zero_one")),
    Group(properties.scores, ("proper", "strictly_proper")),
    Group(properties.likelihood, ("likelihood",)),
)


def audit(
    spec: Spec,
    setting: Mapping[str, Rational] | None = None,
    budget: float = BUDGET,
    only: Collection[str] = (),
) -> Audit:
    """What is true of a loss.

    Args:
        spec: the loss.
        setting: numbers for some of its parameters; the others stay symbols, and a finding holds
            for all their values.
        budget: CPU seconds for each group of properties that are found together.
        only: names of the properties that are asked for; the others may be left unknown.

    Raises:
        SymlossError: `setting` names no parameter, or leaves nothing to vary.
    """
    setting = setting or {}
    worker.renew()
    known = _subject(spec, setting, budget)
    asked = set(only) or set(PROPERTIES)
    found = _looked(known, asked, budget)
    rules, has_parameters = rules_of(known), bool(known.program.parameters)
    found = completed(found, rules, has_parameters=has_parameters)
    found |= _conditions(known, found, budget, only)
    more, fell = _without_ends(known, found, asked, budget)
    found |= more
    found |= _but_for_ends(spec, setting, known, found, budget)
    found |= _far(known, found, asked, budget)
    found = completed(found, rules, has_parameters=has_parameters)
    fell |= _attacked(known, found, budget)
    if fell:
        found = withdrawn(found, resting(found, set(fell)), "numbers contradict its proof")
    wrong = disagreements(found, rules)
    if wrong:
        found = withdrawn(found, {name for pair in wrong for name in pair}, CONTRADICT)
    alarms = (*(f"{name}: its proof falls at {at}" for name, at in fell.items()), *wrong.values())
    found = {name: _finished(known, one) for name, one in _ordered(found).items()}
    told = {name: str(number) for name, number in setting.items()}
    against = contradictions(spec, setting, found)
    return Audit(spec.name, known.wrt, spec.hash, told, found, against, alarms)


def _looked(
    known: Subject, asked: set[str], budget: float, found: Mapping[str, Finding] | None = None
) -> dict[str, Finding]:
    """The findings of all groups that are asked for, besides those that are there."""
    found = dict(found or {})
    for group in GROUPS:
        before = found if group.first else _decided(found)
        done = {name for name, one in before.items() if one.tight or not group.betters}
        wanted = tuple(name for name in group.names if name in asked and name not in done)
        if not wanted:
            continue
        loose = {name for name, one in found.items() if group.betters and not one.tight}
        for one in _within(group, known, wanted, budget):
            if one.name not in _decided(found) or (one.tight and one.name in loose):
                found[one.name] = _as_value(one)
    return found


def _without_ends(
    known: Subject, found: Mapping[str, Finding], asked: set[str], budget: float
) -> tuple[dict[str, Finding], dict[str, str]]:
    """What is decided without ends of parameters' domains, and which proofs numbers contradict."""
    open_ = (asked & set(_WITHOUT_ENDS)) - _decided(found).keys()
    new: dict[str, Finding] = {}
    fell: dict[str, str] = {}
    choices = opened(known)
    for condition, inside in (*choices[-1:], *choices[:-1]):
        if not open_:
            break
        there = _decided(_looked(inside, open_, budget * _SHARE_WITHOUT_ENDS, _decided(found)))
        there = {name: there[name] for name in open_ & there.keys()}
        fell |= _attacked(inside, there, budget)
        new |= {name: under(condition, one) for name, one in there.items()}
        # What is open without all ends stays so with some of them.
        open_ = open_ & new.keys() if condition == choices[-1][0] else open_ - there.keys()
    return new, fell


def _but_for_ends(
    spec: Spec,
    setting: Mapping[str, Rational],
    known: Subject,
    found: Mapping[str, Finding],
    budget: float,
) -> dict[str, Finding]:
    """Constants that kinks make infinite, where kinks vanish with a parameter at an end."""
    new = {}
    for name in ("lipschitz", "gradient_lipschitz"):
        one = found.get(name)
        if one is None or not _is_of_kinks(one):
            continue
        told = []
        for elsewhere, parameter, end in ends_of(known):
            there = _subject(spec, {**setting, parameter: Rational(end)}, budget)
            share = _looked(there, {name}, budget * _SHARE_WITHOUT_ENDS)
            at_end = completed(share, rules_of(there)).get(name)
            if at_end is not None and at_end.verdict == "PROVED" and at_end.value != "oo":
                told.append(elsewhere)
        if told:
            new[name] = replace(under(" and ".join(told), one), exact=True)
    return new


def _is_of_kinks(one: Finding) -> bool:
    """Whether a constant is told to be infinite for the loss's class of smoothness."""
    data = one.answer.certificate if isinstance(one.answer, Proved) else {}
    return one.value == "oo" and not one.condition and data.get("of") == "smoothness"


def _decided(found: Mapping[str, Finding]) -> dict[str, Finding]:
    return {name: one for name, one in found.items() if one.verdict != "UNKNOWN"}


def _subject(spec: Spec, setting: Mapping[str, Rational], budget: float) -> Subject:
    """The subject; without formulas on boxes if those take too long."""
    plain = uncased(spec, setting)
    try:
        return worker.run(subject, spec, setting, seconds=budget)
    except (worker.OutOfTime, RuntimeError):
        return plain


def _attacked(known: Subject, found: Mapping[str, Finding], budget: float) -> dict[str, str]:
    """The proofs that numbers contradict, and where."""
    try:
        told: dict[str, str] = worker.run(fallen, known, found, seconds=budget)
    except (worker.OutOfTime, RuntimeError):
        return {}
    return told


def _conditions(
    known: Subject, found: Mapping[str, Finding], budget: float, only: Collection[str]
) -> dict[str, Finding]:
    """What is refuted for some values of the parameters and proved for others."""
    asked = {
        name: one for name, one in found.items()
        if one.verdict == "REFUTED" and name.partition(" in ")[0] in CONDITIONED
        and (not only or name in only)
    }  # fmt: skip
    if not known.program.parameters or not asked:
        return {}
    try:
        told = worker.run(conditions, known, asked, budget, seconds=budget)
    except (worker.OutOfTime, RuntimeError):
        return {}
    return {one.name: one for one in told}


def _far(
    known: Subject, found: Mapping[str, Finding], asked: set[str], budget: float
) -> dict[str, Finding]:
    """What lines tell of the loss far out, where limits in one variable do not."""
    open_ = (asked & {"growth", "redescending"}) - _decided(found).keys()
    if not open_:
        return {}
    caps = _looked(known, set(properties.RESTS_ON), budget, found) if "growth" in open_ else {}
    try:
        told = worker.run(properties.far_out, known, {**found, **caps}, budget / 2, seconds=budget)
    except (worker.OutOfTime, RuntimeError):
        return caps
    return {**caps, **{one.name: one for one in told if one.name in open_}}


def _within(group: Group, known: Subject, wanted: tuple[str, ...], budget: float) -> list[Finding]:
    spent = budget
    find = partial(group.find, known, budget * 0.9, *((wanted,) if group.chooses else ()))
    try:
        found, spent = worker.run(_timed, find, seconds=budget)
    except worker.OutOfTime:
        unknown = Unknown((f"out of time after {budget:g} s",))
        found = [Finding(name, unknown) for name in group.names]
    except RuntimeError as error:
        found = [Finding(name, Unknown((str(error),))) for name in group.names]
    return [replace(one, seconds=spent / max(1, len(found))) for one in found]


def _timed(find: Callable[[], list[Finding]]) -> tuple[list[Finding], float]:
    """What is found, and the CPU seconds that it took."""
    start = time.process_time()
    return list(find()), time.process_time() - start


_NONE = {"lower_bound": "-oo", "strong_convexity_constant": "0"}


def _as_value(finding: Finding) -> Finding:
    """A constant that there is none of, as the proof that it is infinite (convexity's: zero)."""
    if property_of(finding.name).kind != "constant" or not isinstance(finding.answer, Refuted):
        return finding
    value = _NONE.get(finding.name, "oo")
    witness = {"kind": "no finite constant", **finding.answer.witness}
    answer = Proved(finding.answer.method, (), witness)
    return replace(finding, answer=answer, value=value, formula=sympy.sympify(value))


def _ordered(found: Mapping[str, Finding]) -> dict[str, Finding]:
    """All properties there are, those of single names of `wrt` after the joint ones."""
    nothing = Unknown(("no rule for this loss",))
    listed: dict[str, Finding] = {}
    for name in PROPERTIES:
        listed[name] = found.get(name, Finding(name, nothing))
        listed |= {other: one for other, one in found.items() if other.startswith(f"{name} in ")}
    return listed


def _finished(known: Subject, finding: Finding) -> Finding:
    """The finding with what it is about, and its sentence."""
    alone = finding.name.partition(" in ")[2]
    about = replace(finding, wrt=finding.wrt or ((alone,) if alone else known.wrt))
    return replace(about, statement=finding.statement or statement(known, about))
