"""Sweeps by another package's launcher: checked and watched here, each job in a child of some worker process.

What joins the two sides is the sweep's folder: each job's run.json, and the word `.stop` that ends it early.
"""

import contextlib
import functools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from omegaconf import DictConfig

from rnnlab import files
from rnnlab.config.compose import overrides_of_job, plain
from rnnlab.errors import InputError
from rnnlab.runs.interrupt import STOP, Interrupted, stoppable
from rnnlab.runs.run import read_record
from rnnlab.sweeps import local, slurm
from rnnlab.sweeps.children import Child, import_before
from rnnlab.sweeps.jobs import Job, Sweep, folder, job_of

STOPPING = ".stop"
"""In a sweep's folder: no job begins any more; where it says `now`, those that run save and end."""

QUEUE = 10.0
"""Seconds between two questions to Slurm, whose administrators ask for few."""


class Work:
    """What a worker runs of each job: the function that Hydra calls, sent to other processes and machines.

    numbers: of the sweep's jobs, in the order in which they are launched. parent: the process of the sweep, where the
    workers are its children, which end when it has died.
    """

    def __init__(self, numbers: list[int], parent: int | None = None):
        self.numbers, self.parent = numbers, parent
        self.started_in, self.typed = os.getcwd(), list(sys.argv)

    def __call__(self, config: DictConfig) -> float:
        if self.parent not in (None, os.getpid()):  # of one job at once, joblib makes no worker
            end_with(self.parent)
        os.chdir(self.started_in)
        sys.argv = list(self.typed)  # what the records of runs say was typed
        return work(job_of(plain(config), self.numbers[HydraConfig.get().job.num], overrides_of_job()))


