"""No job of a sweep starts before the values of all of them could be used."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rnnlab.config.flat import Node
from rnnlab.errors import InputError
from rnnlab.runs.interrupt import stoppable
from rnnlab.runs.run import read_record
from rnnlab.sweeps.children import Child, import_before
from rnnlab.sweeps.jobs import Job, Sweep, folder

CHECKING = 5.0
"""Seconds after which it is said how far the checking of a large grid is, and again."""


def checked(sweep: Sweep, grid: Sequence[Sequence[str]], anywhere: bool) -> list[Job]:
    """The jobs of a grid, each of whose values could be used; with `anywhere`, a GPU need not be in this machine.

    Raises:
        InputError: for a bad value in any of them, or where one would share another one's folder.
        Interrupted: after a signal.
    """
    jobs: dict[str, Job] = {}
    told = Told(2 * len(grid))  # composing a job takes about as long as trying its values
    with stoppable():
        for number, each in enumerate(grid):  # all of them first, since that needs no torch
            job = _made(sweep, number, each)
            other = jobs.setdefault(str(job.directory).casefold(), job)  # as some systems name files
            if other is not job:
                what = f"jobs {other.number} and {number} would have one folder"
                raise InputError(
                    what, "each job once, no two that differ in marks or case alone", "job", job.directory.name
                )
            told.so_far(len(jobs))
    import_before()
    with stoppable():
        wrong = first_wrong(_different(list(jobs.values())), anywhere, lambda done: told.so_far(len(jobs) + done))
    if wrong:
        raise InputError(f"job {wrong[0].number} of the sweep", wrong[1])
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


def _different(jobs: list[Job]) -> list[Job]:
    """Those of some jobs that differ in more than their seeds, whose folders are their own."""
    found: dict[str, Job] = {}
    for job in jobs:
        known = read_record(job.directory).get("config")
        if known is not None and _same(known) != _same(job.config):
            allowed = "take another sweep.name, or the values that this one had"
            raise InputError(f"job {job.number} was another one", allowed, "sweep.name", folder(job.config).name)
        seed = job.config["seed"]
        key = json.dumps(_same(job.config) | {"seed": None if isinstance(seed, int) else str(seed)}, sort_keys=True)
        found.setdefault(key, job)
    return list(found.values())


def _same(config: Any) -> Node:
    """What makes two jobs the same one, whatever launcher runs them: some set the threads."""
    if not isinstance(config, dict) or not isinstance(config.get("trainer"), dict):
        return {"no config": True}
    kept = {key: value for key, value in config.items() if key not in ("output_dir", "sweep")}
    return kept | {"trainer": {key: value for key, value in config["trainer"].items() if key != "threads"}}


def first_wrong(
    jobs: Sequence[Job], anywhere: bool, told: Callable[[int], None] = lambda done: None
) -> tuple[Job, str] | None:
    """The first job with values that cannot be used, and what is wrong with them; tried in a child.

    told: is given how many have been tried, after each.
    """
    if not jobs:
        return None
    child = Child(_tried, list(jobs), anywhere)
    try:
        for done, job in enumerate(jobs, 1):
            said = child.said()
            if said is None and child.ended():
                said = f"its check ended with exit code {child.code}"
            if said:
                return job, said
            told(done)
    finally:
        child.kill()
    return None


def _tried(jobs: list[Job], anywhere: bool) -> Iterator[str]:
    return (problem(job, anywhere) for job in jobs)


def problem(job: Job, anywhere: bool = False) -> str:
    """What is wrong with a job's values; empty where nothing is."""
    from rnnlab.config import build  # imports torch and Lightning, which costs seconds
    from rnnlab.training import setup

    try:
        setup.prepare(build.parts(job.config, anywhere=anywhere))
    except InputError as error:
        return str(error)
    except BaseException as error:
        return f"{type(error).__name__}, {error}"
    return ""
