"""Whatever a signed checkpoint holds, it is refused in one line or could have been written by such a run.

Every leaf and every container of real checkpoints is made wrong in every way that `mutants` knows, and the run resumed.
"""

import os
import random
import re
import shutil
import signal
from pathlib import Path

import pytest

import children
from mutants import Mutant, mutants
from rnnlab import checkpoint
from rnnlab.learner import SequenceLearner

SAVES = ["callbacks.saver.every_steps=1", "callbacks.saver.every_minutes=null"]
DIGITS = ["task=digitsum", "model=lstm", "model.hidden_size=4", "data.lengths=[2]", "data.batch_size=20"]
DIGITS += ["trainer.max_epochs=2", "callbacks.early.patience=9", *SAVES]  # 4 steps an epoch
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
    # Lightning's own x axis, set to the step when a run goes on
    r"loops/fit_loop/epoch_loop.state_dict/_batches_that_stepped": {"one more", "one less"},
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
                children.at_call(SequenceLearner, "training_step", step, lambda: os.kill(os.getpid(), signal.SIGKILL))

            assert children.run(setting, kill).signal == signal.SIGKILL
            made[name] = folder / next(iter(children.runs()))
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
        ended = children.run([f"resume={copy}"])
        stale = snapshot(copy) != before
        refused = ended.code == 2 and ended.err.startswith("rnnlab: error: ") and ended.err.count("\n") == 1
        diverged = ended.code == 1 and "not finite at step" in ended.err and mutant.kind.endswith("1e20")
        if not (refused and not stale) and not (may_differ(mutant) and (ended.code == 0 or diverged)):
            found.append((mutant.place, mutant.kind, ended.code, ended.signal, stale, ended.err))
    return found


@pytest.mark.parametrize("name", KILLED)
def test_a_killed_run_is_resumed(name, killed):
    run = killed(name)
    shutil.copytree(run, run.parents[3] / "again")
    os.chdir(run.parents[3])
    assert children.run(["resume=again"]).code == 0


@pytest.mark.parametrize("name", ["digits", "growing"])
def test_a_few_of_all_wrong_checkpoints_are_refused(name, killed):
    every = list(mutants(checkpoint.read(killed(name) / "checkpoints" / "last.ckpt")))
    certain = [mutant for mutant in every if not may_differ(mutant)]
    assert wrong(killed(name), random.Random(1).sample(certain, 20)) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", ["loops", "config", "optimizer_states", "all else"])
@pytest.mark.parametrize("name", KILLED)
def test_every_wrong_checkpoint_is_refused(name, part, killed):
    every = list(mutants(checkpoint.read(killed(name) / "checkpoints" / "last.ckpt")))
    parts = {mutant: mutant.place.partition("/")[0] for mutant in every}
    named = {"loops", "config", "optimizer_states"}
    chosen = [mutant for mutant, first in parts.items() if (first if first in named else "all else") == part]
    if name != "digits":  # one setting has them all
        chosen = random.Random(1).sample(chosen, len(chosen) // 4)
    assert chosen
    found = wrong(killed(name), chosen)
    assert not found, f"{len(found)} of {len(chosen)}: " + "".join(f"\n{one}" for one in found)
