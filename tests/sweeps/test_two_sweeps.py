"""Two sweeps of one name at once: the second is one line and touches nothing, at any instant of the first."""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import forked_runs
from rnnlab import files
from rnnlab.errors import InputError
from rnnlab.reports import report
from rnnlab.runs import run
from rnnlab.sweeps import checking, jobs, local
from rnnlab.sweeps.children import Child
from rnnlab.train import main
from rnnlab.training.learner import SequenceLearner
from small_sweeps import (
    SMALL,
    SWEEP,
    misbehave,
    states,
)

SEARCH = [*SMALL, "search=random", "search.trials=2", "search.space=null", "optimizer.lr=interval(0.001,0.01)"]
FIRST = {"sweep": [*SMALL, "seed=1,2"], "search": SEARCH}
SECOND = {**FIRST, "another": [*SMALL, "seed=3", "model=gru"], "resume": [f"sweep.resume={SWEEP}"]}
INSTANTS = {
    "checking": (checking, "problem", 1),
    "running": (SequenceLearner, "training_step", 3),
    "reporting": (report, "at_end", 1),
}
SAID = Path("said")


def everything() -> dict[str, tuple]:
    """Every file of the sweep, when it was last changed, and what it holds."""
    found = sorted(path for path in SWEEP.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in found}


def intrude(*arguments: str) -> None:
    """A sweep in a process of its own; notes how it ended, and whether anything is different."""
    before = everything()
    environment = {key: value for key, value in os.environ.items() if key != "HYDRA_FULL_ERROR"}  # set by the first
    command = [sys.executable, "-m", "rnnlab.train", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100)
    said = {"code": ended.returncode, "err": ended.stderr, "out": ended.stdout, "same": everything() == before}
    SAID.write_text(json.dumps(said))


def check_refused(hint: str = "is running") -> None:
    said = json.loads(SAID.read_text())
    assert said["code"] == 2 and said["out"] == "" and said["same"], said
    assert hint in said["err"] and said["err"].count("\n") == 1, said


def often(first: str, second: str, instant: str) -> tuple:
    """A case, slow unless it is the first to look at."""
    fast = (first, second, instant) == ("sweep", "sweep", "checking")
    return pytest.param(first, second, instant, marks=[] if fast else pytest.mark.slow)


@pytest.mark.parametrize(
    ("first", "second", "instant"), [often(*case) for case in itertools.product(FIRST, SECOND, INSTANTS)]
)
def test_the_second_is_refused_and_touches_nothing(first, second, instant):
    where, name, count = INSTANTS[instant]
    ended = forked_runs.run(
        FIRST[first], prepare=lambda: forked_runs.at_call(where, name, count, lambda: intrude(*SECOND[second]))
    )
    check_refused("no sweep there" if (second, instant) == ("resume", "checking") else "is running")
    assert ended.code == 0 and ended.err == ""
    assert {json.loads(path.read_text())["status"] for path in SWEEP.glob("*/run.json")} == {"done"}


@pytest.mark.parametrize("second", [pytest.param("sweep", marks=pytest.mark.slow), "resume"])
def test_the_jobs_of_a_killed_sweep_have_its_lock_until_they_have_saved(second, monkeypatch):
    def kill() -> None:
        os.kill(os.getppid(), signal.SIGKILL)
        intrude(*SECOND[second])

    with monkeypatch.context() as patch:
        misbehave(patch, {1: kill})
        assert forked_runs.run(FIRST["sweep"]).signal == signal.SIGKILL
        end = time.monotonic() + 60
        while states() != {1: "interrupted"}:  # the orphan, which saves
            assert time.monotonic() < end
            time.sleep(0.05)
    check_refused()
    assert main(SECOND[second]) == 0
    assert states() == {1: "done", 2: "done"}
    (record,) = (json.loads(path.read_text()) for path in SWEEP.glob("seed=1/run.json"))
    assert record["resumed"][0]["step"] == 7  # it went on, nothing of it was emptied


def test_a_job_that_lives_where_its_sweep_has_died_keeps_others_out(capfd):
    """As a job of Slurm's or of joblib's may: its process has nothing of the sweep's but its own folder."""
    assert main([*SMALL, "seed=choice(1)"]) == 0
    (SWEEP / "seed=1/run.json").write_text('{"status": "failed"}')  # what would be emptied
    before = everything()
    capfd.readouterr()
    with files.locked(SWEEP / "seed=1/.lock"):
        intrude(*SMALL, "seed=1,2")
    check_refused("its job seed=1 is running")
    assert everything() == before


def test_nothing_is_written_about_a_job_that_another_process_has(tmp_path, config):
    job = jobs.Job(0, [], config(), tmp_path / "job")
    with run.locked(job.directory):
        run.write_record(job.directory, status="failed")
        before = (job.directory / "run.json").read_bytes()
        ended = local.settle(job, Child(local.run, job))
        local.bury(job, "killed", "signal 9")
        with pytest.raises(InputError, match="is running"):
            local.run(job)
    assert not ended and (job.directory / "run.json").read_bytes() == before
    assert sorted(path.name for path in job.directory.iterdir()) == [".lock", "run.json"]


def test_a_lock_that_was_cleared_away_is_none(tmp_path):
    """Between opening a lock's file and locking it, a sweep that is refused may remove both file and folder."""
    lock = tmp_path / ".lock"
    original, calls = files._lock, []

    def slow(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 1:
            lock.unlink()
        original(descriptor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_lock", slow)
        with files.locked(lock):
            assert lock.exists() and len(calls) == 2
            with pytest.raises(BlockingIOError), files.locked(lock):
                pass


def test_a_sweep_that_is_stopped_while_it_checks_leaves_neither_folder_nor_lock():
    ended = forked_runs.run(
        FIRST["sweep"],
        lambda: forked_runs.at_call(checking, "problem", 1, lambda: os.kill(os.getppid(), signal.SIGINT)),
    )
    assert ended.code == 130 and ended.err.count("\n") == 1
    assert not Path("outputs").exists()


def test_a_refused_sweep_leaves_neither_folder_nor_lock(capfd):
    assert main([*SMALL, "optimizer.lr=-1,1"]) == 2
    assert not Path("outputs").exists()
    Path("outputs").mkdir()
    assert main([*SMALL, "optimizer.lr=-1,1"]) == 2
    assert list(Path("outputs").iterdir()) == []


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path
