"""`symloss list` and `symloss show`."""

from __future__ import annotations

from typing import Annotated

import typer

from symloss.cli.base import Json, out, print_json


def list_losses(
    as_json: Json = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a Markdown table with sources.")
    ] = False,
) -> None:
    """List the losses of the catalogue."""
    from symloss import pipeline, publish, report

    paths = publish.catalogue_specs().values()
    entries = report.listing((path.parent.name, pipeline.read_spec(path)) for path in paths)
    if as_json:
        print_json([vars(entry) for entry in entries])
    elif as_markdown:
        typer.echo(report.listing_markdown(entries))
    else:
        out.print(report.listing_table(entries))


def show(
    word: Annotated[str, typer.Argument(metavar="NAME|PATH", help="A loss, or a spec file.")],
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
) -> None:
    """Show a loss as mathematics: its definitions, its derivatives, its kinks."""
    from symloss import pipeline, publish, report

    for path in publish.specs_of(word):
        spec = pipeline.read_spec(path)
        text = report.mathematics(spec, pipeline.derive_spec(spec), as_latex=latex)
        out.print(text, markup=False)
