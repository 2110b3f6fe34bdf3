"""How far off the elementary functions are: a hunt by points, or every float32 there is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

import flint
import numpy as np
from numba import njit

from symloss import runtime
from symloss.approximation.references import REFERENCES, Reference

Array = Any
PRECISION = 200
BLOCK = 2**16
ROUNDS, KEPT, AROUND = 6, 40, 12
WHOLE: dict[Any, Any] = {np.float32: np.int32, np.float64: np.int64}


@dataclass(frozen=True)
class Measurement:
    """The worst error of a function that was found.

    Attributes:
        name: the function's.
        dtype: float32 or float64.
        points: how many arguments were tried.
        ulps: the error in units in the last place of the exact result; infinite where a result is
            NaN or infinite and should not be, the other way round, or of the wrong sign at a zero.
        at: the argument.
        allowed: what the function promises.
        ratio: NumPy's time over ours for the formula, where it was taken.
    """

    name: str
    dtype: str
    points: int
    ulps: float
    at: float
    allowed: float
    ratio: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.ulps <= self.allowed

    def to_json(self) -> dict[str, Any]:
        """Everything, for programs; an argument in hexadecimal is exact."""
        return {**asdict(self), "at": float(self.at).hex(), "holds": self.holds}


def measure(
    names: Sequence[str] = (), *, exhaustive: bool = False, speed: bool = False
) -> Iterator[Measurement]:
    """Each function in both formats, by a hunt; or in float32, at every argument.

    With `names`, those alone. With `speed`, the ratio of times on 4096 numbers between -5 and 5, or
    in the domain, too.
    """
    for reference in (one for one in REFERENCES if not names or one.name in names):
        for dtype in (np.float32,) if exhaustive else (np.float32, np.float64):
            function = over_arrays(getattr(runtime, reference.name))
            worst = (everywhere if exhaustive else hunt)(reference, function, dtype)
            ratio = _ratio(reference, function, dtype) if speed else None
            yield Measurement(reference.name, dtype.__name__, *worst, reference.allowed, ratio)


def over_arrays(function: Callable[[Any], Any]) -> Callable[[Array, Array], None]:
    """A loop over arrays as kernels have it: from the first to the second."""

    def loop(given: Array, out: Array) -> None:
        for n in range(given.shape[0]):
            out[n] = function(given[n])

    return njit(fastmath={"contract", "nsz"}, error_model="numpy")(loop)


def hunt(
    reference: Reference, function: Callable[[Array, Array], None], dtype: Any, count: int = 4000
) -> tuple[int, float, float]:
    """Points tried, worst error and where: a sample, then neighbours of the worst so far."""
    tried = 0
    found: list[tuple[float, float]] = []
    points = sample(reference, dtype, count)
    for _ in range(ROUNDS):
        out = np.empty_like(points)
        function(points, out)
        errors = map(lambda x, y: _ulps(reference, dtype, x, y), points.tolist(), out.tolist())
        tried += len(points)
        found = sorted([*found, *zip(errors, points.tolist(), strict=True)], reverse=True)[:KEPT]
        points = _around(np.array([x for _, x in found], dtype), dtype)
    return tried, *found[0]


def sample(reference: Reference, dtype: Any, count: int) -> Array:
    """Every magnitude and sign, where functions bend, where results overflow, and the ends."""
    rng, info, whole = np.random.default_rng(5), np.finfo(dtype), WHOLE[dtype]
    bits = rng.integers(0, int(np.array(np.inf, dtype).view(whole)), count).astype(whole)
    most = 1.01 * math.log(float(info.max))
    near = np.exp(rng.uniform(-25, 5, count))
    parts = [bits.view(dtype), near, rng.uniform(0, 4, count), rng.uniform(0, most, count)]
    parts += [rng.uniform(0.98, 1.07, count) * most, rng.uniform(0, 1, count) * info.tiny]
    sizes = np.concatenate([part.astype(dtype) for part in parts])
    ends = np.array([0, np.inf, info.max, info.tiny, info.smallest_subnormal, 1], dtype)
    ones = (1 + rng.normal(0, 1, count) * 10 ** rng.uniform(-7, -1, count)).astype(dtype)
    found = np.concatenate([sizes, -sizes, ends, -ends, ones, -ones, np.array([np.nan], dtype)])
    return found[~(found < reference.low - 2)]


def _around(points: Array, dtype: Any) -> Array:
    """Numbers next to these, and some at random nearby."""
    rng, bits = np.random.default_rng(9), points.view(WHOLE[dtype])
    reach = 2 ** rng.integers(1, np.finfo(dtype).nmant - 3, (len(points), AROUND)).astype(int)
    steps = (rng.uniform(-1, 1, reach.shape) * reach).astype(WHOLE[dtype])
    return np.unique((bits[:, None] + steps).ravel()).view(dtype)


def _ulps(reference: Reference, dtype: Any, x: float, got: float) -> float:
    """The error of one result in units in the last place of the exact one."""
    if not math.isfinite(x) or x <= reference.low or x == 0:
        return _at_ends(reference, dtype, x, got)
    with flint.ctx.workprec(PRECISION), np.errstate(over="ignore"):
        exact = reference.ball(flint.arb(x))
        size, info = abs(float(exact)), np.finfo(dtype)
        if size >= float(info.max) or not math.isfinite(got):
            return _same(got, float(dtype(float(exact))), dtype)
        place = max(math.frexp(size)[1] - info.nmant - 1, int(info.minexp) - int(info.nmant))
        return abs(float((flint.arb(got) - exact) * flint.arb(2) ** -place))


def _at_ends(reference: Reference, dtype: Any, x: float, got: float) -> float:
    """The error where the result is a limit, NaN, or the value at 0 with its sign."""
    with np.errstate(all="ignore"):
        expected = float(reference.wide(np.float64(x)))
    flipped = x == 0 and math.copysign(1, got) != math.copysign(1, expected)
    return math.inf if flipped else _same(got, expected, dtype)


def _same(got: float, expected: float, dtype: Any) -> float:
    """0 for the same number or NaN; else what it is off by."""
    if math.isnan(got) or math.isnan(expected):
        return 0.0 if math.isnan(got) and math.isnan(expected) else math.inf
    if got == expected:
        return 0.0
    if not (math.isfinite(got) and math.isfinite(expected)):
        return math.inf
    return abs(got - expected) / float(np.spacing(dtype(abs(expected))))


def everywhere(
    reference: Reference, function: Callable[[Array, Array], None], dtype: Any = np.float32
) -> tuple[int, float, float]:
    """Points tried (all 2**32 of float32), worst error and where, against float64."""
    worst, out = (-1.0, 0.0), np.empty(BLOCK, dtype)
    for start in range(0, 2**32, BLOCK):
        points = np.arange(start, start + BLOCK, dtype=np.uint32).view(dtype)
        function(points, out)
        errors = errors_of(reference, points, out)
        n = int(errors.argmax())
        worst = max(worst, (float(errors[n]), float(points[n])))
    return 2**32, *worst


def errors_of(reference: Reference, points: Array, got: Array) -> Array:
    """Errors in float32 units in the last place, infinite where results are of another kind."""
    errors = np.empty(points.shape)
    with np.errstate(all="ignore"):
        _fill_errors(points, reference.wide(points.astype(np.float64)), got, errors)
    return errors


@njit(error_model="numpy")
def _fill_errors(points: Array, exact: Array, got: Array, errors: Array) -> None:
    """An ulp of the exact result is 2**(e - 23) of its exponent e, or of the least normal one."""
    exponents = exact.view(np.int64)
    for n in range(points.shape[0]):
        rounded, place = np.float32(exact[n]), ((exponents[n] >> 52) & 2047) - 1023
        ulps = np.int64((1023 + 23 - max(place, -126)) << 52).view(np.float64)
        same = (got[n] == rounded) | ((got[n] != got[n]) & (rounded != rounded))
        error = np.inf
        if np.isfinite(got[n]) & np.isfinite(rounded):
            error = abs(got[n] - exact[n]) * ulps
        elif same:
            error = 0.0
        flipped = (points[n] == 0) & (np.signbit(got[n]) != np.signbit(exact[n]))
        errors[n] = np.inf if flipped else error


def _ratio(reference: Reference, function: Callable[[Array, Array], None], dtype: Any) -> float:
    """NumPy's time over ours, the median of interleaved rounds."""
    points = np.linspace(max(reference.low, -5.0) + 0.01, 5, 4096).astype(dtype)
    out, ratios = np.empty_like(points), []
    for _ in range(31):
        ours = _seconds(lambda: function(points, out))
        ratios.append(_seconds(lambda: reference.wide(points)) / ours)
    return float(np.median(ratios))


def _seconds(run: Callable[[], Any]) -> float:
    start = perf_counter()
    for _ in range(20):
        run()
    return perf_counter() - start
