"""Inputs and parameters: domains, shapes, defaults, and what derivatives are taken by."""

from __future__ import annotations

from decimal import Decimal

from symloss.errors import SpecError
from symloss.language import Domain, Index, Interval, Simplex, parse_domain
from symloss.spec.constants import Refused, Value, settle
from symloss.spec.literals import rational
from symloss.spec.model import Dimension, Input, Parameter, by_name
from symloss.spec.names import name_problem, suggestion
from symloss.spec.parse import Parser
from symloss.spec.scope import Scope
from symloss.spec.source import Source
from symloss.spec.syntax import read_syntax
from symloss.spec.tables import ParameterTable, SpecTables

LARGEST_SIZE = 10**6
MOST_DIMENSIONS = 4


def read_inputs(source: Source, tables: SpecTables) -> tuple[Input, ...]:
    """The inputs, their shapes and domains consistent.

    Raises:
        SpecError: a name, a shape or a domain is wrong.
    """
    inputs = []
    for name, table in tables.inputs.items():
        _check_name(source, name, "inputs")
        domain = _domain(source, table.domain, "inputs", name)
        inputs.append(Input(name, domain, _shape(source, name, tables)))
    known = {size for entry in inputs for size in entry.shape}
    for entry in inputs:
        _check_dimension(source, entry, known)
    return tuple(inputs)


def _check_name(source: Source, name: str, table: str) -> None:
    problem = name_problem(name)
    if name == "loss":
        problem = "'loss' is what the math defines", "choose another name"
    if problem:
        raise SpecError(problem[0], place=source.key(table, name), remedy=problem[1])


def _domain(source: Source, text: str, *path: str) -> Domain:
    try:
        return parse_domain(text)
    except ValueError as error:
        place = source.value(*path, "domain")
        raise SpecError(str(error), place=place, remedy='domain = "real", for example') from None
    except ArithmeticError:
        place = source.value(*path, "domain")
        raise SpecError(f"the domain {text!r} divides by zero", place=place) from None


def _shape(source: Source, name: str, tables: SpecTables) -> tuple[Dimension, ...]:
    shape = tables.inputs[name].shape
    if len(shape) > MOST_DIMENSIONS:
        place = source.value("inputs", name, "shape")
        raise SpecError(f"an item has at most {MOST_DIMENSIONS} core dimensions", place=place)
    for position, size in enumerate(shape):
        if problem := _size_problem(size, tables):
            place = source.value("inputs", name, "shape", position)
            raise SpecError(problem[0], place=place, remedy=problem[1])
    return tuple(shape)


def _size_problem(size: Dimension, tables: SpecTables) -> tuple[str, str] | None:
    if isinstance(size, int):
        if 1 <= size <= LARGEST_SIZE:
            return None
        return (
            "a core dimension is a positive whole number or a name",
            "batch dimensions are not written",
        )
    if size in tables.inputs or size in tables.parameters or size == "loss":
        return f"the dimension {size!r} has the name of something else", "choose another, such as N"
    return name_problem(size)


def _check_dimension(source: Source, entry: Input, known: set[Dimension]) -> None:
    """An index or a simplex is over a dimension of the spec."""
    domain = entry.domain
    if not isinstance(domain, (Index, Simplex)):
        return
    place = source.value("inputs", entry.name, "domain")
    size: Dimension = int(domain.dimension) if domain.dimension.isdigit() else domain.dimension
    if isinstance(size, int) and not 1 <= size <= LARGEST_SIZE:
        raise SpecError(f"{domain} has no places", place=place, remedy="give a positive size")
    if isinstance(size, str) and size not in known:
        remedy = suggestion(size, {name for name in known if isinstance(name, str)})
        remedy = remedy or f'give an input the shape ["{size}"]'
        raise SpecError(
            f"{domain}: no input has a core dimension {size}", place=place, remedy=remedy
        )
    if isinstance(domain, Simplex) and entry.shape[-1:] != (size,):
        remedy = f'write shape = ["{size}"]' if isinstance(size, str) else f"write shape = [{size}]"
        problem = f"{domain} needs a shape whose last dimension is {size}"
        raise SpecError(problem, place=place, remedy=remedy)


