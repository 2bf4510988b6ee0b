"""A run that is interrupted anywhere and resumed ends exactly where it would have ended."""

import json
from pathlib import Path

import pytest

from rnnlab.train import main
from rnnlab.training.learner import SequenceLearner
from rnnlab.training.resume import varies
from same_ending import differences

DIGITS = ["task=digitsum", "model=gru", "model.num_layers=2", "model.dropout=0.3", "model.hidden_size=8"]
DIGITS += ["data.lengths=[2]", "data.batch_size=20", "trainer.max_epochs=2"]  # 4 steps an epoch
TEXT = ["task=chartext", "task.path=text", "model=lstm", "model.hidden_size=8", "data.batch_size=4", "data.window=10"]
TEXT += ["trainer.max_steps=9", "trainer.check_every=3"]  # 5 steps an epoch
ADDITION = ["task=binaryaddition", "model=rnn", "model.hidden_size=8", "data.steps_per_epoch=4", "data.held_out=20"]
ADDITION += ["data.test_lengths=[9]", "trainer.max_epochs=3", "trainer.accumulate=3", "schedule=plateau"]
PRACTICE = ["task=binaryaddition", "model=lstm", "model.hidden_size=8", "data.lengths=1-4", "data.split=null"]
PRACTICE += ["data.validation_lengths=[4]", "data.test_lengths=[9]", "data.steps_per_epoch=4", "data.held_out=20"]
PRACTICE += ["trainer.max_epochs=3", "optimizer.lr=0.01", "seed=3"]
PRACTICE += ["practice.curriculum=growing", "practice.solved=0.01", "practice.borrowed_starts=0.5"]
PRACTICE += ["practice.activation_noise=0.2", "practice.state_noise=0.2", "optimizer.decay_biases=false"]


class Killed(BaseException):
    """Stands for kill -9: nothing is saved on the way out."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("text").write_text("".join(chr(97 + i * i % 23) for i in range(232)))
    return tmp_path


def train(*arguments: str) -> Path:
    before = set(Path("outputs").glob("*/*/*"))
    assert main(arguments) == 0
    (run,) = set(Path("outputs").glob("*/*/*")) - before
    return run


def killed(monkeypatch: pytest.MonkeyPatch, hook: str, count: int, *arguments: str) -> bool:
    """Runs until the `count`-th call of a learner's hook; whether it got that far."""
    original = getattr(SequenceLearner, hook)
    calls = 0

    def counting(self, *args):
        nonlocal calls
        calls += 1
        if calls == count:
            raise Killed
        return original(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(SequenceLearner, hook, counting)
        try:
            main(arguments)
        except Killed:
            return True
        except BaseException as error:
            if not isinstance(error.__cause__, Killed):
                raise
            return True
    return calls >= count


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param(DIGITS, id="digitsum"),
        pytest.param(TEXT, id="chartext"),
        pytest.param(ADDITION, id="binaryaddition", marks=pytest.mark.slow),
        pytest.param(PRACTICE, id="practice", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(
    "every, apart", [(1, 4), *(pytest.param(every, 1, marks=pytest.mark.slow) for every in (1, 2))], ids=str
)
def test_a_kill_at_a_step_and_a_kill_of_the_resumed_run_change_nothing(setting, every, apart, monkeypatch, tmp_path):
    """At every step, or at every fourth one from the second on."""
    setting = [*setting, f"callbacks.saver.every_steps={every}", "callbacks.saver.every_minutes=null"]
    whole = train(*setting)
    steps = json.loads((whole / "run.json").read_text())["steps"]
    if setting[: len(PRACTICE)] == PRACTICE:  # the curriculum did grow
        assert [row.split(",")[-1] for row in (whole / "metrics.csv").read_text().splitlines()[1:]] == ["1", "2", "3"]
    for hook in ("training_step", "validation_step"):
        for count in range(1 + apart // 4, 3 * steps, apart):
            before = set(Path("outputs").glob("*/*/*"))
            if not killed(monkeypatch, hook, count, *setting):
                break
            (run,) = set(Path("outputs").glob("*/*/*")) - before
            killed(monkeypatch, "training_step", 2, f"resume={run}")  # the resumed run is killed in its second step
            if json.loads((run / "run.json").read_text())["status"] != "done":
                assert main([f"resume={run}"]) == 0
            assert differences(whole, run) == [], (hook, count)
    assert count > 2


def test_a_run_that_goes_on_knows_the_keys_of_its_sweep_and_rubbish_has_none(tmp_path):
    for rubbish in ("", "[]", "{}", '{"config": 3}', '{"config": {"sweep": {"varies": "seed"}}}'):
        (tmp_path / "run.json").write_text(rubbish)
        assert varies(tmp_path) == []
    keys = ["seed", "model.bias", "hydra/launcher", 3, "${oc.env:HOME}", "a" * 101]
    (tmp_path / "run.json").write_text(json.dumps({"config": {"sweep": {"varies": keys}}}))
    assert varies(tmp_path) == keys[:3]
