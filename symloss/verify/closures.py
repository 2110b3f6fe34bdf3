"""The spec's mathematics as closures over ball arithmetic: compiled once, called at many points.

This reads the SymPy tree of the spec directly and shares nothing with the rooms that derive, lower and emit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product as combinations
from typing import Any

import sympy
from flint import arb, fmpq
from sympy import Expr, Indexed, Symbol
from sympy.core.relational import Relational

from symloss.errors import VerificationError
from symloss.language import BY_NODE, Call, Function, Limit, Reduction, StopGradient
from symloss.spec import Input, Spec
from symloss.verify import balls
from symloss.verify.balls import Values, compare

Environment = dict[Symbol, Any]
"""Index values, and the arguments of a function that is given by its definition."""


@dataclass
class State:
    """A point at which mathematics is evaluated.

    Attributes:
        values: inputs and parameters.
        sizes: core dimensions.
        base: the point that `stop_gradient` sees, where that is another one.
        final: whether undecided comparisons count as equality.
        level: how close a limit's variable comes to its point.
        trace: if a list, every decision taken is appended.
        extent: if a list, the size of every intermediate result is appended.
        memo: elements of definitions that are known.
    """

    values: Values
    sizes: Mapping[str, int]
    base: State | None = None
    final: bool = False
    level: int = 0
    trace: list[int] | None = None
    extent: list[arb] | None = None
    memo: dict[tuple[str, tuple[int, ...]], arb] = field(default_factory=dict)

    def decide(self, left: arb, right: arb) -> int:
        """Compare, and leave a trace of the answer."""
        answer = compare(left, right, final=self.final)
        if self.trace is not None:
            self.trace.append(answer)
        return answer


Closure = Callable[[State, Environment], arb]
Condition = Callable[[State, Environment], bool]
Whole = Callable[[State, Environment], int]

_REDUCED: dict[str, Callable[[Sequence[arb]], arb]] = {
    "sum": balls.total,
    "mean": balls.mean,
    "prod": balls.product,
    "max": balls.largest,
    "min": balls.smallest,
    "logsumexp": balls.log_sum_exp,
}
_HOLDS: dict[type, Callable[[int], bool]] = {
    sympy.StrictLessThan: lambda order: order < 0,
    sympy.LessThan: lambda order: order <= 0,
    sympy.StrictGreaterThan: lambda order: order > 0,
    sympy.GreaterThan: lambda order: order >= 0,
    sympy.Equality: lambda order: order == 0,
    sympy.Unequality: lambda order: order != 0,
}
_BALL: dict[str, Callable[..., arb]] = {"log": balls.logarithm, "polygamma": balls.polygamma}


class Compiler:
    """Turns the expressions of one spec into closures; definitions are compiled when first needed."""

    def __init__(self, spec: Spec, *, watched: bool = False) -> None:
        self.spec = spec
        self.watched = watched
        self.definitions = {definition.name: definition for definition in spec.definitions}
        self._bodies: dict[str, Closure] = {}
        self._callees: dict[str, Compiler] = {}

    def root(self) -> Closure:
        """The loss itself."""
        return self.expression(self.definitions["loss"].expression)

    def expression(self, node: Expr) -> Closure:
        """A real-valued expression."""
        closure = self._plain(node)
        if self.watched and node.args and not isinstance(node, (Indexed, Reduction)):
            return _recorded(closure)
        return closure

    def _plain(self, node: Expr) -> Closure:
        if isinstance(node, Symbol):
            return self._symbol(node)
        if isinstance(node, Indexed):
            return self._element(str(node.base.label.name), node.indices)
        if node.is_Number or node.is_NumberSymbol:
            return _number(node)
        if isinstance(node, (sympy.Add, sympy.Mul)):
            return _folded(
                [self.expression(part) for part in node.args], isinstance(node, sympy.Add)
            )
        if isinstance(node, sympy.Pow):
            return self._power(node)
        if isinstance(node, sympy.Piecewise):
            return self._piecewise(node)
        if isinstance(node, Reduction):
            return self._reduction(node)
        return self._special(node)

    def _special(self, node: Expr) -> Closure:
        if isinstance(node, StopGradient):
            return _held(self.expression(node.args[0]))
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Limit):
            return self._limit(node)
        if type(node) in BY_NODE:
            return _applied(BY_NODE[type(node)], [self.expression(part) for part in node.args])
        raise VerificationError(f"the judge cannot evaluate {type(node).__name__}: {node}")

    def _symbol(self, node: Symbol) -> Closure:
        name = node.name
        if name in self.definitions or name in self.spec.arguments:
            return self._element(name, ())
        if node in self.spec.ranges or isinstance(node, sympy.Dummy):
            return lambda state, env: arb(env[node])
        return lambda state, env: arb(state.sizes[name])

    def _element(self, name: str, subscripts: tuple[Expr, ...]) -> Closure:
        places = [self.whole(part) for part in subscripts]
        if name not in self.definitions:
            return lambda state, env: state.values[name].get(
                tuple([place(state, env) for place in places]), balls.NAN
            )
        indices = self.definitions[name].indices
        compile_body = self._body

        def element(state: State, env: Environment) -> arb:
            key = (name, tuple([place(state, env) for place in places]))
            found = state.memo.get(key)
            if found is None:
                found = compile_body(name)(state, dict(zip(indices, key[1], strict=True)))
                state.memo[key] = found
            return found

        return element

    def _body(self, name: str) -> Closure:
        if name not in self._bodies:
            self._bodies[name] = self.expression(self.definitions[name].expression)
        return self._bodies[name]

    def whole(self, node: Expr) -> Whole:
        """A subscript or a size: an expression with whole values."""
        if node.is_Integer:
            number = int(node)
            return lambda state, env: number
        if isinstance(node, Symbol) and node in self.spec.ranges:
            return lambda state, env: int(env[node])
        closure = self.expression(node)

        def rounded(state: State, env: Environment) -> int:
            number = closure(state, env).unique_fmpz()
            if number is None:
                raise balls.Undefined
            return int(number)

        return rounded

    def _power(self, node: Expr) -> Closure:
        base = self.expression(node.base)
        if node.exp.is_Integer:
            whole = int(node.exp)
            return lambda state, env: base(state, env) ** whole
        if node.exp == sympy.S.Half:
            return lambda state, env: base(state, env).sqrt()
        exponent = self.expression(node.exp)
        return lambda state, env: balls.power(base(state, env), exponent(state, env))

    def _piecewise(self, node: Expr) -> Closure:
        branches = [
            (self.condition(condition), self.expression(branch)) for branch, condition in node.args
        ]

        def chosen(state: State, env: Environment) -> arb:
            for condition, branch in branches:
                if condition(state, env):
                    return branch(state, env)
            return balls.NAN

        return chosen

    def condition(self, node: Any) -> Condition:
        """A condition of a Piecewise."""
        if node in (sympy.true, sympy.false):
            return lambda state, env: bool(node)
        if isinstance(node, Relational):
            left, right = self.expression(node.lhs), self.expression(node.rhs)
            holds = _HOLDS[type(node)]
            return lambda state, env: holds(state.decide(left(state, env), right(state, env)))
        parts = [self.condition(part) for part in node.args]
        if isinstance(node, sympy.Not):
            return lambda state, env: not parts[0](state, env)
        together = all if isinstance(node, sympy.And) else any
        return lambda state, env: together(part(state, env) for part in parts)

    def _reduction(self, node: Reduction) -> Closure:
        body = self.expression(node.body)
        sizes = [self.whole(self.spec.ranges[index]) for index in node.indices]
        reduce, indices = _REDUCED[node.kind], node.indices
        is_choice = node.kind in ("max", "min")

        def reduced(state: State, env: Environment) -> arb:
            spans = [range(size(state, env)) for size in sizes]
            inner = dict(env)
            terms = []
            for place in combinations(*spans):
                inner.update(zip(indices, place, strict=True))
                terms.append(body(state, inner))
            result = reduce(terms)
            if is_choice and state.trace is not None:
                state.trace.extend(int(term.overlaps(result)) for term in terms)
            return result

        return reduced

    def _limit(self, node: Limit) -> Closure:
        body, name, point = self.expression(node.args[0]), node.args[1].name, node.args[2]

        def approached(state: State, env: Environment) -> arb:
            near = {(): _approach(point, state.level)}
            return body(replace(state, values={**state.values, name: near}, memo={}), env)

        return approached

    def _call(self, node: Call) -> Closure:
        compiler = self._callee(node.callee)
        callee = compiler.spec
        given = {
            name: self._argument(argument, node.arguments[position])
            for position, (name, argument) in enumerate(callee.arguments.items())
        }
        root = compiler.root()

        def enter(state: State, env: Environment) -> State:
            values = {name: argument(state, env) for name, argument in given.items()}
            base = None if state.base is None else enter(state.base, env)
            return replace(state, values=values, sizes=_sizes(callee, values), base=base, memo={})

        return lambda state, env: root(enter(state, env), {})

    def _callee(self, name: str) -> Compiler:
        if name not in self._callees:
            callee = self.spec if name == self.spec.name else self.spec.calls[name]
            self._callees[name] = Compiler(callee, watched=self.watched)
        return self._callees[name]

    def _argument(
        self, entry: Any, given: Expr
    ) -> Callable[[State, Environment], dict[tuple[int, ...], arb]]:
        rank = len(entry.shape) if isinstance(entry, Input) else 0
        if rank == 0:
            scalar = self.expression(given)
            return lambda state, env: {(): scalar(state, env)}
        base = given.base if isinstance(given, Indexed) else given
        name, prefix = str(base.label.name), given.indices if isinstance(given, Indexed) else ()
        spans = [self.whole(size) for size in self._shape(name)[-rank:]]
        dummies = [sympy.Dummy(integer=True) for _ in range(rank)]
        element = self._element(name, (*prefix, *dummies))

        def slab(state: State, env: Environment) -> dict[tuple[int, ...], arb]:
            places = combinations(*(range(span(state, env)) for span in spans))
            return {
                place: element(state, {**env, **dict(zip(dummies, place, strict=True))})
                for place in places
            }

        return slab

    def _shape(self, name: str) -> list[Expr]:
        if name in self.definitions:
            return [self.spec.ranges[index] for index in self.definitions[name].indices]
        entry = self.spec.arguments[name]
        shape = entry.shape if isinstance(entry, Input) else ()
        return [
            sympy.Integer(size)
            if isinstance(size, int)
            else Symbol(size, integer=True, positive=True)
            for size in shape
        ]


def _recorded(closure: Closure) -> Closure:
    def recorded(state: State, env: Environment) -> arb:
        result = closure(state, env)
        if state.extent is not None:
            state.extent.append(result)
        return result

    return recorded


def _number(node: Expr) -> Closure:
    if node.is_Rational or node.is_Float:
        exact = sympy.Rational(node)
        ratio = fmpq(int(exact.p), int(exact.q))
        if exact.q == 1:
            whole = arb(int(exact.p))
            return lambda state, env: whole
        return lambda state, env: arb(ratio)
    constants: dict[Expr, Callable[[], arb]] = {
        sympy.pi: arb.pi,
        sympy.E: arb.const_e,
        sympy.oo: arb.pos_inf,
        -sympy.oo: arb.neg_inf,
        sympy.nan: arb.nan,
    }
    constant = constants[node]
    return lambda state, env: constant()


def _folded(parts: list[Closure], is_sum: bool) -> Closure:
    first, *rest = parts

    def added(state: State, env: Environment) -> arb:
        result = first(state, env)
        for part in rest:
            result = result + part(state, env)
        return result

    def multiplied(state: State, env: Environment) -> arb:
        result = first(state, env)
        for part in rest:
            result = result * part(state, env)
        return result

    return added if is_sum else multiplied


def _held(body: Closure) -> Closure:
    return lambda state, env: body(state if state.base is None else state.base, env)


def _applied(row: Function, parts: list[Closure]) -> Closure:
    if row.ball in ("abs", "sgn"):
        return _signed(parts[0], row.ball == "abs")
    if row.ball in ("max", "min"):
        return _extreme(parts, 1 if row.ball == "max" else -1)
    if row.definition is not None:
        return _defined(row, parts)
    if row.ball in _BALL:
        special = _BALL[row.ball]
        return lambda state, env: special(*[part(state, env) for part in parts])
    method = getattr(arb, row.ball)
    (argument,) = parts
    return lambda state, env: method(argument(state, env))


def _signed(argument: Closure, is_abs: bool) -> Closure:
    def absolute(state: State, env: Environment) -> arb:
        x = argument(state, env)
        if state.trace is not None:
            state.decide(x, arb(0))
        return abs(x)

    return (
        absolute if is_abs else lambda state, env: arb(state.decide(argument(state, env), arb(0)))
    )


def _extreme(parts: list[Closure], direction: int) -> Closure:
    def extreme(state: State, env: Environment) -> arb:
        terms = [direction * part(state, env) for part in parts]
        result = balls.largest(terms)
        if state.trace is not None:
            state.trace.extend(int(term.overlaps(result)) for term in terms)
        return direction * result

    return extreme


def _defined(row: Function, parts: list[Closure]) -> Closure:
    dummies, body = _definition(row.name)
    return lambda state, env: body(
        replace(state, extent=None),
        {dummy: part(state, env) for dummy, part in zip(dummies, parts, strict=True)},
    )


@cache
def _definition(name: str) -> tuple[tuple[Symbol, ...], Closure]:
    from symloss.language import FUNCTIONS

    row = FUNCTIONS[name]
    dummies = tuple(sympy.Dummy(real=True) for _ in row.domain)
    assert row.definition is not None
    return dummies, Compiler(_NOTHING).expression(row.definition(*dummies))


def _approach(point: Expr, level: int) -> arb:
    """A number near the point: 2**40, 2**80, 2**160 for infinity."""
    far = arb(2) ** (40 << level)
    if point.is_infinite:
        return far if point.is_positive else -far
    return arb(fmpq(int(point.p), int(point.q))) + 1 / far


def _sizes(callee: Spec, values: Values) -> dict[str, int]:
    """The core dimensions that array arguments bring along."""
    sizes: dict[str, int] = {}
    for entry in callee.inputs:
        for axis, size in enumerate(entry.shape):
            if isinstance(size, str):
                sizes[size] = 1 + max((place[axis] for place in values[entry.name]), default=-1)
    return sizes
