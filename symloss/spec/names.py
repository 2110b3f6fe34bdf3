"""Which names a spec may give, and what to suggest for those that it may not."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from difflib import get_close_matches

from symloss.language import CONSTANTS, FUNCTIONS, REDUCTIONS

FORMS = ("where", "Piecewise", "stop_gradient", "limit", "Rational")
"""Words that are spelled as functions and are none."""
SHARES = ("softmax", "log_softmax")
"""Words, too, but a spec that has such a name is meant instead."""
CONDITIONS = ("Eq", "Ne", "Lt", "Le", "Gt", "Ge", "And", "Or", "Not")
"""SymPy's names for conditions, which may also be written with operators."""
WORDS = frozenset((*FUNCTIONS, *CONSTANTS, *REDUCTIONS, *FORMS, *CONDITIONS))
"""All that the math language itself spells."""
RESERVED = frozenset(("weight", "reduction", "out", "validate", "vector"))
"""Keyword arguments of every emitted function."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LONGEST = 64
_INSTEAD = {"lambda": "strength", "class": "label", "in": "inside", "is": "given", "None": "none"}


def name_problem(name: str, *, called: bool = False) -> tuple[str, str] | None:
    """What is wrong with a name as such, and the remedy; None where nothing is.

    What is called must differ from the words of the language; a number may be named like a function
    (`logit`, `mean`), because it is never called.
    """
    if keyword.iskeyword(name):
        instead = _INSTEAD.get(name, f"{name}_")
        return f"{name!r} is a word of Python", f"name it {instead!r}, for example"
    if name.startswith("_"):
        return f"the name {name[:_LONGEST]!r} begins with an underscore", "begin it with a letter"
    if not _NAME.fullmatch(name):
        shape = "a name is an ASCII letter followed by letters, digits and underscores"
        return f"{name[:_LONGEST]!r} is no name", shape
    if len(name) > _LONGEST:
        return f"a name is longer than {_LONGEST} characters", "shorten it"
    if name in (WORDS if called else CONSTANTS):
        return f"{name!r} is a word of the math language", "choose another name"
    if name in RESERVED:
        taken = "a keyword argument of every emitted function"
        return f"{name!r} is {taken}", "choose another name"
    return None


def suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest of the known names as a question, or the list of them."""
    names = sorted(set(known))
    close = get_close_matches(name[:_LONGEST], names, n=1, cutoff=0.6)
    if not close:
        close = [candidate for candidate in names if candidate.lower() == name.lower()]
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known here: {', '.join(names)}" if names else ""
