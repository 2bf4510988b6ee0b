"""A run's directory: made so that no two runs share one."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_twenty_runs_in_one_second_have_twenty_folders(tmp_path):
    from rnnlab.runs.run import make_directory

    children = []
    for _ in range(20):
        child = os.fork()
        if child == 0:
            make_directory(tmp_path / "outputs")
            os._exit(0)
        children.append(child)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children)
    assert len(list((tmp_path / "outputs").iterdir())) == 20
