"""Worked values: numbers and nested lists, their shapes and domains checked against the spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from sympy import Expr

from symloss.errors import SpecError
from symloss.language import Domain, Index, Simplex
from symloss.spec.arguments import constant
from symloss.spec.model import Argument, Dimension, Example, Input
from symloss.spec.names import suggestion
from symloss.spec.source import Source
from symloss.spec.tables import ExampleTable

SIMPLEX_SLACK = 1e-6
"""How far decimals such as 0.333333 may be from a sum of one."""

Position = tuple[str | int, ...]


def read_example(
    source: Source,
    number: int,
    table: ExampleTable,
    arguments: Mapping[str, Argument],
    wrt: tuple[str, ...],
) -> Example:
    """One `[[examples]]`.

    Raises:
        SpecError: a name is unknown or missing, a shape is inconsistent, a value outside its
            domain.
    """
    reader = _Reader(source, ("examples", number))
    given = reader.given(table.given, arguments)
    for name in table.gradient:
        if name not in wrt:
            reader.fail(f"{name!r} is not in wrt", "gradient", name, remedy=suggestion(name, wrt))
    gradient = {
        name: _plain(reader.array(value, arguments[name], "gradient", name), arguments[name])
        for name, value in table.gradient.items()
    }
    loss = float(reader.number(table.loss, "loss"))
    tolerance = float(reader.number(table.tolerance, "tolerance"))
    if tolerance <= 0:
        reader.fail("a tolerance is positive", "tolerance", remedy="leave it out for 1e-12")
    return Example(given, loss, gradient, tolerance, source.key("examples", number))


@dataclass
class _Reader:
    """Reads one example; `sizes` holds the dimensions as its lists have told them so far."""

    source: Source
    path: Position
    sizes: dict[str, int] = field(default_factory=dict)

    def fail(self, problem: str, *path: str | int, remedy: str = "") -> NoReturn:
        place = self.source.value(*self.path, *path)
        raise SpecError(problem, place=place, remedy=remedy)

    def given(self, table: Mapping[str, Any], arguments: Mapping[str, Argument]) -> dict[str, Any]:
        """The arguments of the example, by name."""
        for name in table:
            if name not in arguments:
                remedy = suggestion(name, arguments)
                self.fail(f"unknown name {name!r}", "given", name, remedy=remedy)
        for name, argument in arguments.items():
            needed = isinstance(argument, Input) or argument.default is None
            if needed and name not in table:
                self.fail(f"{name!r} is not given", "given", remedy=f"write {name} = ...")
        values = {
            name: self.array(value, arguments[name], "given", name) for name, value in table.items()
        }
        for name, value in values.items():  # after all shapes, since an index needs a size
            self.check_domain(value, arguments[name].domain, "given", name)
        return {name: _plain(value, arguments[name]) for name, value in values.items()}

    def array(self, value: Any, argument: Argument, *path: str | int) -> Any:
        """Numbers in the shape of an argument."""
        shape = argument.shape if isinstance(argument, Input) else ()
        return self.nested(value, shape, argument.name, *path)

    def nested(self, value: Any, shape: tuple[Dimension, ...], name: str, *path: str | int) -> Any:
        """Lists as deep as a shape is long, each as long as the shape says."""
        if not shape:
            if isinstance(value, list):
                self.fail(f"{name} has a list where a number should stand", *path)
            return self.number(value, *path)
        if not isinstance(value, list) or not value:
            remedy = f"one list for each of its dimensions, {', '.join(map(str, shape))}"
            self.fail(f"{name} needs a list, and not an empty one, here", *path, remedy=remedy)
        size = shape[0]
        known = self.sizes.setdefault(size, len(value)) if isinstance(size, str) else size
        if known != len(value):
            what = f"{size} = {known}" if isinstance(size, str) else str(known)
            problem = f"{name} has {len(value)} entries where its shape says {what}"
            self.fail(problem, *path, remedy="lists of one dimension are equally long")
        inner = enumerate(value)
        return [self.nested(part, shape[1:], name, *path, at) for at, part in inner]

    def number(self, value: Any, *path: str | int) -> Expr:
        """A number, or a string that spells a constant: exact, if it is rational."""
        if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
            remedy = 'write a number, or a string such as "1/3"'
            self.fail("this is no number", *path, remedy=remedy)
        exact = constant(self.source, value, *self.path, *path).expression
        return exact if exact.is_Rational else exact.evalf(30)

    def check_domain(self, value: Any, domain: Domain, *path: str | int) -> None:
        """All numbers lie in the domain."""
        if isinstance(domain, Simplex):
            self.check_simplex(value, *path)
            return
        for at, entry in _flat(value):
            if not self.inside(entry, domain):
                self.fail(f"{entry} is outside the domain {domain}", *path, *at)

    def inside(self, entry: Expr, domain: Domain) -> bool:
        """Whether a number lies in a domain."""
        if isinstance(domain, Index):
            name = domain.dimension
            size = int(name) if name.isdigit() else self.sizes[name]
            return bool(entry.is_integer) and 0 <= int(entry) < size
        assert not isinstance(domain, Simplex)
        return domain.contains(entry)

    def check_simplex(self, value: Any, *path: str | int) -> None:
        """The rows along the last dimension are probabilities."""
        if value and isinstance(value[0], list):
            for at, row in enumerate(value):
                self.check_simplex(row, *path, at)
        elif min(value) < 0 or abs(sum(value) - 1) > SIMPLEX_SLACK:
            problem = "these are no probabilities"
            self.fail(problem, *path, remedy="they are non-negative and sum to 1")


def _plain(value: Any, argument: Argument) -> Any:
    """Nested numbers as Python has them: places are whole, all else is float."""
    if isinstance(value, list):
        return [_plain(part, argument) for part in value]
    return int(value) if isinstance(argument.domain, Index) else float(value)


def _flat(value: Any, at: Position = ()) -> Iterator[tuple[Position, Any]]:
    """All numbers of nested lists, with their positions."""
    if not isinstance(value, list):
        yield at, value
        return
    for position, part in enumerate(value):
        yield from _flat(part, (*at, position))
