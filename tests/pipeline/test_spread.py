"""Work over processes: all results, no process left, a process that dies is told."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from symloss.processes import uninterrupted
from symloss.publish import available_jobs, spread


def square(number):
    """And who computed it."""
    return number * number, os.getpid()


def die(number):
    os._exit(9)


def told(number):
    return f"lost {number}"


def test_one_job_stays_in_this_process():
    assert list(spread(square, [1, 2, 3], 1, lost=told)) == [
        (1, os.getpid()),
        (4, os.getpid()),
        (9, os.getpid()),
    ]


def test_several_jobs_leave_this_process():
    squares, processes = zip(*spread(square, [1, 2, 3], 2, lost=told), strict=True)
    assert sorted(squares) == [1, 4, 9]
    assert os.getpid() not in processes


def test_a_process_that_dies_is_told():
    more_than_there_is_work_for = 5
    found = spread(die, [1, 2], more_than_there_is_work_for, lost=told)
    assert sorted(found) == ["lost 1", "lost 2"]


def test_closing_early_leaves_no_process():
    results = spread(square, list(range(50)), 2, lost=told)
    next(results)
    results.close()
    patience = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < patience:
        time.sleep(0.01)
    assert multiprocessing.active_children() == []


def test_nothing_to_do_starts_nothing():
    assert list(spread(square, [], 8, lost=told)) == []


def test_there_is_at_least_one_job():
    assert available_jobs() >= 1


SLOW_CHILD = """
import time
print("begun", flush=True)
time.sleep(0.3)  # as long as imports may take
from symloss.processes import listen
listen()
time.sleep(20)
"""
needs_masks = pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no signal masks")


@needs_masks
def test_ctrl_c_waits_until_a_child_listens():
    with uninterrupted():
        child = subprocess.Popen(
            [sys.executable, "-c", SLOW_CHILD], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    assert child.stdout.readline() == b"begun\n"
    child.send_signal(signal.SIGINT)
    assert (child.communicate(timeout=15)[1], child.returncode) == (b"", 130)


def interrupt_and_note(reached):
    with uninterrupted():
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        reached.append(True)


@needs_masks
def test_ctrl_c_is_not_lost():
    reached = []
    with pytest.raises(KeyboardInterrupt):
        interrupt_and_note(reached)
    assert reached


UNGUARDED = """
from math import sqrt
from symloss.audit.signs import worker
from symloss.publish import spread
print(sorted(spread(sqrt, [4, 9], 2, lost=str)), worker.run(sqrt, 16, seconds=1))
"""


def test_a_script_without_a_guard_starts_processes(tmp_path):
    """Children do not run it again, which would start children of theirs."""
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    ended = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60
    )
    assert (ended.stdout, ended.returncode) == ("[2.0, 3.0] 4.0\n", 0), ended.stderr
