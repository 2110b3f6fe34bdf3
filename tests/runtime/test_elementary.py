"""Elementary functions against mpmath: how many ulps, allowing the inputs as many."""

import math
from functools import partial

import mpmath
import numba
import numpy as np
import pytest

from symloss import runtime

pytestmark = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="judges compiled code, and NUMBA_DISABLE_JIT is set"
)

mp = mpmath.mp.clone()
mp.dps = 60
DTYPES = [np.float32, np.float64]
SPECIALS = [math.nan, math.inf, -math.inf, 0.0]


def log1mexp(x):
    return mp.log(-mp.expm1(-x)) if x < 1 else mp.log1p(-mp.exp(-x))


def softplus(x):
    return mp.log1p(mp.exp(x))


def log_cosh(x):
    x = abs(x)
    return x + mp.log1p(mp.exp(-2 * x)) - mp.log(2) if x > 1e-12 else x * x / 2 - x**4 / 12


def root_minus_one(x):
    return x / (mp.sqrt(1 + x) + 1)


def log_rest(x):
    return mp.log1p(x) - x if abs(x) > 1e-15 else -x * x / 2 + x**3 / 3 - x**4 / 4


def exp_rest(x):
    if abs(x) < 1e-15:
        return x * x / 2 + x**3 / 6 + x**4 / 24
    return mp.expm1(max(-2000, min(x, 2000))) - x


REAL, POSITIVE, UNIT = (-math.inf, math.inf), (0.0, math.inf), (-1.0, 1.0)
# name, reference, interval, bound in ulps
UNARY = [
    ("exp", mp.exp, REAL, 1),
    ("log", mp.log, POSITIVE, 1),
    ("log1p", mp.log1p, (-1.0, math.inf), 1),
    ("expm1", mp.expm1, REAL, 1),
    ("sqrt", mp.sqrt, POSITIVE, 1),
    ("sin", mp.sin, (-1e4, 1e4), 1),
    ("cos", mp.cos, (-1e4, 1e4), 1),
    ("tan", mp.tan, (-1e4, 1e4), 1),
    ("asin", mp.asin, UNIT, 1),
    ("acos", mp.acos, UNIT, 1),
    ("atan", mp.atan, REAL, 1),
    ("sinh", mp.sinh, REAL, 2),
    ("cosh", mp.cosh, REAL, 2),
    ("tanh", mp.tanh, REAL, 2),
    ("asinh", mp.asinh, REAL, 2),
    ("acosh", mp.acosh, (1.0, math.inf), 2),
    ("atanh", mp.atanh, UNIT, 2),
    ("erf", mp.erf, (-30.0, 30.0), 1),
    ("erfc", mp.erfc, (-30.0, 30.0), 2),
    ("log_ndtr", lambda x: mp.log(mp.ncdf(x)), (-40.0, 8.0), 8),
    ("ndtr_hazard", lambda x: mp.npdf(x) / mp.ncdf(x), (-40.0, 3.0), 12),
    ("square", lambda x: x * x, REAL, 1),
    ("sigmoid", lambda x: 1 / (1 + mp.exp(-x)), REAL, 2),
    ("softplus", softplus, REAL, 2),
    ("logcosh", log_cosh, REAL, 3),
    ("log1mexp", log1mexp, POSITIVE, 2),
    ("log1pmx", log_rest, (-1.0, math.inf), 2),
    ("expm1mx", exp_rest, REAL, 2),
    ("sqrt1pm1", root_minus_one, (-1.0, math.inf), 2),
    ("loggamma", mp.loggamma, (0.0, 1e30), 2),
]


def function(name):
    return getattr(runtime, name)


def points(low, high, dtype, count=400):
    """All magnitudes of the format, the neighbourhood of 1, and the ends of the interval."""
    rng = np.random.default_rng(7)
    info = np.finfo(dtype)
    tiny, huge = math.log(float(info.smallest_subnormal)), math.log(float(info.max))
    sizes = np.concatenate(
        [
            np.exp(rng.uniform(tiny, huge, count)),
            np.exp(rng.uniform(-12, 7, count)),
            1 + rng.normal(0, 1e-3, count // 4),
            rng.uniform(0, 3, count),
        ]
    )
    with np.errstate(over="ignore"):
        found = np.concatenate([sizes, -sizes, low + sizes, high - sizes]).astype(dtype)
    return found[(found > low) & (found < high) & np.isfinite(found)]


def slope(reference, x, here):
    """How fast the result moves, from a difference far below the format's resolution."""
    step = (abs(x) if x else mp.mpf(1)) * mp.mpf(2) ** -90
    return abs((reference(x + step) - here) / step)


def ulps(got, exact, dtype, allowance):
    """The mixed error: distance over an ulp of the result plus what an ulp of the inputs moves."""
    if math.isnan(got):
        return math.inf
    info = np.finfo(dtype)
    if mp.isinf(exact) or abs(exact) >= mp.mpf(float(info.max)):
        return 0.0 if abs(got) >= info.max else math.inf
    spacing = max(mp.mpf(float(info.eps)) * abs(exact), mp.mpf(float(info.smallest_subnormal)))
    return float(abs(mp.mpf(float(got)) - exact) / (spacing + allowance * mp.mpf(float(info.eps))))


def off(got, exact, dtype, bound, allowance):
    """The mixed error; what an ulp of the inputs moves is asked where the bound is not kept without."""
    alone = ulps(got, exact, dtype, 0)
    return alone if alone <= bound else ulps(got, exact, dtype, allowance())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "reference", "interval", "bound"), UNARY)
