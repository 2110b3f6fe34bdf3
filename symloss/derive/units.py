"""Components over norms are those of unit vectors, and cosines are products of these.

The cosine of x and y is u.v, with u = x/|x| and v = y/|y|. Derivatives then pass through u and v
alone, and meet what is at right angles to them (see `norms`); a quotient by norms would have to
cancel what the norms' own derivatives bring.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr, Indexed, Mul, Pow, Symbol

from symloss.derive import reductions
from symloss.program import Program, Rewriting, Step, name_of, unused


def with_units(program: Program) -> Program:
    """The program, in which norms are reductions, with cosines and components of unit vectors."""
    return _Units.of_names(program).rewritten(program)


class _Units(Rewriting):
    """Products are looked at."""

    def node(self, node: Expr) -> Expr:
        """A node, with cosines and components in that form."""
        return self.component(self.cosine(node)) if isinstance(node, Mul) else node

    def component(self, product: Expr) -> Expr:
        """A product with a component of a unit vector for one over its vector's norm."""
        for leaf in Mul.make_args(product):
            for norm, place in self._norms_of(leaf):
                if Pow(norm, -1) in Mul.make_args(product):
                    return self.component(product / leaf * norm * self._unit(norm, place))
        return product

    def cosine(self, product: Mul) -> Expr:
        """A product without a sum of products over the norms of both."""
        flat = Mul(*map(self._of_norms, product.args))
        for leaf in Mul.make_args(flat):
            for over in self._norm_pairs(leaf):
                bare = flat / leaf * Mul(*over)
                if not bare.atoms(Symbol, Indexed) & set(over):
                    return bare * self._product(leaf, *over)
        return product

    def _of_norms(self, factor: Expr) -> Expr:
        """A definition that is no more than a product of norms, written out."""
        base, power = factor.as_base_exp()
        body = self._body(base)
        norms = body is not None and all(map(self._norm, Mul.make_args(body)))
        return Pow(body, power) if norms else factor

    def _body(self, leaf: Expr) -> Expr | None:
        step = self.read(leaf)
        return None if step is None or step.unit_of else self.definition(leaf)

    def _norm(self, leaf: Expr) -> Step | None:
        step = self.read(leaf)
        return step if step is not None and step.kind == "norm" and len(step.bound) == 1 else None

    def _norm_pairs(self, leaf: Expr) -> Iterator[tuple[Expr, Expr]]:
        """The norms of both vectors, where a leaf is the sum of their products."""
        step = self.read(leaf)
        if step is None or step.kind != "sum" or len(step.bound) != 1 or leaf != step.element():
            return
        factors = Mul.make_args(step.expression)
        if len(factors) == 2:
            x, y = (list(self._norms_of(factor)) for factor in factors)
            (index,) = step.bound
            yield from ((u, v) for u, at in x for v, to in y if at == to == index)

    def _norms_of(self, part: Expr) -> Iterator[tuple[Expr, Expr]]:
        """The norms of the vectors of which this is a component, and at which place."""
        for step in list(self.known.values()):
            own = step.expression
            if step.kind != "norm" or len(step.bound) != 1 or not isinstance(own, Indexed):
                continue
            if isinstance(part, Indexed) and part.base == own.base:
                at = dict(zip(own.indices, part.indices, strict=True))
                if own.xreplace(at) == part:
                    (index,) = step.bound
                    yield step.element(tuple(at[i] for i in step.indices) or None), at[index]

    def _product(self, leaf: Expr, *norms: Expr) -> Expr:
        """The sum of the products of two unit vectors' components."""
        model = self.known[name_of(leaf)]
        (index,) = model.bound
        u, v = (self._unit(norm, index) for norm in norms)
        name = f"{model.name}_cosine"
        made = replace(model, name=name, expression=u * v)
        if self.known.get(name, made) != made or name in self.taken - set(self.known):
            made = replace(made, name=unused(name, self.taken))
        self.add(made)
        return made.element()

    def _unit(self, leaf: Expr, index: Expr) -> Expr:
        norm = self.known[name_of(leaf)]
        made = reductions.unit(norm)
        self.known.setdefault(made.name, made)
        at = tuple(leaf.indices) if isinstance(leaf, Indexed) else ()
        return made.element((*at, index))