@functools.cache
def end_with(parent: int) -> None:
    """Ends this process soon after that of its parent; a job at work then sees the end of its pipe, and saves.

    joblib's own workers would stay, and do what is queued.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(local.SOON)
        os._exit(1)

    if os.getppid() != parent:
        os._exit(1)
    threading.Thread(target=watch, daemon=True).start()


def work(job: Job) -> float:
    """Runs a job in a child, so that nothing it does can harm the worker; NaN, it says how it went in run.json.

    A job of Slurm that was told to end leaves no result: it starts again, and goes on where it was.
    """
    import_before()
    stop, parent = folder(job.config) / STOPPING, os.getppid()
    if os.path.exists(stop):
        return float("nan")
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the sweep, which then says `now`
    child, told = Child(local.run, job), False
    try:
        while not child.ended(local.SOON):
            if not told and (os.getppid() != parent or _word(stop) == "now"):
                child.stop(signal.SIGTERM)
                told = True
    except BaseException:  # submitit's handler leaves at the limit of time
        child.stop(signal.SIGTERM)
        local.settle(job, child)
        raise
    local.settle(job, child)
    if slurm.inside() and not told and child.code == 128 + signal.SIGTERM:
        slurm.start_again()
        raise SystemExit(128 + signal.SIGTERM)
    return float("nan")


def run_all(launcher: Launcher, sweeping: Sweep, jobs: list[Job], queue: bool, children: bool = False) -> None:
    """What is left of some jobs, by another package's launcher, which has not been set up yet.

    queue: whether Slurm's queue is where they are. children: whether its workers are children of this process.

    Raises:
        InputError: where the launcher cannot start any job.
        Interrupted: after a signal, when the running jobs have saved.
    """
    left = [job for job in jobs if local.result(job) is None]
    if left:
        act = Work([job.number for job in left], os.getpid() if children else None)
        launcher.setup(hydra_context=sweeping.context, task_function=act, config=sweeping.config)
        launching = Launching(lambda: launcher.launch([job.overrides for job in left], 0), sweeping.where, queue)
        _watch(launching, jobs, left, sweeping.where, quiet=sweeping.searches)


class Launching(threading.Thread):
    """The other launcher at work, which says nothing until its last job has ended; what it then returned or raised.

    Of Slurm it can wait for ever, for a job that died without leaving a result; so the queue is asked, too.
    """

    def __init__(self, start: Callable[[], Sequence[JobReturn]], where: Path, queue: bool):
        super().__init__(daemon=True)
        self.act, self.where, self.queue = start, where, queue
        self.returned: Sequence[JobReturn] = ()
        self.error: BaseException | None = None
        self.earlier = slurm.numbers(where)
        self.asked, self.answers = time.monotonic(), [True, True]

    def run(self) -> None:
        try:
            self.returned = self.act()
        except BaseException as error:
            self.error = error

    def busy(self) -> bool:
        """Whether jobs may still run: until it has returned, or no job of it is in the queue, asked twice."""
        submitted = self.queue and slurm.numbers(self.where) - self.earlier
        if not submitted or (not self.is_alive() and not self.error):
            return self.is_alive()
        if time.monotonic() - self.asked > QUEUE:
            self.answers = [self.answers[1], bool(slurm.queued(self.where))]
            self.asked = time.monotonic()
        return any(self.answers)

    def halt(self, word: str) -> None:
        """Lets no job begin any more; `now` ends those that run."""
        with contextlib.suppress(OSError):
            files.write(self.where / STOPPING, word, within=self.where)
        if self.queue:
            slurm.drop_waiting(self.where)


def _watch(launching: Launching, jobs: list[Job], left: list[Job], where: Path, quiet: bool) -> None:
    begun = {job.number: _written(job) for job in left}
    try:
        (where / STOPPING).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot be removed, {error.strerror}", "none there", STOPPING, where / STOPPING) from None
    launching.start()
    try:
        with stoppable():
            _follow(launching, jobs, left, begun, quiet)
    except Interrupted:
        launching.halt("now")
        while launching.busy():
            time.sleep(local.SOON)
        raise
    _settle(launching, left, begun, where)


def _follow(launching: Launching, jobs: list[Job], left: list[Job], begun: dict[int, int], quiet: bool) -> None:
    """Shows (or only looks, if `quiet`) how far the sweep is whenever a job begins or ends, until none is left."""
    progress = local.Progress(jobs, left)
    busy = True
    while busy:
        time.sleep(local.SOON)
        STOP.claim()  # Ray takes the signals over when it starts
        busy = launching.busy()
        for job in left:
            state = progress.states[job.number]
            if state in ("done", "failed", "killed") or _written(job) == begun[job.number]:
                continue
            status = read_record(job.directory).get("status", "waiting")
            if status == state:
                continue
            progress.states[job.number] = status
            if not quiet:
                progress.tell(f"{job.directory.name} {status}")
            if progress.failed and job.config["sweep"]["fail_fast"]:
                launching.halt("no more")


def _settle(launching: Launching, left: list[Job], begun: dict[int, int], where: Path) -> None:
    """Gives every job that has not said how it ended its record.

    Raises:
        InputError: where the launcher could not even start.
    """
    error = launching.error
    said = " ".join(str(error).split())[-300:] if error else "its process left no word"
    if error and all(_written(job) == begun[job.number] for job in left):
        raise InputError(f"the launcher cannot start its jobs, {type(error).__name__}, {said}", "see docs/clusters.md")
    results = dict(zip((job.number for job in left), launching.returned, strict=False))
    for job in left:
        if _written(job) == begun[job.number]:  # nothing was run
            result = results.get(job.number)
            if result is not None and result.status is JobStatus.FAILED:
                local.bury(job, "failed", f"{type(result._return_value).__name__}, {result._return_value}")
            elif not os.path.exists(where / STOPPING) and (launching.queue or error):
                local.bury(job, "killed", f"before it began: {said}")
        elif read_record(job.directory).get("status") == "running":
            local.bury(job, "killed", said)


def _written(job: Job) -> int:
    """When a job's record was last written, in nanoseconds; 0 where there is none."""
    try:
        return (job.directory / "run.json").stat().st_mtime_ns
    except OSError:
        return 0


def _word(path: Path) -> str:
    try:
        return files.read_text(path, 100)
    except OSError:
        return ""
