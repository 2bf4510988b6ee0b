"""Whatever a signed checkpoint holds, it is refused in one line or could have been written by such a run.

Every leaf and every container of real checkpoints is made wrong in every way that `mutants` knows, and the run resumed.
"""

import math
import os
import random
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import forked_runs
from changed_checkpoints import Mutant, mutants
from rnnlab.runs import checkpoint
from rnnlab.training import fit
from rnnlab.training.learner import SequenceLearner

SAVES = ["callbacks.saver.every_steps=1", "callbacks.saver.every_minutes=null"]
SMALL = ["task=digitsum", "model=lstm", "model.hidden_size=4", "data.lengths=[2]", "data.batch_size=20", *SAVES]
SMALL += ["trainer.max_epochs=2"]  # 4 steps an epoch
DIGITS = [*SMALL, "callbacks.early.patience=9"]
TEXT = ["task=chartext", "task.path=text", "model=gru", "model.hidden_size=4", "model.embedding_size=3"]
TEXT += ["optimizer=sgd", "data.batch_size=4", "data.window=10", "trainer.max_steps=9", "trainer.check_every=3", *SAVES]
GROWING = ["task=binaryaddition", "model=rnn", "model.hidden_size=4", "data.lengths=1-4", "data.split=null"]
GROWING += ["data.validation_lengths=[4]", "data.test_lengths=[5]", "data.steps_per_epoch=4", "data.held_out=20"]
GROWING += [
    "practice.curriculum=growing",
    "practice.borrowed_starts=0.5",
    "optimizer=rmsprop",
    "optimizer.momentum=0.5",
]
GROWING += ["task.eval_lengths=null", "trainer.max_epochs=2", "trainer.accumulate=2", "optimizer.decay_biases=false"]
GROWING += SAVES
PLATEAU = ["task=countdown", "model=lstm_stepwise", "model.hidden_size=4", "model.num_layers=2", "model.dropout=0.2"]
PLATEAU += ["optimizer=adam", "schedule=plateau", "trainer.max_epochs=3", "trainer.precision=64-true", *SAVES]
KILLED = {"digits": (DIGITS, 7), "text": (TEXT, 9), "growing": (GROWING, 8), "an epoch's end": (PLATEAU, 7)}
"""Settings, and the training step in which the run is killed: within an epoch, or in the first step of one."""

FINITE = {"all 0", "all -1", "all 1e20"}
MAY_DIFFER = {
    # another training's weights, moments, sums and scores are numbers like this one's
    r"state_dict/.+": FINITE,
    r"optimizer_states/0/state/\d+/(exp_avg|momentum_buffer)": FINITE,
    r"optimizer_states/0/state/\d+/(exp_avg_sq|square_avg)": {"all 0", "all 1e20"},
    r"learner/(carried(/\d)?)": FINITE,
    r"learner/sums": {"all 0", "all 1e20"},
    r"learner/(gradient_norms/0|losses/\d+)": {"1e20"},
    r"callbacks/Saver/best": {"1e20"},
    r"callbacks/StopEarly/best": {"-1", "-1.0", "1e20"},
    r"callbacks/(StopEarly/waited|StopWhenSolved/solved)": {"one more", "one less"},
    # nothing is carried over the end of an epoch, where the state last carried is saved all the same
    r"learner/carried": {"none"},
    # what the clock said
    r"callbacks/Record/seconds": {"1e20"},
    # set before each step from the config, the step and the losses
    r"optimizer_states/0/param_groups/\d/lr": {"1e20"},
    # another place in the training and in its data
    r"epoch|batches|batch|TaskData/(epoch|position|reached)": {"one more", "one less"},
    # another seed's numbers
    r"random/0/python/1/\d+": {"one more", "one less"},
    r"random/0/numpy/1/\d+": {"one more", "one less"},
    r"random/0/(python/2|numpy/4)": {"-1.0", "1e20"},
    r"random/0/numpy/(2|3)": {"one more", "one less"},
    # what had been asked for by a callback at the end of an epoch
    r"stopped": {"the other"},
    # another run's config: what it asks for is held to the same bounds as when it is typed
    r"config(/.+)?": None,
}
"""Where a checkpoint may be changed, and how, without a refusal."""


