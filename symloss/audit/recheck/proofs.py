"""Certificates of proofs, replayed by rules and algebra of the checker's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy import Expr, Indexed, Symbol

from symloss.audit.recheck import formulas, lines, witnesses
from symloss.audit.recheck.known import Known
from symloss.audit.recheck.ratios import Ratios
from symloss.audit.recheck.rules import Rules
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable, varying
from symloss.language import BY_NODE, FUNCTIONS, Interval
from symloss.program import Program, Step, name_of, without_dead_steps
from symloss.spec import array_base, dimension_symbol

_LOGARITHMS = {FUNCTIONS[name].node for name in ("log", "loggamma") if name in FUNCTIONS}


def composition(case: Case, finding: Finding) -> bool:
    """The curvature of the loss by the checker's rules."""
    known = Rules(varying(case, finding)).known["loss"]
    shape = str(finding["property"]).partition(" in ")[0]
    holds = {
        "convex": known.convex, "concave": known.concave, "affine": known.convex and known.concave
    }  # fmt: skip
    if shape not in holds:
        raise NotReplayable(f"composition rules say nothing of {shape}")
    if not holds[shape]:
        raise NotReplayable("needs signs on pieces, or more rules than the checker has")
    return True


def within_range(case: Case, finding: Finding) -> bool:
    """A bound by the ranges of the rules; that a tight one is reached, on a line."""
    known = Rules(varying(case, finding)).known["loss"]
    value = formulas.read(finding["value"], formulas.names_of(case.program))
    below = finding["property"] == "lower_bound"
    if finding["property"] not in ("lower_bound", "upper_bound"):
        return False
    is_bound = known.low >= value if below else known.high <= value
    gap = (1 if below else -1) * (case.program.step("loss").expression - value)
    if not is_bound and not Ratios(case.program).is_nonnegative(gap):
        raise NotReplayable("a range that the checker's rules do not show")
    names = [entry.name for entry in case.program.inputs]
    told = finding["certificate"].get("reached", {})
    return not finding["tight"] or (
        told.get("order") == "0" and lines.reaches(case, told, value, names)
    )


def definedness(case: Case, finding: Finding) -> bool:  # noqa: ARG001 - a checker
    """Every logarithm, root and quotient is defined, by ranges."""
    rules = Rules(case.program)
    for step in case.program.steps:
        for node in sympy.preorder_traversal(step.expression):
            if node in (sympy.oo, -sympy.oo, sympy.zoo, sympy.nan) or (
                isinstance(node, Expr) and node.args and not _is_defined(node, rules)
            ):
                raise NotReplayable(f"the range of {node}")
    return True


def _is_defined(node: Expr, rules: Rules) -> bool:
    if isinstance(node, sympy.Pow):
        base = rules.of(node.base)
        if node.exp.is_Integer:
            return bool(node.exp > 0) or base.positive or bool(base.high < 0)
        return base.positive or (
            base.low >= 0 and node.exp.is_number and bool(node.exp > 0)
        )  # fmt: skip
    if type(node) in _LOGARITHMS:
        return rules.of(node.args[0]).positive
    row = BY_NODE.get(type(node))
    return row is None or all(
        (span.low == -sympy.oo and span.high == sympy.oo)
        or _lies_within(rules.of(part), span.low, open_=span.low_open, high=span.high)
        for part, span in zip(node.args, row.domain, strict=False)
    )  # fmt: skip


def _lies_within(known: Known, low: Expr, *, open_: bool, high: Expr) -> bool:
    above = known.low > low or (known.low == low and (known.above or not open_))
    return bool(above) and high == sympy.oo


def gradient(case: Case, finding: Finding) -> bool:
    """The gradient is not 0 on a box, by the derivative derived anew."""
    return witnesses.gradient(case, finding["certificate"])


def permutation(case: Case, finding: Finding) -> bool:
    """Along each axis, indices and labels are subscripts and sides of equalities only."""
    axes = finding["certificate"]["axes"]
    if set(axes) != set(case.spec.dimensions):
        return False
    program = case.program
    if any(step.kind in ("argmax", "argmin") for step in program.steps):
        return False
    return all(_is_free(s.expression, axis, program) for axis in axes for s in program.steps)


def _is_place(node: Any, axis: str, program: Program) -> bool:
    if isinstance(node, Symbol) and node in program.ranges:
        return bool(program.ranges[node] == dimension_symbol(axis))
    if not isinstance(node, Symbol | Indexed):
        return False
    entry = next((e for e in program.inputs if e.name == name_of(node)), None)
    along = getattr(getattr(entry, "domain", None), "dimension", "") == axis
    return along and entry is not None and entry.is_index and _subscripts_fit(node, axis, program)


