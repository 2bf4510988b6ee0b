"""A full disk is called one, in one line with exit code 1: of what is written, of what is printed, at any time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import saved_runs

SMALL = "model=gru model.hidden_size=4 data.lengths=[2] data.batch_size=20 trainer.max_epochs=4"
COMMANDS = {
    "train": f"train {SMALL}",
    "help": "train --help",
    "sweep": f"train -m {SMALL} seed=1,2",
    "predict": "predict run 12",
    "evaluate": "evaluate run lengths=[2] count=10",
    "report": "report run",
    "dataset": "dataset task=digitsum data.lengths=[2,3] out=sums.csv",
}


@pytest.fixture
def ask(tmp_path: Path):
    """Runs a command as a person would, behind what a shell says first; its exit code and stderr."""
    saved_runs.save(tmp_path / "run", "task=digitsum", "model=gru", "data.lengths=[2]")

    def ask(command: str, shell: str, out: str = "") -> tuple[int, str]:
        line = f"{shell} {sys.executable} -m rnnlab.{command} {out}"
        done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=200)
        return done.returncode, done.stderr

    return ask


def one_line(ended: tuple[int, str]) -> bool:
    code, err = ended
    return code == 1 and err.startswith("rnnlab: error: the disk is full") and err.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "name", [name if name in ("help", "report") else pytest.param(name, marks=pytest.mark.slow) for name in COMMANDS]
)
def test_what_cannot_be_printed_for_want_of_room(name, ask):
    ended = ask(COMMANDS[name], "exec", "> /dev/full")
    assert one_line(ended), ended


@pytest.mark.slow
@pytest.mark.parametrize("name", ["train", "evaluate", "report", "dataset", "sweep"])
def test_what_cannot_be_written_for_want_of_room(name, ask, tmp_path):
    ended = ask(COMMANDS[name], "ulimit -f 0;")
    assert one_line(ended), ended
    assert not list(tmp_path.rglob("*.part")) and not (tmp_path / "sums.csv").exists()


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [1, 2, 4, 6, 8, 12, 16])
def test_a_training_whose_files_may_grow_no_more_ends_in_one_line_and_goes_on_with_room(blocks, ask, tmp_path):
    code, err = ended = ask(COMMANDS["train"], f"ulimit -f {blocks};", "> out.txt")
    assert one_line(ended) or (code, err) == (0, ""), ended
    runs = [path.parent for path in tmp_path.glob("outputs/*/*/*/run.json")]
    if code and runs:
        code, err = ask(f"train resume={runs[0]}", "exec")
        assert (code, err) == (0, "")


def test_a_write_beyond_the_limit_is_an_error_and_not_a_signal(tmp_path):
    line = f"ulimit -f 1; exec {sys.executable} -c 'from rnnlab import files; from pathlib import Path; "
    line += 'files.write(Path("big"), bytes(5000))\''
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 1 and "DiskFull: the disk is full" in done.stderr and not list(tmp_path.iterdir())
