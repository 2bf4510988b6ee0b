"""Looking inside a network while it trains changes nothing in the training, and is there for every layer."""

import csv
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from pytorch_lightning.loggers import CSVLogger
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event

from rnnlab.config import build
from rnnlab.data.module import TaskData
from rnnlab.runs import checkpoint
from rnnlab.train import main
from rnnlab.training.callbacks.look import SHOW, Look
from rnnlab.training.learner import SequenceLearner
from rnnlab.training.setup import prepare
from rnnlab.training.tensorboard import TensorBoard

SHORT = ["model.hidden_size=6", "trainer.max_epochs=null", "trainer.max_steps=12", "trainer.check_every=4"]
DIGITS = ["task=digitsum", "model=lstm", "model.num_layers=2", "model.dropout=0.4", "data.lengths=[2]", *SHORT]
DIGITS += ["data.batch_size=20", "practice.state_noise=0.1", "callbacks.saver.every_steps=3"]
DIGITS += ["callbacks.saver.every_minutes=null"]
TEXT = ["task=chartext", "task.corpus=sentences", "model=gru_stepwise", *SHORT]
ADDITION = ["--config-dir", "configs", "task=binaryaddition", "data.held_out=20", "data.batch_size=10", *SHORT[1:]]
KINDS = {"answers", "weights", "gradients", "activations", "over time", "forgetting", "saturation", "eigenvalues"}
KINDS |= {"graph"}
OWN = """
import torch
from torch import nn
from rnnlab.layers.cell import Cell
from rnnlab.layers.unroll import Stepwise


class Scan(nn.Module):
    # no cell and no gates; what it draws, also when it is only asked, shows whether generators are put back
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.linear = nn.Linear(input_size, hidden_size)

    def forward(self, x, state=None):
        torch.rand(3)
        y = self.linear(x).cumsum(1) + (0 if state is None else state[0][0].unsqueeze(1))
        return y, (y[:, -1].unsqueeze(0),)


class Leaky(Cell):
    gates = ("drive",)

    def step(self, driven, recurrent, state):
        h = 0.5 * state[0] + 0.5 * torch.tanh(driven + recurrent)
        return (h,), {"drive": driven, "leaky": h}


def leaky(input_size, hidden_size, num_layers):
    return Stepwise(Leaky(), input_size, hidden_size, num_layers)
"""
SCAN = "name: scan\n_target_: own_layers.Scan\nhidden_size: 6\nembedding_size: null\n"
LEAKY = "name: leaky\n_target_: own_layers.leaky\nhidden_size: 6\nnum_layers: 2\nembedding_size: null\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    Path("own_layers.py").write_text(OWN)
    Path("configs/model").mkdir(parents=True)
    Path("configs/model/scan.yaml").write_text(SCAN)
    Path("configs/model/leaky.yaml").write_text(LEAKY)
    return tmp_path


def trained(name: str, *arguments: str) -> Path:
    assert main([*arguments, f"output_dir={name}"]) == 0
    (run,) = Path(name).glob("*/*/*")
    return run


def shown(run: Path) -> Counter:
    """How often each name is in the event files at each step; a graph is called `graph`."""
    events = [Event.FromString(raw) for path in run.glob("events*") for raw in RawEventFileLoader(str(path)).Load()]
    drawn = Counter((value.tag, event.step) for event in events for value in event.summary.value)
    return drawn + Counter(("graph", event.step) for event in events if event.graph_def)


def kinds(run: Path) -> set[str]:
    """What is shown besides scores."""
    return {name.split("/")[0] for name, _ in shown(run)} & KINDS


def check_equal(plain: Path, looked: Path, expected: set[str] = KINDS) -> None:
    assert (plain / "metrics.csv").read_bytes() == (looked / "metrics.csv").read_bytes()
    one, other = (checkpoint.read(run / "checkpoints" / "last.ckpt") for run in (plain, looked))
    assert all(torch.equal(one["state_dict"][name], other["state_dict"][name]) for name in one["state_dict"])
    assert torch.equal(one["random"][0]["torch"], other["random"][0]["torch"])
    assert all(one["random"][0][name] == other["random"][0][name] for name in ("numpy", "python"))
    assert one["callbacks"].keys() == other["callbacks"].keys()
    assert kinds(plain) == set() and kinds(looked) == expected and (looked / "projector_config.pbtxt").is_file()
    with open(plain / "metrics.csv", newline="") as file:
        steps = {int(row["step"]) for row in csv.DictReader(file)}
    assert {step for name, step in shown(looked) if name.startswith("weights/")} == steps
    assert [step for name, step in shown(looked) if name == "graph"] == [min(steps)]


