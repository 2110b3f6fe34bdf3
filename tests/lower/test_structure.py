"""What kernels look like: how many passes, which products, what is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sympy import Ne

from symloss.lower import Accumulate, Assign, Block, Contraction, Loop, Procedure, Statement, Store
from tests.lower.conftest import SPECS


def loops(procedure: Procedure) -> list[Loop]:
    """The outermost loops."""
    return [
        entry
        for phase in procedure.phases
        if isinstance(phase, Block)
        for entry in phase.statements
        if isinstance(entry, Loop)
    ]


def depth(entry: Statement) -> int:
    """How deeply loops are nested."""
    if not isinstance(entry, Loop):
        return 0
    return 1 + max((depth(part) for part in entry.body), default=0)


def walk(procedure: Procedure) -> Iterator[Statement]:
    for loop in loops(procedure):
        yield from loop.walk()


def test_sums_over_the_same_pixels_share_one_pass(procedure_of):
    (only,) = loops(procedure_of("overlap", "value"))
    assert len([part for part in only.body if isinstance(part, Accumulate)]) == 5


def test_value_and_gradient_read_the_pixels_twice(procedure_of):
    assert len(loops(procedure_of("overlap", "value_and_gradient"))) == 2


def test_a_sum_that_is_written_twice_is_computed_once(procedure_of):
    (only,) = loops(procedure_of("twice", "value"))
    assert len(only.totals) == 1


@pytest.mark.parametrize("function", ["value", "gradient", "hessian_vector_product"])
def test_similarities_are_products_of_matrices_and_never_three_loops(procedure_of, function):
    procedure = procedure_of("contrastive", function)
    assert any(isinstance(phase, Contraction) for phase in procedure.phases)
    assert max(map(depth, loops(procedure))) == 2
    sizes = {str(loop.dimension) for loop in loops(procedure)}
    assert sizes == {"N"}


def test_a_table_and_its_transpose_are_one(procedure_of):
    """The derivative by either side of a similarity; products lie as what they are added to."""
    procedure = procedure_of("contrastive", "gradient")
    products = [phase for phase in procedure.phases if isinstance(phase, Contraction)]
    table = next(array.name for array in procedure.arrays if array.name.endswith("_left"))
    read = {(phase.left, phase.left_transposed, phase.right) for phase in products}
    assert read == {("z", False, "z"), (table, False, "z"), (table, True, "z")}
    assert [str(size) for size in products[-1].result.shape] == ["N", "D"]
    squares = [array.name for array in procedure.arrays if [*map(str, array.shape)] == ["N", "N"]]
    assert sorted(squares) == [table, "sim_sum"]


def test_what_a_loop_leaves_as_it_is_is_fetched_before(procedure_of):
    inner = [
        part
        for loop in walk(procedure_of("contrastive", "gradient"))
        if isinstance(loop, Loop)
        for part in loop.walk()
    ]
    assert any("norm[j]" in str(part) for part in inner)
    assert not [part for part in inner if re.search(r"partner\[|norm\[i\]|log\(", str(part))]


def test_linear_models_go_to_blas(procedure_of):
    products = [
        phase
        for phase in procedure_of("least_squares", "gradient").phases
        if isinstance(phase, Contraction)
    ]
    assert [(product.left, product.left_transposed) for product in products] == [
        ("X", False),
        ("X", True),
    ]


def test_a_label_is_a_scatter_after_the_softmax(procedure_of):
    (block,) = procedure_of("softmax", "gradient").phases
    last = block.statements[-1]
    assert isinstance(last, Store)
    assert last.add
    assert [str(place) for place in last.subscripts] == ["label"]


def test_exponentials_are_computed_once_for_value_and_gradient(procedure_of):
    code = [
        str(getattr(part, "expression", ""))
        for part in walk(procedure_of("softmax", "value_and_gradient"))
    ]
    assert sum("exp_to_one(" in text for text in code) == 1


def test_a_call_on_both_sides_of_a_loop_is_made_once(procedure_of):
    (block,) = procedure_of("others", "gradient").phases
    assert str(block.statements).count("sigmoid(") == 1


def test_exponentials_lie_where_the_gradient_will(procedure_of):
    (row, powers) = procedure_of("others", "value_and_gradient").arrays
    assert (row.name, row.home) == ("rest_row", "")
    assert (powers.name, powers.home) == ("rest_exp", "grad_logits")


def test_what_another_element_of_the_gradient_reads_is_not_in_its_place(procedure_of):
    (sums, slopes) = procedure_of("waves", "gradient").arrays
    assert sums.shape == slopes.shape
    assert (sums.name, sums.home) == ("v", "")
    assert (slopes.name, slopes.home) == ("d_z_sum", "grad_z")


def test_an_element_and_all_others_are_every_element_that_could_be_nan(procedure_of):
    for function in ("value", "gradient", "value_and_gradient"):
        assert "outside_logits" not in str(procedure_of("others", function).phases)
        assert "outside_logits" in str(procedure_of("rivals", function).phases)


def test_what_is_used_in_the_same_turn_of_a_loop_is_not_stored(procedure_of):
    assert procedure_of("softmax", "value").arrays == ()
    assert [array.name for array in procedure_of("softmax", "gradient").arrays] == [
        "loss_logsumexp_exp"
    ]


def test_sums_down_columns_run_along_rows(procedure_of):
    (rows, _) = loops(procedure_of("columns", "value"))
    assert [str(rows.dimension), str(rows.body[0].dimension)] == ["N", "D"]


def test_only_what_a_nan_could_slip_through_is_checked(kernel_of):
    assert set(kernel_of("plain").outside) == {"x", "t"}  # the second derivative is constant
    assert set(kernel_of("switch").outside) == {"x", "t"}
    assert set(kernel_of("overlap").outside) == {"p", "t"}
    assert set(kernel_of("columns").outside) <= {"z"}


@pytest.mark.parametrize("name", SPECS)
def test_everything_is_written_before_it_is_read(procedure_of, kernel_of, name):
    kernel = kernel_of(name)
    given = {"x", "t", "p", "logits", "label", "z", "partner", "X", "y", "w"}
    for procedure in kernel.procedures:
        written = set(given) | set(kernel.sizes) | {vector.name for vector in procedure.vectors}
        written |= {"not_a_number"}
        for phase in procedure.phases:
            if isinstance(phase, Contraction):
                assert {phase.left, phase.right} <= written
                written.add(phase.result.name)
            else:
                _check(phase.statements, written)


def _check(statements, written):
    from symloss.lower.storage import reads_of

    for entry in statements:
        if isinstance(entry, Loop):
            written |= {str(entry.index), *(name for name, _ in entry.totals)}
            _check(entry.body, written)
            continue
        assert reads_of((entry,)) <= written, entry
        written.add(getattr(entry, "name", None) or entry.array)


def test_a_check_of_one_input_reaches_the_results(kernel_of):
    """A count that is a mere copy of another must not be inlined away: results select on it."""
    for procedure in kernel_of("margins").procedures:
        stores = [part for part in walk(procedure) if isinstance(part, Store) and part.scaled]
        assert all("outside_in_logits" in str(part.expression) for part in stores if not part.add)


def test_an_element_that_is_read_again_is_fetched_once(procedure_of):
    (only,) = loops(procedure_of("overlap", "value"))
    fetched = [part.name for part in only.body if isinstance(part, Assign)]
    assert fetched == ["p_i", "t_i"]


@pytest.mark.parametrize(("name", "within"), [("overlap", True), ("binary", False)])
def test_a_gradient_comes_with_the_value_where_that_costs_no_more(procedure_of, name, within):
    assert procedure_of(name, "gradient").within == ("value_and_gradient" if within else "")


def test_a_weight_that_is_0_where_its_body_is_masked_needs_no_mask(procedure_of):
    stores = [
        part
        for part in walk(procedure_of("others", "value_and_gradient"))
        if isinstance(part, Store) and part.scaled
    ]
    (store,) = stores
    assert not store.expression.has(Ne)


@pytest.mark.parametrize("function", ["gradient", "value_and_gradient"])
def test_what_is_gathered_is_not_in_the_gradients_place(procedure_of, function):
    """Of grad_w[i] = s[partner[i]], an element would be gone before it is read."""
    (powers,) = procedure_of("gathers", function).arrays
    assert (powers.name, powers.home) == ("s_logsumexp_exp", "")
