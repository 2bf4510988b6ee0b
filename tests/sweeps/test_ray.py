"""Sweeps by Ray, on a cluster of its own that it starts on this machine."""

import time
from pathlib import Path

import pytest

import misbehaving_jobs

pytestmark = [pytest.mark.slow, pytest.mark.needs("ray")]
LAUNCHER = ("launcher=ray",)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_is_left():
    before = daemons()
    yield
    end = time.monotonic() + 120  # two of its processes take their time to see that the others have gone
    while daemons() - before:
        assert time.monotonic() < end, daemons() - before
        time.sleep(0.5)


def daemons() -> set[tuple[int, str]]:
    """The processes of Ray that there are."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_text().split("\0")[0]
        except OSError:
            continue
        if words.startswith("ray::") or words.endswith(("/raylet", "/gcs_server")):
            found.add((int(path.parent.name), words))
    return found


def test_four_jobs_pass():
    misbehaving_jobs.four_jobs_pass(*LAUNCHER)


def test_a_bad_value_is_refused_before_the_first_job():
    misbehaving_jobs.a_bad_value_is_refused_before_the_first_job(*LAUNCHER)


def test_failures_leave_the_others_to_finish():
    misbehaving_jobs.failures_leave_the_others_to_finish(*LAUNCHER)


def test_a_stopped_sweep_goes_on():
    misbehaving_jobs.a_stopped_sweep_goes_on(*LAUNCHER, "hydra.launcher.ray.init.num_cpus=1")


def test_a_cluster_that_is_not_there_is_one_line():
    ended = misbehaving_jobs.run(*misbehaving_jobs.SHORT, *LAUNCHER, "hydra.launcher.ray.init.address=auto", "seed=1,2")
    assert ended.returncode == 2
    assert "the launcher cannot start its jobs" in ended.stderr and ended.stderr.count("\n") == 1
    assert not Path("outputs").exists()
