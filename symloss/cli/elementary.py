"""`symloss elementary`."""

from __future__ import annotations

from typing import Annotated

import typer

from symloss.cli.base import Json, out, print_json


def elementary(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[FUNCTION]...", help="Those alone.")
    ] = None,
    exhaustive: Annotated[
        bool, typer.Option("--exhaustive", help="Every float32: 20 s of CPU time a function.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--record", help="Measure at every float32, and keep the result.")
    ] = False,
    speed: Annotated[bool, typer.Option("--speed", help="Compare times with NumPy's.")] = False,
    as_json: Json = False,
) -> None:
    """Measure the elementary functions that emitted code rests on, in ulps."""
    from symloss import approximation, publish, report

    strange = set(names or []) - set(approximation.NAMES)
    if strange:
        known = ", ".join(approximation.NAMES)
        raise typer.BadParameter(f"no function {min(strange)!r}: choose from {known}")
    found = []
    for one in approximation.measure(names or (), exhaustive=exhaustive or keep, speed=speed):
        found.append(one)
        if keep:
            publish.record_function(one)
    if as_json:
        print_json([one.to_json() for one in found])
    else:
        out.print(report.elementary_table(found, publish.recorded_functions()))
    if not all(one.holds for one in found):
        raise typer.Exit(1)
