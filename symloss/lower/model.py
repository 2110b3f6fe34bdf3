"""A kernel: what one emitted function computes, in an order a machine can follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Expr, Function, Symbol

from symloss.derive import Kink
from symloss.language import Domain
from symloss.program import Kind

NAN = Symbol("not_a_number")
"""Stands for NaN: SymPy's own would swallow the expressions it meets."""


class finite(Function):
    """x, and the number of the format that is closest to it if x is infinite: a shift."""

    nargs = 1
    is_extended_real = True


class grouped(Function):
    """x, which its author added up on its own: in a longer sum, terms would cancel too late."""

    nargs = 1
    is_extended_real = True


class exp_to_one(Function):
    """exp(x) of what is at most 0 in real numbers; 1 where it is infinite."""

    nargs = 1
    is_extended_real = True


@dataclass(frozen=True)
class Assign:
    """`name = expression`, a local scalar."""

    name: str
    expression: Expr
    is_integer: bool = False


@dataclass(frozen=True)
class Store:
    """`array[subscripts] = expression`, or `+=` with `add`.

    `scaled` outputs carry the item's weight.
    """

    array: str
    subscripts: tuple[Expr, ...]
    expression: Expr
    add: bool = False
    scaled: bool = False
    is_integer: bool = False


@dataclass(frozen=True)
class Accumulate:
    """One term of the reduction called `name`, which belongs at `subscripts` when it is complete.

    For argmax and argmin, `place` is the candidate's index.
    """

    name: str
    kind: Kind
    expression: Expr
    place: Expr | None = None
    subscripts: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Zero:
    """Fill an array with zeros before something is scattered into it."""

    array: str


@dataclass(frozen=True)
class Loop:
    """`for index in range(dimension)`, around statements.

    `totals` are the reductions that it finishes.
    """

    index: Symbol
    dimension: Expr
    body: tuple[Statement, ...]
    totals: tuple[tuple[str, Kind], ...] = ()

    def walk(self) -> Iterator[Statement]:
        """All statements inside, at any depth."""
        for statement in self.body:
            yield statement
            if isinstance(statement, Loop):
                yield from statement.walk()


@dataclass(frozen=True)
class Run:
    """Statements that are carried out for a block of items, one in each lane.

    Attributes:
        loads: numbers of the lanes that were computed before.
        keeps: numbers that other runs load.
        scattered: each lane has places of its own in memory.
    """

    statements: tuple[Assign | Store | Accumulate, ...]
    loads: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    scattered: bool = False


Statement = Assign | Store | Accumulate | Zero | Loop | Run


@dataclass(frozen=True)
class Array:
    """A stored intermediate; `shape` in core dimensions.

    `home` is an output in whose place it is stored, until that is computed of it.
    """

    name: str
    shape: tuple[Expr, ...]
    is_integer: bool = False
    home: str = ""


@dataclass(frozen=True)
class Contraction:
    """`result = left . right`, a product of matrices or of a matrix and a vector.

    `left_transposed` and `right_transposed` say which operands have to be turned for `np.dot`.
    """

    result: Array
    left: str
    right: str
    left_transposed: bool
    right_transposed: bool


@dataclass(frozen=True)
class Block:
    """Statements that run as one compiled function; `gives` are scalars that later phases read."""

    statements: tuple[Statement, ...]
    reads: tuple[str, ...]
    gives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lanes:
    """A block's statements for several items abreast.

    `held` are numbers that have a place in every lane, and whether they are places themselves.
    """

    statements: tuple[Statement, ...]
    held: Mapping[str, bool]


@dataclass(frozen=True)
class Row:
    """A turn of statements: of each item of several by itself, or `abreast`, of all at once.

    `loads` are numbers that other turns computed, `keeps` those that others load.
    """

    block: Block
    loads: tuple[str, ...]
    keeps: tuple[str, ...]
    abreast: bool


@dataclass(frozen=True)
class Rows:
    """A block's statements in turns; `held` as in `Lanes`."""

    turns: tuple[Row, ...]
    held: Mapping[str, bool]


Phase = Block | Contraction


@dataclass(frozen=True)
class Output:
    """A result: the loss, or one derivative with its core shape."""

    name: str
    shape: tuple[Expr, ...]


@dataclass(frozen=True)
class Procedure:
    """One emitted function for one item.

    Attributes:
        name: "value", "gradient", "value_and_gradient", "hessian" or "hessian_vector_product".
        vectors: names of the extra array arguments of Hessian-vector products, with core shapes.
        arrays: stored intermediates.
        phases: what runs, in order; more than one only around contractions.
        outputs: results, the loss first where it is computed.
        within: the procedure that computes these outputs among others, if it costs no more.
    """

    name: str
    vectors: tuple[Array, ...]
    arrays: tuple[Array, ...]
    phases: tuple[Phase, ...]
    outputs: tuple[Output, ...]
    within: str = ""

    @property
    def gives_loss(self) -> bool:
        """Whether the loss is among the results."""
        return any(output.name == "loss" for output in self.outputs)


@dataclass(frozen=True)
class Kernel:
    """All emitted functions of a loss.

    Attributes:
        outside: for each guarded input or parameter, the domain it is checked against at run time.
        places: index inputs, with the dimension that bounds them.
        sizes: for each named dimension, the input and axis that tell its size.
        gradient_text: the gradient program as mathematics, for people.
    """

    name: str
    procedures: tuple[Procedure, ...]
    is_scalar: bool
    outside: Mapping[str, Domain]
    places: Mapping[str, Expr]
    sizes: Mapping[str, tuple[str, int]]
    wrt: tuple[str, ...]
    kinks: tuple[Kink, ...]
    gradient_is_zero: bool
    gradient_text: str
