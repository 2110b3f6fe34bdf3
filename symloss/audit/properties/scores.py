"""Losses of probabilities: whether the true ones minimise the expected loss.

Two outcomes. With f(p, t) the loss of probability p at outcome t in {0, 1}, the expected loss
under q has the derivative q*A(p) + (1 - q)*B(p), A and B the derivatives of f(p, 1) and f(p, 0). If
p*A + (1 - p)*B = 0, that is B(p)*(p - q)/p: the loss is proper if B >= 0 and strictly proper if
B > 0 on (0, 1) (Savage 1971; Gneiting and Raftery 2007, theorem 3). If it is not 0 at some p, then
p is no minimiser under q = p.

Any number of outcomes. Let f(p, k) = F(p[k], S) with S sums over j of h(p[j]). By the same theorem
f is proper if G(p) = sum of p[k]*f(p, k) is concave and f(p, k) = G + dG/dp[k] - sum p[j]*dG/dp[j];
strictly, if G is strictly concave. Sums of the same function over the axis are one symbol here,
which makes the identity one about scalars, for every number of outcomes.
"""

from __future__ import annotations

import sympy
from sympy import Dummy, Expr, Indexed, S, Symbol

from symloss.audit.findings import Finding
from symloss.audit.signs import balls, cells, samples
from symloss.audit.signs.decide import decided
from symloss.audit.subject import Case, Subject
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.language import Finite, Index, Interval, Simplex
from symloss.program import Step, name_of

NAMES = ("proper", "strictly_proper")
NONE = "no loss of probabilities"
INNER = Interval(S.Zero, S.One, True, True)
SAVAGE = "Savage's characterisation"
_KINKED = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)


def scores(subject: Subject, seconds: float) -> list[Finding]:  # noqa: ARG001 - a property
    """Propriety of losses of one probability, and of points of a simplex with a label."""
    if len(subject.wrt) != 1:
        return [Finding(name, Unknown((NONE,))) for name in NAMES]
    domain = next((e.domain for e in subject.program.inputs if e.name == subject.wrt[0]), None)
    if isinstance(domain, Simplex):
        weak, strict = _of_simplex(subject)
    elif isinstance(domain, Interval) and (domain.low, domain.high) == (0, 1):
        weak, strict = _of_one(subject)
    else:
        weak = strict = Unknown((NONE,))
    return [Finding(NAMES[0], weak), Finding(NAMES[1], strict)]


def _of_one(subject: Subject) -> tuple[Answer, Answer]:
    pair = _outcomes(subject)
    if pair is None:
        unknown = Unknown(("no target whose values 0 and 1 are the two outcomes",))
        return unknown, unknown
    p, at_zero, at_one, box = pair
    inside = {p: cells.open_cell(S.Zero, S.One)[1]}
    at_zero, at_one = (cells.resolved(f, inside) or f for f in (at_zero, at_one))
    if any(formula.has(*_KINKED) for formula in (at_zero, at_one)):
        unknown = Unknown(("scores with kinks",))
        return unknown, unknown
    balance = sympy.simplify(p * sympy.diff(at_one, p) + (1 - p) * sympy.diff(at_zero, p))
    if balance != 0 and sympy.simplify(balance.subs(inside)) != 0:
        return _unbalanced(balance, box)
    slope = sympy.diff(at_zero, p)
    weak, strict = (decided(slope, box, relation) for relation in (">=", ">"))
    told = (f"the expected loss under q has the derivative ({slope})*(1 - q/{p})",)
    if isinstance(strict, Proved):
        steps = (*told, f"{slope} > 0 on (0, 1)", *strict.steps)
        data = {**strict.certificate, "kind": "score"}
        return Proved(SAVAGE, steps, data), Proved(SAVAGE, steps, data)
    if isinstance(weak, Refuted):
        return (Refuted("the expected loss falls away from the truth", weak.witness),) * 2
    if isinstance(weak, Proved):
        data = {**weak.certificate, "kind": "score"}
        return Proved(SAVAGE, (*told, f"{slope} >= 0 on (0, 1)"), data), strict if isinstance(
            strict, Unknown
        ) else Unknown(("zeros of the slope",))
    return weak, weak


def _unbalanced(balance: Expr, box: dict[Symbol, Interval]) -> tuple[Answer, Answer]:
    """A probability that is no minimiser although it is the true one."""
    for point in samples.points({s: d for s, d in box.items() if balance.has(s)}, 60):
        found = balls.value(balance, point)
        if found is not None and not found.contains(0):
            witness = {"kind": "value", "expression": sympy.srepr(balance), "relation": "==",
                       "point": samples.text(point), "ball": str(found)}  # fmt: skip
            refuted = Refuted("the derivative of the expected loss at the truth is not 0", witness)
            return refuted, refuted
    unknown = Unknown((f"whether {balance} is 0",))
    return unknown, unknown


