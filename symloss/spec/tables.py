"""The tables of a spec file as they come from outside, in the shape that pydantic checks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from symloss.errors import SpecError
from symloss.spec.names import suggestion
from symloss.spec.source import Source

Number = int | Decimal | str
"""A number as a file writes it; a string is a constant expression such as "1/3" or "log(2)"."""
Nested = Any
"""A number, or lists of them; the shape is checked against the spec's dimensions."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class InputTable(_Table):
    """One entry of `[inputs]`."""

    domain: str = "real"
    shape: list[str | int] = Field(default_factory=list)


class ParameterTable(_Table):
    """One entry of `[parameters]`."""

    domain: str = "real"
    default: Number | None = None


class ExampleTable(_Table):
    """One `[[examples]]`."""

    given: dict[str, Nested]
    loss: Number
    gradient: dict[str, Nested] = Field(default_factory=dict)
    tolerance: int | Decimal = Decimal("1e-12")


class RelationTable(_Table):
    """One `[[relations]]`."""

    law: str


class LikelihoodTable(_Table):
    """The table `[likelihood]`."""

    variable: str
    density: str


class AccuracyTable(_Table):
    """One `[[accuracy]]`."""

    reason: str
    bound: int | Decimal | None = None
    magnitudes: Number | None = None
    functions: list[str] = Field(default_factory=list)
    types: list[str] = Field(default_factory=list)


class SpecTables(_Table):
    """A whole file."""

    title: str
    summary: str = ""
    source: str = ""
    math: str
    inputs: dict[str, InputTable] = Field(min_length=1)
    parameters: dict[str, ParameterTable] = Field(default_factory=dict)
    wrt: list[str] | None = None
    claims: dict[str, bool | int | Decimal | str] = Field(default_factory=dict)
    examples: list[ExampleTable] = Field(default_factory=list)
    relations: list[RelationTable] = Field(default_factory=list)
    likelihood: LikelihoodTable | None = None
    accuracy: list[AccuracyTable] = Field(default_factory=list)


_MODELS: dict[str, type[BaseModel]] = {
    "inputs": InputTable,
    "parameters": ParameterTable,
    "examples": ExampleTable,
    "relations": RelationTable,
    "likelihood": LikelihoodTable,
    "accuracy": AccuracyTable,
}
_TYPES = {
    "string_type": "a string",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "too_short": "a table with at least one entry",
}


def validate_tables(source: Source, data: dict[str, Any]) -> SpecTables:
    """The file's tables.

    Raises:
        SpecError: a key is missing, unknown, or of the wrong type.
    """
    try:
        return SpecTables.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    path = _path(data, first["loc"])
    dotted = ".".join(str(part) for part in path)
    if first["type"] == "missing":
        remedy = f"write {_missing(path)}"
        raise SpecError(f"{dotted!r} is missing", place=source.key(*path), remedy=remedy)
    if first["type"] == "extra_forbidden":
        model = _MODELS[str(path[0])] if len(path) > 1 else SpecTables
        remedy = suggestion(str(path[-1]), model.model_fields)
        raise SpecError(f"unknown key {path[-1]!r}", place=source.key(*path), remedy=remedy)
    expected = _expected(path) or _TYPES.get(first["type"]) or 'a number, or a string such as "1/3"'
    raise SpecError(f"{dotted!r} must be {expected}", place=source.value(*path))


def _path(data: Any, location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """A location, without the names of union members: the file has none."""
    path: list[str | int] = []
    for part in location:
        inside = isinstance(data, dict) and part in data
        inside = inside or (isinstance(data, list) and isinstance(part, int))
        if not inside:
            missing = isinstance(data, dict) and part == location[-1]
            return (*path, part) if missing else tuple(path)
        path.append(part)
        data = data[part]
    return tuple(path)


def _missing(path: tuple[str | int, ...]) -> str:
    known = {
        "title": 'title = "..."',
        "math": 'math = """..."""',
        "inputs": "a table [inputs]",
        "law": 'law = "left == right"',
        "reason": 'reason = "..."',
        "variable": 'variable = "target"',
        "density": 'density = "Normal(prediction, 1)"',
        "given": "given = { name = value }",
        "loss": "loss = value",
    }
    return known.get(str(path[-1]), f"{path[-1]} = ...")


def _expected(path: tuple[str | int, ...]) -> str:
    """What must stand where several types may."""
    if len(path) == 4 and path[2] == "shape":
        return 'a name such as "K" or a positive whole number'
    if len(path) == 2 and path[0] == "claims":
        return "true, false, a number or a string"
    return ""
