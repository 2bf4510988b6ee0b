"""A save is whole or did not happen; a training that meets a full disk or a NaN loses nothing that was saved."""

import csv
import errno
import io
import json
import os
import random
import shutil
from pathlib import Path

import pytest
import torch

from ends import differences
from rnnlab import checkpoint, files
from rnnlab.errors import DiskFull, InputError
from rnnlab.learner import SequenceLearner
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


@pytest.mark.parametrize("count", [1, 7, 23])
@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_what_is_not_finite_stops_before_the_step_and_can_go_on_with_another_rate(bad, count, monkeypatch, capsys):
    original, calls = SequenceLearner.training_step, [0]

    def poisoned(self, batch, index):
        calls[0] += 1
        return original(self, batch, index) * (bad if calls[0] == count else 1.0)

    with monkeypatch.context() as patch:
        patch.setattr(SequenceLearner, "training_step", poisoned)
        assert main(SHORT) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and f"not finite at step {count}:" in err
    assert "gradient norm" in err and "learning rate" in err
    (run,) = Path("outputs").glob("*/*/*")
    if count < 4:  # before the first save
        assert not (run / "checkpoints" / "last.ckpt").exists()
        return
    saved = checkpoint.read(run / "checkpoints" / "last.ckpt")
    assert saved["global_step"] < count
    assert all(torch.isfinite(weight).all() for weight in saved["state_dict"].values())
    assert main([f"resume={run}", "optimizer.lr=0.0001"]) == 0
    assert json.loads((run / "run.json").read_text())["resumed"][0]["changes"] == {"optimizer.lr": [0.01, 0.0001]}


def stopped_in(step: int, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The run that fails in a step."""
    original, calls = SequenceLearner.training_step, [0]

    def failing(self, batch, index):
        calls[0] += 1
        if calls[0] == step:
            raise ZeroDivisionError
        return original(self, batch, index)

    with monkeypatch.context() as patch:
        patch.setattr(SequenceLearner, "training_step", failing)
        assert main(arguments) == 1
    (run,) = Path("outputs").glob("*/*/*")
    return run


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that failed in step 10 of 30, last saved after step 8."""
    return stopped_in(10, SHORT, monkeypatch)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("data.batch_size=7", "data.batch_size was 8, now 7"),
        ("seed=2", "seed was 1, now 2"),
        ("model=lstm", "model"),
        ("model.hidden_size=9", "model.hidden_size was 8, now 9"),
        ("trainer.precision=64-true", "trainer.precision was 32-true, now 64-true"),
        ("trainer.threads=2", "trainer.threads was auto, now 2"),
        ("data.lengths=[2,3]", "data.lengths"),
        ("task=binaryaddition", "task"),
        ("optimizer=sgd", "optimizer"),
    ],
)
def test_another_run_is_not_resumed_by_mistake(change, named, interrupted, capsys):
    assert main([f"resume={interrupted}", change]) == 2
    err = capsys.readouterr().err
    assert named in err and err.count("\n") == 1


def test_resume_anyway_allows_a_difference_and_records_it(interrupted):
    assert main([f"resume={interrupted}", "data.batch_size=7", "resume_anyway=true"]) == 0
    record = json.loads((interrupted / "run.json").read_text())
    assert record["resumed"] == [{"step": 8, "changes": {"data.batch_size": [8, 7]}}]


def test_a_best_check_that_a_resumed_run_does_not_come_to_again_is_no_best_of_it(monkeypatch):
    """Checked after steps 10 and 20, saved after step 16, stopped in step 25; then a rate that spoils all."""
    often = ["callbacks.saver.every_steps=16", "callbacks.saver.monitor=loss/train", "callbacks.saver.mode=min"]
    run = stopped_in(25, [*SHORT[:-1], *often], monkeypatch)
    steps = [checkpoint.read(run / "checkpoints" / name)["global_step"] for name in ("best.ckpt", "last.ckpt")]
    assert steps == [20, 16]
    assert main([f"resume={run}", "optimizer.lr=10"]) == 0
    assert checkpoint.read(run / "checkpoints" / "best.ckpt")["global_step"] > 16
    with open(run / "metrics.csv", newline="") as file:
        losses = [float(row["loss/validation"]) for row in csv.DictReader(file)]
    assert json.loads((run / "run.json").read_text())["metrics"]["loss/validation"] in losses


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"x"), lambda path: path.unlink()])
def test_a_damaged_best_does_not_stop_a_run_from_going_on(damage, monkeypatch, capsys):
    run = stopped_in(15, SHORT, monkeypatch)
    damage(run / "checkpoints" / "best.ckpt")
    assert main([f"resume={run}"]) == 0
    assert "the best check from here on" in capsys.readouterr().err