def test_unary(name, reference, interval, bound, dtype):
    evaluate, xs = function(name), points(*interval, dtype)
    assert len(xs) > 500
    worst = (0.0, 0.0)
    for x in xs:
        got, at = evaluate(x), mp.mpf(float(x))
        far = _far(name, at)
        exact = _limit(name, at) if far else reference(at)
        moved = partial(_moved, reference, at, exact) if not far else int
        worst = max(worst, (off(got, exact, dtype, bound, moved), float(x)))
    assert worst[0] <= bound, f"{name} is {worst[0]:.3g} ulps off at {worst[1]!r}"


def _moved(reference, x, exact):
    return abs(x) * slope(reference, x, exact)


def _far(name, x):
    """Where 60 digits or mpmath's own range do not reach, and the limit is as good."""
    return abs(x) > 2000 and name in FAR


FAR = {
    "exp": (0, mp.inf),
    "expm1": (-1, mp.inf),
    "sinh": (-mp.inf, mp.inf),
    "cosh": (mp.inf, mp.inf),
    "tanh": (-1, 1),
    "sigmoid": (0, 1),
}


def _limit(name, x):
    return mp.mpf(FAR[name][0] if x < 0 else FAR[name][1])


def _moved_polygamma(n, x):
    return x * abs(mp.polygamma(n + 1, x))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 6, 10])
def test_polygamma(n, dtype):
    xs = points(0.0, math.inf, dtype, count=120)
    xs = xs[(xs > 1e-25) & (xs < 1e25)]
    worst = (0.0, 0.0)
    for x in xs:
        at = mp.mpf(float(x))
        exact = mp.polygamma(n, at)
        if exact and abs(exact) < float(np.finfo(dtype).tiny):
            continue
        got = runtime.polygamma(dtype(n), x)
        moved = partial(_moved_polygamma, n, at)
        worst = max(worst, (off(got, exact, dtype, 3, moved), float(x)))
        assert got.dtype == dtype if isinstance(got, np.generic) else dtype is not None
    assert worst[0] <= 3, f"polygamma({n}) is {worst[0]:.3g} ulps off at {worst[1]!r}"


def _moved_by_both(reference, x, y, exact):
    first = _moved(lambda moving: reference(moving, y), x, exact)
    return first + _moved(lambda moving: reference(x, moving), y, exact)


BINARY = [
    ("logaddexp", lambda x, y: max(x, y) + mp.log1p(mp.exp(-abs(x - y))), False, 2),
    ("xlogy", lambda x, y: x * mp.log(y), True, 2),
    ("hypot", mp.hypot, False, 3),
    ("power", lambda x, y: x**y, True, 2),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "reference", "positive", "bound"), BINARY)
def test_binary(name, reference, positive, bound, dtype):
    rng = np.random.default_rng(3)
    xs, ys = (np.exp(rng.uniform(-15, 6, 400)) * rng.choice([-1, 1], 400) for _ in range(2))
    evaluate, worst = function(name), (0.0, (0.0, 0.0))
    swap = name == "power"
    for x, y in zip(xs.astype(dtype), ys.astype(dtype), strict=True):
        x, y = (abs(x), y) if positive and swap else (x, abs(y)) if positive else (x, y)
        a, b = mp.mpf(float(x)), mp.mpf(float(y))
        exact = reference(a, b)
        moved = partial(_moved_by_both, reference, a, b, exact)
        worst = max(worst, (off(evaluate(x, y), exact, dtype, bound, moved), (x, y)))
    assert worst[0] <= bound, f"{name} is {worst[0]:.3g} ulps off at {worst[1]!r}"


