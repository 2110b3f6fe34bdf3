"""A loss in one variable, cut into stretches without choices, in symbols that carry their signs.

On a stretch the variable runs with a positive symbol w. Signs on it are algebra: SymPy's for forms
in which they can be read off, exponentials of w being powers of 1 + q with q > 0; or those of what
rises or falls from a limit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import sympy
from sympy import Expr, S, Symbol

from symloss.audit.recheck.choices import Unclear, places_of, resolved
from symloss.audit.recheck.formulas import plain
from symloss.audit.recheck.whole import Whole
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable, varying
from symloss.language import Domain, Finite, Interval

W, Q = sympy.Dummy("w", positive=True), sympy.Dummy("q", positive=True)
X = sympy.Dummy("x", real=True)
MOST_LINES, LONGEST = 16, 200


@dataclass(frozen=True)
class Stretch:
    """A formula in X on an open interval."""

    formula: Expr
    low: Expr
    high: Expr

    @cached_property
    def inside(self) -> Expr:
        """What runs through the interval with W."""
        if self.low == -sympy.oo:
            return -W if self.high == sympy.oo else self.high - W
        if self.high == sympy.oo:
            return self.low + W
        return self.low + (self.high - self.low) * W / (1 + W)

    def on(self, formula: Expr) -> Expr:
        """A formula in X as one in W."""
        return formula.subs(X, self.inside)

    def limit(self, formula: Expr, *, upper: bool) -> Expr:
        """The limit of a formula in X at an end."""
        end = self.high if upper else self.low
        if not formula.has(X):
            return formula
        if end.is_finite:
            there = formula.subs(X, end)
            if not there.has(sympy.nan, sympy.zoo, sympy.oo):
                return sympy.simplify(there)
            far = end - 1 / W if upper else end + 1 / W
        else:
            far = W if upper else -W
        moved = formula.subs(X, far)
        if sympy.count_ops(moved) > LONGEST:
            raise NotReplayable("a limit of a long formula")
        found = sympy.limit(moved, W, sympy.oo)
        if found.has(sympy.Limit, sympy.AccumBounds, sympy.nan, sympy.zoo, W):
            raise NotReplayable(f"the limit of {formula}")
        return sympy.simplify(found)

    def is_at_most(self, formula: Expr, bound: Expr) -> bool:
        """Whether a formula in X is at most a bound all along."""
        every = bound.args if isinstance(bound, sympy.Max) else (bound,)
        if any(has_sign(self.on(one - formula), "nonnegative") for one in every):
            return True
        slope = self.on(sympy.diff(formula, X))
        for upper, sign in ((True, "nonnegative"), (False, "nonpositive")):
            if has_sign(slope, sign):
                top = self.limit(formula, upper=upper)
                return any(has_sign(one - top, "nonnegative") for one in every)
        return False

    def is_positive(self, formula: Expr) -> bool:
        """Whether a formula in X is above 0 all along."""
        if has_sign(self.on(formula), "positive"):
            return True
        slope = self.on(sympy.diff(formula, X))
        for upper, sign in ((False, "positive"), (True, "negative")):
            if has_sign(slope, sign):
                return has_sign(self.limit(formula, upper=upper), "nonnegative")
        return False


def has_sign(formula: Expr, sign: str) -> bool:
    """Whether algebra shows the sign of a formula in symbols with signs."""
    if sign in ("nonpositive", "negative"):
        return has_sign(-formula, {"nonpositive": "nonnegative", "negative": "positive"}[sign])
    return any(getattr(form, f"is_{sign}") for form in _forms(formula))


def _forms(formula: Expr) -> Iterator[Expr]:
    yield formula
    if sympy.count_ops(formula) > LONGEST:
        return
    yield sympy.factor(formula)
    yield _spread(formula)
    yield sympy.simplify(formula)
    powers = _in_powers(formula)
    if powers is not None:
        yield sympy.factor(powers)
        yield _spread(powers)
    yield from _squared(formula)


def _spread(formula: Expr) -> Expr:
    """One quotient, its parts as sums."""
    above, below = sympy.fraction(sympy.cancel(sympy.together(formula)))
    return sympy.expand(above) / sympy.factor(below)


def _in_powers(formula: Expr) -> Expr | None:
    """With 1 + q for exp(c*w), so that every exponential is a power of it."""
    plain = formula.rewrite(sympy.exp)
    every = [e for e in plain.atoms(sympy.exp) if e.has(W)]
    rates = [sympy.diff(e.args[0], W) for e in every]
    if not every or not all(rate.is_Rational for rate in rates):
        return None
    unit = sympy.gcd_list([abs(rate) for rate in rates])
    swap = {e: sympy.exp(e.args[0].subs(W, 0)) * (1 + Q) ** (rate / unit)
            for e, rate in zip(every, rates, strict=True)}  # fmt: skip
    found = plain.xreplace(swap)
    return None if found.has(W) else found


def _squared(formula: Expr) -> Iterator[Expr]:
    """For b - r with b >= 0, r the rest with a root: b**2 - r**2, of the same sign."""
    terms = sympy.Add.make_args(formula)
    rest = [term for term in terms if any(map(_is_root, sympy.preorder_traversal(term)))]
    bound = sympy.Add(*(t for t in terms if t not in rest))
    if len(rest) == 1 and bound.is_nonnegative:
        yield sympy.factor(bound**2 - rest[0] ** 2)


def _is_root(node: Any) -> bool:
    return isinstance(node, sympy.Pow) and node.exp.is_Rational and not node.exp.is_Integer


@dataclass(frozen=True)
class OneLine:
    """A loss for one choice of the inputs with finitely many values."""

    formula: Expr
    places: tuple[Expr, ...]
    domain: Interval
    names: Mapping[str, Expr]
    inputs: frozenset[Symbol]
    variable: str

    def read(self, formula: Expr) -> Expr:
        """A formula in the names of arguments as one in X and the line's symbols."""
        return _put(formula, self.names, self.variable)

    @cached_property
    def stretches(self) -> list[Stretch]:
        """From left to right."""
        cuts = [self.domain.low, *self.places, self.domain.high]
        found = []
        for low, high in pairwise(cuts):
            inside = Stretch(self.formula, low, high).inside
            try:
                found.append(Stretch(resolved(self.formula, X, inside), low, high))
            except Unclear as unclear:
                raise NotReplayable("a choice on a stretch") from unclear
        return found

    @property
    def values(self) -> list[Expr]:
        """The values at places and at ends that belong to the domain."""
        ends = [self.domain.low] if not self.domain.low_open else []
        ends += [self.domain.high] if not self.domain.high_open else []
        found = [self.formula.subs(X, at) for at in (*self.places, *ends)]
        if any(value.has(sympy.nan, sympy.zoo) for value in found):
            raise NotReplayable("a value at a place")
        return found


