"""Exceptions to the bound on errors, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from symloss.errors import SpecError
from symloss.spec.arguments import constant
from symloss.spec.model import Allowance
from symloss.spec.names import suggestion
from symloss.spec.source import Source
from symloss.spec.tables import AccuracyTable

FUNCTIONS = ("value", "gradient", "hessian", "hessian_vector_product")
TYPES = ("float32", "float64")


def read_allowances(source: Source, tables: Sequence[AccuracyTable]) -> tuple[Allowance, ...]:
    """Every `[[accuracy]]`.

    Raises:
        SpecError: a function or type is unknown, the reason is empty, or nothing is allowed.
    """
    return tuple(_read(source, number, table) for number, table in enumerate(tables))


def _read(source: Source, number: int, table: AccuracyTable) -> Allowance:
    path = ("accuracy", number)
    if not table.reason.strip():
        raise SpecError(
            "an exception has a reason",
            place=source.value(*path, "reason"),
            remedy="say why the usual bound cannot hold",
        )
    if table.bound is None and table.magnitudes is None:
        remedy = 'write bound = 64, in ulps, or magnitudes = "1/2", a part of the format\'s range'
        raise SpecError("this allows nothing", place=source.key(*path), remedy=remedy)
    if table.bound is not None and not table.bound > 4:
        raise SpecError(
            "'bound' must be a number above 4, the usual bound",
            place=source.value(*path, "bound"),
            remedy="leave the exception out, if 4 ulps hold",
        )
    return Allowance(
        table.reason.strip(),
        None if table.bound is None else float(table.bound),
        _magnitudes(source, number, table),
        _known(source, number, "functions", table.functions, FUNCTIONS),
        _known(source, number, "types", table.types, TYPES),
    )


def _magnitudes(source: Source, number: int, table: AccuracyTable) -> float:
    if table.magnitudes is None:
        return 1.0
    path = ("accuracy", number, "magnitudes")
    part = float(constant(source, table.magnitudes, *path).expression)
    if not 0 < part <= 1:
        remedy = 'write "1/2" for inputs whose squares the format holds'
        raise SpecError(
            "'magnitudes' must be above 0, and at most 1", place=source.value(*path), remedy=remedy
        )
    return part


def _known(
    source: Source, number: int, key: str, given: Sequence[str], known: tuple[str, ...]
) -> tuple[str, ...]:
    for place, name in enumerate(given):
        if name not in known:
            where = source.value("accuracy", number, key, place)
            problem = f"{name!r} is none of {', '.join(known)}"
            raise SpecError(problem, place=where, remedy=suggestion(name, known))
    return tuple(given) or known
