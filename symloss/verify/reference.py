"""The spec's own mathematics in ball arithmetic, at any precision.

Expressions are compiled once into closures over a `State`: numbers for the inputs, sizes for the
dimensions, a place for every index. A comparison that a ball cannot decide raises `Undecided`; the
caller retries at a higher precision, and at the last one counts it as equality.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

import flint
import sympy
from flint import arb, fmpq
from sympy import Add, Expr, Indexed, IndexedBase, Mul, Piecewise, Pow, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or

from symloss.language import BY_NODE, Call, Reduction, StopGradient
from symloss.spec import Input, Spec

Element = tuple[int, ...]
Table = Mapping[Element, Any]
"""An argument's elements by place; a scalar's place is ()."""
PRECISIONS = (256, 512, 2048)
INFINITY = arb("inf")


class Undecided(Exception):  # noqa: N818 - a question, not a mistake
    """A ball lies on both sides of a condition."""


@dataclass
class State:
    """One evaluation: arguments, sizes, index places, and what has been computed."""

    spec: Spec
    tables: Mapping[str, Any]
    sizes: Mapping[str, int]
    places: dict[str, int] = field(default_factory=dict)
    known: dict[Any, Any] = field(default_factory=dict)
    held: dict[Any, Any] = field(default_factory=dict)
    lenient: bool = False
    own: Spec | None = None

    def size(self, dimension: str | int) -> int:
        """The number that a dimension stands for."""
        return dimension if isinstance(dimension, int) else self.sizes[dimension]

    def length(self, index: str) -> int:
        """How far an index runs."""
        return self.size(self._compiled[1][index])

    @cached_property
    def _compiled(self) -> Compiled:
        """What is worked out once for a spec."""
        key = id(self.spec)
        if key not in _COMPILED:
            made = {
                entry.name: (
                    tuple(index.name for index in entry.indices),
                    _closure(entry.expression),
                )
                for entry in self.spec.definitions
            }
            ranges = {index.name: _dimension(size) for index, size in self.spec.ranges.items()}
            _COMPILED[key] = (made, ranges, self.spec)
        return _COMPILED[key]

    def lookup(self, name: str, places: Element) -> Any:
        """An element of an argument or of a definition."""
        table = self.tables.get(name)
        if table is not None:
            return table(places) if callable(table) else table[places]
        key = (name, places)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._computed(name, places)
        return found

    def _computed(self, name: str, places: Element) -> Any:
        """A size, or an element of a definition."""
        if name in self.sizes and not places:
            return arb(self.sizes[name])
        indices, compute = self._compiled[0][name]
        outer, self.places = self.places, dict(zip(indices, places, strict=True))
        try:
            return compute(self)
        finally:
            self.places = outer


def evaluate(
    spec: Spec,
    tables: Mapping[str, Table],
    *,
    expression: Expr | None = None,
    held: dict[Any, Any] | None = None,
    precision: int | None = None,
) -> arb:
    """The loss, or an expression in the spec's arguments, at a point.

    Args:
        spec: what is evaluated.
        tables: elements of every input and parameter.
        expression: a side of a relation instead of the loss.
        held: remembers, from the first evaluation on, what `stop_gradient` holds.
        precision: bits; by default as many as conditions need.
    """
    sizes = sizes_of(spec, tables)
    for bits in (precision,) if precision else PRECISIONS:
        last = precision is not None or bits == PRECISIONS[-1]
        try:
            with flint.ctx.workprec(bits):
                state = State(
                    spec,
                    tables,
                    sizes,
                    held=held if held is not None else {},
                    lenient=last,
                    own=spec,
                )
                return (
                    state.lookup("loss", ()) if expression is None else _closure(expression)(state)
                )
        except Undecided:
            continue
    raise AssertionError("unreachable: the last precision decides everything")


def sizes_of(spec: Spec, tables: Mapping[str, Table]) -> dict[str, int]:
    """The sizes of named dimensions, read off the arguments' places."""
    sizes: dict[str, int] = {}
    for entry in spec.inputs:
        for axis, dimension in enumerate(entry.shape):
            if isinstance(dimension, str):
                sizes[dimension] = 1 + max(
                    (place[axis] for place in tables[entry.name]), default=-1
                )
    return sizes


Definitions = dict[str, tuple[tuple[str, ...], Callable[[State], Any]]]
Compiled = tuple[Definitions, dict[str, str | int], Spec]
"""Definitions with their indices; what indices run over.

The spec, kept so that its identity stays its own.
"""
_COMPILED: dict[int, Compiled] = {}
_CLOSURES: dict[Expr, Callable[[State], Any]] = {}


def _closure(expression: Expr) -> Callable[[State], Any]:
    found = _CLOSURES.get(expression)
    if found is None:
        found = _CLOSURES[expression] = _compile(expression)
    return found


