"""The same bits on any number of threads, from any of them, and on both sides of a fork."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError, get_ident

import numpy as np
import pytest

import symloss
from symloss.runtime import threads as limit
from symloss.runtime.access import CHUNK

machinery = sys.modules["symloss.runtime.parallel"]
SIZE = 7 * CHUNK + 11


@pytest.fixture
def eager(monkeypatch):
    """Small blocks, and helpers for every one of them."""
    monkeypatch.setattr(machinery, "BLOCK_WORK", CHUNK)
    monkeypatch.setattr(machinery, "WORTHWHILE", -1.0)


def bits(result):
    """Everything that a call gave, as bytes."""
    if isinstance(result, tuple):
        return b"".join(map(bits, result))
    return np.asarray(result).tobytes()


def leaves(results):
    """The arrays and numbers in nested tuples and lists."""
    for one in results:
        yield from leaves(one) if isinstance(one, (tuple, list)) else [np.asarray(one)]


def calls(loss, inputs, vector, **parameters):
    """What every function gives, reduced and weighted in every way, twice: the swift way, too."""
    size = inputs[0].shape[0]
    weight = np.linspace(0.5, 1.5, size).astype(inputs[0].dtype)
    for reduction in ("none", "sum", "mean"):
        for given in ({}, {}, {"weight": weight}):
            rest = {**parameters, **given, "reduction": reduction}
            yield loss.value(*inputs, **rest)
            yield loss.gradient(*inputs, **rest)
            yield loss.value_and_gradient(*inputs, **rest)
            yield loss.hessian(*inputs, **rest)
            yield loss.hessian_vector_product(*inputs, vector=vector, **rest)


@pytest.fixture(params=["huber", "schedule", "tilted", "cross_entropy", "rows"])
def example(request, huber, tilted, cross_entropy):
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2, SIZE))
    logits, label = x[: 3 * (SIZE // 3)].reshape(-1, 3), random.integers(0, 3, SIZE // 3)
    wide = random.normal(size=(60, 40))
    for loss in (huber, tilted, cross_entropy):
        loss._calls.clear()  # which remember whether a block was enough
    return {
        "huber": (huber, (x.astype(np.float32), y.astype(np.float32)), y),
        "schedule": (huber, (x, y), 1.0, {"delta": 1 + y**2}),
        "tilted": (tilted, (x, y), (y, 1.0), {"tilt": 0.5}),
        "cross_entropy": (cross_entropy, (logits, label), logits[0]),
        "rows": (cross_entropy, (wide, label[:60]), wide),
    }[request.param]


def test_the_same_bits_on_any_number_of_threads(example, eager):
    loss, inputs, vector, *parameters = example
    found = []
    for count in (1, 2, 5):
        with symloss.threads(count):
            found.append([bits(one) for one in calls(loss, inputs, vector, **dict(*parameters))])
    assert found[0] == found[1] == found[2]


def test_blocks_change_nothing_but_the_rounding_of_totals(example, monkeypatch):
    loss, inputs, vector, *parameters = example
    whole = list(calls(loss, inputs, vector, **dict(*parameters)))
    monkeypatch.setattr(machinery, "BLOCK_WORK", CHUNK)
    loss._calls.clear()
    blocked = list(calls(loss, inputs, vector, **dict(*parameters)))
    for one, other in zip(leaves(whole), leaves(blocked), strict=True):
        assert one.shape == other.shape
        if one.ndim:
            assert bits(one) == bits(other)
        else:
            assert one == pytest.approx(other, rel=1e-6)


def meet(barrier, seen):
    """A kernel whose blocks wait for each other, but for the first."""

    def kernel(count, scale, x, out):
        seen.add(get_ident())
        if x[0] != 0:
            barrier.wait()
        out[:] = x
        return float(count)

    return kernel


def run(kernel, size=8 * CHUNK):
    x, out = np.arange(float(size)), np.zeros(size)
    total = machinery.in_blocks(kernel, size, np.ones(1), (x,), (out,))
    return total, np.array_equal(out, x)


def test_blocks_run_at_once(eager):
    seen = set()
    with limit(2):
        barrier = Barrier(2, timeout=20)
        assert run(meet(barrier, seen)) == (8 * CHUNK, True)
    assert len(seen) == 2


def test_one_thread_is_the_callers(eager):
    seen = set()
    with limit(1), pytest.raises(BrokenBarrierError):
        run(meet(Barrier(2, timeout=0.01), seen))
    assert seen == {get_ident()}


def test_threads_are_not_started_for_little_work(monkeypatch):
    monkeypatch.setattr(machinery, "BLOCK_WORK", CHUNK)
    monkeypatch.setattr(machinery, "WORTHWHILE", 60.0)
    monkeypatch.setattr(machinery, "thread_count", None)  # not even asked for
    assert run(lambda count, scale, x, out: out.__setitem__(slice(None), x) or 1.0)[1]


def test_an_error_in_a_block_is_the_callers(eager):
    def kernel(count, scale, x, out):
        if x[0] > 0:
            raise FloatingPointError("in a block")
        return 0.0

    with limit(4), pytest.raises(FloatingPointError, match="in a block"):
        run(kernel)


def test_callers_on_several_threads(huber, eager):
    x = np.linspace(-3, 3, SIZE)
    expected = bits(huber.value_and_gradient(x, 0.0, reduction="sum"))
    with ThreadPoolExecutor(4) as pool:
        found = list(
            pool.map(lambda _: huber.value_and_gradient(x, 0.0, reduction="sum"), range(40))
        )
    assert {bits(one) for one in found} == {expected}


def test_how_many_threads(monkeypatch):
    monkeypatch.setenv("SYMLOSS_NUM_THREADS", " 3 ")
    assert machinery.thread_count() == 3
    with limit(5):
        with limit(1):
            assert machinery.thread_count() == 1
        assert machinery.thread_count() == 5
    assert machinery.thread_count() == 3
    monkeypatch.delenv("SYMLOSS_NUM_THREADS")
    assert machinery.thread_count() >= 1
    assert symloss.threads is limit


@pytest.mark.parametrize("given", ["0", "-1", "two", "1.5"])
def test_a_wrong_number_in_the_environment(monkeypatch, given):
    monkeypatch.setenv("SYMLOSS_NUM_THREADS", given)
    with pytest.raises(ValueError, match=f"SYMLOSS_NUM_THREADS is '{given}'; expected a whole"):
        machinery.thread_count()


@pytest.mark.parametrize(
    ("given", "error"), [(0, ValueError), (-2, ValueError), (1.5, TypeError), (True, TypeError)]
)
def test_a_wrong_number_of_threads(given, error):
    with pytest.raises(error, match=f"number of threads must be .*; got {given}"), limit(given):
        pass


FORKED = """
import multiprocessing, sys
import numpy as np
import symloss
from symloss.losses import huber
machinery = sys.modules["symloss.runtime.parallel"]
machinery.BLOCK_WORK, machinery.WORTHWHILE = 2**13, -1.0
x = np.linspace(-3, 3, 2**16)

def total(_=None):
    with symloss.threads(3):
        return float(huber.value(x, 0.0, reduction="sum")), len(machinery._POOL[""]._threads) > 0

before = total()
with multiprocessing.get_context("fork").Pool(2) as pool:
    inside = pool.map(total, range(4))
print(before[1], {before, total(), *inside} == {before})
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_both_sides_of_a_fork(tmp_path):
    command = [sys.executable, "-W", "error", "-c", FORKED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout == "True True\n", done.stderr
