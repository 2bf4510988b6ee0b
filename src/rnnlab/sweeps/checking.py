"""No job of a sweep starts before the values of all of them could be used."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rnnlab.config.flat import Node
from rnnlab.errors import InputError
from rnnlab.runs.run import read_record
from rnnlab.sweeps.jobs import Job, Sweep, folder
from rnnlab.training.interrupt import stoppable

CHECK_FAILED = 2

CHECKING = 5.0
"""Seconds after which it is said how far the checking of a large grid is, and again."""


def checked(sweep: Sweep, grid: Sequence[Sequence[str]], anywhere: bool) -> list[Job]:
    """The jobs of a grid, each of whose values could be used; with `anywhere`, a GPU need not be in this machine.

    Raises:
        InputError: for a bad value in any of them, or where one would share another one's folder.
        Interrupted: after a signal.
    """
    jobs: dict[Path, Job] = {}
    told = Told(2 * len(grid))  # composing a job takes about as long as trying its values
    with stoppable():
        for number, each in enumerate(grid):  # all of them first, since that needs no torch
            job = _made(sweep, number, each)
            other = jobs.setdefault(job.directory, job)
            if other is not job:
                what = f"jobs {other.number} and {number} would have one folder"
                raise InputError(what, "each job once, no two that differ in marks alone", "job", job.directory.name)
            told.so_far(len(jobs))
    from rnnlab.training import fit  # noqa: F401 - once, before forking

    seen: set[str] = set()
    with stoppable():
        for done, job in enumerate(jobs.values(), len(jobs) + 1):
            _check(job, seen, anywhere)
            told.so_far(done)
    return list(jobs.values())


def _made(sweep: Sweep, number: int, overrides: Sequence[str]) -> Job:
    try:
        return sweep.job(number, overrides)
    except InputError as error:
        raise InputError(f"job {number} of the sweep", str(error)) from None


class Told:
    """Says now and then how far the checking of a large grid is."""

    def __init__(self, total: int):
        self.total, self.began = total, time.monotonic()
        self.last = self.began

    def so_far(self, done: int) -> None:
        now = time.monotonic()
        if now - self.last >= CHECKING:
            left = (now - self.began) / done * (self.total - done)
            print(f"checking all values: {done / self.total:.0%}, about {left:.0f} s left", flush=True)
            self.last = now


def _check(job: Job, seen: set[str], anywhere: bool) -> None:
    """Refuses a job whose folder is another one's, or whose values cannot be used (those of another seed can)."""
    where = folder(job.config)
    known = read_record(job.directory).get("config")
    if known is not None and _same(known) != _same(job.config):
        allowed = "take another sweep.name, or the values that this one had"
        raise InputError(f"job {job.number} was another one", allowed, "sweep.name", where.name)
    key = json.dumps(_same(job.config) | {"seed": type(job.config["seed"]).__name__}, sort_keys=True)
    if key in seen and isinstance(job.config["seed"], int):
        return
    seen.add(key)
    wrong = problem(job, anywhere)
    if wrong:
        raise InputError(f"job {job.number} of the sweep", wrong)


def _same(config: Any) -> Node:
    """What makes two jobs the same one, whatever launcher runs them: some set the threads."""
    if not isinstance(config, dict) or not isinstance(config.get("trainer"), dict):
        return {"no config": True}
    kept = {key: value for key, value in config.items() if key not in ("output_dir", "sweep")}
    return kept | {"trainer": {key: value for key, value in config["trainer"].items() if key != "threads"}}


def problem(job: Job, anywhere: bool = False) -> str:
    """What is wrong with a job's values; empty where nothing is."""
    from rnnlab.config import build  # once, before forking
    from rnnlab.training import setup

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 0
        try:
            setup.prepare(build.parts(job.config, anywhere=anywhere))
        except InputError as error:
            os.write(writing, str(error).encode())
            code = CHECK_FAILED
        except BaseException as error:
            os.write(writing, f"{type(error).__name__}, {error}".encode())
            code = CHECK_FAILED
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="replace") as file:
        said = file.read()
    _, status = os.waitpid(child, 0)
    return said or ("" if status == 0 else f"its check ended with status {status}")
