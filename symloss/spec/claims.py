"""What a spec's author expects of the loss: names of properties with what they are to be."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from symloss.errors import SpecError
from symloss.language import PROPERTIES
from symloss.spec.names import suggestion
from symloss.spec.source import Source
from symloss.spec.tables import SpecTables


def read_claims(source: Source, tables: SpecTables, wrt: tuple[str, ...]) -> Mapping[str, Any]:
    """The table `[claims]`.

    Raises:
        SpecError: there is no such property, or a class is claimed as a number or a yes or no.
    """
    for name, value in tables.claims.items():
        kind, _, alone = name.partition(" in ")
        if kind not in PROPERTIES:
            remedy = suggestion(kind, PROPERTIES)
            raise SpecError(
                f"there is no property named {kind!r}",
                place=source.key("claims", name), remedy=remedy,
            )  # fmt: skip
        if alone and alone not in wrt:
            raise SpecError(
                f"{alone!r} is no name of wrt",
                place=source.key("claims", name), remedy=suggestion(alone, wrt),
            )  # fmt: skip
        if PROPERTIES[kind].kind == "class" and not isinstance(value, str):
            raise SpecError(
                f"{kind!r} must be a string", place=source.value("claims", name),
                remedy=f"it is {PROPERTIES[kind].meaning}",
            )  # fmt: skip
    return {name: _plain(value) for name, value in tables.claims.items()}


def _plain(value: bool | int | Decimal | str) -> bool | int | float | str:
    return float(value) if isinstance(value, Decimal) else value
