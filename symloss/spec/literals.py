"""Numbers as a spec writes them: exact, and of bounded size."""

from __future__ import annotations

import ast
import math
from typing import TYPE_CHECKING

import sympy
from sympy import Expr

from symloss.spec.constants import MOST_DIGITS, Refused, Value, settle

if TYPE_CHECKING:
    from symloss.spec.parse import Parser


def literal(parser: Parser, node: ast.Constant) -> Value:
    """A number of the math; its digits are taken from the text, since a float would round them."""
    value = node.value
    if isinstance(value, bool):
        parser.fail("a condition is not a number", node, "write 1 for true and 0 for false")
    if isinstance(value, (str, bytes)):
        parser.fail("a string is not part of the math language", node, "write a number or a name")
    if not isinstance(value, (int, float)):
        what = (
            "None"
            if value is None
            else "an imaginary number"
            if isinstance(value, complex)
            else "..."
        )
        parser.fail(f"{what} is not part of the math language", node, "write a real number")
    start = parser.syntax.offset(node)
    width = (node.end_col_offset or 0) - node.col_offset
    try:
        return settle(rational(parser.syntax.passage.text[start : start + width]))
    except Refused as error:
        parser.fail(error.problem, node, error.remedy)


def rational(text: str) -> Expr:
    """The exact number that a decimal or whole number spells.

    Raises:
        Refused: it has too many digits, or lies outside the range of a double.
    """
    plain = text.replace("_", "").lower()
    if plain.startswith(("0x", "0o", "0b")):
        raise Refused("a number is written in decimal digits")
    mantissa = plain.split("e")[0]
    if sum(character.isdigit() for character in mantissa) > MOST_DIGITS:
        raise Refused(f"a number has more than {MOST_DIGITS} digits", "round it")
    nearest = float(plain)
    vanished = nearest == 0 and any(character in "123456789" for character in mantissa)
    if not math.isfinite(nearest) or vanished:
        raise Refused("this number is outside the range of a double", "rescale the loss")
    return sympy.Rational(plain) if nearest else sympy.S.Zero
