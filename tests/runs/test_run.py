"""A run's directory: made so that no two runs share one."""

import os
import sys
from pathlib import Path

import pytest

from rnnlab.runs.run import command, make_directory, typed


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_twenty_runs_in_one_second_have_twenty_folders(tmp_path):
    children = []
    for _ in range(20):
        child = os.fork()
        if child == 0:
            make_directory(tmp_path / "outputs")
            os._exit(0)
        children.append(child)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children)
    assert len(list((tmp_path / "outputs").iterdir())) == 20


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("/somewhere/bin/rnnlab-train", "rnnlab-train"),
        ("C:/somewhere/Scripts/rnnlab-train.exe", "rnnlab-train"),
        ("/somewhere/bin/rnnlab", "rnnlab train"),
        ("/somewhere/rnnlab/__main__.py", "python -m rnnlab train"),
        ("/somewhere/rnnlab/train.py", "python -m rnnlab.train"),
        ("", "python -m rnnlab.train"),
    ],
)
def test_a_command_can_be_typed_again_as_it_is_recorded(program, name, monkeypatch):
    monkeypatch.setattr(sys, "argv", [program, "task=digitsum", "--config-dir", "my configs", "data.lengths=[1,2]"])
    assert typed() == f"{name} task=digitsum --config-dir 'my configs' 'data.lengths=[1,2]'"


def test_a_command_is_quoted_as_the_shells_of_the_system_do(monkeypatch):
    words = ["train", "seed=1,2", "task.path=my text.txt", r"resume=C:\runs\a-1"]
    assert command(words[:3]) == "train seed=1,2 'task.path=my text.txt'"
    monkeypatch.setattr(os, "name", "nt")
    assert command(words) == r'train "seed=1,2" "task.path=my text.txt" resume=C:\runs\a-1'
