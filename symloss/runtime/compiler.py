"""How kernels compile: by Numba, in fewer steps and fewer words.

Kernels are loops over arrays' elements, spelled out. They have no closures, generators or array
expressions, for which Numba walks through a function again and again; and what Numba writes down
for one loop, or one element, LLVM takes long to read, and shortens to what is written here.
`way` tells with which releases of Numba this is used.
"""

# Expressions of every kind are asked for alike.
# ruff: noqa: ARG002

from __future__ import annotations

from functools import cache, reduce
from typing import Any

from llvmlite.binding import Linkage
from llvmlite.ir import Constant
from numba.core import cgutils, types
from numba.core.compiler import CompilerBase
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.debuginfo import DummyDIBuilder
from numba.core.lowering import Lower
from numba.core.typed_passes import (
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import (
    FixupArgs,
    GenericRewrites,
    IRProcessing,
    TranslateByteCode,
)

from symloss.runtime.steps import BriefReconstructSSA, BriefTypeInference


class BriefLowering(Lower):
    """Numba's way to LLVM's language, with short ways for loops and elements of arrays."""

    def init(self) -> None:
        """What was put together of what: subscripts in tuples; of ranges start, stop and step."""
        super().init()
        self.parts: dict[Any, list[Any]] = {}

    def lower_expr(self, resty: Any, expr: Any) -> Any:
        """An expression; most are Numba's."""
        rule = getattr(self, f"_lower_{expr.op}", None)
        found = rule(resty, expr) if rule else None
        return super().lower_expr(resty, expr) if found is None else found

    def lower_getitem(self, resty: Any, expr: Any, value: Any, index: Any, signature: Any) -> Any:
        """An element of an array, or whatever else an object has at a place."""
        place = self._place(value, index, signature)
        if place is None:
            return super().lower_getitem(resty, expr, value, index, signature)
        number = self.context.unpack_value(self.builder, signature.args[0].dtype, place)
        return self.context.cast(self.builder, number, signature.return_type, resty)

    def lower_setitem(self, target: Any, index: Any, value: Any, signature: Any) -> Any:
        """An array's element set, or whatever else."""
        place = self._place(target, index, signature)
        if place is None:
            return super().lower_setitem(target, index, value, signature)
        (array, _, kind), given = signature.args, self.typeof(value.name)
        number = self.context.cast(self.builder, self.loadvar(value.name), given, kind)
        number = self.context.cast(self.builder, number, kind, array.dtype)
        return self.context.pack_value(self.builder, array.dtype, number, place)

    def alloca_lltype(self, name: str, lltype: Any, datamodel: Any = None) -> Any:
        """Room for a variable, whose size only debuggers are told."""
        if not isinstance(self.debuginfo, DummyDIBuilder):
            return super().alloca_lltype(name, lltype, datamodel=datamodel)
        return cgutils.alloca_once(self.builder, lltype, name=name, zfill=False)

    def delvar(self, name: str) -> None:
        """The end of a variable: of no consequence where nothing is counted."""
        if self.context.data_model_manager[self.typeof(name)].contains_nrt_meminfo():
            super().delvar(name)

    def _place(self, array: Any, index: Any, signature: Any) -> Any:
        """Where an element lies whose subscripts count from 0, all of them; None of others."""
        kind, subscripts = signature.args[:2]
        several = isinstance(subscripts, types.UniTuple)
        count, number = (subscripts.count, subscripts.dtype) if several else (1, subscripts)
        if not self._is_plain(kind) or (count, number) != (kind.ndim, types.uint64):
            return None
        given, places = self.loadvar(array.name), self._subscripts(index, subscripts)
        sizes = [self._field(given, kind, "shape", axis) for axis in range(1, kind.ndim)]
        offset = None
        for axis, place in enumerate(places):
            if axis < len(sizes):
                place = self.builder.mul(place, reduce(self.builder.mul, sizes[axis:]))
            offset = place if offset is None else self.builder.add(offset, place)
        return self.builder.gep(self._field(given, kind, "data"), [offset])

    def _subscripts(self, index: Any, kind: Any) -> Any:
        """The numbers of a subscript, or of a tuple of them."""
        given = self.loadvar(index.name)
        if given in self.parts:
            return self.parts[given]
        value = self.context.cast(self.builder, given, self.typeof(index.name), kind)
        several = isinstance(kind, types.UniTuple)
        return cgutils.unpack_tuple(self.builder, value) if several else [value]

    def _is_plain(self, kind: Any) -> bool:
        return (
            isinstance(kind, types.Array)
            and isinstance(kind.dtype, (types.Float, types.Integer))
            and (kind.layout, kind.aligned, self.context.enable_boundscheck) == ("C", True, False)
        )

    def _field(self, value: Any, kind: Any, name: str, *part: int) -> Any:
        place = self.context.data_model_manager[kind].get_field_position(name)
        return self.builder.extract_value(value, [place, *part])

    def _lower_getattr(self, resty: Any, expr: Any) -> Any:
        kind = self.typeof(expr.value.name)
        if expr.attr != "shape" or not self._is_plain(kind):
            return None
        return self._field(self.loadvar(expr.value.name), kind, "shape")

    def _lower_build_tuple(self, resty: Any, expr: Any) -> Any:
        if any(kind != types.uint64 for kind in resty):
            return None
        given = [self._cast_var(item, types.uint64) for item in expr.items]
        made = self.context.make_tuple(self.builder, resty, given)
        self.parts[made] = given
        return made

    def _lower_pair_first(self, resty: Any, expr: Any) -> Any:
        return self._of_pair(expr, 0)

    def _lower_pair_second(self, resty: Any, expr: Any) -> Any:
        return self._of_pair(expr, 1)

    def _of_pair(self, expr: Any, place: int) -> Any:
        first = self.typeof(expr.value.name).first_type
        if not isinstance(first, types.Integer):
            return None
        return self.builder.extract_value(self.loadvar(expr.value.name), place)

    def _lower_call(self, resty: Any, expr: Any) -> Any:
        """A range: where it starts, where it stops, its step."""
        signature = self.fndesc.calltypes[expr]
        if not isinstance(signature.return_type, types.RangeType) or expr.kws or expr.vararg:
            return None
        given = [self._cast_var(*pair) for pair in zip(expr.args, signature.args, strict=True)]
        zero, one = given[0].type(0), given[0].type(1)
        given = [zero, *given, one] if len(given) == 1 else [*given, one][:3]
        kind = self.context.get_value_type(signature.return_type)
        made = cgutils.pack_struct(self.builder, given)
        assert made.type == kind
        self.parts[made] = given
        return made

    def _lower_getiter(self, resty: Any, expr: Any) -> Any:
        """The first number of a range, and how many there are: where the step is known."""
        given = self.loadvar(expr.value.name)
        start, stop, step = self.parts.get(given, [None] * 3)
        if start is None or not isinstance(step, Constant) or step.constant <= 0:
            return None
        builder, zero = self.builder, start.type(0)
        most = builder.sub(stop, start)
        some = builder.icmp_signed(">", most, zero)
        count = cgutils.alloca_once_value(builder, zero)
        if step.constant == 1:
            builder.store(builder.select(some, most, zero), count)
        else:
            builder.store(zero, count)
            with builder.if_then(some):
                uneven = builder.icmp_signed(">", builder.srem(most, step), zero)
                rest = builder.select(uneven, start.type(1), zero)
                builder.store(builder.add(builder.sdiv(most, step), rest), count)
        place = cgutils.alloca_once_value(builder, start)
        made = cgutils.pack_struct(builder, [place, stop, step, count])
        assert made.type == self.context.get_value_type(resty)
        return made

    def _lower_iternext(self, resty: Any, expr: Any) -> Any:
        """The next number of a range, and whether there was one."""
        kind = self.typeof(expr.value.name)
        if not isinstance(kind, types.RangeIteratorType):
            return None
        builder = self.builder
        place, _, step, counter = cgutils.unpack_tuple(builder, self.loadvar(expr.value.name), 4)
        count, number = builder.load(counter), builder.load(place)
        some = builder.icmp_signed(">", count, count.type(0))
        with builder.if_then(some):
            builder.store(builder.sub(count, count.type(1), flags=["nsw"]), counter)
            builder.store(builder.add(number, step), place)
        return cgutils.pack_struct(builder, [number, some])


@cache
def closed(kind: type[Any]) -> type[Any]:
    """A kind of Numba's library whose functions call the copies that were optimised with them.

    As Numba links them, whatever copy of a called function a process has loaded first would serve
    all that it was not inlined into; and copies may add up sums in other orders.
    """

    class Closed(kind):
        def _optimize_final_module(self) -> None:
            for function in self._final_module.functions:
                if function.linkage == Linkage.linkonce_odr:
                    function.linkage = Linkage.internal
            super()._optimize_final_module()

    return Closed


@register_pass(mutates_CFG=True, analysis_only=False)
class BriefNativeLowering(NativeLowering):
    """Numba's last step but one, by the brief way."""

    _name = f"native_lowering of {__name__}"  # Numba's steps have names of their own

    def run_pass(self, state: Any) -> bool:
        """Take a function to LLVM's language, and optimise it there with all that it calls."""
        codegen = state.targetctx.codegen()
        state.library = closed(codegen._library_class)(codegen, state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))

    @property
    def lowering_class(self) -> type[Lower]:
        """What takes each statement to LLVM's language."""
        return BriefLowering


# What Numba does beside these is for functions that have what kernels have not.
STEPS = (
    TranslateByteCode,
    FixupArgs,
    IRProcessing,
    GenericRewrites,
    BriefReconstructSSA,
    BriefTypeInference,
    PreLowerStripPhis,
    IRLegalization,
    BriefNativeLowering,
    NoPythonBackend,
)


class Brief(CompilerBase):
    """The compiler of kernels, and of functions that they call."""

    def define_pipelines(self) -> list[PassManager]:
        """One line of steps."""
        manager = PassManager("brief")
        for step in STEPS:
            manager.add_pass(step, step.__name__)
        manager.finalize()
        return [manager]
