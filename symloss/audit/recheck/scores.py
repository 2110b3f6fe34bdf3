"""Propriety, replayed: the truth minimises the expected loss (Savage 1971; Gneiting, Raftery 2007).

One probability p, outcomes 0 and 1: with A and B the derivatives of the loss at 1 and at 0 and
p*A + (1 - p)*B = 0, the expected loss under q has the derivative B*(p - q)/p, so that it falls up
to q and rises from there if B > 0.

A point p of a simplex and a label: let u be the label's probability and S_h the sum of h(p[j]) over
the axis, for the functions h that occur. With G the expected loss under p itself, the loss is
proper if G is concave and the loss at each label is G's tangent plane there: G + dG/dp[k] - sum of
p[j]*dG/dp[j]. A sum of c*h(p[j]) is concave where c*h'' <= 0, minus a norm always.
"""

from __future__ import annotations

import sympy
from sympy import Dummy, Expr, Indexed, S, Symbol

from symloss.audit.recheck.course import is_analytic, meets_ends, vanishes
from symloss.audit.recheck.inline import inlined
from symloss.audit.recheck.margins import of_labels
from symloss.audit.recheck.stretches import Stretch, X, has_sign
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable
from symloss.language import Index, Simplex
from symloss.program import Step, name_of

NAMES = ("proper", "strictly_proper")
U = Dummy("u", positive=True)


def proper(case: Case, finding: Finding) -> bool:
    """The expected loss is least at the truth; strictly, nowhere else."""
    if finding["property"] not in NAMES or list(finding["wrt"]) != list(case.program.wrt):
        return False
    strictly = finding["property"] == "strictly_proper"
    domains = {entry.name: entry.domain for entry in case.program.inputs}
    if len(finding["wrt"]) == 1 and isinstance(domains[finding["wrt"][0]], Simplex):
        return _of_simplex(case, strictly=strictly)
    return _of_one(case, finding, strictly=strictly)


def _of_one(case: Case, finding: Finding, *, strictly: bool) -> bool:
    lines = {line.names[name]: line for name, line in of_labels(case, finding)}
    if set(lines) != {S.Zero, S.One}:
        raise NotReplayable("outcomes that are not 0 and 1")
    parts = []
    for line in (lines[S.Zero], lines[S.One]):
        if (line.domain.low, line.domain.high) != (0, 1) or len(line.stretches) != 1:
            raise NotReplayable("a score that makes choices, or is of no probability")
        (part,) = line.stretches
        if not is_analytic(part.formula, part) or not meets_ends(line):
            raise NotReplayable("a score that may not be smooth")
        parts.append(part)
    at_zero, at_one = (sympy.diff(part.formula, X) for part in parts)
    if not vanishes(X * at_one + (1 - X) * at_zero):
        return False
    wanted = "positive" if strictly else "nonnegative"
    if not has_sign(parts[0].on(at_zero), wanted):
        raise NotReplayable("the sign of a slope")
    return True


class Sums:
    """Sums over the axis of functions of a probability, each one symbol."""

    def __init__(self, count: Expr) -> None:
        """The axis has `count` places."""
        self.count, self.of_body = count, dict[Expr, Symbol]()

    def over(self, body: Expr) -> Expr:
        """The sum over the axis of a function of U; the probabilities add up to 1."""
        total = S.Zero
        for term in sympy.Add.make_args(sympy.expand(body)):
            weight, own = term.as_independent(U, as_Add=False)
            if own == 1:
                total += weight * self.count
            elif own == U:
                total += weight
            else:
                total += weight * self.of_body.setdefault(own, Dummy("S", positive=True))
        return total

    def slope(self, formula: Expr) -> Expr:
        """The derivative by the probability at U of a formula in the sums."""
        return sympy.Add(*(sympy.diff(formula, total) * sympy.diff(body, U)
                           for body, total in self.of_body.items()))  # fmt: skip


def _of_simplex(case: Case, *, strictly: bool) -> bool:
    sums, loss = _read(case)
    entropy = sums.over(U * loss)
    slope = sums.slope(entropy)
    if not vanishes(loss - (entropy + slope - sums.over(U * slope))):
        return False
    if not _is_concave(entropy, sums, strictly=strictly):
        raise NotReplayable("whether the entropy is concave")
    return True


def _is_concave(entropy: Expr, sums: Sums, *, strictly: bool) -> bool:
    rates = {body: sympy.diff(entropy, total) for body, total in sums.of_body.items()}
    if not any(rate.has(*sums.of_body.values()) for rate in rates.values()):
        total = sympy.Add(*(rate * body for body, rate in rates.items()))
        part = Stretch(total.subs(U, X), S.Zero, S.One)
        bend = part.on(sympy.diff(part.formula, X, 2))
        return has_sign(-bend, "positive" if strictly else "nonnegative")
    for body, total in sums.of_body.items():
        power = body.exp if isinstance(body, sympy.Pow) and body.base == U else S.Zero
        if power.is_Rational and (power > 1 or (power == 1 and not strictly)):
            ratio = sympy.simplify(entropy / total ** (1 / power))
            if ratio.is_number and ratio.is_negative:
                return True
    return False


def _read(case: Case) -> tuple[Sums, Expr]:
    """The loss in the label's probability and in sums over the axis."""
    program = inlined(case.program)
    (name,) = program.wrt
    labels = [entry for entry in program.inputs if isinstance(entry.domain, Index)]
    if len(program.inputs) != 2 or len(labels) != 1 or len(program.core_shape(name)) != 1:
        raise NotReplayable("a score of another kind of outcome than a label")
    label = labels[0].symbol
    sums = Sums(Symbol(str(program.core_shape(name)[0]), integer=True, positive=True))
    values: dict[Expr, Expr] = {}
    for step in program.steps:
        values[step.element()] = _value(step, name, label, sums, values)
    loss = values[program.step("loss").element()]
    if not loss.free_symbols <= {U, sums.count, *sums.of_body.values()}:
        raise NotReplayable("a loss of more than the label's probability and of sums")
    return sums, loss


def _value(step: Step, name: str, label: Symbol, sums: Sums, values: dict[Expr, Expr]) -> Expr:
    if step.indices or step.kind not in (None, "sum") or len(step.bound) > 1:
        raise NotReplayable("steps of a score that are no sums over the axis")
    expression = step.expression.xreplace(values)
    if step.kind is None:
        return _in_probability(expression, name, label)
    (index,) = step.bound
    apart = _in_probability(_decided(expression, index, label, same=False), name, index)
    own = _in_probability(_decided(expression, index, label, same=True), name, index)
    return sums.over(apart) + sympy.expand(own - apart)


def _in_probability(node: Expr, name: str, place: Symbol) -> Expr:
    swap = {}
    for leaf in node.atoms(Indexed):
        if name_of(leaf) != name or leaf.indices != (place,):
            raise NotReplayable("a score that reads other places")
        swap[leaf] = U
    return node.xreplace(swap)


def _decided(node: Expr, index: Symbol, label: Symbol, *, same: bool) -> Expr:
    """With each comparison of the place with the label made."""
    tests = {}
    for test in node.atoms(sympy.Eq, sympy.Ne):
        if set(test.args) == {index, label}:
            tests[test] = sympy.true if same == isinstance(test, sympy.Eq) else sympy.false
    return node.xreplace(tests)