NAN, INF = math.nan, math.inf
CASES = [
    ("exp", (-INF,), 0.0), ("exp", (INF,), INF), ("log", (0.0,), -INF), ("log", (-1.0,), NAN),
    ("log", (INF,), INF), ("log1p", (-1.0,), -INF), ("log1p", (-2.0,), NAN),
    ("expm1", (-INF,), -1.0), ("sqrt", (-1.0,), NAN), ("sqrt", (INF,), INF),
    ("asin", (2.0,), NAN), ("acosh", (0.5,), NAN), ("atanh", (1.0,), INF), ("atanh", (2.0,), NAN),
    ("tanh", (INF,), 1.0), ("erf", (-INF,), -1.0), ("log_ndtr", (INF,), 0.0),
    ("log_ndtr", (-INF,), -INF), ("log_ndtr", (NAN,), NAN), ("log_ndtr", (-1e10,), -5e19),
    ("ndtr_hazard", (-INF,), INF), ("ndtr_hazard", (INF,), 0.0), ("ndtr_hazard", (NAN,), NAN), ("erfc", (-INF,), 2.0), ("erfc", (INF,), 0.0),
    ("sign", (0.0,), 0.0), ("sign", (-3.0,), -1.0), ("sign", (INF,), 1.0), ("sign", (NAN,), NAN),
    ("larger", (1.0, 2.0), 2.0), ("larger", (NAN, 1.0), NAN), ("larger", (1.0, NAN), NAN),
    ("larger", (INF, NAN), NAN), ("smaller", (1.0, 2.0), 1.0), ("smaller", (NAN, 1.0), NAN),
    ("smaller", (1.0, NAN), NAN), ("smaller", (-INF, NAN), NAN),
    ("sigmoid", (INF,), 1.0), ("sigmoid", (-INF,), 0.0), ("sigmoid", (-1e4,), 0.0),
    ("softplus", (INF,), INF), ("softplus", (-INF,), 0.0), ("softplus", (1e4,), 1e4),
    ("logcosh", (INF,), INF), ("logcosh", (-INF,), INF), ("logcosh", (0.0,), 0.0),
    ("log1mexp", (0.0,), -INF), ("log1mexp", (INF,), 0.0), ("log1mexp", (-1.0,), NAN),
    ("sqrt1pm1", (INF,), INF), ("sqrt1pm1", (-1.0,), -1.0), ("sqrt1pm1", (-2.0,), NAN),
    ("log1pmx", (INF,), -INF), ("log1pmx", (-1.0,), -INF), ("log1pmx", (-2.0,), NAN),
    ("log1pmx", (0.0,), 0.0), ("log1pmx", (NAN,), NAN), ("expm1mx", (INF,), INF),
    ("expm1mx", (-INF,), INF), ("expm1mx", (0.0,), 0.0), ("expm1mx", (NAN,), NAN),
    ("logaddexp", (INF, INF), INF), ("logaddexp", (-INF, -INF), -INF),
    ("logaddexp", (INF, -INF), INF), ("logaddexp", (-INF, 2.0), 2.0),
    ("logaddexp", (NAN, 1.0), NAN), ("logaddexp", (INF, NAN), NAN),
    ("xlogy", (0.0, 0.0), 0.0), ("xlogy", (0.0, INF), 0.0), ("xlogy", (0.0, NAN), NAN),
    ("xlogy", (NAN, 1.0), NAN), ("xlogy", (2.0, 0.0), -INF), ("xlogy", (1.0, -1.0), NAN),
    ("hypot", (0.0, 0.0), 0.0), ("hypot", (INF, 1.0), INF), ("hypot", (-INF, INF), INF),
    ("hypot", (INF, NAN), NAN), ("hypot", (NAN, 0.0), NAN), ("hypot", (1e30, 1e30), 2**0.5 * 1e30),
    ("power", (0.0, 0.0), 1.0), ("power", (NAN, 0.0), NAN), ("power", (1.0, NAN), NAN),
    ("power", (0.0, -1.0), INF), ("power", (-2.0, 0.5), NAN), ("power", (-2.0, 3.0), -8.0),
    ("finite", (-2.5,), -2.5), ("finite", (NAN,), NAN), ("finite", (1e38,), 1e38),
    ("exp_to_one", (INF,), 1.0), ("exp_to_one", (-INF,), 0.0), ("exp_to_one", (NAN,), NAN),
    ("finite_or_zero", (INF,), 0.0), ("finite_or_zero", (-INF,), 0.0),
    ("finite_or_zero", (NAN,), 0.0), ("finite_or_zero", (-2.5,), -2.5),
    ("loggamma", (0.0,), INF), ("loggamma", (INF,), INF),
    ("polygamma", (0.0, INF), INF), ("polygamma", (1.0, INF), 0.0), ("polygamma", (0.0, 0.0), -INF),
    ("polygamma", (1.0, 0.0), INF), ("polygamma", (2.0, 0.0), -INF),
    ("polygamma", (0.0, -1.0), NAN),
    ("polygamma", (1.0, -1.0), NAN), ("polygamma", (0.0, NAN), NAN), ("polygamma", (3.0, NAN), NAN),
]  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "arguments", "expected"), CASES)
def test_particular_value(name, arguments, expected, dtype):
    got = function(name)(*map(dtype, arguments))
    np.testing.assert_allclose(got, dtype(expected), rtol=1e-6)


@pytest.mark.parametrize("name", [row[0] for row in UNARY])
def test_nan_passes_and_type_stays(name):
    evaluate = function(name)
    assert math.isnan(evaluate(math.nan))
    assert math.isnan(evaluate(np.float32(math.nan)))
    for dtype in DTYPES:
        evaluate(dtype(0.5)) if name != "acosh" else evaluate(dtype(1.5))
    results = {str(key[0]): str(value.signature.return_type) for key, value in
               evaluate.overloads.items()}  # fmt: skip
    assert all(given == returned for given, returned in results.items()), results
