"""kill -9 at seeded instants, in chains: every run that is restarted often enough ends where the undisturbed one ends.

A failure names its seed and the instants; `pytest tests/test_kill.py -m "" -k "<name>-<seed>"` replays them, all but
the kills from outside, which come after a time.
"""

import os
import random
import signal
import time
from pathlib import Path

import pytest

import children
from ends import differences
from rnnlab import checkpoint, files
from rnnlab.callbacks import record, saver
from rnnlab.learner import SequenceLearner
from rnnlab.run import read_record

DIGITS = ["task=digitsum", "model.num_layers=2", "model.dropout=0.3", "model.hidden_size=8", "data.lengths=[2]"]
DIGITS += ["data.batch_size=8", "trainer.max_epochs=4"]  # 10 steps an epoch
TEXT = ["task=chartext", "task.path=text", "model.hidden_size=8", "data.batch_size=4", "data.window=10"]
TEXT += ["trainer.max_steps=40", "trainer.check_every=7"]  # 11 steps an epoch
SAVES = ["callbacks.saver.every_steps=3", "callbacks.saver.every_minutes=null"]

PLACES: dict[str | None, tuple[object, str]] = {
    "training step": (SequenceLearner, "training_step"),
    "validation step": (SequenceLearner, "validation_step"),
    "epoch border": (saver.Saver, "on_train_epoch_end"),
    "log row": (record, "append"),
    "save, before there is a file": (checkpoint.torch, "save"),
    "save, before it is on the disk": (files.os, "fsync"),
    "save, before it has its name": (files.os, "replace"),
}
"""Where a child kills itself, at the n-th call; besides these, a kill from outside comes at any time."""


def killed(arguments: list[str], place: str | None, count: int, seconds: float) -> bool:
    """Trains until killed at the `count`-th visit of `place`, or after `seconds`; False where the run ended first."""

    def prepare() -> None:
        if place:
            children.at_call(*PLACES[place], count, lambda: os.kill(os.getpid(), signal.SIGKILL))

    def after(child: int) -> None:
        if not place:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)

    return children.run(arguments, prepare, after).signal == signal.SIGKILL


def chain(setting: list[str], seed: int, kills: int) -> tuple[Path, list[tuple]]:
    """Kills a run and whatever resumes it `kills` times, then lets it end: its directory, and the instants."""
    choose = random.Random(seed)
    instants: list[tuple] = []
    run: Path | None = None
    while len(instants) < kills:
        before = children.runs()
        instant = (choose.choice([*PLACES, None]), choose.randint(1, 12), choose.uniform(0.05, 0.8))
        if not killed([f"resume={run}"] if run else setting, *instant):
            run = None  # it was over before the instant came: kill a new one
            continue
        instants.append(instant)
        born = children.runs() - before
        run = next((one for one in born or {run} if one and list((one / "checkpoints").glob("[lp]*.ckpt"))), None)
    before = children.runs()
    if not run or read_record(run)["status"] != "done":
        ended = children.run([f"resume={run}"] if run else setting)
        assert ended.code == 0, (seed, instants, ended)
    return run or (children.runs() - before).pop(), instants


def check(setting: list[str], seed: int, kills: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    Path("text").write_text("".join(chr(97 + i * i % 23) for i in range(500)))
    assert children.run([*setting, *SAVES]).code == 0
    (whole,) = children.runs()
    resumed, instants = chain([*setting, *SAVES], seed, kills)
    assert differences(whole, resumed) == [], (seed, instants)
    assert not list(resumed.rglob(".*.part"))


def test_a_chain_of_kills_changes_nothing(tmp_path, monkeypatch):
    check(["model=gru", *DIGITS], 1, 5, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 14))
@pytest.mark.parametrize("setting", [DIGITS, TEXT], ids=["digits", "text"])
@pytest.mark.parametrize("model", ["rnn", "lstm", "gru"])
def test_24_chains_of_5_kills_change_nothing(model, setting, seed, tmp_path, monkeypatch):
    check([f"model={model}", *setting], seed, 5, tmp_path, monkeypatch)
