"""Jobs that misbehave in processes and on machines where a test cannot reach them: a callback named in a config.

And what every launcher must make of them: `failures_leave_the_others_to_finish`, `a_stopped_sweep_goes_on`.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytorch_lightning as pl
import torch

SMALL = ["model.hidden_size=8", "data.lengths=[2]", "data.batch_size=8"]
SHORT = [*SMALL, "trainer.max_epochs=2", "callbacks.saver.every_steps=4"]
LONG = [*SMALL, "trainer.max_epochs=null", "trainer.max_steps=4000", "trainer.check_every=1000"]
LONG += ["callbacks.saver.every_steps=200", "callbacks.solved.checks=null"]
WELL = Path("well")


def raises() -> None:
    raise ZeroDivisionError("on purpose")


DEEDS = {
    1: raises,
    2: lambda: torch.nan,
    3: lambda: os.kill(os.getpid(), signal.SIGKILL),
    4: lambda: sys.exit(0),
    5: lambda: os._exit(0),
    9: lambda: wait(WELL.exists),
}
"""Seed -> what its job does in its 7th step, until the file `well` is there."""


class Deed(pl.Callback):
    """In the 7th step, the job of a seed does its deed."""

    def on_train_batch_start(self, trainer: pl.Trainer, learner: pl.LightningModule, batch: object, index: int) -> None:
        deed = DEEDS.get(torch.initial_seed())
        if trainer.global_step == 6 and deed and not WELL.exists():
            change = deed()
            if change is not None:
                with torch.no_grad():
                    next(learner.parameters()).fill_(change)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rnnlab.train", "-m", *arguments]


def environment() -> dict[str, str]:
    """Where `misbehaving_jobs` can be imported, also by processes of Slurm and Ray."""
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": path.strip(os.pathsep), "OMP_NUM_THREADS": "1"}


@contextlib.contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen]:
    """A sweep's process, ended where a test fails before it has ended."""
    process = subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(command(*arguments), capture_output=True, text=True, env=environment(), timeout=500)


def records(name: str) -> dict[int, dict]:
    """Seed -> record of every job of a sweep."""
    paths = Path("outputs/sweeps", name).glob("*/run.json")
    return {record["config"]["seed"]: record for record in (json.loads(path.read_text()) for path in paths)}


def states(name: str) -> dict[int, str]:
    return {seed: record["status"] for seed, record in sorted(records(name).items())}


def wait(until, seconds: float = 200) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


MISBEHAVING = ["--config-dir", "configs", "experiment=deeds"]


def misbehave() -> None:
    """Writes the config that MISBEHAVING names."""
    Path("configs/experiment").mkdir(parents=True)
    text = "# @package _global_\ncallbacks: {deed: {_target_: misbehaving_jobs.Deed}}\n"
    Path("configs/experiment/deeds.yaml").write_text(text)


def four_jobs_pass(*launcher: str) -> None:
    ended = run(*SHORT, *launcher, "seed=1,2,3,4", "sweep.name=four")
    assert ended.returncode == 0, ended.stderr
    assert states("four") == dict.fromkeys((1, 2, 3, 4), "done")
    assert "4 of 4 jobs done" in ended.stdout and "jobs: 4 done, 0 running, 0 failed" in ended.stdout


def a_bad_value_is_refused_before_the_first_job(*launcher: str) -> None:
    ended = run(*SHORT, *launcher, "seed=1", "optimizer.lr=0.01,-1", "sweep.name=bad")
    assert ended.returncode == 2
    assert "optimizer.lr=-1" in ended.stderr and ended.stderr.count("\n") == 1
    assert not Path("outputs/sweeps/bad").exists()


def failures_leave_the_others_to_finish(*launcher: str) -> None:
    """Also: each failed job says why in its own log; and started again, only what is missing is done."""
    misbehave()
    sweep = [*MISBEHAVING, *SHORT, *launcher, "seed=0,1,2,3,4,5,6", "sweep.name=bad"]
    ended = run(*sweep)
    assert ended.returncode == 1, ended.stderr
    expected = ["done", "failed", "failed", "killed", "failed", "killed", "done"]
    assert states("bad") == dict(enumerate(expected))
    for seed, word in {1: "on purpose", 2: "not finite", 3: "signal 9", 4: "SystemExit", 5: "exit code 0"}.items():
        assert word in Path(f"outputs/sweeps/bad/seed={seed}/train.log").read_text()
        assert word in next(line for line in ended.stdout.splitlines() if f" seed={seed}  " in line)
    assert "2 of 7 jobs done" in ended.stdout

    kept = {path: path.stat().st_mtime_ns for path in Path("outputs/sweeps/bad").glob("seed=[06]/run.json")}
    WELL.touch()
    ended = run(*sweep)
    assert ended.returncode == 0, ended.stderr
    assert set(states("bad").values()) == {"done"}
    assert all(path.stat().st_mtime_ns == then for path, then in kept.items())  # what was done was left alone
    assert {seed for seed, record in records("bad").items() if "resumed" in record} == {3, 5}  # the failed ones anew


def a_stopped_sweep_goes_on(*launcher: str) -> None:
    """The running jobs save, nothing more begins, and started again all of it ends."""
    with started(*LONG, *launcher, "seed=1,2,3", "sweep.name=stop") as process:
        wait(lambda: list(Path("outputs/sweeps/stop").glob("*/checkpoints/last.ckpt")) or process.poll() is not None)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=200)
    assert process.returncode == 143, err
    assert "sweep.resume=outputs/sweeps/stop" in err and err.count("\n") == 1
    assert "interrupted" in states("stop").values() and set(states("stop").values()) <= {"interrupted", "done"}
    assert len(states("stop")) < 3
    again = [sys.executable, "-m", "rnnlab.train", "sweep.resume=outputs/sweeps/stop"]
    assert subprocess.run(again, env=environment(), timeout=500).returncode == 0
    assert states("stop") == dict.fromkeys((1, 2, 3), "done")
    assert any("resumed" in record for record in records("stop").values())


def a_job_that_outlives_its_sweep_keeps_others_out(*launcher: str) -> None:
    """It is neither marked nor emptied, and the next sweep goes on with it."""
    misbehave()
    sweep = [*MISBEHAVING, *SHORT, *launcher, "seed=9,10", "sweep.name=left"]
    run_json = Path("outputs/sweeps/left/seed=9/run.json")
    with started(*sweep) as process:
        wait(lambda: Path("outputs/sweeps/left/seed=9/checkpoints/last.ckpt").exists() or process.poll() is not None)
        process.kill()
        process.wait()
        before = run_json.read_bytes()
        for again in (sweep, ["sweep.resume=outputs/sweeps/left", *MISBEHAVING[:2], "trust=[deeds]"]):
            ended = run(*again)
            assert ended.returncode == 2 and ended.stdout == "", ended
            assert "is running" in ended.stderr and ended.stderr.count("\n") == 1
        assert run_json.read_bytes() == before and states("left") == {9: "running"}
        WELL.touch()
        wait(lambda: states("left") == {9: "interrupted"})
    ended = run(*sweep)
    assert ended.returncode == 0, ended.stderr
    assert states("left") == {9: "done", 10: "done"} and records("left")[9]["resumed"][0]["step"] >= 4
