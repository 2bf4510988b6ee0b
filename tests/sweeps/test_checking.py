"""The jobs of a sweep: checked before any of them starts."""

import re
from pathlib import Path

import pytest

from rnnlab.sweeps import checking, jobs
from rnnlab.train import main
from small_sweeps import SMALL, states


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_bad_value_is_told_before_the_rest_of_a_large_grid_is_composed(monkeypatch, capfd):
    compose, numbers = jobs.Sweep.job, []
    monkeypatch.setattr(
        jobs.Sweep, "job", lambda sweep, number, each: numbers.append(number) or compose(sweep, number, each)
    )
    assert main([*SMALL, "seed=1,2,3", "optimizer.lr=-1,0.01"]) == 2
    assert "job 0 of the sweep" in capfd.readouterr().err and numbers == [0]


def test_how_far_the_checking_of_a_grid_is_can_be_seen(monkeypatch, capfd):
    monkeypatch.setattr(checking, "CHECKING", 0.0)
    assert main([*SMALL, "seed=1,2,3", "optimizer.lr=0.01,-1"]) == 2
    assert re.fullmatch(r"checking all values: 8%, about \d+ s left\n", capfd.readouterr().out)


def test_another_sweep_of_the_same_name_is_refused(capfd):
    assert main([*SMALL, "seed=1,2"]) == 0
    assert main([*SMALL, "seed=2,3"]) == 0  # the same with more seeds
    assert states() == {1: "done", 2: "done", 3: "done"}
    assert main([*SMALL, "seed=1,2", "optimizer.lr=0.1"]) == 2
    assert "another sweep.name" in capfd.readouterr().err
