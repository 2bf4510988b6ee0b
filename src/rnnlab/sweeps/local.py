"""Sweeps on this machine: every job has its own directory and status, and none can harm another.

A sweep is `<output_dir>/sweeps/<name>/<job>/`. Started again under its name, it skips the jobs that are done, resumes
those that were interrupted where they stopped, and runs the others anew. Nothing here imports torch before it must.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from typing import Any

from rnnlab import files
from rnnlab.config.compose import parsed
from rnnlab.config.grid import grid
from rnnlab.errors import InputError
from rnnlab.runs.run import empty, locked, read_record, write_record
from rnnlab.sweeps.checking import checked
from rnnlab.sweeps.jobs import Job, Sweep, packages
from rnnlab.training.interrupt import STOP, Interrupted, stoppable

LOCAL = ("output_dir", "sweep.", "trainer.threads")
"""What may be different when a job goes on: where it is, and the threads, which some launchers set."""


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
    return unfinished and any(path.exists() for path in saved)


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
        return sum(not job.directory.exists() for job in self.jobs)


def run_all(jobs: list[Job], at_once: int, quiet: bool = False) -> None:
    """What is left of some jobs, `at_once` at a time, each in a forked child, in order.

    Raises:
        Interrupted: after a signal, when the running jobs have saved.
    """
    from rnnlab.training import fit  # noqa: F401 - once, before forking

    waiting = [job for job in jobs if result(job) is None]
    running: dict[int, Job] = {}
    done, failed = len(jobs) - len(waiting), 0
    began, skipped = time.monotonic(), done
    try:
        with stoppable():
            while waiting or running:
                while waiting and len(running) < at_once:
                    job = waiting.pop(0)
                    running[start(job)] = job
                child, status = os.wait()
                if child not in running:
                    continue
                job = running.pop(child)
                good = settle(job, status)
                done, failed = done + good, failed + (not good)
                each = (time.monotonic() - began) / (done + failed - skipped)
                if not quiet:
                    tell(done, len(running), failed, len(waiting), each, job.directory.name)
                if failed and job.config["sweep"]["fail_fast"]:
                    waiting.clear()
    except Interrupted as stop:
        for child in running:
            os.kill(child, stop.signum)
        for child, job in running.items():
            settle(job, os.waitpid(child, 0)[1])
        raise


def tell(done: int, running: int, failed: int, waiting: int, each: float, news: str) -> None:
    """The line of how far a sweep is; `each`: seconds since its start, a job that has ended."""
    left = f"about {each * (waiting + running / 2):.0f} s left" if each else "no estimate yet"
    print(f"jobs: {done} done, {running} running, {failed} failed, {waiting} waiting, {left}  ({news})", flush=True)


def bury(job: Job, status: str, reason: str) -> None:
    """Puts how a job ended, which could not say so itself, into its record and log; nothing where a process has it."""
    with contextlib.suppress(InputError), locked(job.directory, "job"):
        _write_end(job, status, reason)


def _write_end(job: Job, status: str, reason: str) -> None:
    write_record(job.directory, status=status, reason=reason, config=job.config, overrides=job.overrides)
    files.append(job.directory / "train.log", f"{status}: {reason}\n", within=job.directory)


def start(job: Job) -> int:
    """Forks a child that runs a job, in a process group of its own, quietly: what it says is in its train.log.

    The child holds the lock of its sweep, too: as long as it lives, so does the sweep.
    """
    sys.stdout.flush()
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setpgid(0, 0)  # so that a Ctrl-C reaches it once, through us
        _die_with(parent)
        sys.stdout = sys.stderr = files.nowhere()
        for signum in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGCONT):
            signal.signal(signum, signal.SIG_IGN)  # what a cluster says to the parent
        STOP.listen()
        run(job)
        code = 0
    except Interrupted as error:
        code = error.exit_code
    finally:
        os._exit(code)


def _die_with(parent: int) -> None:
    """Asks Linux for a SIGTERM when the sweep's own process dies, so that its jobs save and stop."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() != parent:  # it died before
        os._exit(1)


def settle(job: Job, status: int) -> bool:
    """Whether a job that has ended is done; one that died without a word gets its record."""
    if read_record(job.directory).get("status", "running") == "running":
        killed = os.WIFSIGNALED(status)
        bury(job, "killed", f"signal {os.WTERMSIG(status)}" if killed else f"it left with exit code {status >> 8}")
    return result(job) is not None
