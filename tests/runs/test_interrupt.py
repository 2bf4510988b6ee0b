"""SIGTERM and SIGINT save at the next step border and exit with 143 and 130; what is resumed ends as if undisturbed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import forked_runs
from rnnlab import files
from rnnlab.data.module import TaskData
from rnnlab.training.callbacks import record
from rnnlab.training.learner import SequenceLearner
from same_ending import differences

SETTING = ["task=digitsum", "model=gru", "model.hidden_size=8", "data.lengths=[2]", "data.batch_size=8"]
SETTING += ["trainer.max_epochs=3", "callbacks.saver.every_steps=4"]
PLACES = {
    "training": (SequenceLearner, "training_step", 7),
    "validation": (SequenceLearner, "validation_step", 2),
    "saving": (files.os, "fsync", 3),
    "logging": (record, "append", 2),
    "the last step": (SequenceLearner, "training_step", 30),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("signum", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
@pytest.mark.parametrize("place", PLACES)
def test_a_signal_saves_and_the_resumed_run_ends_the_same(place, signum):
    assert forked_runs.run(SETTING).code == 0
    (whole,) = forked_runs.runs()
    ended = forked_runs.run(SETTING, lambda: forked_runs.at_call(*PLACES[place], lambda: os.kill(os.getpid(), signum)))
    assert ended.code == 128 + signum
    assert ended.err.startswith("rnnlab: error: stopped by SIG") and ended.err.count("\n") == 1
    (run,) = forked_runs.runs() - {whole}
    record = json.loads((run / "run.json").read_text())
    assert record["status"] == "interrupted" and record["resume"] == f"python -m rnnlab.train resume={run}"
    assert record["resume"] in ended.err
    assert forked_runs.run([f"resume={run}"]).code == 0
    assert differences(whole, run) == []


def test_a_signal_before_the_only_step_saves_after_it():
    one = [*SETTING[:-3], "data.batch_size=80", "trainer.max_epochs=1", "callbacks.saver.every_steps=4"]
    ended = forked_runs.run(
        one, lambda: forked_runs.at_call(TaskData, "train_dataloader", 1, lambda: os.kill(os.getpid(), signal.SIGTERM))
    )
    assert (ended.code, ended.err.count("\n")) == (143, 1), ended
    (run,) = forked_runs.runs()
    assert forked_runs.run([f"resume={run}"]).code == 0


def test_a_second_signal_ends_at_once():
    def twice() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)

    ended = forked_runs.run(SETTING, lambda: forked_runs.at_call(SequenceLearner, "training_step", 7, twice))
    assert ended.code == 130
    (run,) = forked_runs.runs()
    assert json.loads((run / "run.json").read_text())["status"] == "running"  # nothing more was written


def test_a_signal_that_comes_twice_is_one():
    def twice() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)

    assert forked_runs.run(SETTING, lambda: forked_runs.at_call(SequenceLearner, "training_step", 7, twice)).code == 143
    (run,) = forked_runs.runs()
    assert json.loads((run / "run.json").read_text())["status"] == "interrupted"


@pytest.mark.parametrize("seconds", [0.4, 1.5])
def test_a_signal_during_start_up_leaves_nothing(seconds):
    process = subprocess.Popen([sys.executable, "-m", "rnnlab.train", *SETTING], stderr=subprocess.PIPE, text=True)
    time.sleep(seconds)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (143, -signal.SIGTERM)  # -15: Python itself was still starting; a shell says 143
    assert err.count("\n") == (process.returncode == 143)
    assert not Path("outputs").exists()


def test_a_signal_ends_a_sweep_when_its_running_job_has_saved():
    def stop() -> None:
        original, calls = SequenceLearner.training_step, [0]

        def step(self, batch, index):
            calls[0] += 1
            if calls[0] == 7 and torch.initial_seed() == 2:
                os.kill(os.getppid(), signal.SIGTERM)
                time.sleep(0.5)
            return original(self, batch, index)

        SequenceLearner.training_step = step

    ended = forked_runs.run(["-m", *SETTING, "seed=1,2,3", "sweep.name=s"], stop)
    assert ended.code == 143
    assert "sweep.resume=outputs/sweeps/s" in ended.err and ended.err.count("\n") == 1
    records = [json.loads(path.read_text()) for path in Path("outputs/sweeps/s").glob("*/run.json")]
    assert {record["seed"]: record["status"] for record in records} == {1: "done", 2: "interrupted"}
    assert forked_runs.run(["sweep.resume=outputs/sweeps/s"]).code == 0
