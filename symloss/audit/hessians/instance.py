"""A program at given sizes as one expression in plain symbols."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from sympy import Expr, Indexed, S, Symbol

from symloss.language import Domain, Index
from symloss.program import Program, Step, name_of
from symloss.spec import dimension_symbol, scalar_symbol

LARGEST = 4000


class TooLarge(Exception):  # noqa: N818 - a bound, not a mistake
    """The instance has too many terms to be searched."""


@dataclass(frozen=True)
class Instance:
    """The loss at given sizes: `domains` tells each symbol's domain, `varying` those of `wrt`."""

    loss: Expr
    domains: Mapping[Symbol, Domain]
    varying: tuple[Symbol, ...]
    rows: tuple[tuple[Symbol, ...], ...]


class _Builder:
    def __init__(self, program: Program, sizes: Mapping[str, int], places: Mapping[str, int]):
        self.program = program
        self.sizes = {dimension_symbol(name): S(size) for name, size in sizes.items()}
        self.places = places
        self.values: dict[tuple[str, tuple[int, ...]], Expr] = {}
        self.shared: dict[str, Step] = program.by_name

    def length(self, index: Symbol) -> int:
        return int(self.program.ranges[index].subs(self.sizes))

    def step(self, name: str, at: tuple[int, ...]) -> Expr:
        key = (name, at)
        if key not in self.values:
            step = self.shared[name]
            self.values[key] = self.compute(step, dict(zip(step.indices, map(S, at), strict=True)))
        return self.values[key]

    def compute(self, step: Step, env: dict[Expr, Expr]) -> Expr:
        if step.kind is None:
            return self.read(step.expression, env)
        spans = [range(self.length(index)) for index in step.bound]
        parts = [
            self.read(step.expression, env | dict(zip(step.bound, map(S, at), strict=True)))
            for at in itertools.product(*spans)
        ]
        if step.kind == "logsumexp":
            return sympy.log(sympy.Add(*map(sympy.exp, parts)))
        make = {"sum": sympy.Add, "prod": sympy.Mul, "max": sympy.Max, "min": sympy.Min}
        if step.kind not in make:
            raise TooLarge(step.kind)
        return make[step.kind](*parts)

    def read(self, expression: Expr, env: dict[Expr, Expr]) -> Expr:
        if isinstance(expression, Indexed):
            at = tuple(int(self.read(i, env)) for i in expression.indices)
            return self.leaf(name_of(expression), at)
        if isinstance(expression, Symbol):
            if expression in env:
                return env[expression]
            if expression in self.sizes:
                return self.sizes[expression]
            return self.leaf(name_of(expression), ())
        if not expression.args:
            return expression
        return expression.func(*(self.read(part, env) for part in expression.args))

    def leaf(self, name: str, at: tuple[int, ...]) -> Expr:
        if name in self.shared:
            return self.step(name, at)
        label = label_of(name, at)
        entry = next(e for e in self.program.arguments if e.name == name)
        if isinstance(entry.domain, Index):
            size = self.sizes.get(dimension_symbol(entry.domain.dimension))
            length = int(size) if size is not None else int(entry.domain.dimension)
            return S(self.places.get(label, sum(at)) % length)
        return scalar_symbol(label)


def label_of(name: str, at: tuple[int, ...]) -> str:
    """What an element is called, as no name of a spec is: `w[0]` beside a parameter w_0."""
    return f"{name}[{','.join(map(str, at))}]" if at else name


def element(
    program: Program, sizes: Mapping[str, int], places: Mapping[str, int], step: str,
    at: tuple[int, ...] = (),
) -> Expr:  # fmt: skip
    """An element of any step at these sizes.

    Raises:
        TooLarge: it has too many terms to be searched.
    """
    found = _Builder(program, sizes, places).step(step, at)
    if sum(1 for _ in sympy.preorder_traversal(found)) > LARGEST:
        raise TooLarge(str(program.name))
    return found


def instantiate(
    program: Program, wrt: tuple[str, ...], sizes: Mapping[str, int], places: Mapping[str, int]
) -> Instance:
    """The loss at these sizes; `places` fixes inputs that select a place."""
    builder = _Builder(program, sizes, places)
    loss = builder.step("loss", ())
    if sum(1 for _ in sympy.preorder_traversal(loss)) > LARGEST:
        raise TooLarge(str(program.name))
    domains: dict[Symbol, Domain] = {}
    varying: list[Symbol] = []
    rows: list[tuple[Symbol, ...]] = []
    for entry in program.arguments:
        shape = [int(dimension_symbol(d).subs(builder.sizes)) for d in getattr(entry, "shape", ())]
        if isinstance(entry.domain, Index):
            continue
        cells = [
            scalar_symbol(label_of(entry.name, at)) for at in itertools.product(*map(range, shape))
        ]
        domains.update(dict.fromkeys(cells, entry.domain))
        varying += cells if entry.name in wrt else []
        width = shape[-1] if shape else 1
        rows += [tuple(cells[n : n + width]) for n in range(0, len(cells), width)]
    return Instance(loss, domains, tuple(varying), tuple(rows))
