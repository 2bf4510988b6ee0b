"""A training begun from Python is that of the command, and leaves the process as it was."""

import json
import os
import signal
import threading

import pytest

import rnnlab
from rnnlab.runs import interrupt as signals
from rnnlab.train import main
from rnnlab.training.learner import SequenceLearner

SMALL = ["task=digitsum", "model=gru", "model.hidden_size=8", "data.lengths=[2]", "data.batch_size=40"]
SMALL += ["trainer.max_epochs=2"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_in_one_process_are_each_what_the_command_makes(folder):
    runs = [rnnlab.train(*SMALL), rnnlab.train(*SMALL, "seed=2"), rnnlab.train(*SMALL)]
    assert main(SMALL) == 0
    known = {run.folder.resolve() for run in runs}
    (by_command,) = [run for run in rnnlab.runs() if run.folder not in known]
    checks = [(run.folder / "metrics.csv").read_bytes() for run in (*runs, by_command)]
    assert checks[0] == checks[2] == checks[3] != checks[1]
    assert runs[0].scores == by_command.scores and runs[0].status == "done"
    assert runs[0].record["overrides"] == SMALL
    assert runs[1].record["command"] == f"rnnlab.train({', '.join(map(repr, [*SMALL, 'seed=2']))})"


@pytest.mark.parametrize(
    "words",
    [["task=digitsun"], ["model.hiden_size=3"], ["model.hidden_size=0"], ["lstm"], ["task.csv=none"], ["seed=1,2"]],
    ids=str,
)
def test_bad_input_is_refused_with_the_line_of_the_command_and_leaves_nothing(words, folder, capsys):
    with pytest.raises(rnnlab.InputError) as refused:
        rnnlab.train(*words)
    assert main(words) == 2
    assert capsys.readouterr().err == f"rnnlab: error: {refused.value}\n"
    assert not list(folder.iterdir())


def test_several_processes_are_for_the_command(folder):
    with pytest.raises(rnnlab.InputError, match="one process"):
        rnnlab.train("trainer=ddp")
    assert not list(folder.iterdir())


def interrupt(monkeypatch, at, times=1):
    original, calls = SequenceLearner.training_step, [0]

    def step(self, batch, index):
        calls[0] += 1
        if at <= calls[0] < at + times:
            os.kill(os.getpid(), signal.SIGINT)
        return original(self, batch, index)

    monkeypatch.setattr(SequenceLearner, "training_step", step)


def test_an_interrupt_saves_and_is_a_keyboard_interrupt_that_says_how_to_go_on(folder, monkeypatch):
    before = signal.getsignal(signal.SIGINT)
    with (
        monkeypatch.context() as patched,
        pytest.raises(KeyboardInterrupt, match=r"saved at step 2, go on with: .*resume="),
    ):
        interrupt(patched, 2)
        rnnlab.train(*SMALL)
    assert signal.getsignal(signal.SIGINT) is before
    (run,) = rnnlab.runs()
    assert run.status == "interrupted"
    assert main([f"resume={run.folder}"]) == 0
    assert json.loads((run.folder / "run.json").read_text())["status"] == "done"


def test_a_second_interrupt_ends_the_training_and_not_the_process(folder, monkeypatch):
    monkeypatch.setattr(signals, "SAME", 0.0)
    interrupt(monkeypatch, 2, times=2)
    with pytest.raises(KeyboardInterrupt):
        rnnlab.train(*SMALL, "callbacks.saver.every_steps=100")


def test_it_trains_in_a_thread(folder):
    made = []
    thread = threading.Thread(target=lambda: made.append(rnnlab.train(*SMALL)))
    thread.start()
    thread.join()
    assert made[0].status == "done"