def lines_of(case: Case, finding: Finding) -> list[OneLine]:
    """The loss in one variable, for each choice of the inputs with finitely many values."""
    program = varying(case, finding)
    if not program.is_scalar or len(program.wrt) != 1:
        raise NotReplayable("several variables")
    domains = {entry.name: entry.domain for entry in program.arguments}
    own = domains.pop(program.wrt[0])
    finite = {name: d.values for name, d in domains.items() if isinstance(d, Finite)}
    choices = list(itertools.product(*finite.values()))
    if not isinstance(own, Interval) or own.integer or len(choices) > MOST_LINES:
        raise NotReplayable("a variable that is no real number")
    names = {name: inside_of(name, d) for name, d in domains.items() if name not in finite}
    inputs = {entry.name for entry in program.inputs}
    symbols = frozenset(s for n, form in names.items() if n in inputs for s in form.free_symbols)
    loss = Whole(program, {}, {}, {}).element("loss", ())
    found = []
    for values in choices:
        told: dict[str, Expr] = {**names, **dict(zip(finite, values, strict=True))}
        formula = _put(loss, told, program.wrt[0])
        mine = {n: form for n, form in names.items() if n in inputs or form.is_positive is None}
        places = _places(formula, own, mine)
        found.append(OneLine(formula, places, own, told, symbols, program.wrt[0]))
    return found


def _put(formula: Expr, names: Mapping[str, Expr], variable: str) -> Expr:
    swap = {Symbol(name, real=True): form for name, form in names.items()}
    return plain(formula.subs({**swap, Symbol(variable, real=True): X}))


def inside_of(name: str, domain: Domain) -> Expr:
    """What runs through the inside of a domain with a positive symbol."""
    if not isinstance(domain, Interval):
        raise NotReplayable("an input that is no number")
    if domain.low == -sympy.oo:
        return sympy.Dummy(name, real=True) if domain.high == sympy.oo else (
            domain.high - sympy.Dummy(name, positive=True))  # fmt: skip
    z = sympy.Dummy(name, positive=True)
    if domain.high == sympy.oo:
        return domain.low + z
    return domain.low + (domain.high - domain.low) * z / (1 + z)


def _places(formula: Expr, domain: Interval, names: Mapping[str, Expr]) -> tuple[Expr, ...]:
    """Places of choices and of matches inside the domain, in their order."""
    free = [n for n in names.values() if n.is_Symbol and formula.has(n)]
    try:
        choices = places_of(formula, X)
    except Unclear as unclear:
        raise NotReplayable("places of choices") from unclear
    try:
        return _inside(domain, {*choices, *(free or [S.Zero])})
    except NotReplayable:
        return _inside(domain, set(choices))  # matches are places for their own sake only


def _inside(domain: Interval, found: set[Expr]) -> tuple[Expr, ...]:
    """The places that lie inside the domain, in their order."""
    kept: list[Expr] = []
    for place in found:
        gaps = [place - domain.low if domain.low.is_finite else S.One,
                domain.high - place if domain.high.is_finite else S.One]  # fmt: skip
        if all(has_sign(gap, "positive") for gap in gaps):
            kept.append(place)
        elif not any(has_sign(gap, "nonpositive") for gap in gaps):
            raise NotReplayable(f"whether {place} lies in the domain")
    return ordered(kept)


def ordered(places: list[Expr]) -> tuple[Expr, ...]:
    """Each place once, from left to right.

    Raises:
        NotReplayable: their order is not clear.
    """
    known: list[Expr] = []
    for place in places:
        signs = [_order(place - other) for other in known]
        if 0 not in signs:
            known.insert(signs.count(1), place)
    return tuple(known)


def _order(gap: Expr) -> int:
    for sign, number in (("positive", 1), ("negative", -1)):
        if has_sign(gap, sign):
            return number
    if sympy.simplify(gap) == 0:
        return 0
    raise NotReplayable("places whose order is not clear")
