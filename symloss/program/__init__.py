"""Definitions in index notation.

In: a `Spec`. Out: a `Program`, a straight line of `Step`s, each one scalar expression, optionally
under one reduction; its reading as text or LaTeX; and `Rewriting`, by which others make another
program of it, as `without_twins` does of one that says something twice. Guarantees: no reduction,
call or held constant is left inside an expression; every index has a range; names are unique.
Raises: nothing for a Spec that `symloss.spec` has checked.
"""

from symloss.program.model import (
    Kind,
    Program,
    Step,
    name_of,
    operands,
    references,
    unused,
    without_dead_steps,
)
from symloss.program.read import read_program
from symloss.program.reading import latex, text
from symloss.program.rewriting import Rewriting
from symloss.program.twins import without_twins

__all__ = [
    "Kind",
    "Program",
    "Rewriting",
    "Step",
    "latex",
    "name_of",
    "operands",
    "read_program",
    "references",
    "text",
    "unused",
    "without_dead_steps",
    "without_twins",
]
