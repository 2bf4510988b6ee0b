"""The jobs of a sweep: what each of them is, and that none starts before the values of all could be used."""

import hashlib
import json
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hydra.core.utils import filter_overrides
from hydra.types import HydraContext
from omegaconf import DictConfig, OmegaConf

from rnnlab.config.compose import plain
from rnnlab.config.flat import Node
from rnnlab.config.schema import check_config
from rnnlab.errors import InputError
from rnnlab.runs.run import read_record
from rnnlab.training.interrupt import stoppable

CHECK_FAILED = 2

CHECKING = 5.0
"""Seconds after which it is said how far the checking of a large grid is, and again."""

LONGEST = 150
"""Bytes of the name of a job's folder; file systems take 255."""


class Job(NamedTuple):
    """One training of a sweep: its number, its overrides as given, its resolved config, its directory."""

    number: int
    overrides: list[str]
    config: Node
    directory: Path


class Sweep(NamedTuple):
    """All that the jobs of a sweep have in common.

    context, config: Hydra's, of all that does not vary. where: the sweep's folder. overrides: those of its jobs.
    trust: packages that a received sweep may name classes of; None where all of it was typed, which is trusted.
    """

    context: HydraContext
    config: DictConfig
    where: Path
    overrides: list[str]
    trust: list[str] | None = None

    @property
    def searches(self) -> bool:
        """Whether its jobs are the trials of a search."""
        return self.config.get("search") is not None

    def job(self, number: int, overrides: Sequence[str]) -> Job:
        """The job that some overrides make of the sweep's config.

        Raises:
            InputError: where its folder would be outside of the sweep's, or is a link, whose target would be emptied;
            where it names a class that is not trusted.
        """
        loaded = self.context.config_loader.load_sweep_config(self.config, list(overrides))
        own = {key: value for key, value in plain(loaded, resolve=False).items() if key != "hydra"}
        settings = plain(OmegaConf.create(own))
        if self.trust is not None:
            self._vet(settings)
        check_config(settings)
        job = job_of(settings, number, overrides)
        if folder(job.config) != self.where:
            raise InputError("not the same for all jobs", "one for all", "output_dir", folder(job.config))
        if job.directory.is_symlink() or (os.path.exists(job.directory) and not os.path.isdir(job.directory)):
            raise InputError("not a folder", "a folder of a job, or none yet", "job", job.directory)
        return job

    def _vet(self, config: Node) -> None:
        from rnnlab.config import instantiate  # imports torch

        try:
            instantiate.vet_targets(config, self.trust or [], self.where)
        except InputError as error:
            raise InputError(error.what, "classes of rnnlab", "sweep.resume", self.where) from None


def packages(node: Any) -> list[str]:
    """The packages of the classes that a config names, but for those that every config may name."""
    if not isinstance(node, dict):
        return []
    names = {str(node["_target_"]).partition(".")[0]} if "_target_" in node else set()
    return sorted(names.union(*map(packages, node.values())) - {"rnnlab", "torch", "pytorch_lightning"})


def folder(config: Node | DictConfig) -> Path:
    """Where the sweep of a job's config keeps its jobs."""
    return Path(str(config["output_dir"])) / "sweeps" / str(config["sweep"]["name"])


def job_of(config: Node, number: int, overrides: Sequence[str]) -> Job:
    """A job, in the directory that what varies in the sweep names (in a search its number, too).

    Raises:
        InputError: where a job would need several processes.
    """
    trainer = config["trainer"]
    if trainer["strategy"] == "ddp" or trainer["devices"] != 1 or trainer["nodes"] != 1:
        allowed = "one process a job, as hydra.launcher.jobs=2 has two at once; or leave out -m"
        raise InputError("several processes for a job of a sweep", allowed, "trainer.strategy", trainer["strategy"])
    searched = "search" in config
    config = {key: value for key, value in config.items() if key != "search"}  # it is the sweep's, not the job's
    own = [text for text in filter_overrides(overrides) if not text.startswith(("sweep.", "output_dir=", "launcher="))]
    varied = [text for text in own if text.partition("=")[0] in config["sweep"]["varies"]]
    name = ",".join(varied or own)
    return Job(
        number, list(overrides), config, folder(config) / file_name(name, number if searched or not varied else None)
    )


def file_name(text: str, number: int | None) -> str:
    """The name of a job's folder, which says what is particular to it; a long text is cut, and told from others."""
    name = re.sub(r"[^\w.,=+-]", "_", text)
    name = name if number is None else f"{number:04d}_{name}"
    if len(name.encode()) <= LONGEST:
        return name
    return f"{name.encode()[: LONGEST - 9].decode(errors='ignore')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


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
