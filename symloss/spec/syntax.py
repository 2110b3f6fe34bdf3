"""From a passage to Python's syntax tree, bounded in size, with the place of every node."""

from __future__ import annotations

import ast
import re
import unicodedata
import warnings
from dataclasses import dataclass
from itertools import takewhile
from typing import NoReturn

from symloss.spec.source import Passage

LARGEST_MATH = 20_000
LARGEST_TREE = 5_000
DEEPEST = 60
_MARKS = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)

_INSTEAD = {
    "²": "**2", "³": "**3", "·": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "∞": "oo",
    "√": "sqrt(x)", "∑": "sum(body, i)", "‖": "sqrt(sum(x[i]**2, i))",
    "\N{MULTIPLICATION SIGN}": "*", "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{EM DASH}": "-",
}  # fmt: skip
_COMMENT = re.compile(r"#[^\n]*")
_CONTINUED = re.compile(r"\\[ \t]*(?=\n|$)")


@dataclass(frozen=True)
class Syntax:
    """A syntax tree, and the passage it was read from.

    Attributes:
        passage: the text.
        starts: the offset of each line.
        margin: how many characters were cut from the front of every line.
        tree: the statements.
    """

    passage: Passage
    starts: tuple[int, ...]
    margin: int
    tree: ast.Module

    def offset(self, node: ast.AST) -> int:
        """Where in the passage a node begins."""
        line = getattr(node, "lineno", 1)
        return self.at(line, getattr(node, "col_offset", 0))

    def at(self, line: int, column: int) -> int:
        """The offset in the passage of a line, from 1, and a column, from 0, of the tree's text."""
        line = min(max(line, 1), len(self.starts))
        return min(self.starts[line - 1] + self.margin + column, len(self.passage.text))

    def fail(self, problem: str, node: ast.AST, remedy: str = "") -> NoReturn:
        """Raise at a node."""
        self.passage.fail(problem, self.offset(node), remedy)


def read_syntax(passage: Passage) -> Syntax:
    """The statements of a passage.

    Raises:
        SpecError: it is no Python syntax, or larger or deeper than mathematics is.
    """
    text = passage.text
    if len(text) > LARGEST_MATH:
        remedy = "compose it of several specs"
        passage.fail(f"the math is longer than {LARGEST_MATH} characters", 0, remedy)
    code = _COMMENT.sub(lambda match: " " * len(match.group()), text)
    _check_characters(passage, code)
    _check_brackets(passage, code)
    lines = code.split("\n")
    written = [line for line in lines if line.strip()]
    margin = _margin([line[: _indent(line)] for line in written])
    starts = _starts(lines)
    empty = Syntax(passage, starts, margin, ast.Module([], []))
    tree = _parse("\n".join(line[margin:] for line in lines), empty)
    syntax = Syntax(passage, starts, margin, tree)
    _check_size(syntax)
    return syntax


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _margin(indents: list[str]) -> int:
    """How many characters of white space all lines begin with alike."""
    columns = zip(*indents, strict=False)
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def _starts(lines: list[str]) -> tuple[int, ...]:
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return tuple(starts)


def _check_characters(passage: Passage, code: str) -> None:
    for offset, character in enumerate(code):
        if not character.isascii():
            passage.fail(
                f"{character!r} is not a word of the math language", offset, _spelled(character)
            )
        if character not in "\n\t" and not character.isprintable():
            passage.fail(f"a control character, {character!r}", offset, "remove it")
    if match := _CONTINUED.search(code):
        remedy = "put what spans lines in parentheses"
        passage.fail("a backslash does not continue a line", match.start(), remedy)


def _spelled(character: str) -> str:
    """How to write a character that the language does not have."""
    name = unicodedata.name(character, "")
    if name.startswith("GREEK"):
        return f"spell it: {'lam' if name.endswith('LAMDA') else name.split()[-1].lower()}"
    instead = _INSTEAD.get(character)
    return f"write {instead}" if instead else "write it in ASCII"


def _check_brackets(passage: Passage, code: str) -> None:
    """Bound the depth before Python's parser sees the text."""
    depth = 0
    for offset, character in enumerate(code):
        depth += (character in "([{") - (character in ")]}")
        if depth > DEEPEST:
            _too_deep(passage, offset)


def _too_deep(passage: Passage, offset: int) -> NoReturn:
    remedy = "name parts of it on lines of their own"
    passage.fail(f"the math nests deeper than {DEEPEST} levels", offset, remedy)


def _parse(code: str, at: Syntax) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except SyntaxError as error:
        line = error.lineno or 1
        column = max((error.offset or 1) - 1, 0)
        if isinstance(error, IndentationError):
            column = _indent(code.split("\n")[min(line, len(at.starts)) - 1])
        offset = at.at(line, column)
        problem, remedy = _explained(error.msg)
        at.passage.fail(problem, offset, remedy)
    except (MemoryError, RecursionError):
        _too_deep(at.passage, 0)
    except ValueError as error:
        at.passage.fail(f"this is not math: {error}", 0)


def _explained(message: str) -> tuple[str, str]:
    """Python's message, and what to do about it."""
    if "indent" in message:
        return (
            "this line is indented unlike the others",
            "begin every definition in the same column",
        )
    if "invalid decimal literal" in message:
        return "a number runs into a name", "write 2*x for two times x"
    if "forgot a comma" in message:
        return (
            "two things stand side by side",
            "write an operator, such as *, or a comma between them",
        )
    if "Maybe you meant" in message and "==" in message:
        return (
            "an assignment stands where a value should",
            "write == to compare, name = value to define",
        )
    return f"this is not math: {message}", ""


def _check_size(syntax: Syntax) -> None:
    """Count nodes and depth without recursion."""
    count = 0
    waiting: list[tuple[ast.AST, int]] = [(syntax.tree, -2)]
    while waiting:
        node, depth = waiting.pop()
        count += not isinstance(node, _MARKS)
        if depth > DEEPEST:
            _too_deep(syntax.passage, syntax.offset(node))
        if count > LARGEST_TREE:
            remedy = "compose it of several specs"
            syntax.passage.fail(f"the math has more than {LARGEST_TREE} parts", 0, remedy)
        waiting += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
