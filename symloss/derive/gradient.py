"""The reverse-mode transform: a program for the loss becomes a program for its gradient.

The steps are walked backwards. Each distinct operand of a step receives the step's adjoint times
the local partial derivative. A subscript that is a plain index, met once, renames; any other (a
gather such as `logits[label]`) becomes a KroneckerDelta, which lowering turns into a scatter.
Indices that the operand does not carry are summed over.
"""

from __future__ import annotations

from collections import defaultdict

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Piecewise, S, Symbol

from symloss.derive import reductions
from symloss.derive.activity import active_names
from symloss.derive.builder import Builder, total
from symloss.derive.partial import Differentiator, may_overflow, selects_zero, weighed
from symloss.program import Kind, Program, Step, name_of, operands
from symloss.spec import dimension_symbol


def gradient(program: Program, differentiator: Differentiator) -> Program:
    """A program whose outputs are `loss` and, for each name of `wrt`, `grad_<name>`."""
    return _Reverse(program, differentiator).run()


def gradient_name(variable: str) -> str:
    """The output that holds the derivative by a variable."""
    return f"grad_{variable}"


class _Reverse:
    def __init__(self, program: Program, differentiator: Differentiator) -> None:
        self.program = program
        self.differentiator = differentiator
        self.builder = Builder(program)
        self.active = active_names(program, program.wrt)
        self.axes = {name: self._axes_of(name) for name in program.wrt}
        self.axes |= {step.name: step.indices for step in program.steps}
        self.contributions: defaultdict[str, list[Expr]] = defaultdict(list)
        self.contributions["loss"].append(S.One)
        self.below_roots: set[str] = set()
        self.steep: set[Expr] = set()

    def run(self) -> Program:
        for step in reversed(self.program.steps):
            if step.name in self.active and self.contributions[step.name]:
                self._pull_back(step, self._adjoint(step.name, f"d_{step.name}"))
        outputs = []
        for name in self.program.wrt:
            value = self._weighed_where_steep(total(self.contributions[name]))
            outputs.append(gradient_name(name))
            self.builder.append(Step(gradient_name(name), self.axes[name], value))
        return self.builder.finish(("loss", *outputs), self.program.name)

    def _axes_of(self, name: str) -> tuple[Symbol, ...]:
        """Indices that stand for an input's axes.

        Those of its first plain use, so that the result reads like the math.
        """
        shape = self.program.core_shape(name)
        for step in self.program.steps:
            for leaf in operands(step.expression):
                if (
                    isinstance(leaf, Indexed)
                    and name_of(leaf) == name
                    and self._is_plain(leaf.indices)
                ):
                    return tuple(leaf.indices)
        sizes = (dimension_symbol(size) for size in shape)
        return tuple(
            self.builder.index(str(size).lower() if size.is_Symbol else "a", size) for size in sizes
        )

    def _is_plain(self, subscripts: tuple[Expr, ...]) -> bool:
        return len(set(subscripts)) == len(subscripts) and set(subscripts) <= set(
            self.builder.ranges
        )

    def _adjoint(self, name: str, called: str) -> Expr:
        """The sum of all contributions to a step, as an element."""
        value = self._weighed_where_steep(total(self.contributions[name]))
        if not value.args or (
            len(operands(value)) == 1 and not value.has(KroneckerDelta) and value.is_Atom
        ):
            return value
        made = self.builder.append(Step(self.builder.fresh(called), self.axes[name], value))
        if name in self.below_roots:
            self.steep.add(made)
        return made

    def _weighed_where_steep(self, value: Expr) -> Expr:
        """The contributions with the slope of a root of what may be 0 taken out, and weighed.

        What is flat where it vanishes, a quadratic form say, moves its root by nothing there.
        """
        for steep in operands(value):
            if steep not in self.steep:
                continue
            terms = [term for term in Add.make_args(value) if steep in Mul.make_args(term)]
            weight = Add(*(term / steep for term in terms))
            if weight.free_symbols:
                value = value - Add(*terms) + weighed(steep, weight)
        return value

    def _pull_back(self, step: Step, adjoint: Expr) -> None:
        if step.unit_of:
            self._pull_back_unit(step, adjoint)
            return
        if step.softmax_of:
            self._pull_back_softmax(step, adjoint)
            return
        sensitivity = adjoint * reductions.weight(step, self.builder) if step.kind else adjoint
        for leaf in operands(step.expression):
            if name_of(leaf) in self.active:
                local = self.differentiator.partial(step.expression, leaf)
                if local is not S.Zero:
                    if self.differentiator.has_root_slope(local):
                        self.below_roots.add(name_of(leaf))
                    slope = self._slope(sensitivity, local)
                    if step.kind == "norm" and slope == sensitivity * local and may_overflow(local):
                        slope = Piecewise((slope, step.element() > 0), (S.Zero, True))
                    self._contribute(leaf, slope, step.loops)

    def _pull_back_unit(self, step: Step, adjoint: Expr) -> None:
        """Through a unit vector comes what is at right angles to it, over the norm: see `norms`."""
        norm, unit = self.program.step(step.unit_of), step.element()
        name = f"d_{step.name}_along"
        chosen = self._at_place(adjoint, unit, *norm.bound)
        if chosen is None:
            along = self._of(name, norm.indices, unit * adjoint, norm.bound)
        else:
            along = self._of(name, norm.indices, chosen)
        rest = self._of(f"d_{step.name}_rest", step.indices, adjoint - unit * along)
        slip = self._of(f"d_{step.name}_slip", norm.indices, unit * rest, norm.bound)
        sloped = (rest - unit * slip) / norm.element()
        sensitivity = Piecewise((sloped, norm.element() > 0), (S.Zero, True))
        for leaf in operands(norm.expression):
            if name_of(leaf) in self.active:
                local = self.differentiator.partial(norm.expression, leaf)
                self._contribute(leaf, sensitivity * local, step.loops)

    def _at_place(self, adjoint: Expr, unit: Expr, index: Symbol) -> Expr | None:
        """The sum of an adjoint's products, if it is one place's alone."""
        step = self.builder.find(name_of(adjoint)) if operands(adjoint) == (adjoint,) else None
        factors = Mul.make_args(S.Zero if step is None else step.expression)
        for factor in factors:
            if isinstance(factor, KroneckerDelta) and index in factor.args:
                (place,) = set(factor.args) - {index}
                rest = Mul(*(one for one in factors if one != factor))
                return (unit * rest).xreplace({index: place})
        return None

    def _pull_back_softmax(self, step: Step, adjoint: Expr) -> None:
        """Through a softmax comes what an adjoint is above the softmax's mean of it."""
        *free, index = step.indices
        share = step.element()
        mean = self._of(f"d_{step.name}_mean", tuple(free), share * adjoint, (index,))
        whole = self.program.step(step.softmax_of)
        body = whole.expression.xreplace(dict(zip(whole.loops, step.indices, strict=True)))
        for leaf in operands(body):
            if name_of(leaf) in self.active:
                local = self.differentiator.partial(body, leaf)
                if local is not S.Zero:
                    slope = self._slope(share * (adjoint - mean), local)
                    self._contribute(leaf, slope, step.loops)

    def _of(
        self, name: str, indices: tuple[Symbol, ...], term: Expr, bound: tuple[Symbol, ...] = ()
    ) -> Expr:
        kind: Kind | None = "sum" if bound else None
        return self.builder.append(Step(self.builder.fresh(name), indices, term, kind, bound))

    def _slope(self, sensitivity: Expr, local: Expr) -> Expr:
        """Their product; 0 where the sensitivity has vanished, however steep the term is.

        It vanishes while slopes grow where a softmax weight underflows, and where the step is not
        the one that a `Max`, `Min` or condition selects.
        """
        if may_overflow(local) and self._fades(sensitivity):
            return weighed(local, sensitivity)
        return sensitivity * local

    def _fades(self, sensitivity: Expr) -> bool:
        """Whether a factor of it is a softmax weight, or may be selected to be 0.

        Not components of unit vectors: one that is 0 at a point moves on.
        """
        if any(map(selects_zero, sensitivity.atoms(Piecewise))):
            return True
        steps = (self.builder.find(name_of(leaf)) for leaf in operands(sensitivity))
        return any(
            step.softmax_of or self._fades(step.expression)
            for step in steps
            if step is not None and not step.unit_of
        )

    def _contribute(self, leaf: Expr, term: Expr, loops: tuple[Symbol, ...]) -> None:
        name = name_of(leaf)
        axes = self.axes[name]
        subscripts = tuple(leaf.indices) if isinstance(leaf, Indexed) else ()
        renamed = self._align(axes, subscripts, loops)
        deltas = [
            KroneckerDelta(axis, subscript.xreplace(renamed))
            for axis, subscript in zip(axes, subscripts, strict=True)
            if renamed.get(subscript, subscript) != axis
        ]
        summed = tuple(
            target for index in loops if (target := renamed.get(index, index)) not in axes
        )
        whole = Mul(term.xreplace(renamed), *deltas)
        self.contributions[name].append(self.builder.sum_over(f"d_{name}_sum", axes, whole, summed))

    def _align(
        self, axes: tuple[Symbol, ...], subscripts: tuple[Expr, ...], loops: tuple[Symbol, ...]
    ) -> dict[Expr, Expr]:
        """Rename loop indices so that plain subscripts become the operand's axes.

        Others step out of the way.
        """
        renamed: dict[Expr, Expr] = {}
        for axis, subscript in zip(axes, subscripts, strict=True):
            if subscript in loops and subscript not in renamed:
                renamed[subscript] = axis
        for index in loops:
            if index not in renamed and index in axes:
                renamed[index] = self.builder.index(str(index), self.builder.ranges[index])
        return renamed