def test_another_text_under_the_same_name_is_noticed(monkeypatch, capsys):
    Path("text").write_text("abcdefghij" * 30)
    text = ["task=chartext", "task.path=text", "data.batch_size=2", "data.window=10", "model.hidden_size=4"]
    assert main([*text, "trainer.max_steps=4"]) == 0
    (run,) = Path("outputs").glob("*/*/*")
    Path("text").write_text("abcdefghji" * 30)
    assert main([f"resume={run}", "trainer.max_steps=8"]) == 2
    assert "data was" in capsys.readouterr().err


def test_a_finished_run_says_so_and_is_extended_by_more_epochs(capsys):
    assert main(SHORT) == 0
    (run,) = Path("outputs").glob("*/*/*")
    assert main([f"resume={run}"]) == 2
    assert "finished at step 30" in capsys.readouterr().err
    assert main([f"resume={run}", "trainer.max_epochs=2"]) == 2
    assert main([f"resume={run}", "trainer.max_epochs=5"]) == 0
    assert json.loads((run / "run.json").read_text())["steps"] == 50
    assert len((run / "metrics.csv").read_text().splitlines()) == 6


def test_a_running_run_is_not_resumed_and_a_dead_one_holds_no_lock(interrupted, capsys):
    child = os.fork()
    if child == 0:
        import fcntl
        import time

        fcntl.flock(os.open(interrupted / ".lock", os.O_RDWR), fcntl.LOCK_EX)
        Path("locked").write_text("")
        time.sleep(60)
    while not Path("locked").exists():
        pass
    assert main([f"resume={interrupted}"]) == 2
    assert "is running" in capsys.readouterr().err
    os.kill(child, 9)
    os.waitpid(child, 0)
    assert main([f"resume={interrupted}"]) == 0


def test_a_run_that_was_moved_goes_on_and_no_absolute_path_is_in_a_checkpoint(interrupted, tmp_path):
    moved = Path(shutil.move(interrupted, tmp_path / "moved"))
    shutil.rmtree("outputs")
    for path in (moved / "checkpoints").iterdir():
        assert str(tmp_path).encode() not in path.read_bytes()
    assert main([f"resume={moved}"]) == 0
    assert not Path("outputs").exists()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["resume=missing"], "no run there"),
        (["resume="], "no run there"),
        (["resume=."], "no run there"),
        (["resume=RUN", "resume=RUN"], "given twice"),
        (["-m", "resume=RUN"], "one run at a time"),
        (["resume=RUN", "--cfg", "job"], "one run at a time"),
        (["resume=RUN", "resume_anyway=maybe"], "allowed: false, true"),
        (["resume=RUN", "trainer.max_epoch=9"], "did you mean"),
        (["resume=RUN", "model=lsmt"], "did you mean 'lstm'"),
        (["resume=RUN", "trainer.max_epochs=x"], "must be a whole number"),
        (["resume=RUN", "optimizer.lr=nan"], "finite number above 0"),
        (["resume=RUN", "seed=1,2"], "seed"),
        (["resume_anyway=true"], "unknown key"),
        (["trust=[os]"], "unknown key"),
    ],
)
def test_a_mistaken_resume_is_one_line(arguments, hint, interrupted, capsys):
    before = sorted(path for path in interrupted.rglob("*") if path.name != ".lock")
    assert main([argument.replace("RUN", str(interrupted)) for argument in arguments]) == 2
    err = capsys.readouterr().err
    assert hint in err and err.count("\n") == 1
    assert sorted(path for path in interrupted.rglob("*") if path.name != ".lock") == before


def test_a_run_that_was_never_saved_begins_anew_in_its_folder_and_ends_the_same(interrupted):
    assert main(SHORT) == 0
    (whole,) = set(Path("outputs").glob("*/*/*")) - {interrupted}
    shutil.rmtree(interrupted / "checkpoints")
    Path(interrupted, "notes").write_text("mine")
    assert main([f"resume={interrupted}"]) == 0
    assert differences(whole, interrupted) == []
    assert Path(interrupted, "notes").read_text() == "mine"


def test_a_run_that_was_never_saved_is_not_another_run_by_mistake(interrupted, capsys):
    shutil.rmtree(interrupted / "checkpoints")
    assert main([f"resume={interrupted}", "seed=2"]) == 2
    assert "seed was 1, now 2" in capsys.readouterr().err
    record = json.loads((interrupted / "run.json").read_text())
    record["config"]["model"]["_target_"] = "os.system"
    (interrupted / "run.json").write_text(json.dumps(record))
    assert main([f"resume={interrupted}"]) == 2
    assert "os.system" in capsys.readouterr().err


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


def test_twenty_runs_in_one_second_have_twenty_folders(tmp_path):
    from rnnlab.run import make_directory

    children = []
    for _ in range(20):
        child = os.fork()
        if child == 0:
            make_directory(tmp_path / "outputs")
            os._exit(0)
        children.append(child)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children)
    assert len(list((tmp_path / "outputs").iterdir())) == 20