def _is_free(node: Any, axis: str, program: Program) -> bool:
    if _is_place(node, axis, program):
        return False
    if isinstance(node, Indexed):
        return _subscripts_fit(node, axis, program)
    if isinstance(node, sympy.Eq | sympy.Ne) and all(
        _is_place(side, axis, program) for side in node.args
    ):
        return True
    return all(_is_free(part, axis, program) for part in node.args)


def _subscripts_fit(node: Any, axis: str, program: Program) -> bool:
    if isinstance(node, Symbol):
        return True
    size = dimension_symbol(axis)
    return all(
        _is_place(at, axis, program) if along == size else _is_free(at, axis, program)
        for at, along in zip(node.indices, _shape(name_of(node), program), strict=True)
    )


def _shape(name: str, program: Program) -> list[Expr]:
    if name in program.by_name:
        return [program.ranges[index] for index in program.by_name[name].indices]
    return [dimension_symbol(size) for size in program.core_shape(name)]


def exchange(case: Case, finding: Finding) -> bool:
    """Each step goes over into the step that the certificate names, with its sign."""
    image = {name: (other, int(sign)) for name, (other, sign)
             in finding["certificate"]["image"].items()}  # fmt: skip
    program = case.program
    steps = program.by_name
    names = {entry.name for entry in program.inputs}
    if any(sign not in (1, -1) for _, sign in image.values()) or any(
        (name in names) != (other in names) for name, (other, _) in image.items()
    ):
        return False
    if not {name for name, (other, sign) in image.items() if (other, sign) != (name, 1)} & names:
        return False
    if not set(steps) <= set(image):
        raise NotReplayable("the images of steps are not told")
    if image["loss"] != ("loss", 1):
        return False
    return all(_goes_over(step, steps[image[n][0]], image) for n, step in steps.items())


def _goes_over(step: Step, other: Step, image: Mapping[str, tuple[str, int]]) -> bool:
    sign = image[step.name][1]
    if step.kind != other.kind or len(step.indices) != len(other.indices):
        return False
    if len(step.bound) != len(other.bound) or (sign < 0 and step.kind not in (None, "sum")):
        return False
    theirs = other.expression.xreplace(dict(zip(other.loops, step.loops, strict=True)))
    gap = _renamed(step.expression, image) - sign * theirs
    return bool(gap == 0) or bool(sympy.expand(gap) == 0)


def _renamed(node: Any, image: Mapping[str, tuple[str, int]]) -> Any:
    if isinstance(node, Symbol | Indexed):
        other, sign = image.get(name_of(node), ("", 1))
        if not other:
            return node
        if isinstance(node, Indexed):
            return sign * array_base(other)[tuple(_renamed(at, image) for at in node.indices)]
        return sign * Symbol(other, **node.assumptions0)
    if not node.args:
        return node
    return node.func(*(_renamed(part, image) for part in node.args))


PROOFS: dict[str, Callable[[Case, Finding], bool]] = {
    "composition": composition,
    "definedness": definedness,
    "exchange": exchange,
    "gradient": gradient,
    "permutation": permutation,
    "pieces": composition,  # signs on pieces are not replayed, but shape may follow by rules alone
}
"""By kind; other kinds cannot be replayed."""

IMPLICATIONS = {
    ("strongly_convex", "strictly_convex"), ("strongly_convex", "convex"),
    ("strictly_convex", "convex"), ("convex", "quasiconvex"), ("strictly_convex", "quasiconvex"),
    ("strongly_convex", "quasiconvex"), ("affine", "convex"), ("affine", "concave"),
    ("affine", "quasiconvex"), ("differentiable", "continuous"), ("smoothness", "differentiable"),
    ("smoothness", "continuous"), ("lipschitz", "continuous"), ("lipschitz", "bounded_influence"),
    ("gradient_lipschitz", "differentiable"), ("strong_convexity_constant", "strongly_convex"),
    ("scale_invariant", "homogeneous"), ("strictly_proper", "proper"),
    ("smoothness", "lipschitz"), ("smoothness", "gradient_lipschitz"),
    ("zero_at_match", "lower_bound"), ("lipschitz", "strong_convexity_constant"),
    ("upper_bound", "strong_convexity_constant"),
}  # fmt: skip
"""What follows from what, when the first is proved."""


_SMOOTH = re.compile("C(inf|[1-9][0-9]*)")
_FINITE = re.compile("(?!-?oo$).+")
_VALUES = {
    ("smoothness", "differentiable"): _SMOOTH,
    ("smoothness", "continuous"): re.compile("C(inf|[0-9]+)"),
    ("smoothness", "lipschitz"): re.compile("discontinuous"),
    ("smoothness", "gradient_lipschitz"): re.compile("discontinuous|C0"),
    ("lipschitz", "continuous"): _FINITE, ("lipschitz", "bounded_influence"): _FINITE,
    ("gradient_lipschitz", "differentiable"): _FINITE,
    ("lipschitz", "strong_convexity_constant"): _FINITE,
    ("upper_bound", "strong_convexity_constant"): _FINITE,
}  # fmt: skip
"""The values of the first finding from which the other follows; for constants, that it is oo."""

