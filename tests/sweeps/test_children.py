"""A process that does one thing by itself, forked and started anew: what it says, how it ends, when it stops."""

import signal
import time
from pathlib import Path

import pytest

import acts_of_children as acts
from rnnlab.sweeps import children
from rnnlab.sweeps.children import Child, any_ended


@pytest.fixture(autouse=True, params=["forked", "anew"])
def kind(request, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(children, "FORKS", request.param == "forked")


def until(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_says_what_the_function_yields_and_then_nothing():
    child = Child(acts.counts, 3)
    assert [child.said() for _ in range(5)] == ["0", "1", "2", None, None]
    assert child.ended() and child.code == 0


@pytest.mark.parametrize(
    "act, arguments, code", [(acts.leaves, (7,), 7), (acts.raises, (), 1), (acts.killed, (), -signal.SIGKILL)]
)
def test_its_code_says_how_it_ended_and_nothing_is_printed(act, arguments, code, capfd):
    child = Child(act, *arguments)
    assert child.ended() and child.code == code
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_it_does_what_it_is_told_as_if_a_signal_came(signum):
    child = Child(acts.waits, "said")
    until(Path("said").exists)
    assert not child.ended(0.01) and child.code is None and any_ended([child], 0.01) == []
    child.stop(signum)
    until(lambda: any_ended([child], 1) == [child])
    assert child.code == 128 + signum and Path("said").read_text() == str(signum.value)
    child.stop(signum)  # nobody hears it


def test_all_children_stop_where_whoever_started_them_is_killed():
    child = Child(acts.parents, "a", "b", "c")
    assert child.ended() and child.code == -signal.SIGKILL
    until(lambda: {Path(name).read_text() for name in "abc"} == {str(signal.SIGTERM.value)})
