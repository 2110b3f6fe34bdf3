"""Losses written by hand as the emitter writes them, imported so that pickle finds them."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numba
import numpy as np
import pytest

HERE = Path(__file__).parent / "losses"


def load(name: str) -> ModuleType:
    full = f"runtime_losses_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, HERE / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


@pytest.fixture(scope="session")
def huber():
    return load("huber").huber


@pytest.fixture(scope="session")
def cross_entropy():
    return load("cross_entropy").cross_entropy


@pytest.fixture(scope="session")
def tilted():
    return load("tilted").tilted


@pytest.fixture(scope="session")
def dense_tilted():
    return load("tilted").dense_tilted


@pytest.fixture(autouse=True)
def quiet_arithmetic():
    """Compiled code does not warn of overflow; the same code as Python would."""
    with np.errstate(**(dict.fromkeys(np.geterr(), "ignore") if numba.config.DISABLE_JIT else {})):
        yield
