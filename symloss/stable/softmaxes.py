"""Differences of softmaxes, and a logsumexp less a softmax's mean of its own terms.

Where softmaxes p and q nearly agree, p - q has the digits of their ratio's logarithm r, the
difference of the exponents less that of the logsumexps: it is q*expm1(r). What rounding makes of
the logsumexps is alike in all places, and all p - q add up to 0: what they add up to is shared out
again. And logsumexp(x) - sum(q*x) is sum(q*(top - x)), with the largest x, and the
log1p of what all others have beside it: nothing cancels. Nothing is differentiated after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Abs, Add, Expr, Indexed, Le, Lt, Mul, Piecewise, S, exp
from sympy.logic.boolalg import And

from symloss.language import FUNCTIONS
from symloss.program import Kind, Program, Rewriting, Step, operands, unused

_expm1, _log1p = (FUNCTIONS[name].build for name in ("expm1", "log1p"))


def softmaxes_apart(program: Program) -> Program:
    """The program with softmaxes less others, and logsumexps less means, in these forms."""
    return _Softmaxes.of_names(program).rewritten(program)


class _Softmaxes(Rewriting):
    """Sums are looked at."""

    @staticmethod
    def _at(whole: Step, step: Step) -> Expr:
        """A logsumexp at the indices of its softmax."""
        return whole.element(step.indices[:-1] if whole.indices else None)

    @staticmethod
    def _body(whole: Step, step: Step) -> Expr | None:
        """A logsumexp's exponent at the indices of its softmax."""
        if len(whole.loops) != len(step.indices):
            return None
        return whole.expression.xreplace(dict(zip(whole.loops, step.indices, strict=True)))

    def node(self, node: Expr) -> Expr:
        """A node, with such differences in that form."""
        if not isinstance(node, Add):
            return node
        return self._less_softmax(node) or self._less_mean(node) or self._beside_whole(node) or node

    def _softmaxes(self, total: Add) -> Iterator[tuple[Expr, Expr, Step]]:
        """Terms, each with a softmax at plain indices that is in it."""
        for term in total.args:
            for leaf in Mul.make_args(term):
                step = self.read(leaf) if isinstance(leaf, Indexed) else None
                if step is not None and step.softmax_of and leaf == step.element():
                    yield term, leaf, step

    def _less_softmax(self, total: Add) -> Expr | None:
        found = list(self._softmaxes(total))
        for term, leaf, step in found:
            for other, opposite, less in found:
                if term / leaf == -other / opposite and step.indices == less.indices:
                    difference = self._difference(step, less)
                    if difference is not None and not (term / leaf).could_extract_minus_sign():
                        rest = Add(*(part for part in total.args if part not in (term, other)))
                        return rest + term / leaf * difference
        return None

    def _difference(self, one: Step, other: Step) -> Expr | None:
        """A softmax less another."""
        first, second = self.known[one.softmax_of], self.known[other.softmax_of]
        body, less = self._body(first, one), self._body(second, other)
        if body is None or less is None or body.has(Piecewise) or less.has(Piecewise):
            return None
        p, q = one.element(), other.element()
        free, last = one.indices[:-1], one.indices[-1:]
        shift = self._made(f"{one.name}_shift", free, self._at(first, one) - self._at(second, one))
        apart = self._made(f"{one.name}_apart", one.indices, body - less)
        ratio = self._made(f"{one.name}_ratio", one.indices, apart.element() - shift.element())
        # An exponent far from the other's is rounded by more than a softmax is.
        near = And(Le(Abs(apart.element()), 1), Le(Abs(ratio.element()), S.Half))
        either = Piecewise((q * _expm1(ratio.element()), near), (p - q, True))
        gap = self._made(f"{one.name}_gap", one.indices, either)
        slip = Step(unused(f"{one.name}_slip", self.taken), free, gap.element(), "sum", last)
        self.add(slip)
        return gap.element() - q * slip.element()

    def _made(self, name: str, indices: tuple[Expr, ...], body: Expr) -> Step:
        made = Step(unused(name, self.taken), indices, body)
        self.add(made)
        return made

    def _less_mean(self, total: Add) -> Expr | None:
        for term in total.args:
            for leaf in operands(term):
                whole = self.read(leaf)
                if whole is None or whole.kind != "logsumexp" or len(whole.bound) != 1:
                    continue
                for other in total.args:
                    found = self._mean_of(whole, leaf, -other / (term / leaf))
                    if found is not None and term / leaf * leaf == term:
                        rest = Add(*(part for part in total.args if part not in (term, other)))
                        return rest + term / leaf * found
        return None

    def _beside_whole(self, total: Add) -> Expr | None:
        """A term less its logsumexp is taken first: both may be large, and round away the rest."""
        for term in total.args if len(total.args) > 2 else ():
            for leaf in operands(term):
                whole = self.read(leaf)
                if whole is None or whole.kind != "logsumexp" or leaf != whole.element():
                    continue
                found = self._first(whole, total - term, term / leaf)
                if found is not None and term / leaf * leaf == term:
                    return found
        return None

    def _first(self, whole: Step, rest: Expr, factor: Expr) -> Expr | None:
        """What is beside a logsumexp, with one of its terms less it as a step of its own."""
        for index in sorted(rest.free_symbols, key=str) if len(whole.bound) == 1 else ():
            body = whole.expression.xreplace({whole.bound[0]: index})
            beside = rest + factor * body
            is_less = len(Add.make_args(beside)) + len(Add.make_args(body)) == len(rest.args)
            if index.is_integer and beside != 0 and is_less:
                indices = (*whole.indices, index)
                made = self._made(f"{whole.name}_above", indices, body - whole.element())
                return beside - factor * made.element()
        return None

    def _mean_of(self, whole: Step, leaf: Expr, mean: Expr) -> Expr | None:
        """A logsumexp less a mean of its terms, if it is one, by a softmax."""
        step = self.read(mean)
        if step is None or step.kind != "sum" or step.indices != whole.indices:
            return None
        if leaf != whole.element() or mean != step.element() or len(step.bound) != 1:
            return None
        body = self._body(whole, replace(step, indices=step.loops))
        if body is None or body.has(Piecewise):
            return None
        for weight in Mul.make_args(step.expression):
            known = self.read(weight)
            plain = known is not None and known.softmax_of and weight == known.element(step.loops)
            if plain and step.expression == weight * body:
                return self._above(step, whole, weight, body)
        return None

    def _above(self, step: Step, whole: Step, weight: Expr, body: Expr) -> Expr:
        """The mean of what the largest term is above the others, and what these are beside it.

        Of several that are largest, all but one are others.
        """
        share = self._softmax(whole).element(step.loops)
        top = self._reduced(f"{whole.name}_top", step, body, "max")
        most = self._reduced(f"{whole.name}_most", step, share, "max")
        below = self._reduced(f"{step.name}_below", step, weight * (top - body), "sum")
        smaller = Lt(body, top)
        small = Piecewise((share, smaller), (S.Zero, True))
        large = Piecewise((S.Zero, smaller), (S.One, True))
        others = self._reduced(f"{whole.name}_others", step, small, "sum")
        ties = self._reduced(f"{whole.name}_ties", step, large, "sum")
        more = self._made(f"{whole.name}_more", step.indices, ties - 1).element()
        return below + _log1p(others / most + more)

    def _reduced(self, name: str, like: Step, body: Expr, kind: Kind) -> Expr:
        made = Step(unused(name, self.taken), like.indices, body, kind, like.bound)
        self.add(made)
        return made.element()

    def _softmax(self, whole: Step) -> Step:
        for step in self.known.values():
            if step.softmax_of == whole.name:
                return step
        name = unused(f"{whole.name}_softmax", self.taken)
        made = Step(
            name, whole.loops, exp(whole.expression - whole.element()), softmax_of=whole.name
        )
        self.add(made)
        return made