def _compile(expression: Expr) -> Callable[[State], Any]:
    for kind, rule in _RULES:
        if isinstance(expression, kind):
            return rule(expression)
    row = BY_NODE.get(type(expression))
    if row is None:
        raise NotImplementedError(f"no reference for {expression}")
    if row.definition is not None:
        return _closure(row.definition(*expression.args))
    parts = [_closure(argument) for argument in expression.args]
    if row.name == "polygamma":
        order = int(expression.args[0])
        return lambda state: _polygamma(order, parts[1](state))
    if row.name == "sign":
        return lambda state: _sign(parts[0](state), state)
    if row.variadic:
        return lambda state: _fold(row.ball, [part(state) for part in parts])
    return lambda state: getattr(parts[0](state), row.ball)()


def _number(expression: Expr) -> Callable[[State], Any]:
    if expression is sympy.oo:
        return lambda _: INFINITY
    if expression is -sympy.oo:
        return lambda _: -INFINITY
    if expression is sympy.pi:
        return lambda _: arb.pi()
    if expression is sympy.E:
        return lambda _: arb.const_e()
    exact = fmpq(int(expression.p), int(expression.q))
    return lambda _: arb(exact)


def _symbol(symbol: Symbol) -> Callable[[State], Any]:
    name = str(symbol.name)

    def read(state: State) -> Any:
        return arb(state.places[name]) if name in state.places else state.lookup(name, ())

    return read


def _place(expression: Expr) -> Callable[[State], int]:
    if expression.is_Integer:
        fixed = int(expression)
        return lambda _: fixed
    if isinstance(expression, Symbol):
        name = str(expression.name)

        def read(state: State) -> int:
            place = state.places.get(name)
            return _whole(state.lookup(name, ())) if place is None else place

        return read
    element = _element(expression)
    return lambda state: int(element(state))


def _whole(number: Any) -> int:
    """A place, which a call may have been given as a number."""
    return round(float(number.mid())) if isinstance(number, arb) else int(number)


def _element(element: Indexed) -> Callable[[State], Any]:
    name = str(element.base.label.name)
    places = [_place(subscript) for subscript in element.indices]
    if len(places) == 1:  # most of all that is done: spelled out, it takes half the time
        (only,) = places
        return lambda state: state.lookup(name, (only(state),))
    if len(places) == 2:
        first, second = places
        return lambda state: state.lookup(name, (first(state), second(state)))
    return lambda state: state.lookup(name, tuple([place(state) for place in places]))


def _sum(expression: Add) -> Callable[[State], Any]:
    parts = [_closure(argument) for argument in expression.args]

    first, *rest = parts

    def add(state: State) -> Any:
        total = first(state)
        for part in rest:
            total = total + part(state)
        return total

    return add


def _product(expression: Mul) -> Callable[[State], Any]:
    parts = [_closure(argument) for argument in expression.args]

    first, *rest = parts

    def multiply(state: State) -> Any:
        total = first(state)
        for part in rest:
            total = total * part(state)
        return total

    return multiply


def _power(expression: Pow) -> Callable[[State], Any]:
    base, exponent = map(_closure, expression.args)
    if expression.exp == sympy.Rational(1, 2):
        return lambda state: base(state).sqrt()
    if expression.exp.is_Integer:
        whole = int(expression.exp)
        return lambda state: base(state) ** whole
    return lambda state: _real_power(base(state), exponent(state))


def _real_power(base: arb, exponent: arb) -> arb:
    if base.is_zero() and exponent > 0:
        return arb(0)
    if exponent.is_zero():
        return arb(1)
    return base**exponent


def _piecewise(expression: Piecewise) -> Callable[[State], Any]:
    branches = [(_closure(value), _condition(when)) for value, when in expression.args]

    def choose(state: State) -> Any:
        return next(value(state) for value, when in branches if when(state))

    return choose


def _condition(expression: Any) -> Callable[[State], bool]:
    if isinstance(expression, (BooleanTrue, BooleanFalse, bool)):
        fixed = bool(expression)
        return lambda _: fixed
    if isinstance(expression, Not):
        inner = _condition(expression.args[0])
        return lambda state: not inner(state)
    if isinstance(expression, (And, Or)):
        parts = [_condition(part) for part in expression.args]
        merge = all if isinstance(expression, And) else any
        return lambda state: merge(part(state) for part in parts)
    return _relation(expression)


def _relation(relation: Relational) -> Callable[[State], bool]:
    left, right = _closure(relation.lhs), _closure(relation.rhs)
    accepted = {">": (1,), ">=": (1, 0), "<": (-1,), "<=": (-1, 0), "==": (0,), "!=": (1, -1)}
    wanted = accepted[relation.rel_op]
    return lambda state: _order(arb(left(state) - right(state)), state) in wanted


def _order(difference: arb, state: State) -> int:
    if difference > 0:
        return 1
    if difference < 0:
        return -1
    if difference.is_zero() or state.lenient:
        return 0
    raise Undecided


def _sign(value: arb, state: State) -> arb:
    return arb(_order(value, state))


def _fold(name: str, values: list[arb]) -> arb:
    result = values[0]
    for value in values[1:]:
        result = getattr(result, name)(value)
    return result


