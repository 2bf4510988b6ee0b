"""Another package's launcher at work: when it may be waited for, how it is stopped, what it leaves is settled."""

import json
import math
import os
import signal
import threading
import time
from types import SimpleNamespace

import pytest
from hydra.core.utils import JobReturn, JobStatus
from omegaconf import OmegaConf

import forked_runs
from rnnlab.errors import InputError
from rnnlab.sweeps import local, remote
from rnnlab.sweeps.jobs import Job, folder
from rnnlab.sweeps.remote import STOPPING, Launching, Work, _settle, _written, end_with, work


@pytest.fixture
def jobs(tmp_path):
    """Three jobs of a sweep, none of which has begun, and the sweep's folder."""
    config = {"output_dir": str(tmp_path), "sweep": {"name": "s", "fail_fast": False}, "objective": "loss"}
    where = folder(config)
    where.mkdir(parents=True)
    return [Job(number, [f"seed={number}"], config, where / f"seed={number}") for number in range(3)], where


def record(job, **values):
    job.directory.mkdir(exist_ok=True)
    (job.directory / "run.json").write_text(json.dumps(values))


def ends(jobs):
    """Status and reason of each that has a record."""
    found = {}
    for job in jobs:
        if (job.directory / "run.json").exists():
            said = json.loads((job.directory / "run.json").read_text())
            found[job.number] = (said["status"], said.get("reason"))
    return found


def test_a_launcher_is_waited_for_until_it_returns_or_raises(tmp_path):
    leave = threading.Event()

    def fail():
        raise OSError("no cluster")

    launching = Launching(lambda: leave.wait() and ["returned"], tmp_path, queue=False)
    launching.start()
    assert launching.busy()
    leave.set()
    launching.join()
    assert not launching.busy() and launching.returned == ["returned"] and launching.error is None
    failing = Launching(fail, tmp_path, queue=False)
    failing.start()
    failing.join()
    assert not failing.busy() and str(failing.error) == "no cluster"


def test_of_slurm_it_is_waited_for_until_its_queue_was_empty_twice(tmp_path, monkeypatch):
    leave, submitted, queues = threading.Event(), set(), [{"2"}, set(), {"2"}, set(), set()]
    monkeypatch.setattr(remote, "QUEUE", -1.0)
    monkeypatch.setattr(remote.slurm, "numbers", lambda where: {"1"} | submitted)
    monkeypatch.setattr(remote.slurm, "queued", lambda where: queues.pop(0))
    launching = Launching(leave.wait, tmp_path, queue=True)
    launching.start()
    assert launching.busy() and len(queues) == 5  # nothing of its own is there to ask for
    submitted.add("2")
    assert [launching.busy() for _ in range(5)] == [True, True, True, True, False]
    leave.set()
    launching.join()


def test_no_job_begins_in_a_sweep_that_stops(jobs, monkeypatch):
    (job, *_), where = jobs
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(remote, "Child", lambda *_: pytest.fail("it began"))
    Launching(list, where, queue=False).halt("no more")
    assert (where / STOPPING).read_text() == "no more" and math.isnan(work(job))


def test_a_worker_ends_with_the_process_of_its_sweep():
    """Three generations: a sweep, whose worker waits for work, and is to end when the sweep has."""
    reading, writing = os.pipe()
    sweep = os.fork()
    if sweep == 0:
        try:
            if os.fork():
                os._exit(0 if os.read(reading, 1) else 1)
            end_with(os.getppid())
            os.write(writing, b"at work")
            time.sleep(60)
        finally:
            os._exit(2)
    os.close(writing)
    assert os.waitpid(sweep, 0)[1] == 0
    assert os.read(reading, 10) == b"t work" and os.read(reading, 10) == b""  # the worker has closed its end


def test_no_job_begins_in_a_worker_whose_sweep_has_died(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(_) -> int:
        Work([0], parent=1 << 30)(OmegaConf.create())
        return 0

    assert forked_runs.run([], command=call).code == 1


def test_what_is_in_the_way_of_a_sweeps_word_to_stop_is_refused(jobs, monkeypatch):
    jobs, where = jobs
    (where / STOPPING).mkdir()
    with pytest.raises(InputError, match=r"cannot be removed, .*\(\.stop="):
        remote._watch(Launching(lambda: pytest.fail("it began"), where, queue=False), jobs, jobs, where, quiet=True)


def test_a_job_that_runs_is_told_to_end_when_the_sweep_says_now(jobs, monkeypatch):
    (job, *_), where = jobs
    settled = []

    def run(job):
        Launching(list, where, queue=False).halt("now")
        for _ in range(600):
            time.sleep(0.1)

    kept = SimpleNamespace(**{**vars(signal), "signal": lambda *_: None})  # that of this process; the child listens
    monkeypatch.setattr(remote, "signal", kept)
    monkeypatch.setattr(local, "run", run)
    monkeypatch.setattr(local, "settle", lambda job, child: settled.append(child.code))
    assert math.isnan(work(job)) and settled == [128 + signal.SIGTERM]


def test_each_job_that_could_not_say_how_it_ended_gets_its_record(jobs):
    jobs, where = jobs
    begun = {job.number: _written(job) for job in jobs}
    record(jobs[0], status="done")
    record(jobs[1], status="running")
    failed = JobReturn(status=JobStatus.FAILED, _return_value=ValueError("on purpose"))
    returned = [JobReturn(status=JobStatus.COMPLETED)] * 2 + [failed]
    _settle(SimpleNamespace(error=None, returned=returned, queue=False), jobs, begun, where)
    assert ends(jobs) == {
        0: ("done", None), 1: ("killed", "its process left no word"), 2: ("failed", "ValueError, on purpose")
    }  # fmt: skip


def test_jobs_that_a_broken_launcher_never_began_are_killed_unless_the_sweep_was_stopped(jobs):
    jobs, where = jobs
    begun = {job.number: _written(job) for job in jobs}
    record(jobs[0], status="done")
    broken = SimpleNamespace(error=OSError("lost\nits node"), returned=(), queue=False)
    (where / STOPPING).write_text("no more")
    _settle(broken, jobs, begun, where)
    assert ends(jobs) == {0: ("done", None)}
    (where / STOPPING).unlink()
    _settle(broken, jobs, begun, where)
    assert ends(jobs) == {0: ("done", None)} | dict.fromkeys((1, 2), ("killed", "before it began: lost its node"))


def test_a_launcher_that_began_no_job_is_the_users_error(jobs):
    jobs, where = jobs
    begun = {job.number: _written(job) for job in jobs}
    with pytest.raises(InputError, match="cannot start its jobs, OSError, no cluster"):
        _settle(SimpleNamespace(error=OSError("no cluster"), returned=(), queue=False), jobs, begun, where)
    assert ends(jobs) == {}
