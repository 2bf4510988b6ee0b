"""Sweeps on this machine: every job has its own directory and status, and none can harm another.

A sweep is `<output_dir>/sweeps/<name>/<job>/`. Started again under its name, it skips the jobs that are done, resumes
those that were interrupted where they stopped, and runs the others anew. Nothing here imports torch before it must.
"""

import contextlib
import os
import signal
import time
from typing import Any

from rnnlab import files
from rnnlab.config.grid import grid
from rnnlab.config.overrides import parsed
from rnnlab.config.schema import packages
from rnnlab.errors import InputError, whole
from rnnlab.runs.interrupt import Interrupted, stoppable
from rnnlab.runs.run import empty, locked, read_record, write_record
from rnnlab.sweeps.checking import checked
from rnnlab.sweeps.children import Child, any_ended, import_before
from rnnlab.sweeps.jobs import Job, Sweep

LOCAL = ("output_dir", "sweep.", "trainer.threads")
"""What may be different when a job goes on: where it is, and the threads, which some launchers set."""

SOON = 0.2
"""Seconds between two looks at a folder or a child."""


def result(job: Job) -> float | None:
    """The objective of a job that is done; None for any other."""
    record = read_record(job.directory)
    metrics = record.get("metrics") if record.get("status") == "done" else None
    value = metrics.get(job.config["objective"]) if isinstance(metrics, dict) else None
    return float(value) if isinstance(value, int | float) else None


def run(job: Job) -> None:
    """Runs a job, or what is left of it. Nothing is done where it is done already.

    Raises:
        InputError: where another process has it; then it is left alone.
    """
    with locked(job.directory, "job"):
        if result(job) is not None:
            return
        from rnnlab.config import build  # imports torch and Lightning, which costs seconds
        from rnnlab.training import fit, resume, setup

        try:
            if _can_go_on(job):
                own = _own(job)

                def may_have(key: str) -> bool:
                    return key in own or key.startswith(LOCAL)

                resume.go_on(job.directory, own, packages(job.config), job.overrides, may_have=may_have)
            else:
                made = setup.prepare(build.parts(job.config))
                empty(job.directory)
                fit.fit(made, job.directory, job.overrides)
        except BaseException as error:  # also where its training had not begun
            status = read_record(job.directory).get("status")
            if status not in ("failed", "interrupted"):
                _write_end(job, "failed", f"{type(error).__name__}, {error}")
            elif isinstance(error, InputError):  # it stays as it was: what it has saved may be of use elsewhere
                _write_end(job, status, f"cannot go on: {error}")
            raise


def _can_go_on(job: Job) -> bool:
    saved = [job.directory / "checkpoints" / name for name in ("last.ckpt", "previous.ckpt")]
    unfinished = read_record(job.directory).get("status") in ("running", "interrupted", "killed")
    return unfinished and any(map(os.path.exists, saved))


def _own(job: Job) -> dict[str, Any]:
    """What a checkpoint has to say, dotted key -> value, to be one of this job."""
    from rnnlab.config.flat import flat

    return {key: value for key, value in flat(job.config).items() if not key.startswith(LOCAL)}


class Grid:
    """Every combination of the values given, checked before anything is made.

    Raises:
        InputError: for a bad value anywhere, or where a search has the folder.
    """

    def __init__(self, sweep: Sweep, launcher: Any):
        if os.path.lexists(sweep.where / "study.json"):
            raise InputError("a search has this name", "take another one", "sweep.name", sweep.where.name)
        jobs = checked(sweep, grid(list(map(parsed, sweep.overrides))), launcher.anywhere)
        self.jobs, self.run = jobs, lambda: launcher.run(sweep, jobs)

    def missing(self) -> int:
        """How many jobs have no folder yet."""
        return sum(not os.path.exists(job.directory) for job in self.jobs)


def check_jobs(at_once: object) -> None:
    """Raises InputError for what is no number of jobs at once."""
    whole("hydra.launcher.jobs", at_once, 1, 1024)


def run_all(jobs: list[Job], at_once: int, quiet: bool = False) -> None:
    """What is left of some jobs, `at_once` at a time, each in a child, in order.

    Raises:
        Interrupted: after a signal, when the running jobs have saved.
    """
    import_before()
    waiting = [job for job in jobs if result(job) is None]
    progress, running = Progress(jobs, waiting), dict[Child, Job]()
    try:
        with stoppable():
            while waiting or running:
                while waiting and len(running) < at_once:
                    job = waiting.pop(0)
                    running[Child(run, job, others=running)] = job
                    progress.states[job.number] = "running"
                for child in any_ended(running, SOON):
                    job = running.pop(child)
                    progress.states[job.number] = "done" if settle(job, child) else "failed"
                    if not quiet:
                        progress.tell(job.directory.name)
                    if progress.failed and job.config["sweep"]["fail_fast"]:
                        waiting.clear()
    except BaseException as error:
        for child in running:
            child.stop(error.signum if isinstance(error, Interrupted) else signal.SIGTERM)
        for child, job in running.items():
            settle(job, child)
        raise


class Progress:
    """How far a sweep is. `states`: number -> waiting, running, or how it ended, of each job that was left to do."""

    def __init__(self, jobs: list[Job], left: list[Job]):
        self.states = {job.number: "waiting" for job in left}
        self.before, self.began = len(jobs) - len(left), time.monotonic()

    def count(self, *states: str) -> int:
        """How many jobs are in one of some states."""
        return sum(state in states for state in self.states.values())

    @property
    def failed(self) -> int:
        return self.count("failed", "killed")

    def tell(self, news: str) -> None:
        """The line of how far it is, with what has just happened."""
        done, running, failed = self.count("done"), self.count("running"), self.failed
        waiting = len(self.states) - done - running - failed
        each = (time.monotonic() - self.began) / max(done + failed, 1)
        left = f"about {each * (waiting + running / 2):.0f} s left" if done + failed else "no estimate yet"
        counts = f"{self.before + done} done, {running} running, {failed} failed, {waiting} waiting"
        print(f"jobs: {counts}, {left}  ({news})", flush=True)


def settle(job: Job, child: Child) -> bool:
    """Waits for the end of a child; whether its job is done. A job that died without a word gets its record."""
    child.ended()
    if read_record(job.directory).get("status", "running") == "running":
        code = child.code or 0
        bury(job, "killed", f"signal {-code}" if code < 0 else f"it left with exit code {code}")
    return result(job) is not None


def bury(job: Job, status: str, reason: str) -> None:
    """Puts how a job ended, which could not say so itself, into its record and log; nothing where a process has it."""
    with contextlib.suppress(InputError), locked(job.directory, "job"):
        _write_end(job, status, reason)


def _write_end(job: Job, status: str, reason: str) -> None:
    write_record(job.directory, status=status, reason=reason, config=job.config, overrides=job.overrides)
    files.append(job.directory / "train.log", f"{status}: {reason}\n", within=job.directory)
