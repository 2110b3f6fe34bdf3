"""Program -> Derivation: the gradient, what second derivatives there are, and the kinks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Expr, S

from symloss.derive.activity import sign_oracle
from symloss.derive.gradient import gradient, gradient_name
from symloss.derive.kinks import Kink, balanced_ties, find_kinks
from symloss.derive.norms import without_norms
from symloss.derive.partial import Differentiator
from symloss.derive.tangent import Seed, tangent
from symloss.language import NAMED
from symloss.program import Program, Step, references, without_dead_steps
from symloss.spec import Input, array_base, scalar_symbol
from symloss.stable import (
    complemented,
    cosines_apart,
    distances_apart,
    divergences_apart,
    powers_apart,
    quotients_apart,
    rewritten,
    softmaxes_apart,
    without_chosen,
    without_own_terms,
)


@dataclass(frozen=True)
class Derivation:
    """A loss with its derivatives, each a program.

    Attributes:
        value: computes `loss`.
        gradient: computes `loss` and `grad_<name>` for each name of `wrt`.
        second: computes `hess_<a>_<b>` for each pair of `wrt`, for items without core dimensions;
            else None.
        hessian_vector_product: computes `hvp_<name>`, given `vector_<name>` beside the inputs.
        kinks: where derivatives hold only on either side.
        gradient_is_zero: whether the gradient vanishes almost everywhere.
    """

    value: Program
    gradient: Program
    second: Program | None
    hessian_vector_product: Program
    kinks: tuple[Kink, ...]
    gradient_is_zero: bool


def derive(program: Program, plain: Program | None = None) -> Derivation:
    """Differentiate a program by its `wrt`, once and twice.

    Args:
        program: what is differentiated.
        plain: the same with logsumexps whole, for second derivatives that need no value of one:
            all softmax weights then stand in one row, and move by their spread about the mean.
    """
    kinks = find_kinks(program)
    balanced = balanced_ties(kinks)
    first = _first(program, balanced)
    rules = Differentiator(sign_oracle(first), balanced)
    products = _products(first, rules)
    if plain is not None and plain != program:
        whole = _first(plain, balanced)
        made = _products(whole, Differentiator(sign_oracle(whole), balanced))
        products = products if _needs_logsumexp(made) else made
    return Derivation(
        value=softmaxes_apart(_told_apart(without_dead_steps(program))),
        gradient=softmaxes_apart(without_own_terms(_told_apart(first))),
        second=complemented(powers_apart(_second(first, rules))) if program.is_scalar else None,
        hessian_vector_product=quotients_apart(
            without_own_terms(without_chosen(_told_apart(products)))
        ),
        kinks=kinks,
        gradient_is_zero=all(
            first.step(gradient_name(name)).expression is S.Zero for name in program.wrt
        ),
    )


def _told_apart(program: Program) -> Program:
    """The program with differences that cancel in forms that nothing is differentiated after."""
    plain = without_norms(cosines_apart(divergences_apart(powers_apart(program))))
    return complemented(distances_apart(plain, last=True))


def _first(program: Program, balanced: frozenset[Expr]) -> Program:
    """The gradient, in which differentiation may have made naive spellings of its own."""
    made = gradient(program, Differentiator(sign_oracle(program), balanced))
    steps = [replace(step, expression=rewritten(step.expression)) for step in made.steps]
    return replace(made, steps=tuple(steps))


def _products(first: Program, rules: Differentiator) -> Program:
    vectors = tuple(
        Input(f"vector_{name}", NAMED["real"], first.core_shape(name)) for name in first.wrt
    )
    seeds = {name: _along(vector) for name, vector in zip(first.wrt, vectors, strict=True)}
    outputs = {gradient_name(name): f"hvp_{name}" for name in first.wrt}
    made = tangent(first, seeds, outputs, rules)
    return replace(made, inputs=(*made.inputs, *vectors))


def _needs_logsumexp(products: Program) -> bool:
    """Whether the value of one is used, not only the softmax of its terms."""
    totals = {step.name for step in products.steps if step.kind == "logsumexp"}
    return any(totals & references(step.expression) - {step.softmax_of} for step in products.steps)


def _along(vector: Input) -> Seed:
    if vector.shape:
        return lambda subscripts: array_base(vector.name)[subscripts]
    return lambda _: scalar_symbol(vector.name)


def _second(first: Program, rules: Differentiator) -> Program:
    """Second derivatives by constant seeds, one variable at a time, merged into one program."""
    merged = first
    names = tuple(f"hess_{row}_{column}" for row in first.wrt for column in first.wrt)
    for variable in first.wrt:
        seeds = {name: _constant(S.One if name == variable else S.Zero) for name in first.wrt}
        outputs = {gradient_name(name): f"hess_{name}_{variable}" for name in first.wrt}
        part = tangent(first, seeds, outputs, rules)
        fresh = [step for step in part.steps if step.name not in first.by_name]
        merged = replace(merged, steps=merged.steps + _renamed(fresh, variable, outputs))
    return without_dead_steps(replace(merged, outputs=names))


def _renamed(steps: list[Step], variable: str, outputs: dict[str, str]) -> tuple[Step, ...]:
    """The steps with names made unique by the variable, unless they are results."""
    names = {
        step.name: step.name if step.name in outputs.values() else f"{step.name}_{variable}"
        for step in steps
    }
    mapping = {scalar_symbol(old): scalar_symbol(new) for old, new in names.items()}
    return tuple(
        replace(step, name=names[step.name], expression=step.expression.xreplace(mapping))
        for step in steps
    )


def _constant(value: Expr) -> Seed:
    return lambda _: value
