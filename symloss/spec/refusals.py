"""What to say about Python that is no mathematics."""

from __future__ import annotations

import ast

_CONDITION = ("a condition is not a number", "write where(condition, 1, 0)")
_REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Compare: _CONDITION,
    ast.BoolOp: _CONDITION,
    ast.Attribute: (
        "an attribute, after a point, is not part of the math language",
        "name functions alone: exp(x)",
    ),
    ast.Lambda: ("lambda is a word of Python", "name a parameter 'strength' or 'lam' instead"),
    ast.IfExp: (
        "if ... else is not part of the math language",
        "write where(condition, value, other)",
    ),
    ast.ListComp: ("a comprehension is not part of the math language", "write sum(x[i], i)"),
    ast.SetComp: ("a comprehension is not part of the math language", "write sum(x[i], i)"),
    ast.DictComp: ("a comprehension is not part of the math language", "write sum(x[i], i)"),
    ast.GeneratorExp: ("a comprehension is not part of the math language", "write sum(x[i], i)"),
    ast.JoinedStr: ("an f-string is not part of the math language", "remove it"),
    ast.NamedExpr: (
        "the walrus := is not part of the math language",
        "define the name on a line of its own",
    ),
    ast.Starred: ("a starred argument is not part of the math language", "write the arguments out"),
    ast.Await: ("await is not part of the math language", "remove it"),
    ast.Yield: ("yield is not part of the math language", "remove it"),
    ast.YieldFrom: ("yield is not part of the math language", "remove it"),
    ast.Tuple: (
        "several values stand where one number should",
        "write the brackets of a function around them",
    ),
    ast.List: (
        "a list is not part of the math language",
        "write each definition for one element: x[i]",
    ),
    ast.Dict: ("a dictionary is not part of the math language", "remove it"),
    ast.Set: ("a set is not part of the math language", "remove it"),
    ast.Slice: ("a slice is not part of the math language", "name an index: x[i]"),
}
_OPERATORS: dict[type[ast.AST], tuple[str, str]] = {
    ast.BitXor: ("^ is not a power", "write **"),
    ast.BitAnd: ("& joins conditions, not numbers", "write (a > 0) & (b > 0), or a > 0 and b > 0"),
    ast.BitOr: ("| joins conditions, not numbers", "write (a > 0) | (b > 0), or a > 0 or b > 0"),
    ast.Not: _CONDITION,
    ast.Invert: _CONDITION,
    ast.MatMult: ("@ is not part of the math language", "write sum(a[i, k]*b[k, j], k)"),
    ast.Mod: ("% is not part of the math language", "remove it"),
    ast.FloorDiv: ("// is not part of the math language", "write / for the quotient"),
    ast.LShift: ("<< is not part of the math language", "remove it"),
    ast.RShift: (">> is not part of the math language", "remove it"),
}
_STATEMENTS: dict[type[ast.AST], str] = {
    ast.Import: "an import",
    ast.ImportFrom: "an import",
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "def",
    ast.ClassDef: "class",
    ast.For: "for",
    ast.While: "while",
    ast.If: "if",
    ast.With: "with",
    ast.Try: "try",
    ast.Delete: "del",
    ast.Raise: "raise",
    ast.Assert: "assert",
    ast.Global: "global",
    ast.Return: "return",
    ast.Pass: "pass",
    ast.AugAssign: "an assignment such as +=",
    ast.AnnAssign: "an annotation",
}


def describe(node: ast.AST) -> tuple[str, str]:
    """The problem with a node that the language does not have, and the remedy."""
    if isinstance(node, (ast.BinOp, ast.UnaryOp)):
        node = node.op
    known = _OPERATORS.get(type(node)) or _REFUSED.get(type(node))
    return known or (f"{type(node).__name__} is not part of the math language", "remove it")


def describe_statement(node: ast.stmt) -> tuple[str, str]:
    """The problem with a statement that is no definition, and the remedy."""
    if isinstance(node, ast.Expr):
        inner = node.value
        if type(inner) in _REFUSED and not isinstance(inner, (ast.Compare, ast.BoolOp)):
            return describe(inner)
        return "this line defines nothing", "write name = expression"
    what = _STATEMENTS.get(type(node), type(node).__name__.lower())
    return f"{what} is not part of the math language", "write definitions: name = expression"
