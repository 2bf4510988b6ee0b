"""Of the checks of a run the best is kept, also by a run that goes on and may go another way."""

import csv
import json
from pathlib import Path

import pytest
import torch

from rnnlab.inference.load import load
from rnnlab.runs import checkpoint
from rnnlab.train import main
from rnnlab.training.learner import SequenceLearner

SHORT = ["task=digitsum", "model=gru", "model.hidden_size=8", "data.lengths=[2]", "data.batch_size=8"]
SHORT += ["trainer.max_epochs=3", "callbacks.saver.every_steps=4"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stopped_in(step: int, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The run that fails in a step."""
    original, calls = SequenceLearner.training_step, [0]

    def failing(self, batch, index):
        calls[0] += 1
        if calls[0] == step:
            raise ZeroDivisionError
        return original(self, batch, index)

    with monkeypatch.context() as patch:
        patch.setattr(SequenceLearner, "training_step", failing)
        assert main(arguments) == 1
    (run,) = Path("outputs").glob("*/*/*")
    return run


def test_a_best_check_that_a_resumed_run_does_not_come_to_again_is_no_best_of_it(monkeypatch):
    """Checked after steps 10 and 20, saved after step 16, stopped in step 25; then a rate that spoils all."""
    often = ["callbacks.saver.every_steps=16", "callbacks.saver.monitor=loss/train", "callbacks.saver.mode=min"]
    run = stopped_in(25, [*SHORT[:-1], *often], monkeypatch)
    steps = [checkpoint.read(run / "checkpoints" / name)["global_step"] for name in ("best.ckpt", "last.ckpt")]
    assert steps == [20, 16]
    assert main([f"resume={run}", "optimizer.lr=10"]) == 0
    assert checkpoint.read(run / "checkpoints" / "best.ckpt")["global_step"] > 16
    with open(run / "metrics.csv", newline="") as file:
        losses = [float(row["loss/validation"]) for row in csv.DictReader(file)]
    assert json.loads((run / "run.json").read_text())["metrics"]["loss/validation"] in losses


def at_no_step(path: Path) -> None:
    checkpoint.write(path, checkpoint.read(path) | {"global_step": torch.zeros(2)})


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"x"), Path.unlink, at_no_step])
def test_a_damaged_best_does_not_stop_a_run_from_going_on(damage, monkeypatch, capsys):
    run = stopped_in(15, SHORT, monkeypatch)
    damage(run / "checkpoints" / "best.ckpt")
    assert main([f"resume={run}"]) == 0
    assert "the best check from here on" in capsys.readouterr().err


def test_a_run_that_was_stopped_and_resumed_keeps_checkpoints_evenly_from_the_first_on(monkeypatch):
    short = [*SHORT[:-2], "trainer.max_epochs=5", "callbacks.saver.every_steps=16", "callbacks.saver.keep=3"]
    run = stopped_in(35, short, monkeypatch)
    assert list(checkpoint.kept(run)) == [1, 2, 3]
    assert main([f"resume={run}"]) == 0
    found = checkpoint.kept(run)
    assert list(found) == [1, 3, 5]  # a fourth would have been too many
    assert [checkpoint.read(path)["global_step"] for path in found.values()] == [10, 30, 50]
    first, _, last = (load(path).network.head.weight for path in found.values())
    assert not torch.equal(first, last)
