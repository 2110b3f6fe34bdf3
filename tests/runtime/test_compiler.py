"""What kernels compile to by the brief way is what Numba makes of them."""

from __future__ import annotations

import operator
from collections import Counter

import numpy as np
import pytest
from llvmlite.binding import Linkage
from numba import njit
from numba.core import types
from numba.core.caching import NullCache
from numba.core.codegen import CPUCodeLibrary
from numba.core.postproc import PostProcessor
from numba.core.typing.context import BaseContext

from symloss.runtime.access import STRICT, compiled, part, weigh
from symloss.runtime.blocks import unsigned
from symloss.runtime.way import way

STEP = unsigned(5)


def by_elements(x, rows, out):
    """Elements by one, two and three subscripts, read and written; ranges of each kind."""
    total = 0.0
    for n in range(unsigned(x.shape[0])):
        for first in range(unsigned(0), unsigned(x.shape[1]), STEP):
            for k in range(first, min(first + STEP, unsigned(x.shape[1]))):
                for d in range(unsigned(x.shape[2])):
                    out[n, k, d] = x[n, k, d] * rows[n, k] - total
                    total += x[n, k, d]
        rows[n, unsigned(0)] += total
    return total


def by_other_ways(x, step):
    """Subscripts from the end, slices, and a range whose step only its caller knows."""
    total = x[-1] + x[1:3].sum()
    for n in range(0, x.shape[0], step):
        total = total * x[n] + n
    for n in range(x.shape[0] - 1, -1, -2):
        total -= x[n]
    return total


def both(function):
    return compiled(function), njit(**STRICT)(function)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(3, 12, 2), (2, 5, 1), (1, 1, 7), (4, 0, 3), (0, 3, 3)])
def test_elements_are_where_numba_finds_them(shape, dtype):
    random = np.random.default_rng(0)
    x = random.normal(size=shape).astype(dtype)
    found = []
    for function in both(by_elements):
        rows, out = np.ones((shape[0], max(shape[1], 1)), dtype), np.zeros(shape, dtype)
        found.append((function(x, rows, out), rows, out))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("step", [1, 3, -1])
def test_what_has_no_short_way_goes_numbas(step):
    brief, plain = both(by_other_ways)
    x = np.arange(7.0)
    assert brief(x, step) == plain(x, step)
    with pytest.raises(ValueError, match="must not be zero"):
        brief(x, 0)


def test_the_brief_way_is_brief(monkeypatch):
    written, take = [], CPUCodeLibrary.add_ir_module

    def noted(library, module):
        written.append(str(module).count("\n"))
        take(library, module)

    monkeypatch.setattr(CPUCodeLibrary, "add_ir_module", noted)
    x, lengths = np.ones((2, 2, 2)), []
    for function in both(by_elements):
        written.clear()
        function._cache.flush()
        function(x, np.ones((2, 2)), x.copy())
        lengths.append(max(written))
    assert lengths[0] < 0.6 * lengths[1]


def weigh_in_parts(x, weight):
    total = 0.0
    for start in range(x.shape[0]):
        total += weigh(part(x, start), weight, start) + weigh(x, weight, 0)
        total += weigh(x, part(weight, start), 0)
    return total


def test_what_a_kernel_calls_is_its_own_copy():
    """Not the one that the process has loaded first, which may add up in another order."""
    kernel = compiled(weigh_in_parts)
    kernel._cache.flush()
    kernel(np.ones(9), np.ones(9))
    (made,) = kernel.overloads.values()
    found = [f for f in made.library._final_module.functions if not f.is_declaration]
    assert {f.linkage for f in found if "access" in f.name} == {Linkage.internal}


@pytest.mark.parametrize("version", ["0.62.1", "0.69.0", "1.0", "0.680.0", "dev"])
def test_other_numbas_compile_by_their_own_way(version):
    assert way(version) == {}


def test_the_numba_that_is_tested_with_compiles_by_ours():
    assert list(way("0.68.1")) == ["pipeline_class"]


def test_what_a_call_returns_is_found_once(monkeypatch):
    asked, lives, resolve, analyse = [], [], BaseContext.resolve_function_type, PostProcessor.run

    def noted(context, func, args, kws):
        if isinstance(func, types.Function):
            asked.append((func, tuple(args), *kws))
        return resolve(context, func, args, kws)

    def counted(processor, *args, **options):
        lives.append(processor)
        return analyse(processor, *args, **options)

    monkeypatch.setattr(BaseContext, "resolve_function_type", noted)
    monkeypatch.setattr(PostProcessor, "run", counted)
    for _ in range(2):  # the first time, what is called may compile, too
        asked.clear()
        lives.clear()
        brief = compiled(by_elements)
        brief._cache = NullCache()
        brief(np.ones((2, 2, 2)), np.ones((2, 2)), np.ones((2, 2, 2)))
    found = Counter(asked)
    assert operator.mul in {func.key[0] for func, *_ in found}
    assert max(found.values()) == 1
    assert len(lives) <= 4