def _polygamma(order: int, x: arb) -> arb:
    if order == 0:
        return x.digamma()
    return (-1) ** (order + 1) * arb.fac_ui(order) * arb(order + 1).zeta(x)


def _reduction(node: Reduction) -> Callable[[State], Any]:
    body = _closure(node.body)
    names = [index.name for index in node.indices]
    combine = _COMBINE[node.kind]

    def reduce(state: State) -> Any:
        *before, last = names
        ranges = [range(state.length(name)) for name in before]
        values = []
        outer, state.places = state.places, dict(state.places)
        try:
            inner = state.places
            for places in product(*ranges):
                inner.update(zip(before, places, strict=True))
                for place in range(state.length(last)):
                    inner[last] = place
                    values.append(body(state))
        finally:
            state.places = outer
        return combine(values)

    return reduce


def _logsumexp(values: list[arb]) -> arb:
    finite = [value for value in values if not (value < 0 and not value.is_finite())]
    if not finite:
        return -INFINITY
    top = max((value.mid() for value in finite), key=float)
    if not top.is_finite():
        return INFINITY
    return top + sum(((value - top).exp() for value in finite), start=arb(0)).log()


def _dimension(size: Expr) -> str | int:
    return int(size) if size.is_Integer else str(size.name)


_COMBINE: dict[str, Callable[[list[arb]], arb]] = {
    "sum": lambda values: sum(values, start=arb(0)),
    "mean": lambda values: sum(values, start=arb(0)) / len(values),
    "prod": lambda values: prod(values, start=arb(1)),
    "max": lambda values: _fold("max", values),
    "min": lambda values: _fold("min", values),
    "logsumexp": _logsumexp,
}


def _held(node: StopGradient) -> Callable[[State], Any]:
    inner = _closure(node.args[0])

    def read(state: State) -> Any:
        key = (node, tuple(sorted(state.places.items())))
        if key not in state.held:
            state.held[key] = inner(state)
        return state.held[key]

    return read


def _call(node: Call) -> Callable[[State], Any]:
    scalars = [
        None if isinstance(argument, IndexedBase) else _closure(argument)
        for argument in node.arguments
    ]

    def run(state: State) -> Any:
        callee = state.spec.calls.get(node.callee) or state.own
        assert callee is not None
        tables: dict[str, Any] = {}
        sizes: dict[str, int] = {}
        for entry, argument, scalar in zip(
            callee.arguments.values(), node.arguments, scalars, strict=True
        ):
            if isinstance(entry, Input) and entry.shape:
                name, leading, shape = _array(argument, state)
                tables[entry.name] = _view(state, name, leading)
                sizes |= {
                    size: length
                    for size, length in zip(entry.shape, shape, strict=True)
                    if isinstance(size, str)
                }
            else:
                assert scalar is not None
                tables[entry.name] = {(): scalar(state)}
        inner = State(callee, tables, sizes, held=state.held, lenient=state.lenient, own=callee)
        return inner.lookup("loss", ())

    return run


def _view(state: State, name: str, leading: Element) -> Callable[[Element], Any]:
    return lambda places: state.lookup(name, leading + places)


def _array(argument: Expr, state: State) -> tuple[str, Element, list[int]]:
    """An array argument.

    Its name, the places of its leading subscripts, the sizes that are left.
    """
    base = argument if isinstance(argument, IndexedBase) else argument.base
    name = str(base.label.name)
    leading = (
        ()
        if isinstance(argument, IndexedBase)
        else tuple(_place(part)(state) for part in argument.indices)
    )
    entry = state.spec.arguments.get(name)
    if isinstance(entry, Input):
        shape = [state.size(size) for size in entry.shape]
    else:
        definition = next(made for made in state.spec.definitions if made.name == name)
        shape = [state.size(_dimension(state.spec.ranges[index])) for index in definition.indices]
    return name, leading, shape[len(leading) :]


_RULES: tuple[tuple[Any, Callable[[Any], Callable[[State], Any]]], ...] = (
    ((sympy.Rational, sympy.core.numbers.Infinity, sympy.core.numbers.NegativeInfinity), _number),
    ((sympy.core.numbers.Pi, sympy.core.numbers.Exp1), _number),
    (Symbol, _symbol),
    (Indexed, _element),
    (Add, _sum),
    (Mul, _product),
    (Pow, _power),
    (Piecewise, _piecewise),
    (Reduction, _reduction),
    (StopGradient, _held),
    (Call, _call),
)


def tables_of(spec: Spec, values: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays and numbers as exact balls by place."""
    return {name: _table(spec, name, value) for name, value in values.items()}


def _table(spec: Spec, name: str, value: Any) -> dict[Element, Any]:
    import numpy as np

    array = np.asarray(value)
    entry = spec.arguments[name]
    exact = int if isinstance(entry, Input) and entry.is_index else _exact
    return {place: exact(array[place]) for place in np.ndindex(array.shape)}


def _exact(number: Any) -> arb:
    return arb(float(number))
