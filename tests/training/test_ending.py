"""What the end of a run says, as a person with 80 columns sees it."""

import os
import re
import shlex
import sys
from pathlib import Path

import pytest

import rnnlab
from rnnlab.__main__ import main
from rnnlab.training import console
from rnnlab.training.ending import program

SMALL = ["model.hidden_size=8", "trainer.limit_batches=4"]


@pytest.fixture
def ending(tmp_path, monkeypatch, capsys):
    """What a training prints after its last line of progress, at 80 columns, and its run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(console, "WIDTH", 80)

    def train(*overrides):
        run = rnnlab.train(*SMALL, *overrides)
        return capsys.readouterr().out.partition(" left\n")[2], run

    return train


def test_at_80_columns_no_word_of_the_table_is_cut_and_no_command_is_broken(ending):
    out, run = ending("task=digitsum", "model=lstm", "trainer.max_epochs=1")
    head = "│ split │ loss │ accuracy │ exact match │"
    assert head in re.sub(" +", " ", out.replace("┃", "│")) and "…" not in out
    assert out.startswith("lstm on digitsum: 812 parameters, 4 steps in ")
    assert f"{run.folder}/checkpoints/best.ckpt, of step 4\n" in out
    assert out.count("\nright  ") + out.count("\nwrong  ") >= 3 and "right is" in out


def test_the_commands_that_it_names_work_as_they_are_typed(ending, capsys):
    out, _ = ending("task=digitsum", "model=gru", "trainer.max_epochs=1")
    lines = [shlex.split(line) for line in out.partition("next:\n")[2].splitlines()]
    words = [line[line.index("-m") + 2 :] if "-m" in line else line[1:] for line in lines[:3]]
    assert [line[0] for line in words] == ["predict", "evaluate", "train"]
    assert main(words[0]) == 0 and re.match(r"\d+=\d", capsys.readouterr().out)
    assert main(words[1]) == 0
    assert main(words[2]) == 0 and words[2][-1] == "trainer.max_epochs=2"
    assert lines[3][1:] == ["--logdir", "outputs"]


def test_a_text_ends_with_a_sample_and_longer_means_more_steps(ending):
    out, run = ending("task=chartext", "task.corpus=sentences", "trainer.max_epochs=null", "trainer.max_steps=3")
    assert "it writes: " in out and f"rnnlab sample {run.folder} length=200" in out
    assert "trainer.max_steps=6" in out


def test_a_task_that_cannot_read_its_examples_does_not_spoil_the_end_of_its_run(ending, monkeypatch):
    monkeypatch.setattr("rnnlab.tasks.countdown.Countdown.parse", lambda *_: 1 / 0)
    out, run = ending("task=countdown", "trainer.max_epochs=1")
    assert "no examples: ZeroDivisionError in Countdown" in out and run.status == "done"


def test_a_program_is_typed_by_its_name_or_where_no_shell_finds_it_by_its_path(tmp_path, monkeypatch):
    folder = tmp_path / "my env" / "bin"
    folder.mkdir(parents=True)
    for name in ("python", "tensorboard"):
        (folder / name).touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", str(folder))
    assert program("tensorboard") == "tensorboard" and program("none") == "none"
    monkeypatch.setenv("PATH", os.defpath)
    assert program("tensorboard") == str(folder / "tensorboard")
    monkeypatch.chdir(tmp_path / "my env")
    assert program("python") == str(Path("bin", "python"))
