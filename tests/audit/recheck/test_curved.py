"""Shapes on stretches and by eigenvalues: true ones are confirmed, near misses are not."""

from pathlib import Path

import flint
import pytest

from symloss.audit.recheck import curved
from symloss.audit.recheck.evaluate import BITS, Unsettled
from symloss.audit.recheck.witnesses import Case, NotReplayable
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
PAIR = 'x = { domain = "real" }\ny = { domain = "real" }\n'
MARGIN = 'x = { domain = "real" }\ny = { domain = "{-1, 1}" }\n'
POSITIVE = 'x = { domain = "positive" }\ny = { domain = "positive" }\n'
CLOSED = 'x = { domain = "[0, 1]" }\n'
LEVEL = PAIR + '[parameters]\nq = { domain = "(0, 1)" }\n'
SHAPES = {"convex": curved.convex, "strictly_convex": curved.strictly_convex,
          "quasiconvex": curved.quasiconvex}  # fmt: skip


def case_of(folder: Path, math: str, inputs: str, head: str = HEAD) -> Case:
    path = folder / "own.toml"
    path.write_text(f"{head}math = '''loss = {math}'''\n[inputs]\n{inputs}", "utf-8")
    spec = read_spec(path)
    return Case(spec, read_program(spec), {})


def is_confirmed(case: Case, checker, name: str, value: str | None = None) -> bool:
    finding = {"property": name, "wrt": list(case.program.wrt), "value": value, "tight": True,
               "certificate": {}}  # fmt: skip
    try:
        with flint.ctx.workprec(BITS):
            return bool(checker(case, finding))
    except (NotReplayable, Unsettled):
        return False


QUANTILE = "where(x >= y, q*(x - y), (q - 1)*(x - y))"


@pytest.mark.parametrize(
    ("math", "inputs", "holds"),
    [
        (QUANTILE, LEVEL, {"convex", "quasiconvex"}),
        (QUANTILE.replace("q - 1", "1 - q"), LEVEL, {"quasiconvex"}),
        ("where(x >= y, x - y, (x - y)**2)", PAIR, {"convex", "quasiconvex"}),
        ("where(x > y, (x - y)**2 + 1, (x - y)**2)", PAIR, {"quasiconvex"}),
        ("where(x > y, (x - y)**2 - 1, (x - y)**2)", PAIR, {"quasiconvex"}),
        ("where(x > y, -(x - y)**2, x - y)", PAIR, set()),
        ("where(x > y, y - x, y - x + 1)", PAIR, {"quasiconvex"}),
        ("where(x > y, y - x + 1, y - x)", PAIR, set()),
        ("sqrt(1 + (x - y)**2)", PAIR, {"convex", "strictly_convex", "quasiconvex"}),
        ("Min(1, Max(0, 1 - x*y))", MARGIN, {"quasiconvex"}),
        ("where(x*y > 0, 0, 1)", MARGIN, {"quasiconvex"}),
        ("where(x > 0, where(x < 1, 1, 0), 0)", 'x = { domain = "real" }', set()),
        ("log(x) + y/x", POSITIVE, {"quasiconvex"}),
        ("-log(x) - y/x", POSITIVE, set()),
        ("where(x < 1, x**2, 1/2)", CLOSED, set()),  # it falls at the end
        ("where(x > 0, x**2, 1)", CLOSED, set()),
    ],
)  # fmt: skip
def test_shapes_in_one_variable(tmp_path, math, inputs, holds):
    case = case_of(tmp_path, math, inputs)
    assert {name for name, checker in SHAPES.items() if is_confirmed(case, checker, name)} == holds


@pytest.mark.parametrize(
    ("math", "least", "size"),
    [
        ("(x - 1)**2/2 + y**2/2", "1", "1"),
        ("x**2 + x*y + y**2", "1", "3"),
        ("x**2 - y**2", "-2", "2"),
        ("2*x - y", "0", "0"),
        ("x**2 + y**2 + sign(x)", None, None),  # a jump, though the second derivative is 2
        ("x**2 + y**4", None, None),
    ],
)
def test_constants_of_quadratic_losses(tmp_path, math, least, size):
    case = case_of(tmp_path, math, PAIR, HEAD + 'wrt = ["x", "y"]\n')
    for name, true in (("strong_convexity_constant", least), ("gradient_lipschitz", size)):
        for value in ("0", "1", "2", "3", "-2"):
            assert is_confirmed(case, curved.eigenvalues, name, value) == (value == true)