def _outcomes(subject: Subject) -> tuple[Symbol, Expr, Expr, dict[Symbol, Interval]] | None:
    """The probability's symbol, the loss at outcome 0 and 1, and the box of what is left."""
    found: dict[str, Case] = {}
    targets = [entry for entry in subject.program.inputs if entry.name not in subject.wrt]
    if len(targets) != 1:
        return None
    target = targets[0].symbol
    for case in subject.cases:
        p = case.varying[0]
        box = {**{s: d for s, d in case.box.items() if s != target}, p: INNER}
        if isinstance(targets[0].domain, Finite) and len(case.chosen) == 1:
            found[case.chosen[0][1]] = case
        elif len(subject.cases) == 1 and _covers_outcomes(targets[0].domain):
            ends = [case.formula.subs(target, n) for n in (0, 1)]
            return p, ends[0], ends[1], box
    if set(found) != {"0", "1"}:
        return None
    p = found["0"].varying[0]
    box = {**found["0"].box, p: INNER}
    return p, found["0"].formula, found["1"].formula, box


def _covers_outcomes(domain: object) -> bool:
    return isinstance(domain, Interval) and domain.contains(S.Zero) and domain.contains(S.One)


class _Foreign(Exception):  # noqa: N818 - an answer, not a mistake
    """The loss is no function of the label's probability and of sums over the axis."""


class _Sums:
    """Sums over the axis of functions of a probability, each one symbol."""

    def __init__(self, count: Expr) -> None:
        """The axis has `count` places."""
        self.u = Dummy("u", positive=True)
        self.count = count
        self.symbols: dict[Expr, Symbol] = {}

    def of(self, body: Expr) -> Expr:
        """The sum over the axis of a function of u; on the simplex that of u is 1."""
        total = S.Zero
        for term in sympy.Add.make_args(sympy.expand(body)):
            factor, inner = term.as_independent(self.u, as_Add=False)
            if inner == 1:
                total += factor * self.count
            elif inner == self.u:
                total += factor
            else:
                positive = all(part.is_positive for part in sympy.Mul.make_args(inner))
                fresh = Dummy(f"sum({inner})", positive=positive or None, real=True)
                total += factor * self.symbols.setdefault(inner, fresh)
        return total

    def slope(self, expression: Expr) -> Expr:
        """The derivative by p[k], at p[k] = u, of an expression in the sums."""
        parts = [
            sympy.diff(expression, symbol) * sympy.diff(body, self.u)
            for body, symbol in self.symbols.items()
        ]
        return sympy.Add(*parts)


def _of_simplex(subject: Subject) -> tuple[Answer, Answer]:
    try:
        sums, loss = _read(subject)
    except _Foreign:
        unknown = Unknown(("functions of the label's probability and of sums over the axis",))
        return unknown, unknown
    u = sums.u
    entropy = sums.of(sympy.expand(u * loss))
    slope = sums.slope(entropy)
    gap = sympy.simplify(loss - (entropy + slope - sums.of(u * slope)))
    if gap != 0:
        return _not_savage(sums, loss)
    concave, strict = _concave(entropy, sums)
    steps = (f"the expected loss at the truth is {entropy}",
             "the loss is its supporting plane, for every number of outcomes")  # fmt: skip
    tried = Unknown((f"whether {entropy} is concave",))
    strictly_tried = Unknown((f"whether {entropy} is strictly concave",))
    told = (*steps, f"{entropy} is concave")
    strictly = (*steps, f"{entropy} is strictly concave")
    return (
        Proved(SAVAGE, told, {"kind": "score"}) if concave else tried,
        Proved(SAVAGE, strictly, {"kind": "score"}) if strict else strictly_tried,
    )


def _not_savage(sums: _Sums, loss: Expr) -> tuple[Answer, Answer]:
    """With two outcomes, a point at which the truth is no minimiser."""
    p = Dummy("p", positive=True)
    values = {sums.count: S(2)}
    for body, symbol in sums.symbols.items():
        values[symbol] = body.subs(sums.u, p) + body.subs(sums.u, 1 - p)
    at_one, at_zero = (loss.xreplace({sums.u: x}).subs(values) for x in (p, 1 - p))
    balance = p * sympy.diff(at_one, p) + (1 - p) * sympy.diff(at_zero, p)
    box = dict.fromkeys(balance.free_symbols, INNER)
    if set(box) <= {p}:
        weak, strict = _unbalanced(balance, box)
        if isinstance(weak, Refuted):
            return weak, strict
    unknown = Unknown((SAVAGE,))
    return unknown, unknown


