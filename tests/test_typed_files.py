"""Files that a person names may lie anywhere and be links, but nothing else is read, waited for or replaced."""

import os
from pathlib import Path

import pytest

import saved_runs
from rnnlab import dataset, evaluate, sample
from rnnlab.train import main as train

SMALL = ["model=rnn", "model.hidden_size=4", "trainer.max_steps=2", "trainer.check_every=2"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    saved_runs.save(tmp_path / "texts", "task=chartext", "model=lstm", vocabulary="\n abc")
    saved_runs.save(tmp_path / "sums", "task=digitsum", "model=rnn", "data.lengths=[2]")
    Path("text").write_text("abc cab\n" * 30)
    Path("csv").write_text("12,3\n45,9\n")
    Path("link to text").symlink_to("text")
    Path("link to csv").symlink_to("csv")
    os.mkfifo("pipe")
    Path("link to pipe").symlink_to("pipe")
    Path("folder").mkdir()
    with open("huge", "wb") as file:
        file.truncate(1 << 40)
    return tmp_path


READS = {
    "prompt_file": lambda name: sample.main(["texts", f"prompt_file={name}", "length=2"]),
    "input": lambda name: evaluate.main(["sums", f"input={name}"]),
    "task.path": lambda name: train(["task=chartext", *SMALL, "data.batch_size=2", f"task.path='{name}'"]),
    "task.csv": lambda name: train(["task=digitsum", *SMALL, f"task.csv='{name}'"]),
}
NO_FILES = {"link to pipe": "a pipe", "folder": "a folder", "none": "No such file", "/dev/zero": "a device"}


@pytest.mark.parametrize("read", READS)
def test_what_is_no_file_is_refused_in_one_line(read, capsys):
    more = {"huge": "NUL" if read == "task.path" else "more than"}
    for name, why in {**NO_FILES, **more}.items():
        assert READS[read](name) == 2
        err = capsys.readouterr().err
        assert why in err and f"{read}=" in err and err.count("\n") == 1
    assert not Path("outputs").exists()


@pytest.mark.parametrize(("read", "name"), [("prompt_file", "link to text"), ("input", "link to csv")])
def test_a_link_to_a_file_is_read(read, name, capsys):
    assert READS[read](name) == 0


def test_a_device_or_a_pipe_is_not_written_to_and_a_link_is_replaced(monkeypatch, capsys):
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda old, new: replace(old, new) if not new.is_absolute() else 1 / 0)
    for name in ("pipe", "folder", "/dev/null", "/dev/stdout", f"/proc/{os.getpid()}/fd/1"):
        assert dataset.main(["task=digitsum", "data.lengths=[2]", f"out={name}"]) == 2
        err = capsys.readouterr().err
        assert "cannot be written" in err and f"out={name}" in err and err.count("\n") == 1
    assert dataset.main(["task=digitsum", "data.lengths=[2]", "out=link to csv"]) == 0
    assert Path("csv").read_text() == "12,3\n45,9\n" and not Path("link to csv").is_symlink()
    assert len(Path("link to csv").read_text().splitlines()) == 100