def may_differ(mutant: Mutant) -> bool:
    allowed = [kinds for place, kinds in MAY_DIFFER.items() if re.fullmatch(place, mutant.place)]
    return any(kinds is None or mutant.kind in kinds for kinds in allowed)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A function from the name of a setting to a run that was killed, made once."""
    made: dict[str, Path] = {}

    def run(name: str) -> Path:
        if name not in made:
            folder = tmp_path_factory.mktemp("killed")
            os.chdir(folder)
            Path("text").write_text("".join(chr(97 + i * i % 23) for i in range(300)))
            setting, step = KILLED[name]

            def kill() -> None:
                forked_runs.at_call(
                    SequenceLearner, "training_step", step, lambda: os.kill(os.getpid(), signal.SIGKILL)
                )

            assert forked_runs.run(setting, kill).signal == signal.SIGKILL
            made[name] = folder / next(iter(forked_runs.runs()))
            (made[name] / "checkpoints" / "previous.ckpt").unlink()
        return made[name]

    before = Path.cwd()
    yield run
    os.chdir(before)


def snapshot(run: Path) -> dict[Path, tuple[int, int]]:
    files = [path for path in run.rglob("*") if path.is_file() and path.name != ".lock"]
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def wrong(run: Path, chosen: list[Mutant]) -> list[tuple]:
    """What resuming each mutant came to, where it is not what it should be."""
    os.chdir(run.parents[3])
    original, found = checkpoint.read(run / "checkpoints" / "last.ckpt"), []
    copy, stale = Path("copy"), True
    for mutant in chosen:
        if stale:
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(run, copy)
        last = copy / "checkpoints" / "last.ckpt"
        last.unlink()
        checkpoint.write(last, mutant.of(original))
        before = snapshot(copy)
        ended = forked_runs.run([f"resume={copy}"])
        stale = snapshot(copy) != before
        refused = ended.code == 2 and ended.err.startswith("rnnlab: error: ") and ended.err.count("\n") == 1
        diverged = ended.code == 1 and "not finite at step" in ended.err and mutant.kind.endswith("1e20")
        if not (refused and not stale) and not (may_differ(mutant) and (ended.code == 0 or diverged)):
            found.append((mutant.place, mutant.kind, ended.code, ended.signal, stale, ended.err))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", KILLED)
def test_a_killed_run_is_resumed(name, killed):
    run = killed(name)
    shutil.copytree(run, run.parents[3] / "again")
    os.chdir(run.parents[3])
    assert forked_runs.run(["resume=again"]).code == 0


@pytest.mark.parametrize("name", ["digits", "growing"])
def test_a_few_of_all_wrong_checkpoints_are_refused(name, killed):
    every = list(mutants(checkpoint.read(killed(name) / "checkpoints" / "last.ckpt")))
    certain = [mutant for mutant in every if not may_differ(mutant)]
    assert wrong(killed(name), random.Random(1).sample(certain, 14)) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", ["config", "optimizer_states", "all else"])
@pytest.mark.parametrize("name", KILLED)
def test_every_wrong_checkpoint_is_refused(name, part, killed):
    every = list(mutants(checkpoint.read(killed(name) / "checkpoints" / "last.ckpt")))
    parts = {mutant: mutant.place.partition("/")[0] for mutant in every}
    named = {"config", "optimizer_states"}
    chosen = [mutant for mutant, first in parts.items() if (first if first in named else "all else") == part]
    if name != "digits":  # one setting has them all
        chosen = random.Random(1).sample(chosen, len(chosen) // 4)
    assert chosen
    found = wrong(killed(name), chosen)
    assert not found, f"{len(found)} of {len(chosen)}: " + "".join(f"\n{one}" for one in found)


@pytest.fixture
def again(killed, tmp_path, monkeypatch):
    """A function from the name of a setting to a copy of its killed run, where the tests are."""

    def copied(name: str = "digits") -> Path:
        monkeypatch.chdir(tmp_path)
        return Path(shutil.copytree(killed(name), tmp_path / "run"))

    return copied


def forge(path: Path, change: Callable[[dict], object]) -> None:
    content = checkpoint.read(path)
    change(content)
    checkpoint.write(path.with_name("forged"), content)
    path.with_name("forged").replace(path)


def test_moments_of_another_shape_are_named_and_the_checkpoint_before_is_used(again):
    """Torch's fused optimizers would write beyond them."""
    run = again()
    last = run / "checkpoints" / "last.ckpt"
    shutil.copy(last, run / "checkpoints" / "previous.ckpt")
    forge(last, lambda content: content["optimizer_states"][0]["state"][3].update(exp_avg=torch.zeros(99)))
    ended = forked_runs.run([f"resume={run}"])
    assert ended.code == 0, ended
    assert "optimizer_states/0/state/3/exp_avg is a float32 tensor of shape [99]" in ended.err
    assert "this run has a float32 tensor of shape [16]" in ended.err and "falling back to previous.ckpt" in ended.err
    assert ended.err.count("\n") == 1


