"""The worker's budget: CPU time that holds, and verdicts that no load changes."""

import os
import subprocess
import sys
import time

import pytest

from symloss.audit.signs import worker


def _waits(seconds: float) -> str:
    time.sleep(seconds)
    return "waited"


def _waits_in_a_step(seconds: float) -> str:
    with worker.step(seconds / 10):
        time.sleep(seconds)
        sum(range(1000))
    return "waited"


def _works() -> None:
    while True:
        pass


def _works_in_one_call() -> int:
    return 3 ** (10**9)


def _works_in_a_step(seconds: float) -> float:
    start = time.process_time()
    try:
        with worker.step(seconds):
            _works()
    except worker.StepEnded:
        pass
    return time.process_time() - start


def _remembers(kept: list[int] = []) -> int:  # noqa: B006 - it is to remember
    kept.append(1)
    return len(kept)


@pytest.mark.parametrize("waits", [_waits, _waits_in_a_step])
def test_time_that_others_take_is_not_counted(waits):
    assert worker.run(waits, 0.6, seconds=0.3) == "waited"


@pytest.mark.parametrize("works", [_works, _works_in_one_call])
def test_work_is_ended_even_within_one_call(works):
    with pytest.raises(worker.OutOfTime):
        worker.run(works, seconds=0.2)
    assert worker.run(_waits, 0, seconds=1) == "waited"


def test_steps_end_by_their_work():
    assert 0.1 < worker.run(_works_in_a_step, 0.2, seconds=2) < 0.6


def test_a_worker_that_only_waits_is_ended_at_last(monkeypatch):
    monkeypatch.setattr(worker, "PATIENCE", 0.2)
    with pytest.raises(worker.OutOfTime):
        worker.run(_waits, 60, seconds=0.2)


def test_a_renewed_worker_remembers_nothing():
    assert [worker.run(_remembers, seconds=1) for _ in range(2)][-1] > 1
    worker.renew()
    assert worker.run(_remembers, seconds=1) == 1


def test_workers_hash_strings_alike():
    asked = [sys.executable, "-c", "print(hash('symloss'))"]
    told = subprocess.run(
        asked, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, check=True, text=True
    )
    assert worker.run(hash, "symloss", seconds=1) == int(told.stdout)