def test_looking_changes_nothing_and_a_run_that_is_resumed_shows_everything_once(monkeypatch):
    plain, whole = trained("plain", *DIGITS, "callbacks.look=null"), trained("whole", *DIGITS, "callbacks=look")
    check_equal(plain, whole)
    original, calls = SequenceLearner.training_step, [0]

    def failing(self, batch, index):
        calls[0] += 1
        if calls[0] == 9:  # saved after step 6, checked after 4 and 8
            raise ZeroDivisionError
        return original(self, batch, index)

    with monkeypatch.context() as patch:
        patch.setattr(SequenceLearner, "training_step", failing)
        assert main([*DIGITS, "callbacks=look", "output_dir=cut"]) == 1
    (run,) = Path("cut").glob("*/*/*")
    assert main([f"resume={run}"]) == 0
    assert shown(run) == shown(whole) and set(shown(run).values()) == {1}
    for path in whole.glob("projector/*"):
        assert path.read_text() == (run / "projector" / path.name).read_text()


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [TEXT, [*ADDITION, "model=scan"], [*ADDITION, "model=leaky"]])
def test_nothing_of_a_text_or_of_a_users_layer_is_other_than_without(arguments):
    looked = trained("looked", *arguments, "callbacks=look")
    expected = KINDS - {"saturation"} if "model=scan" in arguments else KINDS  # its states have no bounds
    check_equal(trained("plain", *arguments, "callbacks.look=null"), looked, expected)
    if "model=leaky" in arguments:
        tags = {f"over time/layer {layer} {gate}" for layer in (1, 2) for gate in ("drive", "leaky")}
        assert tags <= {name for name, _ in shown(looked)}


@pytest.mark.slow
def test_the_default_shows_answers_and_weights_and_without_a_logger_nothing_is_shown():
    assert kinds(trained("default", *DIGITS)) == {"answers", "weights"}
    bare = trained("bare", *DIGITS, "callbacks=look", "logger=none")
    assert not list(bare.glob("events*")) and not list(bare.glob("projector*"))


@pytest.fixture
def check(config, tmp_path):
    """A function that lets a callback see the end of two checks of a run that nobody trained."""
    made = prepare(build.parts(config("task=digitsum", "model=rnn", "data.lengths=[2]", "model.hidden_size=4")))
    made.learner.losses.append(1.0)

    def seen(look: Look, *loggers: object) -> None:
        data = TaskData(made.parts.data, made.parts.task)
        trainer = SimpleNamespace(loggers=loggers or [TensorBoard(tmp_path)], datamodule=data, global_step=7)
        for _ in range(2):
            look.on_validation_end(trainer, made.learner)

    return seen


def test_what_cannot_be_shown_is_said_once_and_the_rest_is_shown(check, monkeypatch, capsys, tmp_path):
    def broken(seen):
        raise ValueError("no shape\nfor this")

    monkeypatch.setitem(SHOW, "gates", broken)
    check(Look(["gates", "weights"]))
    assert capsys.readouterr().err == "rnnlab: warning: callbacks.look cannot show gates, ValueError: no shape\n"
    assert kinds(tmp_path) == {"weights"}


def test_a_full_disk_is_no_matter_of_what_is_shown(check, monkeypatch):
    def full(seen):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(SHOW, "weights", full)
    with pytest.raises(OSError):
        check(Look(["weights"]))


def test_another_logger_is_shown_nothing(check, tmp_path):
    check(Look(list(SHOW)), CSVLogger(tmp_path / "other"))
    assert not list(tmp_path.glob("events*"))


def test_all_that_can_be_shown_is_in_the_config(config):
    assert config("callbacks=look")["callbacks"]["look"]["shows"] == list(SHOW)
    assert config()["callbacks"]["look"]["shows"] == list(SHOW)[:2]