def test_a_config_that_is_refused_falls_back_as_well(again):
    run = again()
    last = run / "checkpoints" / "last.ckpt"
    shutil.copy(last, run / "checkpoints" / "previous.ckpt")
    forge(last, lambda content: content["config"]["model"].update(hidden_size=-1))
    ended = forked_runs.run([f"resume={run}"])
    assert ended.code == 0 and "falling back to previous.ckpt" in ended.err


def test_what_is_asked_of_the_optimizer_of_a_resumed_run_takes_effect(again):
    run = again()
    ended = forked_runs.run([f"resume={run}", "optimizer.weight_decay=0.25", "resume_anyway=true"])
    assert ended.code == 0, ended
    (state,) = checkpoint.read(run / "checkpoints" / "last.ckpt")["optimizer_states"]
    assert [group["weight_decay"] for group in state["param_groups"]] == [0.25]
    assert forked_runs.run([f"resume={run}", "trainer.max_epochs=3"]).code == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda best: best["state_dict"].popitem(),
        lambda best: best["state_dict"].update({"network.head.bias": torch.zeros(3)}),
        lambda best: best.update(state_dict=3),
    ],
)
def test_a_run_that_has_only_to_be_scored_is_not_without_its_best(change, again):
    run = again()
    scored = forked_runs.run([f"resume={run}"], lambda: forked_runs.at_call(fit, "finish", 1, lambda: os._exit(77)))
    assert scored.code == 77
    forge(run / "checkpoints" / "best.ckpt", change)
    before = snapshot(run)
    ended = forked_runs.run([f"resume={run}"])
    assert ended.code == 2 and "best.ckpt" in ended.err and ended.err.count("\n") == 1
    assert snapshot(run) == before


def test_what_torch_would_read_besides_the_items_of_a_dict_is_not_there(again):
    run = again()
    forge(run / "checkpoints" / "last.ckpt", lambda content: setattr(content["state_dict"], "_metadata", 5))
    ended = forked_runs.run([f"resume={run}"])
    assert ended.code == 0, ended


