"""Sweeps on a real Slurm, which runs on this machine for as long as these tests do."""

import subprocess
import sys
from pathlib import Path

import pytest

import forked_runs
import misbehaving_jobs
import slurm_cluster
from rnnlab.train import main
from same_ending import differences
from several_processes import EXACT, TEXT, check_the_same, the_run

pytestmark = [pytest.mark.slow, pytest.mark.needs("submitit", *slurm_cluster.PROGRAMS)]
LAUNCHER = ("launcher=slurm", "hydra.launcher.mem_gb=null")


@pytest.fixture(scope="module")
def cluster():
    with slurm_cluster.cluster() as folder:
        yield folder


@pytest.fixture(autouse=True)
def folder(cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def says(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_four_jobs_pass():
    misbehaving_jobs.four_jobs_pass(*LAUNCHER)


def test_a_bad_value_is_refused_before_the_first_job():
    misbehaving_jobs.a_bad_value_is_refused_before_the_first_job(*LAUNCHER)


def test_failures_leave_the_others_to_finish():
    misbehaving_jobs.failures_leave_the_others_to_finish(*LAUNCHER)


def test_a_stopped_sweep_goes_on():
    misbehaving_jobs.a_stopped_sweep_goes_on(*LAUNCHER, "hydra.launcher.array_parallelism=1")
    assert says("squeue", "-h") == ""


def test_an_unknown_partition_is_refused():
    ended = misbehaving_jobs.run(*misbehaving_jobs.SHORT, *LAUNCHER, "seed=1,2", "hydra.launcher.partition=nowhere")
    assert ended.returncode == 2
    assert "invalid partition specified: nowhere" in ended.stderr and "Traceback" not in ended.stderr
    assert not Path("outputs").exists()


def preempt() -> None:
    """A job that needs all processors, of a partition that comes first."""
    says("sbatch", "--partition=urgent", "--ntasks=2", "--output=urgent", "--wrap", "sleep 1")


def at_the_limit_of_time() -> None:
    """What Slurm does `signal_delay_s` before a job's time is up."""
    says("scancel", "--signal=USR2", says("squeue", "-h", "-o", "%i").strip())


@pytest.mark.parametrize("deed", [preempt, at_the_limit_of_time])
def test_a_job_that_must_make_room_goes_on_and_ends_the_same(deed):
    assert forked_runs.run([*misbehaving_jobs.LONG, "seed=5", "trainer.threads=1"]).code == 0
    (whole,) = forked_runs.runs()
    with misbehaving_jobs.started(*misbehaving_jobs.LONG, *LAUNCHER, "seed=5", "sweep.name=s") as process:
        misbehaving_jobs.wait(lambda: list(Path("outputs/sweeps/s").glob("*/checkpoints/last.ckpt")))
        deed()
        misbehaving_jobs.wait(lambda: misbehaving_jobs.states("s") == {5: "interrupted"})
        misbehaving_jobs.wait(lambda: "PENDING" in says("squeue", "-h", "-o", "%T %P", "--partition=main"))
        number = says("squeue", "-h", "-o", "%A", "--partition=main").strip()
        says("scontrol", "update", f"JobId={number}", "StartTime=now")  # Slurm would wait for two minutes
        assert process.wait(300) == 0
    assert misbehaving_jobs.records("s")[5]["resumed"][0]["step"] > 0
    (record,) = Path("outputs/sweeps/s").glob("*/run.json")
    assert differences(whole, record.parent) == []


def test_a_job_that_slurm_kills_whole_is_named_and_the_others_finish():
    with misbehaving_jobs.started(*misbehaving_jobs.LONG, *LAUNCHER, "seed=1,2", "sweep.name=s") as process:
        misbehaving_jobs.wait(lambda: Path("outputs/sweeps/s/seed=1/checkpoints/last.ckpt").exists())
        (first,) = [number for number in says("squeue", "-h", "-r", "-o", "%i").split() if number.endswith("_0")]
        says("scancel", "--full", "--signal=KILL", first)
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 1
    first, second = misbehaving_jobs.states("s").values()
    assert first in ("killed", "interrupted")  # told of its worker's death, the training may have been quick enough
    assert second == "done" and f"{first:12} seed=1" in out and "1 of 2 jobs done" in out


def test_a_sweep_whose_jobs_are_still_queued_is_refused():
    longer = [text.replace("max_steps=4000", "max_steps=20000") for text in misbehaving_jobs.LONG]
    sweep = [*longer, *LAUNCHER, "seed=1,2", "sweep.name=s"]
    with misbehaving_jobs.started(*sweep):
        misbehaving_jobs.wait(lambda: misbehaving_jobs.states("s"))
    again = misbehaving_jobs.run(*sweep)  # the jobs did not end with the first
    assert again.returncode == 2 and ("still in Slurm's queue" in again.stderr or "is running" in again.stderr)
    assert again.stdout == "" and again.stderr.count("\n") == 1
    misbehaving_jobs.wait(lambda: says("squeue", "-h") == "")
    assert misbehaving_jobs.states("s") == {1: "done", 2: "done"}


def test_two_processes_of_one_run_that_srun_starts_learn_as_one_does():
    Path("text").write_text("".join(chr(97 + place * place % 23) for place in range(700)))
    assert main([*TEXT, EXACT, "output_dir=one"]) == 0
    training = [
        sys.executable,
        "-m",
        "rnnlab.train",
        "trainer=ddp",
        "trainer.devices=2",
        *TEXT,
        EXACT,
        "output_dir=two",
    ]
    says("srun", "--nodes=1", "--ntasks-per-node=2", *training)
    check_the_same(the_run("one"), the_run("two"), 1e-9)
