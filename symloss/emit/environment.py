"""Jinja, set up to fail on anything that a template and its data do not agree on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import jinja2

_WIDTH = 100


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("symloss.templates", "."),
        undefined=jinja2.StrictUndefined,
        trim_blocks=False,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["wrapped"] = wrapped
    return environment


def typeset(template: str, data: Mapping[str, Any]) -> str:
    """A template filled in."""
    return _environment().get_template(template).render(**data)


def wrapped(arguments: Iterable[str], prefix: str, suffix: str = "") -> str:
    """`prefix(arguments)suffix` on one line where it fits, else one indented block of lines.

    `prefix` starts with the indentation of the statement.
    """
    given = list(arguments)
    line = f"{prefix}({', '.join(given)}){suffix}"
    if len(line) <= _WIDTH:
        return line
    indent = " " * (len(prefix) - len(prefix.lstrip()))
    inner = indent + "    "
    rows: list[str] = []
    for argument in given:
        if rows and len(rows[-1]) + len(argument) + 2 <= _WIDTH:
            rows[-1] += f" {argument},"
        else:
            rows.append(f"{inner}{argument},")
    return "\n".join((f"{prefix}(", *rows, f"{indent}){suffix}"))
