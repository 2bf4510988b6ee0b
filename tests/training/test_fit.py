"""One training from its start to its end, also on a full disk."""

import errno
import io
import json
import os
from pathlib import Path

import pytest

from rnnlab import files
from rnnlab.runs import checkpoint
from rnnlab.train import main

SHORT = ["task=digitsum", "model=gru", "model.hidden_size=8", "data.lengths=[2]", "data.batch_size=8"]
SHORT += ["trainer.max_epochs=3", "callbacks.saver.every_steps=4"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class FullDisk:
    """Stands for `open`: checkpoints that are being written take `room` more bytes in all, then the disk is full."""

    def __init__(self, room: int):
        self.room = room

    def __call__(self, path: object, mode: str = "r", **options: object) -> io.IOBase:
        file = open(path, mode, **options)  # noqa: SIM115 - as open does
        if ".ckpt." in str(path):
            write = file.write

            def limited(content: bytes) -> int:
                write(content[: self.room])
                self.room -= len(content)
                if self.room < 0:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return len(content)

            file = Writer(file, limited)
        return file


class Writer:
    def __init__(self, file: io.IOBase, write: object):
        self.file, self.write = file, write

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)


def test_a_training_on_a_full_disk_ends_in_one_line_and_goes_on_when_there_is_room(monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr(files, "open", FullDisk(60_000), raising=False)
        assert main(SHORT) == 1
    err = capsys.readouterr().err
    assert "the disk is full" in err and err.count("\n") == 1
    (run,) = Path("outputs").glob("*/*/*")
    assert json.loads((run / "run.json").read_text())["status"] == "failed"
    assert checkpoint.read(run / "checkpoints" / "last.ckpt")["global_step"] > 0
    assert not list(run.rglob("*.part"))
    assert main([f"resume={run}"]) == 0
