"""The learner: where batches start, and what stops it before it spoils a weight."""

import json
from pathlib import Path

import pytest
import torch

from rnnlab.config import build
from rnnlab.runs import checkpoint
from rnnlab.train import main
from rnnlab.training import setup
from rnnlab.training.learner import SequenceLearner


@pytest.fixture
def learner(config):
    """A function from overrides to the learner and the data that a config with them makes."""

    def made(*overrides):
        chosen = [] if any(one.startswith("model=") for one in overrides) else ["model=gru"]
        settings = config(*chosen, "model.hidden_size=4", "data.batch_size=8", *overrides)
        parts = build.parts(settings)
        return setup.make_learner(parts), parts.data

    return made


def test_a_batch_starts_where_rows_of_the_batch_before_ended_and_only_in_training(learner):
    made, data = learner("task=binaryaddition", "practice.borrowed_starts=1")
    first, second = list(data.train)[:2]
    given = []
    network = made.network
    original = network.forward
    network.forward = lambda inputs, state=None: given.append(state) or original(inputs, state)
    made.training_step(first, 0)
    made.validation_step(first, 0)
    made.training_step(second, 1)
    (ended,) = original(first.inputs)[1]
    assert given[0] is None and given[1] is None
    rows = {tuple(row) for row in ended[0].tolist()}
    assert {tuple(row) for row in given[2][0][0].tolist()} <= rows
    assert not given[2][0].requires_grad


SHORT = ["task=digitsum", "model=gru", "model.hidden_size=8", "data.lengths=[2]", "data.batch_size=8"]
SHORT += ["trainer.max_epochs=3", "callbacks.saver.every_steps=4"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("count", [1, 7, 23])
@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_what_is_not_finite_stops_before_the_step_and_can_go_on_with_another_rate(bad, count, monkeypatch, capsys):
    original, calls = SequenceLearner.training_step, [0]

    def poisoned(self, batch, index):
        calls[0] += 1
        return original(self, batch, index) * (bad if calls[0] == count else 1.0)

    with monkeypatch.context() as patch:
        patch.setattr(SequenceLearner, "training_step", poisoned)
        assert main(SHORT) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and f"not finite at step {count}:" in err
    assert "gradient norm" in err and "learning rate" in err
    (run,) = Path("outputs").glob("*/*/*")
    if count < 4:  # before the first save
        assert not (run / "checkpoints" / "last.ckpt").exists()
        return
    saved = checkpoint.read(run / "checkpoints" / "last.ckpt")
    assert saved["global_step"] < count
    assert all(torch.isfinite(weight).all() for weight in saved["state_dict"].values())
    assert main([f"resume={run}", "optimizer.lr=0.0001"]) == 0
    assert json.loads((run / "run.json").read_text())["resumed"][0]["changes"] == {"optimizer.lr": [0.01, 0.0001]}
