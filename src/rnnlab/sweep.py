"""Sweeps: every job has its own directory and status, and none can harm another.

A sweep is `<output_dir>/sweeps/<name>/<job>/`. Started again under its name, it skips the jobs that are done, resumes
those that were interrupted where they stopped, and runs the others anew. Nothing here imports torch before it must.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.utils import JobReturn, JobStatus
from omegaconf import DictConfig, OmegaConf

from rnnlab.errors import RunFailed, whole
from rnnlab.interrupt import STOP, Interrupted, Mode
from rnnlab.jobs import Job, checked, folder
from rnnlab.run import read_record, write_record


def run(job: Job) -> float:
    """Runs a job, or what is left of it; its objective. Nothing is done where it is done already."""
    record = read_record(job.directory)
    if record.get("status") == "done":
        return float(record["metrics"][job.config["objective"]])
    from rnnlab import build, training  # imports torch and Lightning, which costs seconds

    saved = [job.directory / "checkpoints" / name for name in ("last.ckpt", "previous.ckpt")]
    if record and record.get("status") != "failed" and any(path.exists() for path in saved):
        from rnnlab.resume import flat

        named = [str(value) for key, value in flat(job.config).items() if key.endswith("_target_")]
        own = {name.partition(".")[0] for name in named} - {"torch", "pytorch_lightning"}  # whose config it is, trusts
        return training.resume(job.directory, {}, anyway=False, trust=sorted(own))
    return training.train(build.parts(job.config), job.overrides, directory=job.directory)


def launch(
    context: Any, config: DictConfig, overrides: Sequence[Sequence[str]], first: int, at_once: int
) -> list[JobReturn]:
    """All jobs of a grid, `at_once` at a time, each in a forked child, in order.

    Raises:
        InputError: for a bad value anywhere in the grid, before the first job starts.
        Interrupted: after a signal, when the running jobs have saved.
    """
    whole("hydra.launcher.jobs", at_once, 1, 1024)
    if not overrides:
        return []
    jobs = checked(context, config, overrides, first)
    _run_all(jobs, at_once, quiet=config.get("search") is not None)
    return [returned(job) for job in jobs]


def _run_all(jobs: list[Job], at_once: int, quiet: bool = False) -> None:
    waiting = [job for job in jobs if read_record(job.directory).get("status") != "done"]
    running: dict[int, Job] = {}
    done, failed = len(jobs) - len(waiting), 0
    began, skipped = time.monotonic(), done
    STOP.mode = Mode.RAISE
    try:
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
        raise Interrupted(stop.signum, go_on(folder(jobs[0].config))) from None
    finally:
        STOP.mode = Mode.LEAVE


def tell(done: int, running: int, failed: int, waiting: int, each: float, news: str) -> None:
    """The line of how far a sweep is; `each`: seconds since its start, a job that has ended."""
    left = f"about {each * (waiting + running / 2):.0f} s left" if each else "no estimate yet"
    print(f"jobs: {done} done, {running} running, {failed} failed, {waiting} waiting, {left}  ({news})", flush=True)


def go_on(where: Path) -> str:
    """How to go on with a sweep that was stopped."""
    return f"go on with: python -m rnnlab.train sweep.resume={where}"


def run_recorded(job: Job) -> float:
    """`run`, with what went wrong in the job's own record and log, also where its training had not begun."""
    try:
        return run(job)
    except BaseException as error:
        if read_record(job.directory).get("status") not in ("failed", "interrupted"):
            bury(job, "failed", f"{type(error).__name__}, {error}")
        raise


def bury(job: Job, status: str, reason: str) -> None:
    """Puts how a job ended, which could not say so itself, into its record and log."""
    job.directory.mkdir(parents=True, exist_ok=True)
    write_record(job.directory, status=status, reason=reason, config=job.config, overrides=job.overrides)
    with open(job.directory / "train.log", "a", encoding="utf-8") as log:
        log.write(f"{status}: {reason}\n")


def start(job: Job) -> int:
    """Forks a child that runs a job, in a process group of its own, quietly: what it says is in its train.log."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setpgid(0, 0)  # so that a Ctrl-C reaches it once, through us
        _die_with_parent()
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for the rest of this process
        for signum in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGCONT):
            signal.signal(signum, signal.SIG_IGN)  # what a cluster says to the parent
        STOP.listen()
        run_recorded(job)
        code = 0
    except Interrupted as error:
        code = error.exit_code
    finally:
        os._exit(code)


def _die_with_parent() -> None:
    """Asks Linux for a SIGTERM when the sweep's own process dies, so that its jobs save and stop."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def settle(job: Job, status: int) -> bool:
    """Whether a job that has ended is done; one that died without a word gets its record."""
    if read_record(job.directory).get("status", "running") == "running":
        killed = os.WIFSIGNALED(status)
        bury(job, "killed", f"signal {os.WTERMSIG(status)}" if killed else f"it left with exit code {status >> 8}")
    return read_record(job.directory).get("status") == "done"


def returned(job: Job) -> JobReturn:
    """What Hydra is told of a job that has ended: its objective, or why there is none."""
    record = read_record(job.directory)
    done = record.get("status") == "done"
    result = JobReturn(overrides=job.overrides, cfg=OmegaConf.create(job.config))
    result.status = JobStatus.COMPLETED if done else JobStatus.FAILED
    objective = record["metrics"][job.config["objective"]] if done else RunFailed(str(record.get("reason")))
    result.return_value = objective
    return result
