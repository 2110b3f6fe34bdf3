"""Specs of the structures that lowering has to tell apart."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from symloss.derive import derive, with_softmaxes
from symloss.lower import Kernel, Procedure, lower
from symloss.program import read_program
from symloss.spec import read_spec

SPECS = {
    "overlap": (
        "both = sum(p[i]*t[i], i)\nloss = 1 - 2*both/(sum(p[i], i) + sum(t[i], i))",
        "p = { domain = '[0, 1]', shape = ['I'] }\nt = { domain = '[0, 1]', shape = ['I'] }",
    ),
    "softmax": (
        "loss = logsumexp(logits[k], k) - logits[label]",
        "logits = { shape = ['K'] }\nlabel = { domain = 'index(K)' }",
    ),
    "others": (
        "rest = logsumexp(where(k != label, logits[k], -oo), k)\n"
        "loss = softplus(rest - logits[label])",
        "logits = { shape = ['K'] }\nlabel = { domain = 'index(K)' }",
    ),
    "rivals": (
        "loss = logsumexp(where(k != label, logits[k], -oo), k)",
        "logits = { shape = ['K'] }\nlabel = { domain = 'index(K)' }",
    ),
    "gathers": (
        "s[i] = softmax(z[i], i)\nloss = sum(w[i]*s[partner[i]], i)",
        "w = { shape = ['K'] }\nz = { shape = ['K'] }\n"
        "partner = { shape = ['K'], domain = 'index(K)' }",
    ),
    "waves": (
        "v[i] = sum(sin(w[i,j]*z[j]), j)\nloss = sum(exp(v[i]), i)",
        "z = { shape = ['K'] }\nw = { shape = ['K', 'K'] }",
    ),
    "contrastive": (
        "norm[i] = sqrt(sum(z[i,d]**2, d))\n"
        "sim[i,j] = sum(z[i,d]*z[j,d], d)/(norm[i]*norm[j])\n"
        "loss = mean(logsumexp(where(i != j, sim[i,j], -oo), j) - sim[i,partner[i]], i)",
        "z = { shape = ['N', 'D'] }\npartner = { domain = 'index(N)', shape = ['N'] }",
    ),
    "least_squares": (
        "loss = sum((sum(X[n,d]*w[d], d) - y[n])**2, n)",
        "w = { shape = ['D'] }\nX = { shape = ['N', 'D'] }\ny = { shape = ['N'] }",
    ),
    "prototypes": (
        "d[k] = sum((z[j] - w[k,j])**2, j)\nloss = d[label] + logsumexp(-d[k], k)",
        "z = { shape = ['D'] }\nw = { shape = ['K', 'D'] }\nlabel = { domain = 'index(K)' }",
    ),
    "twice": (
        "loss = sum(x[k]**2, k) + sin(sum(x[k]**2, k))",
        "x = { shape = ['K'] }",
    ),
    "binary": ("loss = log(1 + exp(x)) - t*x", "x = {}\nt = {}"),
    "plain": ("loss = (x - t)**2", "x = {}\nt = {}"),
    "switch": ("loss = where(x > t, x, t)", "x = {}\nt = {}"),
    "extreme": ("loss = max(x[k]**3, k)", "x = { shape = ['K'] }"),
    "margins": (
        "loss = sum(where(k != label, Max(0, 1 + logits[k] - logits[label]), 0), k)",
        "logits = { shape = ['K'] }\nlabel = { domain = 'index(K)' }",
    ),
    "columns": (
        "loss = sum(sum(z[n,d], n)**2, d)",
        "z = { shape = ['N', 'D'] }",
    ),
}


@pytest.fixture(scope="session")
def kernel_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Kernel]:
    """The kernel of one of the specs above; nothing changes it, so each is made once."""

    @cache
    def make(name: str) -> Kernel:
        math, inputs = SPECS[name]
        file = tmp_path_factory.mktemp("specs") / f"{name}.toml"
        file.write_text(f"title = 'Test'\nmath = '''\n{math}\n'''\n[inputs]\n{inputs}\n")
        return lower(derive(with_softmaxes(read_program(read_spec(file)))))

    return make


@pytest.fixture(scope="session")
def procedure_of(kernel_of: Callable[[str], Kernel]) -> Callable[[str, str], Procedure]:
    """One function of a kernel."""

    def make(name: str, function: str) -> Procedure:
        return next(entry for entry in kernel_of(name).procedures if entry.name == function)

    return make