def read_parameters(source: Source, tables: SpecTables) -> tuple[Parameter, ...]:
    """The parameters, their defaults inside their domains.

    Raises:
        SpecError: a name, a domain or a default is wrong.
    """
    return tuple(_parameter(source, tables, name) for name in tables.parameters)


def _parameter(source: Source, tables: SpecTables, name: str) -> Parameter:
    _check_name(source, name, "parameters")
    if name in tables.inputs:
        place = source.key("parameters", name)
        raise SpecError(f"{name!r} is an input already", place=place, remedy="choose another name")
    table: ParameterTable = tables.parameters[name]
    domain = _domain(source, table.domain, "parameters", name)
    if isinstance(domain, (Index, Simplex)):
        place = source.value("parameters", name, "domain")
        raise SpecError(
            f"a parameter is a number, not {domain}", place=place, remedy="make it an input"
        )
    if table.default is None:
        return Parameter(name, domain)
    default = constant(source, table.default, "parameters", name, "default")
    if not domain.contains(default.exact):
        place = source.value("parameters", name, "default")
        problem = f"the default {default.expression} of {name} is outside its domain, {domain}"
        raise SpecError(problem, place=place, remedy="change one of them")
    return Parameter(name, domain, default.expression)


def constant(source: Source, value: int | Decimal | str, *path: str | int) -> Value:
    """A number that a file writes as such, or as a string holding a constant expression.

    Raises:
        SpecError: it is no finite real number.
    """
    if isinstance(value, str):
        return _spelled(source, *path)
    try:
        return settle(rational(str(value)))
    except (Refused, ValueError) as error:
        problem = error.problem if isinstance(error, Refused) else f"{value} is no finite number"
        raise SpecError(
            problem, place=source.value(*path), remedy="write a finite number"
        ) from None


def _spelled(source: Source, *path: str | int) -> Value:
    """A constant expression in a string."""
    passage = source.passage(*path)
    syntax = read_syntax(passage)
    body = [part.value for part in syntax.tree.body if hasattr(part, "value")]
    if len(body) != 1 or len(syntax.tree.body) != 1:
        passage.fail("a constant is one expression", 0, 'write "log(2)/3", for example')
    value = Parser(syntax, Scope()).number(body[0])
    if value.constant is None:
        syntax.fail("this is not a constant", body[0], 'write "log(2)/3", for example')
    return value


def read_wrt(
    source: Source, tables: SpecTables, inputs: tuple[Input, ...], parameters: tuple[Parameter, ...]
) -> tuple[str, ...]:
    """The names that derivatives are taken by.

    Raises:
        SpecError: one is unknown, or has no neighbourhood of real numbers.
    """
    known = by_name(inputs, parameters)
    names = [inputs[0].name] if tables.wrt is None else tables.wrt
    if not names:
        remedy = "name an input, or leave wrt out"
        raise SpecError("wrt is empty", place=source.value("wrt"), remedy=remedy)
    for position, name in enumerate(names):
        default = tables.wrt is None
        place = source.key("inputs", name) if default else source.value("wrt", position)
        if name not in known:
            raise SpecError(f"unknown name {name!r}", place=place, remedy=suggestion(name, known))
        if name in names[:position]:
            raise SpecError(f"{name!r} stands twice in wrt", place=place, remedy="remove one")
        if kind := _discrete(known[name].domain):
            problem = f"{name} is {kind}, so nothing can be differentiated by it"
            remedy = 'name a real input: wrt = ["..."]' if default else "take it out of wrt"
            raise SpecError(problem, place=place, remedy=remedy)
    return tuple(names)


def _discrete(domain: Domain) -> str:
    """Why a domain leaves no room to move, if it does."""
    if isinstance(domain, Index):
        return "an index"
    if isinstance(domain, Interval):
        return "an integer" if domain.integer else ""
    return "" if isinstance(domain, Simplex) else "one of finitely many numbers"
