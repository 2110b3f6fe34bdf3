"""Steps of a compilation, without what Numba repeats in them.

It asks what each call returns once in every round of its type inference, and works out where
variables live after a step that a later one undoes.
"""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.core.compiler_machinery import register_pass
from numba.core.ir_utils import build_definitions
from numba.core.ssa import reconstruct_ssa
from numba.core.typed_passes import NopythonTypeInference
from numba.core.untyped_passes import ReconstructSSA


class Remembering:
    """Numba's typing context, which finds out once what a call returns."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._known: dict[tuple[Any, ...], Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def resolve_function_type(self, func: Any, args: Any, kws: Any) -> Any:
        """The signature of a call, None if there is none."""
        if kws or not isinstance(func, (types.Function, types.Dispatcher)):
            return self._context.resolve_function_type(func, args, kws)
        key = (func, tuple(args))
        if key not in self._known:
            self._known[key] = self._context.resolve_function_type(func, args, kws)
        return self._known[key]


@register_pass(mutates_CFG=True, analysis_only=False)
class BriefTypeInference(NopythonTypeInference):
    """Numba's type inference, each call's type found once."""

    _name = f"type inference of {__name__}"  # Numba's steps have names of their own

    def run_pass(self, state: Any) -> bool:
        """Find the type of each variable."""
        context = state.typingctx
        state.typingctx = Remembering(context)
        try:
            return bool(super().run_pass(state))
        finally:
            state.typingctx = context


@register_pass(mutates_CFG=True, analysis_only=False)
class BriefReconstructSSA(ReconstructSSA):
    """Numba's step that gives each assignment a variable of its own."""

    _name = f"reconstruct ssa of {__name__}"

    def run_pass(self, state: Any) -> bool:
        """Rename; where variables live is found when those for loops are taken apart again."""
        state.func_ir = reconstruct_ssa(state.func_ir)
        self._patch_locals(state)
        state.func_ir._definitions = build_definitions(state.func_ir.blocks)
        return True
