"""Arrays of every type, order and alignment that callers have give what plain ones give."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

ACCEPTED = ["?", *"bBhHiIlLqQ", "<e", ">e", "<f", ">f", "<d", ">d", ">i4", ">u8", ">i2"]
SHAPES = [(), (0,), (1,), (5,), (2, 0), (3, 4), (1, 4), (2, 3, 4), (2, 1, 1)]


def _spaced(x):
    spaced = np.zeros((*x.shape[:-1], 3 * x.shape[-1]), x.dtype)[..., 1::3]
    spaced[...] = x
    return spaced


def _unaligned(x):
    memory = np.zeros(x.nbytes + 1, np.uint8)[1:]
    moved = memory.view(x.dtype).reshape(x.shape)
    moved[...] = x
    return moved


def _frozen(x):
    x = x.copy()
    x.flags.writeable = False
    return x


def _reversed(x):
    return x[..., ::-1].copy()[..., ::-1]


# The same numbers in the same places, otherwise kept in memory.
LAYOUTS = {
    "plain": lambda x: x,
    "columns first": np.asfortranarray,
    "spaced": _spaced,
    "backwards": _reversed,
    "read-only": _frozen,
    "unaligned": _unaligned,
    "broadcast": lambda x: np.broadcast_to(x[..., :1], x.shape),
    "list": lambda x: x.tolist(),
    "masked array": np.ma.masked_array,
}


@st.composite
def arrays(draw, shape, dtype=None):
    """An array, and the plain one that a loss should take it for."""
    kind = np.dtype(draw(st.sampled_from(ACCEPTED)) if dtype is None else dtype)
    # Whole numbers whose differences overflow small types, and that float16 holds.
    low, high = (
        (0, 255) if kind.kind in "u?" else (-128, 127) if kind.char == "b" else (-2000, 2000)
    )
    numbers = st.integers(low, high)
    size = int(np.prod(shape))
    x = np.array(draw(st.lists(numbers, min_size=size, max_size=size))).reshape(shape).astype(kind)
    name = draw(st.sampled_from(sorted(LAYOUTS) if shape and size else ["plain", "read-only"]))
    made = LAYOUTS[name](x)
    held = np.asarray(made)
    return made, held, None if name == "list" and kind.kind == "f" else kind


def real_type(kinds):
    """float32 if a floating type says so and none says float64."""
    sizes = [
        8 if kind is None else kind.itemsize for kind in kinds if kind is None or kind.kind == "f"
    ]
    return np.float32 if sizes and max(sizes) < 8 else np.float64


@st.composite
def pairs(draw):
    shape = draw(st.sampled_from(SHAPES))
    return draw(arrays(shape)), draw(arrays(shape))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(pairs(), st.sampled_from(["none", "sum", "mean"]))
def test_what_callers_have(huber, pair, reduction):
    (first, p, kind), (second, t, other) = pair
    real = real_type([kind, other])
    plain = [np.ascontiguousarray(x).reshape(x.shape).astype(real) for x in (p, t)]
    for function in (huber.value, huber.gradient, huber.hessian):
        found = function(first, second, delta=300.0, reduction=reduction)
        expected = function(*plain, delta=300.0, reduction=reduction)
        assert found.dtype == real
        np.testing.assert_array_equal(found, expected, strict=True)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(pairs())
def test_against_arithmetic_in_python(huber, pair):
    (first, p, _), (second, t, _) = pair
    differences = [float(a) - float(b) for a, b in zip(p.flat, t.flat, strict=True)]
    expected = [r * r / 2 if abs(r) <= 300 else 300 * (abs(r) - 150) for r in differences]
    assert np.ravel(huber.value(first, second, delta=300)).tolist() == expected


@settings(max_examples=50, deadline=None, derandomize=True)
@given(arrays((4,)), st.sampled_from([*"bBhHiIlLqQ", ">i4"]), st.sampled_from(sorted(LAYOUTS)))
def test_beside_an_index(cross_entropy, weights, kind, layout):
    logits = LAYOUTS[layout](np.arange(12.0, dtype=np.float32).reshape(4, 3))
    label = np.array([2, 0, 1, 1], kind)
    weight = abs(weights[1].astype(np.float32)) + 1
    found = cross_entropy.value(logits, label, weight=weight)
    plain = np.array(logits, np.float64 if layout == "list" else np.float32)
    expected = cross_entropy.value(plain, [2, 0, 1, 1], weight=weight)
    np.testing.assert_array_equal(found, expected, strict=True)