OWN = '''
import math
import pytorch_lightning as pl
import torch

class Slow(torch.optim.Optimizer):
    """Momentum that is looked at every other step."""

    def __init__(self, params, lr, keep=0.9):
        super().__init__(params, {"lr": lr, "keep": keep, "d": 1.0})

    def step(self, closure=None):
        loss = closure() if closure else None
        for group in self.param_groups:
            group["d"] *= 1.5
            for weight in group["params"]:
                state = self.state[weight]
                state.setdefault("round", 0)
                state.setdefault("mean", torch.zeros_like(weight))
                state["round"] = (state["round"] + 1) % 2
                state["mean"].mul_(group["keep"]).add_(weight.grad)
                weight.data.sub_(group["lr"] * state["mean"])
        return loss

class Watch(pl.Callback):
    def __init__(self):
        self.state = {"best": None, "least": math.inf, "all": [], "mean": torch.tensor(math.inf), "count": 0}

    def on_train_batch_end(self, *_):
        self.state["count"] += 1
        self.state.update(best=0.5, least=0.25, mean=torch.tensor(0.5), all=[*self.state["all"], 0.5])

    def state_dict(self):
        return dict(self.state)

    def load_state_dict(self, state):
        self.state = state
        if state["count"] == 99:
            raise ValueError("too many")

    def on_save_checkpoint(self, trainer, learner, checkpoint):
        checkpoint["watched"] = {"steps": trainer.global_step}
'''


def in_optimizer(**values: object) -> Callable[[dict], object]:
    return lambda content: content["optimizer_states"][0]["state"][2].update(values)


def in_group(**values: object) -> Callable[[dict], object]:
    return lambda content: content["optimizer_states"][0]["param_groups"][0].update(values)


def in_callback(**values: object) -> Callable[[dict], object]:
    return lambda content: content["callbacks"]["Watch"].update(values)


WRONG_OWN = {
    "optimizer_states/0/state/2/mean": in_optimizer(mean=torch.zeros(9)),
    "optimizer_states/0/state/2/round": in_optimizer(round="x"),
    "optimizer_states/0/param_groups/0/keep": in_group(keep=0.5),
    "optimizer_states/0/param_groups/0/d": in_group(d=None),
    "callbacks/Watch/best": in_callback(best="x"),
    "callbacks/Watch/least": in_callback(least=-math.inf),
    "callbacks/Watch/mean": in_callback(mean=torch.zeros(2)),
    "callbacks/Watch/all": in_callback(all=[math.nan]),
    "callbacks/Watch/count": in_callback(count=-1),
    "callbacks/Watch: too many": in_callback(count=99),
    "callbacks/Watch is missing": lambda content: content["callbacks"].pop("Watch"),
    "watched/steps": lambda content: content["watched"].update(steps=0.5),
    "watched is missing": lambda content: content.pop("watched"),
}


def test_an_optimizer_and_a_callback_of_the_users_are_vetted_without_an_edit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    Path("ownparts.py").write_text(OWN)
    Path("own/optimizer").mkdir(parents=True)
    Path("own/optimizer/slow.yaml").write_text("_target_: ownparts.Slow\nlr: 0.01\nkeep: 0.9\n")
    Path("own/callbacks").mkdir()
    Path("own/callbacks/watch.yaml").write_text("defaults: [default]\nwatch: {_target_: ownparts.Watch}\n")
    setting = ["--config-dir", "own", "optimizer=slow", "callbacks=watch", *SMALL]

    def kill() -> None:
        forked_runs.at_call(SequenceLearner, "training_step", 4, lambda: os.kill(os.getpid(), signal.SIGKILL))

    assert forked_runs.run(setting, kill).signal == signal.SIGKILL
    (run,) = forked_runs.runs()
    last = run / "checkpoints" / "last.ckpt"
    (run / "checkpoints" / "previous.ckpt").unlink()
    for named, change in WRONG_OWN.items():
        original = last.read_bytes()
        forge(last, change)
        ended = forked_runs.run([f"resume={run}", "trust=[ownparts]"])
        assert ended.code == 2 and named in ended.err, (named, ended)
        last.write_bytes(original)
    shutil.copytree(run, "without")
    ended = forked_runs.run(["resume=without", "trust=[ownparts]", "callbacks.early=null", "resume_anyway=true"])
    assert ended.code == 0, ended
    assert forked_runs.run([f"resume={run}", "trust=[ownparts]"]).code == 0
