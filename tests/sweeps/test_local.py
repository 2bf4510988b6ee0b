"""A sweep: whatever one job does, the others finish; started again, only what is missing is done."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest
import torch
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.config_store import ConfigStore

import forked_runs
from rnnlab.sweeps import checking, jobs, local
from rnnlab.train import main
from small_sweeps import SMALL, SWEEP, misbehave, raises, states


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_of_each_kind_of_failure_leaves_the_others_to_finish(monkeypatch, capfd):
    deeds = {
        1: raises,
        2: lambda: torch.nan,
        3: lambda: os.kill(os.getpid(), signal.SIGKILL),
        4: lambda: sys.exit(0),
        5: lambda: os._exit(0),
        6: lambda: os.kill(os.getpid(), signal.SIGTERM),
    }
    with monkeypatch.context() as patch:
        misbehave(patch, deeds)
        assert main([*SMALL, "seed=0,1,2,3,4,5,6,7"]) == 1
    expected = ["done", "failed", "failed", "killed", "failed", "killed", "interrupted", "done"]
    assert states() == dict(enumerate(expected))
    out, err = capfd.readouterr()
    assert err == ""  # nothing of Hydra's, which has its own words for jobs that fail
    for word in (
        "ZeroDivisionError, on purpose",
        "not finite at step 7",
        "signal 9",
        "exit code 0",
        "2 of 8 jobs done",
    ):
        assert word in out
    for seed, state in states().items():
        log = next(SWEEP.glob(f"seed={seed}/train.log")).read_text()
        assert state == "done" or any(
            word in log for word in ("Error", "Interrupted", "killed", "RunFailed", "SystemExit")
        )

    kept = {path: path.stat().st_mtime_ns for path in SWEEP.glob("seed=[07]/run.json")}
    assert main([*SMALL, "seed=0,1,2,3,4,5,6,7"]) == 0
    assert set(states().values()) == {"done"}
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())  # what was done was left alone
    resumed = {
        json.loads(path.read_text())["config"]["seed"]
        for path in SWEEP.glob("*/run.json")
        if "resumed" in path.read_text()
    }
    assert resumed == {3, 5, 6}  # the failed ones were run anew


def test_a_bad_value_anywhere_is_refused_before_the_first_job(capfd):
    assert main([*SMALL, "seed=1", "optimizer.lr=0.01,-1"]) == 2
    err = capfd.readouterr().err
    assert "optimizer.lr=-1" in err and err.count("\n") == 1
    assert not Path("outputs").exists()


def test_a_gpu_need_not_be_in_the_machine_that_checks_a_job_for_another_one(config):
    job = jobs.Job(0, [], config("trainer=gpu", "task=countdown"), Path("job"))
    assert checking.problem(job, anywhere=True) == ""
    assert "trainer.accelerator=gpu" in checking.problem(job)


def test_fail_fast_stops_at_the_first_failure(monkeypatch):
    misbehave(monkeypatch, {2: raises})
    assert main([*SMALL, "seed=1,2,3,4", "sweep.fail_fast=true"]) == 1
    assert states() == {1: "done", 2: "failed"}


def test_a_sweep_that_is_killed_whole_goes_on_where_it_was(monkeypatch):
    def kill() -> None:
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        misbehave(patch, {2: kill})
        ended = forked_runs.run([*SMALL, "seed=1,2,3"])
        assert ended.signal == signal.SIGKILL
    assert states() == {1: "done", 2: "running"}
    assert main([*SMALL, "seed=1,2,3"]) == 0
    assert states() == {1: "done", 2: "done", 3: "done"}
    record = json.loads(next(SWEEP.glob("seed=2/run.json")).read_text())
    assert record["resumed"][0]["step"] == 4 and record["config"]["sweep"]["varies"] == ["seed"]


@pytest.mark.parametrize("search", [[], pytest.param(["search=grid", "search.space=null"], marks=pytest.mark.slow)])
def test_a_sweep_that_is_stopped_counts_all_of_its_jobs(monkeypatch, search):
    misbehave(monkeypatch, {2: lambda: os.kill(os.getppid(), signal.SIGINT)})
    ended = forked_runs.run(
        [*SMALL, *search, "seed=1,2,3,4,5"],
        lambda: setattr(sys, "stdout", open("out", "w", buffering=1)),  # noqa: SIM115 - of a child
    )
    assert ended.code == 130 and ended.err.count("\n") == 1
    out = Path("out").read_text()
    assert "not started  3 more" in out and "1 of 5 jobs done" in out


def test_each_job_is_composed_once(monkeypatch):
    composed, load = [], ConfigLoaderImpl.load_configuration
    monkeypatch.setattr(ConfigLoaderImpl, "load_configuration", lambda *a, **k: composed.append(a) or load(*a, **k))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "run_all", lambda *jobs, **quiet: None)
        assert main([*SMALL, "seed=1,2,3,4,5,6"]) == 1
    assert len(composed) == 6 + 1  # and what they share


def test_several_jobs_at_once(capfd):
    assert main([*SMALL, "seed=1,2,3", "hydra.launcher.jobs=2"]) == 0
    assert set(states().values()) == {"done"} and ", 1 running" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("launcher", "config", "extra"), [("joblib", "joblib", "sweep"), ("slurm", "submitit_slurm", "slurm"), ("ray",) * 3]
)
def test_a_launcher_that_is_not_installed_is_refused_with_what_installs_it(launcher, config, extra, monkeypatch, capfd):
    main(["--cfg", "job"])  # Hydra has looked for plugins then
    monkeypatch.delitem(ConfigStore.instance().repo["hydra"]["launcher"], f"{config}.yaml", raising=False)
    capfd.readouterr()
    assert main([*SMALL, f"launcher={launcher}", "seed=1,2"]) == 2
    assert capfd.readouterr().err == (
        f"rnnlab: error: not installed (launcher={launcher}): pip install 'rnnlab[{extra}]'\n"
    )
    assert not Path("outputs").exists()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["sweep.resume=missing"], "no sweep there"),
        (["-m", "sweep.resume=missing", "seed=1"], "no sweep there"),
        ([*SMALL, "hydra.launcher.jobs=0"], "hydra.launcher.jobs"),
        ([*SMALL, "sweep.nam=x"], "sweep.name"),
        ([*SMALL, "launcher=slrum"], "unknown launcher"),
    ],
)
def test_a_mistaken_sweep_is_one_line(arguments, hint, capfd):
    assert main(arguments) == 2
    err = capfd.readouterr().err
    assert hint in err and err.count("\n") == 1
    assert not Path("outputs").exists()
