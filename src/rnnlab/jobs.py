"""The jobs of a sweep: what each of them is, and that none starts before the values of all could be used."""

import json
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hydra.core.utils import filter_overrides
from omegaconf import DictConfig, OmegaConf

from rnnlab.errors import InputError
from rnnlab.run import read_record
from rnnlab.schema import check_config

Node = dict[str, Any]

CHECK_FAILED = 2

CHECKING = 5.0
"""Seconds after which it is said how far the checking of a large grid is, and again."""


class Job(NamedTuple):
    """One training of a sweep: its number, its overrides as given, its resolved config, its directory."""

    number: int
    overrides: list[str]
    config: Node
    directory: Path


def folder(config: Node) -> Path:
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
    name = f"{number:04d}_{name}" if searched or not varied else name
    return Job(number, list(overrides), config, folder(config) / re.sub(r"[^\w.,=+-]", "_", name)[:150])


def checked(
    context: Any, config: DictConfig, overrides: Sequence[Sequence[str]], first: int, anywhere: bool = False
) -> list[Job]:
    """The jobs of a grid, each of whose values could be used; with `anywhere`, a GPU need not be in this machine.

    A search has checked its space, and does not end where a trial cannot begin.

    Raises:
        InputError: for a bad value in any of them.
    """
    jobs: list[Job] = []
    seen: set[str] = set()
    began = told = time.monotonic()
    for number, each in enumerate(overrides, first):
        job = composed(context, config, number, list(each))
        if config.get("search") is None:
            _check(job, seen, anywhere)
        jobs.append(job)
        now = time.monotonic()
        if now - told >= CHECKING:
            done, left = len(jobs), (now - began) / len(jobs) * (len(overrides) - len(jobs))
            print(f"checking all values: {done} of {len(overrides)} jobs, about {left:.0f} s left", flush=True)
            told = now
    return jobs


def composed(context: Any, config: DictConfig, number: int, overrides: list[str]) -> Job:
    """The job that the overrides make of a sweep's config."""
    loaded = context.config_loader.load_sweep_config(config, overrides)
    settings = OmegaConf.to_container(loaded, resolve=False)
    del settings["hydra"]
    settings = OmegaConf.to_container(OmegaConf.create(settings), resolve=True)
    check_config(settings)
    return job_of(settings, number, overrides)


def _check(job: Job, seen: set[str], anywhere: bool) -> None:
    """Refuses a job whose folder is another one's, or whose values cannot be used (those of another seed can)."""
    where = folder(job.config)
    if (where / "study.json").exists():
        raise InputError("a search has this name", "take another one", "sweep.name", where.name)
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


def _same(config: Node) -> Node:
    """What makes two jobs the same one, whatever launcher runs them: some set the threads."""
    kept = {key: value for key, value in config.items() if key not in ("output_dir", "sweep")}
    return kept | {"trainer": {key: value for key, value in config["trainer"].items() if key != "threads"}}


def problem(job: Job, anywhere: bool = False) -> str:
    """What is wrong with a job's values; empty where nothing is."""
    from rnnlab import build, training  # once, before forking

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 0
        try:
            if anywhere:
                training.torch.cuda.is_available = lambda: True  # in this child, which only checks
            training.prepare(build.parts(job.config))
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
