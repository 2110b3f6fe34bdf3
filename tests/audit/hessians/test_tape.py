"""The lines of a program are made once, whatever is asked of them."""

from __future__ import annotations

import pytest

from symloss.audit.hessians.tape import taped
from symloss.audit.signs import worker
from symloss.program import read_program
from tests.audit.composition.table import Row, spec_of

LOSS = Row("sum(x[k]**2, k)", "x real K", "", "")
OTHER = Row("sum(x[k]**4, k)", "x real K", "", "")


@pytest.fixture
def as_in_a_worker(monkeypatch):
    monkeypatch.setitem(worker._state, "inside", True)


@pytest.mark.usefixtures("as_in_a_worker")
def test_items_are_made_once_and_only_when_asked_for(tmp_path):
    made = []

    @taped
    def search(program, wrt):
        for item in range(3):
            made.append(item)
            yield item, program.steps[0], wrt

    one, same = (read_program(spec_of(LOSS, tmp_path)) for _ in range(2))
    assert next(search(one, ("x",)))[0] == 0
    assert made == [0]
    assert list(search(one, ("x",))) == list(search(same, ("x",)))
    assert made == [0, 1, 2]
    other = read_program(spec_of(OTHER, tmp_path))
    assert list(search(other, ("x",))) != list(search(one, ("x",)))
    assert [wrt for *_, wrt in search(one, ())] == [()] * 3


@pytest.mark.usefixtures("as_in_a_worker")
def test_a_search_that_a_step_ended_starts_anew(tmp_path):
    ends = [True, False]

    @taped
    def search(program, wrt):
        yield 0
        if ends.pop(0):
            raise worker.StepEnded
        yield 1

    program = read_program(spec_of(LOSS, tmp_path))
    with pytest.raises(worker.StepEnded):
        list(search(program, ("x",)))
    assert list(search(program, ("x",))) == [0, 1]
