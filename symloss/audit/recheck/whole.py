"""A loss with its choices left open, as one expression."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr
from sympy.logic.boolalg import BooleanFunction

from symloss.audit.recheck.evaluate import Instance


class Whole(Instance):
    """The loss with its choices left open."""

    def _branch(self, node: sympy.Piecewise, env: Any) -> Expr:
        return sympy.Piecewise(*((self._read(v, env), self._test(c, env)) for v, c in node.args))

    def _test(self, test: Any, env: Any) -> Any:
        if test in (sympy.true, sympy.false):
            return test
        if isinstance(test, BooleanFunction):
            return test.func(*(self._test(part, env) for part in test.args))
        return test.func(*(self._read(part, env) for part in test.args))