def _read(subject: Subject) -> tuple[_Sums, Expr]:
    """The loss in the label's probability u, and in sums over the axis."""
    program = subject.program
    name = subject.wrt[0]
    labels = [entry.name for entry in program.inputs if isinstance(entry.domain, Index)]
    shape = program.core_shape(name)
    if len(program.inputs) != 2 or len(labels) != 1 or len(shape) != 1:
        raise _Foreign
    sums = _Sums(Symbol(str(shape[0]), integer=True, positive=True))
    values: dict[str, Expr] = {}
    for step in program.steps:
        values[step.name] = _step(step, name, labels[0], sums, values)
    loss = values["loss"]
    if loss.free_symbols - {sums.u, sums.count, *sums.symbols.values()}:
        raise _Foreign
    return sums, loss


def _step(step: Step, name: str, label: str, sums: _Sums, values: dict[str, Expr]) -> Expr:
    """A step's value at the place `u`, or a sum of such values."""
    if len(step.loops) > 1 or step.kind not in (None, "sum") or step.held:
        raise _Foreign
    index = step.loops[0] if step.loops else None
    body = _substituted(step.expression, name, label, index, sums, values)
    if step.kind is None:
        return body
    return _sum_with_label(body, sums, {str(index), label})


HERE = Dummy("v", positive=True)
"""The probability at a sum's own place, where u is the label's."""


def _substituted(
    node: Expr, name: str, label: str, index: Symbol | None, sums: _Sums, values: dict[str, Expr]
) -> Expr:
    if isinstance(node, Indexed):
        (at,) = node.indices
        here = at == index
        known = HERE if name_of(node) == name else values.get(name_of(node))
        if known is None or (not here and str(at) != label):
            raise _Foreign
        return known if here else known.xreplace({HERE: sums.u})
    if isinstance(node, Symbol):
        if name_of(node) in values:
            return values[name_of(node)]
        if node == sums.count:
            return node
        if node == index or str(node) == label:
            return node
        raise _Foreign
    if not node.args:
        return node
    return node.func(*(_substituted(a, name, label, index, sums, values) for a in node.args))


def _sum_with_label(body: Expr, sums: _Sums, compared: set[str]) -> Expr:
    """The sum over the axis, with the label's own place treated apart where it says so."""
    piecewise = sorted(body.atoms(sympy.Piecewise), key=str)
    away = body
    own = body
    for node in piecewise:
        yes, no = _by_label(node, compared)
        own, away = own.xreplace({node: yes}), away.xreplace({node: no})
    if sums.u in away.free_symbols:
        raise _Foreign
    total = sums.of(away.xreplace({HERE: sums.u}))
    if not piecewise:
        return total
    correction = (own - away).xreplace({HERE: sums.u})
    return total + sympy.expand(correction)


def _by_label(node: sympy.Piecewise, compared: set[str]) -> tuple[Expr, Expr]:
    """The branches at the label's place and elsewhere."""
    if len(node.args) != 2:
        raise _Foreign
    (first, test), (second, _) = node.args
    if {str(side) for side in test.args} != compared:
        raise _Foreign
    if isinstance(test, sympy.Eq):
        return first, second
    if isinstance(test, sympy.Ne):
        return second, first
    raise _Foreign


def _concave(entropy: Expr, sums: _Sums) -> tuple[bool, bool]:
    """Whether a sum of functions, or minus a norm, is concave, and strictly."""
    parts = sympy.Add.make_args(sympy.expand(entropy))
    body = S.Zero
    for part in parts:
        found = [(b, s) for b, s in sums.symbols.items() if part.has(s)]
        if not found:
            continue
        ((inner, symbol),) = found if len(found) == 1 else ((None, None),)
        if inner is None:
            return False, False
        rate = part / symbol
        if rate.has(symbol):
            return _is_minus_norm(entropy, sums)
        body += rate * inner
    box = dict.fromkeys(body.free_symbols, INNER)
    if set(box) != {sums.u}:
        return False, False
    second = sympy.diff(body, sums.u, 2)
    strict = isinstance(decided(second, box, "<"), Proved)
    return strict or isinstance(decided(second, box, "<="), Proved), strict


def _is_minus_norm(entropy: Expr, sums: _Sums) -> tuple[bool, bool]:
    """Whether the entropy is -(sum of u**r)**(1/r) with r >= 1, and with r > 1.

    Norms are convex; for r > 1 they are affine along rays from 0 only, and no two points of a
    simplex lie on one ray.
    """
    for inner, symbol in sums.symbols.items():
        if inner.is_Pow and inner.base == sums.u and inner.exp.is_Rational and inner.exp >= 1:
            ratio = sympy.simplify(entropy / symbol ** (1 / inner.exp))
            if ratio.is_number and ratio.is_negative:
                return True, bool(inner.exp > 1)
    return False, False