STEEP = {"lipschitz": re.compile("oo"), "growth": re.compile(".*(quadratic|exponential|faster).*")}
"""What refutes bounded influence, with the values from which that follows."""


def premises(case: Case, finding: Finding, found: Mapping[str, Finding]) -> list[str]:
    """The findings that a consequence rests on.

    Raises:
        KeyError: it does not follow from what the certificate names.
        NotReplayable: a line that goes with it cannot be followed.
    """
    if finding["verdict"] == "refuted":
        return [_steep(finding, found)]
    of = finding["certificate"]["of"]
    bases = of.split(", ")
    if any(found[base]["condition"] not in (None, finding["condition"]) for base in bases):
        raise KeyError(of)
    if of == "convex, concave" and finding["property"] == "affine":
        return bases
    if finding["property"] == "growth":
        return _caps(case, finding, found)
    if not _follows(case, finding, found[of], of):
        raise KeyError(of)
    return bases


def _follows(case: Case, finding: Finding, base: Finding, of: str) -> bool:
    """Whether one finding implies the other."""
    name, _, alone = str(finding["property"]).partition(" in ")
    stem, _, same = of.partition(" in ")
    value, wanted = str(base["value"]), _VALUES.get((stem, name))
    if (stem, name) not in IMPLICATIONS or same != alone:
        return False
    if wanted is not None and not wanted.fullmatch(value):
        return False
    if name in _GIVEN and finding["value"] != _GIVEN[name]:
        return False
    if stem == "strong_convexity_constant" and not _is_positive(case, value):
        return False
    return name != "strong_convexity_constant" or _is_endless(case, finding["wrt"])


_GIVEN = {
    "gradient_lipschitz": "oo", "lipschitz": "oo", "lower_bound": "0",
    "strong_convexity_constant": "0",
}  # fmt: skip
"""The values that constants have as consequences."""
_GROWTH = {"lipschitz": ("linear", 1), "gradient_lipschitz": ("quadratic", 2)}
"""The growth that a finite constant allows, and the derivative that shows it."""


def _caps(case: Case, finding: Finding, found: Mapping[str, Finding]) -> list[str]:
    """What bounds the growth; a line shows that it comes to that."""
    data = finding["certificate"]
    bases = list(data["of"].split(", "))
    if not all(_FINITE.fullmatch(found[name]["value"]) for name in bases):
        raise KeyError(data["of"])
    if bases == ["lower_bound", "upper_bound"] and finding["value"] == "bounded":
        return bases
    word, order = _GROWTH[data["of"]]
    if finding["value"] != word or not lines.stays(case, data["line"], finding["wrt"], order):
        raise KeyError(data["of"])
    return bases


def _is_endless(case: Case, wrt: list[str]) -> bool:
    """Whether what varies may be far out."""
    domains = [entry.domain for entry in case.program.arguments if entry.name in wrt]
    ends = [end for d in domains if isinstance(d, Interval) for end in (d.low, d.high)]
    return any(end.is_infinite for end in ends)


def _steep(finding: Finding, found: Mapping[str, Finding]) -> str:
    """What shows that slopes have no bound: a jump alone does not."""
    of = str(finding["witness"]["of"])
    jump = (found[of]["certificate"] or {}).get("class") == "discontinuous"
    if finding["property"] != "bounded_influence" or jump:
        raise KeyError(of)
    if not STEEP[of].fullmatch(str(found[of]["value"])):
        raise KeyError(of)
    if of == "growth" and "oo" not in str(found[of]["detail"]):
        raise KeyError(of)
    return of


def _is_positive(case: Case, value: str) -> bool:
    formula = sympy.factor(formulas.read(value, formulas.names_of(case.program)))
    return Rules(case.program).of(formula).positive


def program_of(spec: Any, program: Program, setting: Mapping[str, str]) -> Program:
    """The program with the audit's settings put in."""
    values = {entry.symbol: sympy.Rational(setting[entry.name])
              for entry in program.parameters if entry.name in setting}  # fmt: skip
    steps = tuple(
        Step(**{**vars(step), "expression": step.expression.subs(values)}) for step in program.steps
    )
    kept = tuple(entry for entry in program.parameters if entry.name not in setting)
    wrt = tuple(name for name in spec.wrt if name not in setting)
    return without_dead_steps(
        Program(**{**vars(program), "steps": steps, "parameters": kept, "wrt": wrt})
    )
