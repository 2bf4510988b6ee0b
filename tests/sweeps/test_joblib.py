"""Sweeps by joblib: several jobs at once on this machine."""

import json
from pathlib import Path

import pytest

import misbehaving_jobs

pytestmark = [pytest.mark.slow, pytest.mark.needs("joblib")]
LAUNCHER = ("launcher=joblib",)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_four_jobs_pass_with_one_thread_each():
    misbehaving_jobs.four_jobs_pass(*LAUNCHER)
    assert {record["threads"] for record in misbehaving_jobs.records("four").values()} == {1}


def test_a_bad_value_is_refused_before_the_first_job():
    misbehaving_jobs.a_bad_value_is_refused_before_the_first_job(*LAUNCHER)


def test_failures_leave_the_others_to_finish():
    misbehaving_jobs.failures_leave_the_others_to_finish(*LAUNCHER)


def test_a_stopped_sweep_goes_on():
    misbehaving_jobs.a_stopped_sweep_goes_on(*LAUNCHER, "hydra.launcher.n_jobs=1")


def test_a_job_that_outlives_its_sweep_keeps_others_out():
    misbehaving_jobs.a_job_that_outlives_its_sweep_keeps_others_out(*LAUNCHER, "hydra.launcher.n_jobs=1")


def test_fail_fast_lets_no_job_begin_after_a_failure():
    misbehaving_jobs.misbehave()
    ended = misbehaving_jobs.run(
        *misbehaving_jobs.MISBEHAVING,
        *misbehaving_jobs.SHORT,
        *LAUNCHER,
        "hydra.launcher.n_jobs=1",
        "seed=0,1,2,6,7,8",
        "sweep.name=s",
        "sweep.fail_fast=true",
    )
    assert ended.returncode == 1
    assert misbehaving_jobs.states("s")[1] == "failed" and len(misbehaving_jobs.states("s")) < 5


def test_what_the_launcher_refuses_is_one_line():
    ended = misbehaving_jobs.run(*misbehaving_jobs.SHORT, *LAUNCHER, "hydra.launcher.n_jobs=0", "seed=1,2")
    assert ended.returncode == 2
    assert "n_jobs == 0" in ended.stderr and ended.stderr.count("\n") == 1
    assert not Path("outputs").exists()


def test_another_launcher_finishes_a_sweep():
    """The one thread that joblib gives a job makes it no other job."""
    sweep = [*misbehaving_jobs.SHORT, "seed=1,2", "sweep.name=s"]
    assert misbehaving_jobs.run(*sweep, *LAUNCHER).returncode == 0
    Path("outputs/sweeps/s/seed=2/run.json").unlink()
    kept = json.loads(Path("outputs/sweeps/s/seed=1/run.json").read_text())
    assert misbehaving_jobs.run(*sweep).returncode == 0
    assert misbehaving_jobs.states("s") == {1: "done", 2: "done"} and misbehaving_jobs.records("s")[1] == kept
