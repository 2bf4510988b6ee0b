"""A training that ends by the clock, with one of which each optimizer step takes a second."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytorch_lightning.callbacks import timer

from rnnlab.train import main
from rnnlab.training.learner import SequenceLearner
from same_ending import differences

FEW = ["task=countdown", "model=gru", "model.hidden_size=8", "data.batch_size=4", "callbacks.saver.every_steps=1"]
FEW += ["trainer.check_every=5", "trainer.max_epochs=null"]


@pytest.fixture(autouse=True)
def clock(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    steps, original = [0], SequenceLearner.configure_gradient_clipping  # which is after the rate was set

    def counted(self, *arguments, **more):
        steps[0] += 1
        return original(self, *arguments, **more)

    monkeypatch.setattr(SequenceLearner, "configure_gradient_clipping", counted)
    monkeypatch.setattr(timer, "time", SimpleNamespace(monotonic=lambda: steps[0]))


def trained(*arguments: str, code: int = 0) -> Path:
    before = set(Path("outputs").glob("*/*/*"))
    assert main([*FEW, *arguments]) == code
    (run,) = set(Path("outputs").glob("*/*/*")) - before
    return run


def test_so_many_seconds_are_as_good_as_so_many_steps_and_the_schedule_ends_with_them():
    timed, counted = trained("trainer.max_time=25"), trained("trainer.max_steps=25")
    assert (timed / "metrics.csv").read_bytes() == (counted / "metrics.csv").read_bytes()
    assert json.loads((timed / "run.json").read_text())["steps"] == 25


def test_what_comes_first_ends_it():
    (short, shorter) = (trained("trainer.max_time=23", f"trainer.max_steps={steps}") for steps in (40, 12))
    assert [json.loads((run / "run.json").read_text())["steps"] for run in (short, shorter)] == [23, 12]


def test_the_seconds_before_a_run_goes_on_count_and_more_of_them_let_it_go_on(monkeypatch):
    whole = trained("trainer.max_time=23")
    with monkeypatch.context() as patch:
        calls, original = [0], SequenceLearner.training_step

        def failing(self, *arguments):
            calls[0] += 1
            assert calls[0] < 14, "cut"
            return original(self, *arguments)

        patch.setattr(SequenceLearner, "training_step", failing)
        run = trained("trainer.max_time=23", code=1)
    assert main([f"resume={run}"]) == 0
    assert differences(whole, run) == []
    assert main([f"resume={run}"]) == 2
    assert main([f"resume={run}", "trainer.max_time=31"]) == 0
    assert json.loads((run / "run.json").read_text())["steps"] == 31


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "1e10", "x"])
def test_what_is_no_time_is_refused(seconds, capsys):
    assert main([*FEW, f"trainer.max_time={seconds}"]) == 2
    assert "trainer.max_time" in capsys.readouterr().err and not Path("outputs").exists()
