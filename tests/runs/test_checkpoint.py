"""A save is whole or did not happen; a training that meets a full disk or a NaN loses nothing that was saved."""

import errno
import hashlib
import io
import json
import os
import random
import shutil
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from quick_properties import one_line, quick
from rnnlab import files
from rnnlab.errors import DiskFull, InputError
from rnnlab.runs import checkpoint
from rnnlab.tasks.digit_csv import read_csv
from rnnlab.tasks.digitsum import DigitSum
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


def example(value: float) -> dict:
    return {"format": "rnnlab", "version": checkpoint.VERSION, "weights": torch.full((1000,), value)}


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_disk_that_fills_up_at_any_byte_of_a_save_leaves_the_old_checkpoint(elsewhere, tmp_path, monkeypatch):
    if elsewhere:  # on another file system, where temporary files must not go
        if not Path("/dev/shm").is_dir():
            pytest.skip("no /dev/shm here, to be another file system")
        monkeypatch.setenv("TMPDIR", "/dev/shm")
    path = tmp_path / "checkpoints" / "last.ckpt"
    checkpoint.write(path, example(1.0))
    size = path.stat().st_size
    for room in sorted(random.Random(1).sample(range(size), 25)):
        with monkeypatch.context() as patch:
            patch.setattr(files, "open", FullDisk(room), raising=False)
            with pytest.raises(DiskFull):
                checkpoint.write(path, example(2.0))
        assert torch.equal(checkpoint.read(path)["weights"], torch.ones(1000))
        assert [file.name for file in path.parent.iterdir()] == ["last.ckpt"]


def test_the_newest_two_are_kept(tmp_path):
    path = tmp_path / "checkpoints" / "last.ckpt"
    for value in (1.0, 2.0, 3.0):
        checkpoint.write(path, example(value))
    kept = {file.name: checkpoint.read(file)["weights"][0].item() for file in path.parent.iterdir()}
    assert kept == {"last.ckpt": 3.0, "previous.ckpt": 2.0}


def test_any_flipped_bit_and_any_cut_is_noticed(tmp_path):
    path = tmp_path / "last.ckpt"
    checkpoint.write(path, example(1.0))
    good = path.read_bytes()
    choose = random.Random(2)
    for _ in range(300):
        bad = bytearray(good)
        if choose.random() < 0.5:
            bad[choose.randrange(len(bad))] ^= 1 << choose.randrange(8)
        else:
            bad = bad[: choose.randrange(len(bad))]
        path.write_bytes(bad)
        with pytest.raises(InputError, match=r"last\.ckpt"):
            checkpoint.read(path)


def test_plain_torch_reads_a_checkpoint(tmp_path):
    checkpoint.write(tmp_path / "last.ckpt", example(1.0))
    assert torch.load(tmp_path / "last.ckpt", weights_only=True)["version"] == checkpoint.VERSION


def test_a_finished_run_whose_checkpoints_are_gone_says_so(capsys):
    assert main(SHORT) == 0
    (run,) = Path("outputs").glob("*/*/*")
    shutil.rmtree(run / "checkpoints")
    assert main([f"resume={run}"]) == 2
    assert "its checkpoints are gone" in capsys.readouterr().err


@pytest.mark.parametrize("change", ["callbacks.early.patience=9", "trainer.max_epochs=9"])
def test_a_run_that_was_stopped_early_is_extended_by_what_stopped_it_or_more_epochs(change, capsys):
    stopped = [*SHORT[:-2], "trainer.max_epochs=8", "optimizer.lr=1.0", "callbacks.early.patience=1"]
    assert main(stopped) == 0
    (run,) = Path("outputs").glob("*/*/*")
    steps = json.loads((run / "run.json").read_text())["steps"]
    assert steps < 80
    assert main([f"resume={run}"]) == 2
    assert f"finished at step {steps}" in capsys.readouterr().err
    assert main([f"resume={run}", change]) == 0
    assert json.loads((run / "run.json").read_text())["steps"] > steps


@quick
@given(some.randoms(use_true_random=False))
def test_a_damaged_checkpoint_is_refused_or_whole(tmp_path, choose: random.Random):
    """Damage of every kind, with the checksum made right again half of the time."""
    path = tmp_path / "last.ckpt"
    good = {
        "format": "rnnlab",
        "version": checkpoint.VERSION,
        "weights": torch.arange(50.0),
        "config": {"a": [1, "b", None]},
    }
    checkpoint.write(path, good)
    content = bytearray(path.read_bytes())
    for _ in range(choose.randint(1, 4)):
        place = choose.randrange(len(content))
        match choose.randrange(4):
            case 0:
                content[place] ^= 1 << choose.randrange(8)
            case 1:
                del content[place : place + choose.randint(1, 40)]
            case 2:
                content[place:place] = bytes(choose.randrange(256) for _ in range(choose.randint(1, 40)))
            case 3:
                content[place : place + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(resigned(bytes(content)) if choose.random() < 0.5 else bytes(content))
    try:
        read = checkpoint.read(path)
    except InputError as error:
        assert one_line(error)
    else:
        assert isinstance(read, dict) and read["format"] == "rnnlab"


def resigned(content: bytes) -> bytes:
    body = content[:-64]
    return body + hashlib.sha256(body).hexdigest().encode()


def test_what_is_written_is_what_is_read(tmp_path):
    examples = DigitSum().every(3)
    (tmp_path / "out.csv").write_text("".join(DigitSum().lines([examples])))
    again = read_csv(str(tmp_path / "out.csv"))[3]
    assert torch.equal(again, examples.inputs[:, :3])
