"""Emitted loops are such that LLVM works on several elements at once."""

from __future__ import annotations

import re
import sys
from functools import cache
from types import FunctionType

import numba
import numpy as np
import pytest
from numba import njit

from symloss import pipeline
from symloss.runtime.access import STRICT

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="judges compiled code")
SPECS = {
    "distance": ("loss = (x - t)**2", "x = {}\nt = {}", ""),
    "bend": ("loss = where(Abs(x - t) <= w, (x - t)**2, w*Abs(x - t))", "x = {}\nt = {}", "w"),
    "binary": ("loss = log(1 + exp(x)) - t*x", "x = {}\nt = {}", ""),
    "calls": ("loss = loggamma(1 + x**2) - t", "x = {}\nt = {}", ""),  # of the C library
    "bounded": ("loss = t*x**2", 'x = {}\nt = { domain = "[0, 1]" }', ""),
    "overlap": (
        "loss = 1 - 2*sum(p[i]*t[i], i)/sum(p[i] + t[i], i)",
        'p = { shape = ["I"], domain = "positive" }\nt = { shape = ["I"], domain = "positive" }',
        "",
    ),
    "peak": (
        "loss = logsumexp(x[i], i) - sum(t[i], i)",
        'x = { shape = ["I"] }\nt = { shape = ["I"] }',
        "",
    ),
}
MASKED = {"mask": ("loss = max(where(x[i] > t[i], x[i], -oo), i)", SPECS["peak"][1], "")}
LANES = {np.float32: "float", np.float64: "double"}


@pytest.fixture(scope="module")
def draft(tmp_path_factory):
    """The emitted loss of one of the specs, and its module."""
    folder = tmp_path_factory.mktemp("vectors")

    @cache
    def made(name):
        math, inputs, parameter = (SPECS | MASKED)[name]
        text = f'title = "{name}"\nsummary = "A loop."\nsource = "-"\nmath = "{math}"\n'
        text += f"[inputs]\n{inputs}\n"
        text += f'[parameters]\n{parameter} = {{ domain = "positive", default = 1 }}\n' * bool(
            parameter
        )
        file = folder / f"{name}.toml"
        file.write_text(text)
        loss = pipeline.draft(pipeline.read_spec(file), folder)
        return loss, sys.modules[type(loss).__module__]

    return made


@njit(**STRICT)
def unweighted(out, *_):
    return out.dtype.type(0)


@njit(**STRICT)
def unchecked(part, *_):
    return float(part)


# Helpers have vector loops of their own, which must not count as the kernel's.
QUIET = {"apply_weights": unweighted, "steady": unchecked}


def is_vectorised(loss, module, dtype):
    """Whether the loop over the elements of value and gradient loads, computes, stores vectors."""
    body = module._value_and_gradient.py_func
    kernel = njit(**STRICT)(FunctionType(body.__code__, {**vars(module), **QUIET}))
    lead = (3,) if loss.signature.startswith("()") else (1, 3)
    x = np.ones(lead, dtype)
    outs = [np.empty(lead[:1], dtype), np.empty(lead, dtype)]
    numbers = [dtype(1)] * len(loss.parameters)
    kernel(lead[0], np.ones(1, dtype), x, x, *numbers, np.empty(0, dtype), *outs)
    (code,) = kernel.inspect_llvm().values()
    lanes = rf"<(?:2|4|8|16) x {LANES[dtype]}>"
    steps = (rf"load {lanes}", rf"f(?:mul|sub|add)[a-z ]* {lanes}", rf"store {lanes}")
    return all(re.search(step, code) for step in steps)


@pytest.mark.parametrize("dtype", LANES)
@pytest.mark.parametrize("name", SPECS)
def test_kernels_work_on_vectors(draft, name, dtype):
    assert is_vectorised(*draft(name), dtype) == (name != "calls")


@pytest.mark.parametrize(("dtype", "lanes"), [(np.float32, "f32"), (np.float64, "f64")])
@pytest.mark.parametrize("name", ["peak", *MASKED])
def test_the_largest_element_is_found_on_vectors(draft, name, dtype, lanes):
    _, module = draft(name)
    kernel = njit(**STRICT)(FunctionType(module._value.py_func.__code__, vars(module)))
    x, out = np.ones((1, 3), dtype), np.empty(1, dtype)
    kernel(1, np.ones(1, dtype), x, x, np.empty(0, dtype), out)
    (code,) = kernel.inspect_llvm().values()
    assert re.search(rf"maximum.v(?:2|4|8|16){lanes}", code)


@pytest.mark.parametrize(("dtype", "lanes"), [(np.float32, "f32"), (np.float64, "f64")])
def test_rows_are_worked_on_two_vectors_at_a_time(draft, dtype, lanes):
    _, module = draft("peak")
    kernel = njit(**STRICT)(FunctionType(module._value_and_gradient.py_func.__code__, vars(module)))
    x, out = np.ones((1, 3), dtype), np.empty(1, dtype)
    kernel(1, np.ones(1, dtype), x, x, np.empty(0, dtype), out, np.empty_like(x))
    (code,) = kernel.inspect_llvm().values()
    largest = rf"maximum.v(?:2|4|8|16){lanes}"
    loops = [block for block in code.split("\n\n") if block.startswith("vector.body")]
    assert max(len(re.findall(largest, block)) for block in loops) == 2


def test_long_sums_keep_their_digits(draft):
    loss, _ = draft("distance")
    x = np.random.default_rng(1).normal(size=3_000_001).astype(np.float32)
    exact = (x.astype(np.float64) ** 2).sum()
    assert loss.value(x, np.zeros_like(x), reduction="sum") == pytest.approx(
        exact, rel=2.0**-23, abs=0
    )
    huge = np.full(3_000_001, 1e18, np.float32)  # any block's sum overflows float32
    mean = loss.value(huge, np.zeros_like(huge), reduction="mean")
    assert mean == pytest.approx(float(np.float32(1e18)) ** 2, rel=2.0**-22, abs=0)


def test_one_long_item_keeps_its_digits(draft):
    loss, _ = draft("overlap")
    p, t = np.random.default_rng(2).uniform(0.1, 1, size=(2, 2_000_003)).astype(np.float32)
    exact = 1 - 2 * np.dot(p.astype(float), t.astype(float)) / (
        p.sum(dtype=float) + t.sum(dtype=float)
    )
    assert loss.value(p, t) == pytest.approx(exact, rel=2.0**-21, abs=0)
