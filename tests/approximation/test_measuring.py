"""Elementary functions keep their errors, become vectors, and what measures them notices faults."""

import math
import re

import numba
import numpy as np
import pytest

from symloss import runtime
from symloss.approximation.measuring import errors_of, hunt, over_arrays
from symloss.approximation.references import REFERENCES
from symloss.emit.embed import embedded
from symloss.runtime import coefficients

pytestmark = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="judges compiled code, and NUMBA_DISABLE_JIT is set"
)
BY_NAME = {row.name: row for row in REFERENCES}
DTYPES = [np.float32, np.float64]


@pytest.fixture(scope="module")
def loops():
    return {name: over_arrays(getattr(runtime, name)) for name in BY_NAME}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", BY_NAME)
def test_errors_stay_below_what_is_promised(name, dtype, loops):
    tried, ulps, at = hunt(BY_NAME[name], loops[name], dtype, count=300)
    assert tried > 2000
    assert ulps <= BY_NAME[name].allowed, f"{name} is {ulps} ulp off at {at!r}"


@pytest.mark.parametrize("name", BY_NAME)
def test_a_block_of_float32_agrees_with_the_hunt(name, loops):
    """The bits around 1, of either sign, as the exhaustive run takes them."""
    for start in (0x3F7F0000, 0xBF7F0000, 0, 0x7F7F0000, 0xFF7F0000):
        points = np.arange(start, start + 2**17, dtype=np.uint32).view(np.float32)
        out = np.empty_like(points)
        loops[name](points, out)
        assert errors_of(BY_NAME[name], points, out).max() <= BY_NAME[name].allowed


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", BY_NAME)
def test_loops_become_vectors_without_calls(name, dtype, loops):
    points = np.ones(8, dtype)
    loops[name](points, np.empty_like(points))
    array = numba.types.Array(numba.from_dtype(np.dtype(dtype)), 1, "C")
    code = loops[name].inspect_llvm((array, array))
    kind = "float" if dtype == np.float32 else "double"
    operation = "@llvm.sqrt.v" if name == "sqrt" else "fmul"
    assert re.search(rf"{operation}[^\n]*<\d+ x {kind}>|call[^\n]*<\d+ x {kind}> {operation}", code)
    called = set(re.findall(r"call[^\n]* @([\w.]+)\(", code))
    library = {
        function for function in called if re.search(r"exp|log|tanh|pow|sinh|cosh", function)
    }
    assert not library, library


def test_two_arguments_become_vectors_too():
    @numba.njit(fastmath={"contract", "nsz"}, error_model="numpy")
    def loop(x, y, out):
        for n in range(x.shape[0]):
            out[n] = runtime.xlogy(x[n], y[n]) + runtime.logaddexp(x[n], y[n])
            out[n] += runtime.hypot(x[n], y[n])

    ones = np.ones(8)
    loop(ones, ones, np.empty(8))
    code = next(iter(loop.inspect_llvm().values()))
    assert re.search(r"fmul[^\n]*<\d+ x double>", code)
    assert not re.search(r"call[^\n]* @(exp|log|log1p|hypot)\(", code)


MUTANTS = [
    ("exp", np.float64, "EXP_TERMS", 1, 0), ("exp", np.float32, "EXP_TERMS", 0, 0),
    ("expm1", np.float64, "EXP_TERMS", 1, 1), ("log", np.float64, "LOG_TERMS", 1, 0),
    ("log1p", np.float32, "LOG_TERMS", 0, 0), ("logcosh", np.float64, "COSH_TERMS", 1, 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "dtype", "terms", "width", "place"), MUTANTS)
def test_a_coefficient_that_is_slightly_off_is_noticed(name, dtype, terms, width, place):
    """As the function is embedded in standalone modules: the true text passes, a mutant fails."""
    source, number = embedded([name]), getattr(coefficients, terms)[width][place]
    assert source.count(repr(number)) == 1
    off = number * (1 + 300 * float(np.finfo(dtype).eps))
    results = []
    for text in (source, source.replace(repr(number), repr(off))):
        module = {"__name__": "embedded"}
        exec(compile(text, "<embedded>", "exec"), module)
        results.append(hunt(BY_NAME[name], over_arrays(module[name]), dtype, 200)[1])
    assert results[0] <= BY_NAME[name].allowed < results[1]


@pytest.mark.parametrize(
    ("name", "at", "result"),
    [
        ("exp", -103.9, 0.0),
        ("expm1", -0.0, 0.0),
        ("log", -1.0, -math.inf),
        ("tanh", math.inf, math.nan),
    ],
)
def test_flushed_flipped_and_lost_results_are_errors(name, at, result, loops):
    points = np.array([at], np.float32)
    got = np.array([result], np.float32)
    assert errors_of(BY_NAME[name], points, got)[0] >= 0.5
